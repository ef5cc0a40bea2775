#!/usr/bin/env bash
# What a growing store costs, on a server of its own: latencies by size, memory per key and per instance, snapshot, restart.
#   load/growth.sh BINARY [DIRECTORY-FOR-PICTURES]
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath "$1") pictures=${2:-}
ulimit -n 65536 2>/dev/null || echo "only $(ulimit -n) handles here: fewer waits than 20,000" >&2
connections=$(($(ulimit -n) - 2000 < 25000 ? $(ulimit -n) - 2000 : 25000))
dir=$(mktemp -d /var/tmp/praetor-growth.XXXX)
address=127.0.0.9
server=
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$dir"' EXIT

dotnet build load -c Release -v q --nologo >/dev/null
echo '{"limits": {"http_max_conns_per_client": '$connections'}}' >"$dir/limits.json"
serve() { "$binary" agent -server -bootstrap-expect=1 -data-dir="$dir/data" -bind=$address -client=$address -log-level=warn -config-file="$dir/limits.json" >"$dir/log" 2>&1 & server=$!; }
until_written() { until curl -sf -o /dev/null -X PUT -d x http://$address:8500/v1/kv/ready; do kill -0 $server || { cat "$dir/log"; exit 1; }; done; }
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }
resident() { awk '/VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$server/status"; }

serve; until_written
empty=$(resident)
echo "empty: $empty MB resident"
dotnet run --no-build --project load -c Release -- growth --address $address --pid "$server" --seconds 3 ${pictures:+--pictures "$pictures"}
began=$(now); curl -sf -o "$dir/state.tgz" http://$address:8500/v1/snapshot
echo "snapshot: $(since "$began") s, $(stat -c %s "$dir/state.tgz") bytes"
echo "before the restart: $(resident) MB resident"
kill -9 $server; wait $server 2>/dev/null || true
began=$(now); serve; until_written
echo "restart after kill -9 to first accepted write: $(since "$began") s, $(resident) MB resident"
