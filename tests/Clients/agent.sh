# Sourced by the scripts beside it: a directory of its own, an agent in it, programs as Debian ships them, and an end to all of that.
set -eu
praetor=$(realpath "$1")
work=$(mktemp -d)
pids=()
finish() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done; rm -rf "$work"; }
trap finish EXIT
cd "$work"

# Path of a program; its package is unpacked here if it is not installed: package, path in it.
tool() {
  if command -v "$(basename "$2")"; then return; fi
  apt-get download -qq "$1" >/dev/null 2>&1
  dpkg -x "$1"_*.deb unpacked
  echo "$work/unpacked/$2"
}

# Starts an agent at an address, with arguments, and waits until it leads; sets api and agent (its process).
start_agent() {
  local address=$1; shift
  "$praetor" agent -dev -bind="$address" -client="$address" -log-level=warn "$@" >agent.log 2>&1 &
  agent=$!
  pids+=("$agent")
  api=http://$address:8500/v1
  until curl -sf "$api/status/leader" | grep -q 8300; do sleep 0.1; done
}
