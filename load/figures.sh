#!/usr/bin/env bash
# The figures of README, against their goals: starts what it needs on 127.0.0.1 to .9, measures, ends it. About ten minutes; nothing else should run meanwhile.
#   load/figures.sh BINARY [RUNS]
# etcd for comparison is Debian's (etcd-server), unpacked into a temporary directory if it is not installed; without it those rows are left out.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath "$1") runs=${2:-3}
dir=$(mktemp -d /var/tmp/praetor-figures.XXXX)
export PRAETOR_CLUSTER_DIR=$dir/cluster
pids=()
finish() { load/cluster.sh stop 2>/dev/null || true; for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done; rm -rf "$dir"; }
trap finish EXIT

dotnet build load -c Release -v q --nologo >/dev/null
load() { dotnet run --no-build --project load -c Release -- "$@"; }
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.3f", b - a }'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
row() { printf '| %s | %s | %s | %s | %s |\n' "$1" "$2" "${5:-}" "$3" "$4"; } # what, figure, goal, verdict, Consul's figure
least() { awk -v a="$1" -v b="$2" 'BEGIN { print (a >= b) ? "met" : "MISSED" }'; }
most() { awk -v a="$1" -v b="$2" 'BEGIN { print (a <= b) ? "met" : "MISSED" }'; }
both() { [ "$1$2" = metmet ] && echo met || echo MISSED; }
thousands() { printf '%.0f' "$1" | sed -E ':a; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; ta'; }
resident() { awk '/VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }

# measure OUT SCENARIOS ARGUMENTS...: several runs; OUT holds the median of each column by scenario and step
measure() {
  local out=$1 scenarios=$2; shift 2
  for run in $(seq "$runs"); do
    load "$scenarios" "$@" >>"$out.all" || { cat "$out.all"; exit 1; }
    [ "$run" = 1 ] && set -- "$@" --no-data
  done
  awk '$4 ~ /^[0-9]+$/ && $7 ~ /^[0-9.]+$/ { key = $1 " " $2; n[key]++; rps[key, n[key]] = $7; p50[key, n[key]] = $8; p99[key, n[key]] = $10 }
    function middle(a, key, count,   i, j, t) { for (i = 1; i <= count; i++) for (j = i + 1; j <= count; j++) if (a[key, j] < a[key, i]) { t = a[key, i]; a[key, i] = a[key, j]; a[key, j] = t } return a[key, int((count + 1) / 2)] }
    END { for (key in n) print key, middle(rps, key, n[key]), middle(p50, key, n[key]), middle(p99, key, n[key]) }' "$out.all" >"$out"
}
rps() { awk -v s="$2" '$1 == s { r += $3 } END { print r }' "$1"; }
p50() { awk -v s="$2" '$1 == s { if ($4 > p) p = $4 } END { print p }' "$1"; }
p99() { awk -v s="$2" '$1 == s { if ($5 > p) p = $5 } END { print p }' "$1"; }
# rate OUT SCENARIO NAME GOAL P99-GOAL CONSUL; goals may be empty
rate() {
  local r p verdict=''; r=$(rps "$1" "$2"); p=$(p99 "$1" "$2")
  [ -z "${4:-}" ] || verdict=$(least "$r" "$4")
  [ -z "${5:-}" ] || verdict=$(both "$verdict" "$(most "$p" "$5")")
  row "$3" "$(thousands "$r")/s, p50 $(p50 "$1" "$2") ms, p99 $p ms" "${4:+$(thousands "$4")/s}${5:+, p99 $5 ms}" "$verdict" "${6:-}"
}

# What the machine gives a server that looks nothing up: the answer of a GET from nginx, if it is installed.
nginx_beside() {
  command -v nginx >/dev/null || return 0
  local answer; answer=$(curl -s http://127.0.0.9:8500/v1/kv/bench/0/1)
  printf 'worker_processes 2; pid %s/nginx.pid; error_log /dev/null; events { worker_connections 1024; }\nhttp { access_log off; keepalive_requests 1000000000; server { listen 127.0.0.7:8500; location / { return 200 '"'%s'"'; } } }\n' \
    "$dir" "$answer" >"$dir/nginx.conf"
  nginx -c "$dir/nginx.conf"
  pids+=("$(cat "$dir/nginx.pid")")
  measure "$dir/nginx" kv-get --address 127.0.0.7 --no-data
  kill "${pids[-1]}"
  rate "$dir/nginx" kv-get 'nginx beside it, which gives one such answer to all'
}

printf '| | here | Consul | goal | |\n|---|---|---|---|---|\n'

row 'binary' "$(awk -v b="$(stat -c %s "$binary")" 'BEGIN { printf "%.1f MB", b / 1e6 }')" '30 MB' "$(most "$(stat -c %s "$binary")" 30000000)" '74 MB'
starts=$(for i in 1 2 3 4 5; do
  began=$(now)
  "$binary" agent -dev -bind=127.0.0.9 -client=127.0.0.9 -log-level=warn >/dev/null 2>&1 & pid=$!
  until curl -sf -o /dev/null -X PUT -d x http://127.0.0.9:8500/v1/kv/x; do :; done
  since "$began"; echo
  [ "$i" = 5 ] && { echo "$pid" >"$dir/dev.pid"; continue; }
  kill "$pid"; wait "$pid" 2>/dev/null || true
done | median)
row 'start: exec to first accepted write, `-dev`, median of five' "$starts s" '0.15 s' "$(most "$starts" 0.15)" '0.41 s'
pid=$(cat "$dir/dev.pid")
sleep 10
before=$(awk '{ print $14 + $15 }' "/proc/$pid/stat"); sleep 20; after=$(awk '{ print $14 + $15 }' "/proc/$pid/stat")
row 'idle, `-dev`: resident memory' "$(resident "$pid") MB" '30 MB' "$(most "$(resident "$pid")" 30)" '64 MB'
idle=$(awk -v t=$((after - before)) 'BEGIN { printf "%.2f", t / 20 }')
row 'idle, `-dev`: CPU' "$idle %" '0.5 %' "$(most "$idle" 0.5)" '1.3 %'
kill "$pid"; sleep 1

echo '{"limits": {"http_max_conns_per_client": 15000}}' >"$dir/limits.json"
serve() { "$binary" agent -server -bootstrap-expect=1 -data-dir="$dir/one" -bind=127.0.0.9 -client=127.0.0.9 -log-level=warn -config-file="$dir/limits.json" >"$dir/one.log" 2>&1 & server=$!; pids+=("$server"); }
until_written() { until curl -sf -o /dev/null -X PUT -d x "http://$1:8500/v1/kv/ready"; do kill -0 "$server" || { cat "$dir/one.log"; exit 1; }; done; }
serve; until_written 127.0.0.9
measure "$dir/one64" kv-put,kv-get,health-service,catalog-service,dns,mixed,txn-put,session-renew,register-storm --address 127.0.0.9
measure "$dir/one1" kv-put,kv-get --address 127.0.0.9 --connections 1 --no-data
measure "$dir/one1000" kv-put,kv-get,health-service,catalog-service,dns,mixed --address 127.0.0.9 --connections 1000 --no-data
rate "$dir/one64" kv-put 'one server: KV PUT of 128 bytes, durable, 64 connections' 47000 5 '11,700/s, p99 18 ms'
row 'the same, 1 connection, p50' "$(p50 "$dir/one1" kv-put) ms" '0.30 ms' "$(most "$(p50 "$dir/one1" kv-put)" 0.30)" '0.52 ms'
rate "$dir/one64" kv-get 'KV GET, 64 connections' 62000 4 '30,800/s, p99 12 ms'
nginx_beside
rate "$dir/one64" health-service 'health/service?passing, 50 instances, 64 connections' 25000 15 '2,490/s, p99 181 ms'
rate "$dir/one64" catalog-service 'catalog/service, 50 instances' 25000 '' '3,480/s'
rate "$dir/one64" dns 'DNS SRV and A, 50 instances, none lost' 60000 '' '4,600/s'
rate "$dir/one64" txn-put 'transactions of 64 sets' 313
rate "$dir/one64" session-renew 'session renew' 62000
rate "$dir/one64" mixed 'mixed: 80 % get, 15 % health, 5 % put'
rate "$dir/one64" register-storm 'the same 500 registrations again (no index moved)'
for scenario in kv-put kv-get health-service catalog-service dns mixed; do rate "$dir/one1000" $scenario "$scenario, 1,000 connections"; done
load watchers-key,watchers-service,foreign-wakeups --address 127.0.0.9 --no-data >"$dir/watch"
last() { awk -v s="$1" '$1 == s { print $4 }' "$dir/watch" | tail -1; }
row '1,000 watchers of a key: write to last answer, median of five' "$(last watchers-key) ms" '15 ms' "$(most "$(last watchers-key)" 15)" '48 ms'
row '1,000 watchers of a service of 50 instances' "$(last watchers-service) ms" '100 ms' "$(most "$(last watchers-service)" 100)" '567 ms'
row 'of 2,000 watchers woken by writes elsewhere' "$(awk '$1 == "foreign-wakeups" && / of 1000 / { w += $(NF - 3) } END { print w + 0 }' "$dir/watch")" 0 "$(grep -q '^all Ok' "$dir/watch" && echo met || echo MISSED)" 0
# The agent compacts its heap when it has been idle for ten to fifteen seconds.
sleep 20
row 'resident memory twenty seconds after all of that' "$(resident "$server") MB" '90 MB' "$(most "$(resident "$server")" 90)" '194 MB'
kill -9 "$server"; wait "$server" 2>/dev/null || true
began=$(now); serve; until_written 127.0.0.9; took=$(since "$began")
row 'restart with that data after kill -9, to first accepted write' "$took s" '0.5 s' "$(most "$took" 0.5)" '9.3 s'

etcd=$(command -v etcd || true)
if [ -z "$etcd" ] && (cd "$dir" && apt-get download -qq etcd-server >/dev/null 2>&1 && dpkg -x etcd-server_*.deb etcd.deb); then etcd=$dir/etcd.deb/usr/bin/etcd; fi
if [ -n "$etcd" ]; then
  "$etcd" --data-dir "$dir/etcd" --listen-client-urls http://127.0.0.8:2379 --advertise-client-urls http://127.0.0.8:2379 --listen-peer-urls http://127.0.0.8:2380 --log-level error >"$dir/etcd.log" 2>&1 &
  pids+=($!)
  sleep 3
  load compare kv-put,kv-get --target praetor=127.0.0.9 --target etcd=etcd:127.0.0.8 --rounds 7 --seconds 3 >"$dir/etcd.txt"
  for what in 'kv-put put 4' 'kv-get range 7'; do
    read -r scenario name goal <<<"$what"
    times=$(awk -v s="$scenario" '$1 == s && $2 == "etcd" && NF > 3 { print $NF }' "$dir/etcd.txt")
    row "etcd beside it, one node, $name: it does $(thousands "$(awk -v s="$scenario" '$1 == s && $2 == "etcd" && NF > 3 { print $3 }' "$dir/etcd.txt")")/s, here" "$times times that" "$goal times" "$(least "$times" "$goal")"
  done
  kill "${pids[-1]}"
fi
kill "$server"; sleep 1

starts=$(for i in 1 2 3 4 5; do load/cluster.sh start "$binary" | grep -o 'after [0-9.]*' | grep -o '[0-9.]*'; [ "$i" = 5 ] || { load/cluster.sh stop; sleep 2; }; done | median)
row 'three servers on this machine: start to first accepted write, median of five' "$starts s" '1.5 s' "$(most "$starts" 1.5)" '7.0 s (5-25)'
leader_now() { curl -sf http://127.0.0.${1:-1}:8500/v1/status/leader | tr -d '"' | cut -d: -f1; }
leader=$(leader_now); for i in 1 2 3; do [ "127.0.0.$i" = "$leader" ] || follower=127.0.0.$i; done
measure "$dir/leader" kv-put,kv-get,txn-put --address "$leader"
measure "$dir/follower" kv-put,kv-get,kv-get-stale --address "$follower" --no-data
measure "$dir/leader1" kv-put --address "$leader" --connections 1 --no-data
rate "$dir/leader" kv-put 'PUT through the leader, 64 connections' 26000 10 '5,240/s, p99 34 ms'
rate "$dir/follower" kv-put 'PUT through a follower' 24000 '' '5,140/s'
row 'PUT, 1 connection, p50' "$(p50 "$dir/leader1" kv-put) ms" '0.7 ms' "$(most "$(p50 "$dir/leader1" kv-put)" 0.7)" '1.41 ms'
rate "$dir/leader" kv-get 'GET, default consistency, on the leader' 60000 '' '32,300/s'
rate "$dir/follower" kv-get 'GET, default consistency, on a follower (linearizable, too)' 52000 '' '17,100/s'
rate "$dir/follower" kv-get-stale 'GET ?stale on a follower' 62000 '' '33,500/s'
rate "$dir/leader" txn-put 'transactions of 64 sets through the leader' 313
deaths=$(for i in 1 2 3; do
  for up in 1 2 3; do leader=$(leader_now $up || true); [ -n "$leader" ] && break; done
  number=${leader##*.}; other=127.0.0.$((number % 3 + 1))
  kill -9 "$(cat "$PRAETOR_CLUSTER_DIR/s$number.pid")"; began=$(now)
  until curl -sf -m 10 -o /dev/null -X PUT -d x "http://$other:8500/v1/kv/after"; do :; done
  since "$began"; echo
  "$binary" agent -server -bootstrap-expect=3 -data-dir="$PRAETOR_CLUSTER_DIR/s$number" -node="s$number" -bind="$leader" -client="$leader" -retry-join=127.0.0.1 -retry-join=127.0.0.2 -log-level=warn \
    -config-file="$PRAETOR_CLUSTER_DIR/limits.json" >/dev/null 2>&1 &
  echo $! >"$PRAETOR_CLUSTER_DIR/s$number.pid"
  sleep 5
done | median)
row 'kill -9 of the leader to the next accepted write, median of three' "$deaths s" '1.5 s' "$(most "$deaths" 1.5)" '11-15 s'
