#!/usr/bin/env bash
# Prometheus as Debian ships it discovers its targets through a running agent (field 4). Debian builds it without Consul's own discovery, so it asks the agent's DNS for SRV records; what the
# other way sends is in DiscoveryClientTests.
#   tests/Clients/prometheus-discovery.sh path/to/praetor
# Needs root, for port 53 and a resolv.conf that only Prometheus sees. Unpacks Debian's package into a temporary directory if prometheus is not installed.
. "$(dirname "$0")/agent.sh"

prometheus=$(tool prometheus usr/bin/prometheus)
"$prometheus" --version 2>&1 | head -1

address=127.0.97.1
start_agent $address -node=scraped -dns-port=53
register() { curl -sf -X PUT "$api/agent/service/register" -d "{\"ID\": \"$1\", \"Name\": \"$2\", \"Port\": $3, \"Tags\": [\"scrape\"]}"; }
register web web 9101
register api api 9102

cat >prometheus.yml <<EOF
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: consul
    dns_sd_configs: [{names: [scrape.web.service.consul, scrape.api.service.consul], type: SRV, refresh_interval: 1s}]
    relabel_configs:
      - {source_labels: [__meta_dns_name], regex: 'scrape\\.(.*)\\.service.*', target_label: service}
EOF
echo "nameserver $address" >resolv.conf
unshare -m sh -c 'mount --bind resolv.conf /etc/resolv.conf && exec "$0" --config.file=prometheus.yml --storage.tsdb.path=data --web.listen-address='$address':9190' "$prometheus" >prometheus.log 2>&1 &
pids+=($!)

targets() {
  curl -sf "http://$address:9190/api/v1/targets?state=active" 2>/dev/null | tr '{' '\n' | grep -o '"instance":"[^"]*"\|"service":"[^"]*"' | sort -u | tr '\n' ' ' || true
}
expect() {
  for _ in $(seq 200); do
    found=$(targets)
    if [ "$found" = "$1" ]; then echo "found: $found"; return; fi
    sleep 0.1
  done
  echo "expected: $1"
  echo "found:    $found"
  exit 1
}

node=scraped.node.dc1.consul
expect "\"instance\":\"$node:9101\" \"instance\":\"$node:9102\" \"service\":\"api\" \"service\":\"web\" "
register web-2 web 9103
expect "\"instance\":\"$node:9101\" \"instance\":\"$node:9102\" \"instance\":\"$node:9103\" \"service\":\"api\" \"service\":\"web\" "
curl -sf -X PUT "$api/agent/service/deregister/web"
expect "\"instance\":\"$node:9102\" \"instance\":\"$node:9103\" \"service\":\"api\" \"service\":\"web\" "
echo "ok"
