#!/usr/bin/env bash
# Mixed load on three servers for a long time: what must stay flat, minute by minute. Ends them afterwards.
#   load/soak.sh BINARY [MINUTES [RATE]]
set -eu
cd "$(dirname "$0")/.."
binary=$(realpath "$1") minutes=${2:-30} rate=${3:-4000}
dir=${PRAETOR_CLUSTER_DIR:-/var/tmp/praetor-cluster}
export PRAETOR_CLUSTER_DIR=$dir

dotnet build load -c Release -v q --nologo >/dev/null
load() { dotnet run --no-build --project load -c Release -- "$@"; }
load/cluster.sh start "$binary"
trap 'load/cluster.sh stop' EXIT
load fill --address 127.0.0.1 >/dev/null

value() { awk -v name="$2" '$1 == name ":" { print $2 }' "/proc/$1/status"; }
# What the machine gave to others of the time that somebody here would have run, percent: minutes with much of it say little of the servers.
ticks() { awk '$1 == "cpu" { print $9, $2 + $3 + $4 + $7 + $8 + $9 }' /proc/stat; }
printf '%-6s  %-28s  %-17s  %-14s  %-11s  %-9s  %-14s  %s\n' minute 'get p50/p99, put p50/p99 ms' 'resident MB s1-s3' 'handles' 'threads' 'log bytes' 'data MB, term' 'stolen %'
for minute in $(seq "$minutes"); do
  before=$(ticks)
  load mixed --address 127.0.0.$((minute % 3 + 1)) --no-data --rate "$rate" --seconds 50 --json "$dir/mixed.json" >"$dir/mixed.txt" || { cat "$dir/mixed.txt"; exit 1; }
  load watchers-key,watchers-service --address 127.0.0.$((minute % 3 + 1)) --no-data --connections 200 >"$dir/watchers.txt" || { cat "$dir/watchers.txt"; exit 1; }
  latency=$(awk '$1 == "mixed" { p[$2] = $8 "/" $10 } END { print p["kv-get"] ", " p["kv-put"] }' "$dir/mixed.txt")
  resident='' handles='' threads='' logs=0
  for i in 1 2 3; do
    pid=$(cat "$dir/s$i.pid")
    resident+="$(($(value "$pid" VmRSS) / 1024)) "
    handles+="$(find "/proc/$pid/fd" -mindepth 1 | wc -l) "
    threads+="$(value "$pid" Threads) "
    logs=$((logs + $(stat -c %s "$dir/s$i.log")))
  done
  term=$(curl -s http://127.0.0.1:8500/v1/agent/self | grep -o '"term":"[0-9]*"' | grep -o '[0-9]*')
  stolen=$(echo "$before $(ticks)" | awk '{ printf "%.0f", 100 * ($3 - $1) / ($4 - $2) }')
  printf '%-6s  %-28s  %-17s  %-14s  %-11s  %-9s  %-14s  %s\n' "$minute" "$latency" "$resident" "$handles" "$threads" "$logs" "$(du -sm "$dir"/s?/ | awk '{ s += $1 } END { print s }'), $term" "$stolen"
done
