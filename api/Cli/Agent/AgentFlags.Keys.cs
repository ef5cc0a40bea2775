using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Agent;

/// <summary>Flags that stand for one key each.</summary>
internal sealed partial class AgentFlags
{
    private const string ValueWord = "value";

    private void DeclareKeys()
    {
        DeclareTexts();
        DeclareSwitches();
        DeclareNumbers();
        DeclareLists();
    }

    private void DeclareTexts()
    {
        Text("advertise", "advertise_addr", "Address that other nodes are told to use.");
        Text("advertise-wan", "advertise_addr_wan", "Address that servers of other datacenters are told to use.");
        Text("alt-domain", "alt_domain", "Second domain that DNS answers for.");
        Text("bind", "bind_addr", "Address to bind for communication inside the cluster.");
        Text("client", "client_addr", "Addresses to bind for clients: RPC, DNS, HTTP, HTTPS and gRPC.");
        Text("data-dir", "data_dir", "Directory that keeps the agent's state.");
        Text("datacenter", "datacenter", "Datacenter of the agent.");
        Text("default-query-time", "default_query_time", "How long a blocking query waits when it does not say.");
        Text("domain", "domain", "Domain that DNS answers for.");
        Text("encrypt", "encrypt", "Key that encrypts gossip, base64.");
        Text("log-file", "log_file", "File that gets a copy of the log.");
        Text("log-level", "log_level", "Lowest level that is logged: TRACE, DEBUG, INFO, WARN or ERR.");
        Text("log-rotate-duration", "log_rotate_duration", "Age after which the log file is rotated.");
        Text("max-query-time", "max_query_time", "Longest wait a blocking query may ask for.");
        Text("node", "node_name", "Name of this node, unique in the cluster.");
        Text("node-id", "node_id", "Id of this node (a UUID), for all time. By default it is kept in the data directory.");
        Text("pid-file", "pid_file", "File that gets the process id.");
        Text("retry-interval", "retry_interval", "Pause between attempts to join.");
        Text("retry-interval-wan", "retry_interval_wan", "Pause between attempts to join over the WAN.");
        Text("segment", "segment", "Network segment to join (Enterprise only).");
        Text("serf-lan-bind", "serf_lan", "Address to bind for gossip in the LAN.");
        Text("serf-wan-bind", "serf_wan", "Address to bind for gossip over the WAN.");
        Text("ui-content-path", "ui_config.content_path", "Path under which the web UI is served.");
        Text("ui-dir", "ui_config.dir", "Directory that holds a web UI of one's own.");
    }

    private void DeclareSwitches()
    {
        Switch("auto-reload-config", "auto_reload_config", "Watches the configuration files and reloads when they change.");
        Switch("bootstrap", "bootstrap", "Makes this server elect itself.");
        Switch("disable-host-node-id", "disable_host_node_id", "Does not derive the node id from the host's id.");
        Switch("disable-keyring-file", "disable_keyring_file", "Does not keep the gossip keys on disk.");
        Switch("enable-local-script-checks", "enable_local_script_checks", "Lets configuration files define checks that run scripts.");
        Switch("enable-script-checks", "enable_script_checks", "Lets anybody define checks that run scripts.");
        Switch("log-json", "log_json", "Logs in JSON.");
        Switch("non-voting-server", "non_voting_server", "Deprecated (Enterprise only): use -read-replica.");
        Switch("read-replica", "read_replica", "Makes the server a replica without a vote (Enterprise only).");
        Switch("rejoin", "rejoin_after_leave", "Rejoins the cluster after it was left.");
        Switch("server", "server", "Makes the agent a server.");
        Switch("syslog", "enable_syslog", "Sends the log to syslog too.");
        Switch("ui", "ui_config.enabled", "Serves the web UI.");
    }

    private void DeclareNumbers()
    {
        Number("bootstrap-expect", "bootstrap_expect", "Number of servers to wait for before the first election.");
        Number("check_output_max_size", "check_output_max_size", "Bytes kept of a check's output.");
        Number("dns-port", "ports.dns", "Port of DNS.");
        Number("grpc-port", "ports.grpc", "Port of gRPC without TLS.");
        Number("grpc-tls-port", "ports.grpc_tls", "Port of gRPC with TLS.");
        Number("http-port", "ports.http", "Port of the HTTP API.");
        Number("https-port", "ports.https", "Port of the HTTPS API.");
        Number("log-rotate-bytes", "log_rotate_bytes", "Bytes after which the log file is rotated.");
        Number("log-rotate-max-files", "log_rotate_max_files", "Rotated log files to keep.");
        Number("protocol", "protocol", "Protocol version of the cluster.");
        Number("raft-protocol", "raft_protocol", "Version of the consensus protocol.");
        Number("retry-max", "retry_max", "Attempts to join before the agent gives up; 0 is for ever.");
        Number("retry-max-wan", "retry_max_wan", "Attempts to join over the WAN before the agent gives up; 0 is for ever.");
        Number("serf-lan-port", "ports.serf_lan", "Port of gossip in the LAN.");
        Number("serf-wan-port", "ports.serf_wan", "Port of gossip over the WAN.");
        Number("server-port", "ports.server", "Port of RPC between servers.");
    }

    private void DeclareLists()
    {
        List("allow-write-http-from", "http_config.allow_write_http_from", "Network (CIDR) that may use the agent's write endpoints. May be given several times.");
        List("primary-gateway", "primary_gateways", "Mesh gateway of the primary datacenter. May be given several times.");
        List("recursor", "recursors", "DNS server that is asked about other domains. May be given several times.");
        List("retry-join", "retry_join", "Address of a node to join at start, tried until it works. May be given several times.");
        List("retry-join-wan", "retry_join_wan", "Address of a server to join over the WAN at start, tried until it works. May be given several times.");
        List("serf-lan-allowed-cidrs", "serf_lan_allowed_cidrs", "Network (CIDR) that members of the LAN may come from. May be given several times.");
        List("serf-wan-allowed-cidrs", "serf_wan_allowed_cidrs", "Network (CIDR) that members over the WAN may come from. May be given several times.");
    }

    private void Text(string name, string key, string help) => Bind(new StringFlag(name, help, ValueWord), key);

    private void Switch(string name, string key, string help) => Bind(new BoolFlag(name, help, longError: true), key);

    private void Number(string name, string key, string help) => Bind(new DecimalFlag(name, help), key);

    private void List(string name, string key, string help) => Bind(new ListFlag(name, help), key);

    private void Bind(CliFlag flag, string key)
    {
        _keys.Add((flag, key));
        _all.Add(flag);
    }
}
