# /etc/consul.d/consul.hcl: what all agents of a datacenter have in common. Files of this directory are read
# in the order of their names; later ones add to lists and replace single values.

datacenter = "dc1"
data_dir   = "/opt/consul"

# Gossip and RPC: the address of the card that leads to the other machines.
bind_addr = "{{ GetPrivateInterfaces | include \"network\" \"10.0.0.0/8\" | attr \"address\" }}"

# HTTP and DNS: this machine only.
client_addr = "127.0.0.1"

# Some members that are there for sure; one that answers is enough.
retry_join = ["10.0.0.10", "10.0.0.11", "10.0.0.12"]

# The same on all agents: consul keygen
# encrypt = "..."

log_level = "INFO"

# Scripts of checks come from files alone, never over HTTP.
enable_local_script_checks = true

limits {
  http_max_conns_per_client = 200
}

telemetry {
  prometheus_retention_time = "60s"
  disable_hostname          = true
}
