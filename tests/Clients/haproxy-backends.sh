#!/usr/bin/env bash
# HAProxy as Debian ships it fills a backend from SRV records of a running agent and follows the catalog: servers come, go, and are weighted as their checks say (issue of operators: no reload).
#   tests/Clients/haproxy-backends.sh path/to/praetor
# Unpacks Debian's package into a temporary directory if haproxy is not installed.
. "$(dirname "$0")/agent.sh"

haproxy=$(tool haproxy usr/sbin/haproxy)
"$haproxy" -v | head -1

address=127.0.97.2
start_agent $address -node=balanced

# Three web servers that say who they are; HAProxy itself plays them.
cat >haproxy.cfg <<CFG
global
    stats socket $work/admin.sock level admin
defaults
    mode http
    timeout connect 2s
    timeout client 5s
    timeout server 5s
resolvers agent
    nameserver local $address:8600
    accepted_payload_size 8192
    resolve_retries 3
    timeout resolve 200ms
    timeout retry 200ms
    hold valid 200ms
    hold obsolete 300ms
    hold nx 300ms
frontend front
    bind $address:8080
    default_backend web
backend web
    balance roundrobin
    server-template web 5 _web._tcp.service.consul resolvers agent init-addr none resolve-opts allow-dup-ip
frontend one
    bind $address:9101
    http-request return status 200 content-type text/plain string one
frontend two
    bind $address:9102
    http-request return status 200 content-type text/plain string two
frontend three
    bind $address:9103
    http-request return status 200 content-type text/plain string three
CFG
"$haproxy" -f haproxy.cfg -db >haproxy.log 2>&1 &
pids+=($!)

register() { curl -sf -X PUT "$api/agent/service/register" -d "{\"ID\": \"$1\", \"Name\": \"web\", \"Port\": $2, \"Address\": \"$address\", \"Check\": {\"TTL\": \"60s\", \"Status\": \"passing\"}}"; }
live() {
  for _ in $(seq 40); do curl -s --max-time 2 "http://$address:8080/" || true; echo; done | grep -xE 'one|two|three' | sort -u | tr '\n' ' '
}
expect() {
  for _ in $(seq 150); do
    found=$(live)
    if [ "$found" = "$1" ]; then echo "answering: ${found:-nobody}"; return; fi
    sleep 0.1
  done
  echo "expected: $1"
  echo "found:    $found"
  cat haproxy.log
  exit 1
}

expect ""
register web-1 9101
register web-2 9102
expect "one two "
register web-3 9103
expect "one three two "
curl -sf -X PUT "$api/agent/check/fail/service:web-1"
expect "three two "
curl -sf -X PUT "$api/agent/check/pass/service:web-1"
curl -sf -X PUT "$api/agent/service/deregister/web-2"
expect "one three "
echo "ok"
