#!/usr/bin/env bash
# Forwarding to dnsmasq and to unbound as Debian ships them, over UDP and TCP (dns 9): a name that they know, one that they deny, a long answer, an address, one of them gone.
#   tests/Clients/recursors.sh path/to/praetor
# Unpacks Debian's packages into a temporary directory if they are not installed. Needs dig.
. "$(dirname "$0")/agent.sh"

dnsmasq=$(tool dnsmasq-base usr/sbin/dnsmasq)
unbound=$(tool unbound usr/sbin/unbound)
"$dnsmasq" --version | head -1
"$unbound" -V | head -1

first=127.0.97.4 second=127.0.97.5 address=127.0.97.3
long=$(for i in $(seq 60); do printf -- '--host-record=long.example.com,192.0.2.%d ' "$i"; done)
# shellcheck disable=SC2086
"$dnsmasq" --keep-in-foreground --no-hosts --no-resolv --bind-interfaces --listen-address=$first --port=5301 --pid-file= --user="$(id -un)" \
  --local=/example.com/ --host-record=known.example.com,192.0.2.1,2001:db8::1 --ptr-record=1.2.0.192.in-addr.arpa,known.example.com --edns-packet-max=512 $long >dnsmasq.log 2>&1 &
masq=$!
pids+=($masq)
cat >unbound.conf <<CFG
server:
  interface: $second@5302
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "$work"
  pidfile: ""
  use-syslog: no
  access-control: 127.0.0.0/8 allow
  local-zone: "example.com." static
  local-data: "known.example.com. 300 IN A 192.0.2.2"
CFG
"$unbound" -d -c unbound.conf >unbound.log 2>&1 &
pids+=($!)

start_agent $address -node=n1 -hcl "recursors = [\"$first:5301\", \"$second:5302\"]" -hcl 'dns_config { recursor_timeout = "500ms" }'
curl -sf -X PUT "$api/agent/service/register" -d '{"Name": "web", "Port": 443, "Address": "known.example.com"}'

ask() { dig @$address -p 8600 +tries=1 +time=5 "$@"; }
expect() { # what, expected, found
  [ "$2" = "$3" ] || { printf '%s\n expected: %s\n found:    %s\n' "$1" "$2" "$3"; cat agent.log; exit 1; }
  echo "$1: $3"
}
flags() { grep -oE 'status: [A-Z]+|flags: [a-z ]+' | tr '\n' ' '; }
for over in +notcp +tcp; do
  expect "A $over" 192.0.2.1 "$(ask $over +short known.example.com)"
  expect "AAAA $over" 2001:db8::1 "$(ask $over +short known.example.com AAAA)"
  expect "denied $over" "status: NXDOMAIN flags: qr rd ra " "$(ask $over none.example.com | flags)"
  expect "address $over" known.example.com. "$(ask $over +short -x 192.0.2.1)"
  expect "catalog $over" "status: NOERROR flags: qr aa rd ra " "$(ask $over n1.node.consul | flags)"
  expect "alias of a service $over" "known.example.com. 192.0.2.1" "$(ask $over +short web.service.consul | tr '\n' ' ' | sed 's/ $//')"
done
expect "long over UDP is cut and says so" "status: NOERROR flags: qr aa tc rd ra " "$(ask +notcp +ignore +noedns long.example.com | flags)"
expect "long over TCP is whole" 60 "$(ask +tcp +short long.example.com | wc -l)"

kill $masq; wait $masq 2>/dev/null || true
expect "the second answers when the first is gone" 192.0.2.2 "$(ask +short known.example.com)"
expect "the second answers over TCP" 192.0.2.2 "$(ask +tcp +short known.example.com)"
kill -HUP $agent
expect "still answering after a reload" 192.0.2.2 "$(ask +short known.example.com)"
echo "ok"
