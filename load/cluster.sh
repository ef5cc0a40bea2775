#!/usr/bin/env bash
# Three servers on 127.0.0.1 to .3 with fresh data, ready to be measured:  load/cluster.sh start ./out/praetor | load/cluster.sh stop
set -eu
dir=${PRAETOR_CLUSTER_DIR:-/var/tmp/praetor-cluster}

start() {
    binary=$(realpath "$1")
    rm -rf "$dir" && mkdir -p "$dir"
    echo '{"limits": {"http_max_conns_per_client": 10000}}' > "$dir/limits.json"
    began=$(date +%s.%N)
    for i in 1 2 3; do
        "$binary" agent -server -bootstrap-expect=3 -data-dir="$dir/s$i" -node="s$i" -bind="127.0.0.$i" -client="127.0.0.$i" \
            -retry-join=127.0.0.1 -retry-join=127.0.0.2 -log-level=warn -config-file="$dir/limits.json" > "$dir/s$i.log" 2>&1 &
        echo $! > "$dir/s$i.pid"
    done
    until curl -sf -o /dev/null -X PUT -d x http://127.0.0.1:8500/v1/kv/ready; do sleep 0.02; done
    echo "first accepted write after $(awk "BEGIN { printf \"%.2f\", $(date +%s.%N) - $began }") s, leader $(curl -s http://127.0.0.1:8500/v1/status/leader)"
}

stop() {
    for pid in "$dir"/s?.pid; do kill "$(cat "$pid")" 2> /dev/null || true; done
}

case ${1:-} in
    start) start "$2" ;;
    stop) stop ;;
    *) echo "usage: load/cluster.sh start BINARY | stop" >&2; exit 1 ;;
esac
