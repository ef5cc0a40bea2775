using static Praetor.Api.Config.ConfigKeys;

namespace Praetor.Api.Config;

/// <summary>Every key of the agent's configuration (config 5 and 6).</summary>
internal static partial class AgentSchema
{
    private static ConfigBlock? s_root;

    /// <summary>The top level; built when the first source is read.</summary>
    public static ConfigBlock Root => s_root ??= new ConfigBlock(
        General(), Addresses(), Cluster(), Server(), Acl(), Tls(), Dns(), HttpAndUi(), Logging(), Mesh(), Telemetry(),
        Registrations(), Deprecated(), WithoutEffect());

    private static IEnumerable<ConfigField> General() =>
    [
        .. Strings("datacenter", "primary_datacenter", "node_name", "node_id", "data_dir", "pid_file", "server_rejoin_age_max", "check_update_interval",
            "default_query_time", "max_query_time", "discovery_max_stale", "session_ttl_min", "default_intention_policy", "server_name"),
        .. Bools("server", "disable_host_node_id", "auto_reload_config", "leave_on_terminate", "skip_leave_on_interrupt", "rejoin_after_leave",
            "translate_wan_addrs", "disable_coordinates", "disable_remote_exec", "disable_update_check", "disable_anonymous_signature",
            "disable_http_unprintable_char_filter", "enable_debug", "enable_central_service_config", "enable_agent_tls_for_checks",
            "enable_script_checks", "enable_local_script_checks", "discard_check_output", "use_streaming_backend"),
        .. Ints("protocol", "check_output_max_size"),
        .. Maps("node_meta", "tagged_addresses"),
        .. Lists("experiments"),
        .. Block("locality", Strings("region", "zone")),
        .. Block("rpc", Bools("enable_streaming")),
        .. Block("cache", Floats("entry_fetch_rate"), Ints("entry_fetch_max_burst")),
        .. Block("reporting", Block("license", Bools("enabled"))),
        .. Opaque("snapshot_agent"),
        .. Block("cloud", Strings("resource_id", "client_id", "client_secret", "hostname", "auth_url", "scada_address", "management_token", "node_id", "node_name")),
    ];

    private static IEnumerable<ConfigField> Addresses() =>
    [
        .. Strings("bind_addr", "advertise_addr", "advertise_addr_wan", "advertise_addr_ipv4", "advertise_addr_ipv6", "advertise_addr_wan_ipv4",
            "advertise_addr_wan_ipv6", "client_addr", "serf_lan", "serf_wan"),
        .. Block("addresses", Strings("dns", "http", "https", "grpc", "grpc_tls")),
        .. Block("ports", Ints("dns", "http", "https", "grpc", "grpc_tls", "server", "serf_lan", "serf_wan", "sidecar_min_port", "sidecar_max_port",
            "expose_min_port", "expose_max_port", "proxy_min_port", "proxy_max_port")),
        .. Block("unix_sockets", Strings("user", "group", "mode")),
    ];

    private static IEnumerable<ConfigField> Cluster() =>
    [
        .. Bools("bootstrap", "encrypt_verify_incoming", "encrypt_verify_outgoing", "disable_keyring_file"),
        .. Ints("bootstrap_expect", "retry_max", "retry_max_wan"),
        .. Strings("retry_interval", "retry_interval_wan", "primary_gateways_interval", "reconnect_timeout", "reconnect_timeout_wan",
            "advertise_reconnect_timeout", "encrypt"),
        .. Lists("retry_join", "retry_join_wan", "serf_lan_allowed_cidrs", "serf_wan_allowed_cidrs", "primary_gateways"),
        .. Block("gossip_lan", Gossip()),
        .. Block("gossip_wan", Gossip()),
    ];

    private static IEnumerable<ConfigField> Gossip() =>
        [.. Ints("gossip_nodes", "suspicion_mult", "retransmit_mult"), .. Strings("gossip_interval", "probe_interval", "probe_timeout")];

    private static IEnumerable<ConfigField> Server() =>
    [
        .. Block("performance", Ints("raft_multiplier"), Bools("enable_xds_load_balancing"),
            Strings("leave_drain_time", "rpc_hold_timeout", "grpc_keepalive_interval", "grpc_keepalive_timeout")),
        .. Ints("raft_protocol", "raft_snapshot_threshold", "raft_trailing_logs"),
        .. Strings("raft_snapshot_interval"),
        .. Bools("raft_prevote_disabled"),
        .. Block("raft_logstore", Strings("backend"), Bools("disable_log_cache"),
            Block("verification", Bools("enabled"), Strings("interval")),
            Block("boltdb", Bools("no_freelist_sync")),
            Block("wal", Ints("segment_size_mb"))),
        .. Block("autopilot", Bools("cleanup_dead_servers", "disable_upgrade_migration"), Ints("max_trailing_logs"), Uints("min_quorum"),
            Strings("last_contact_threshold", "server_stabilization_time", "redundancy_zone_tag", "upgrade_version_tag")),
        .. Block("limits", Ints("http_max_conns_per_client", "rpc_max_burst", "rpc_max_conns_per_client"), Floats("rpc_rate"),
            Uints("kv_max_value_size", "txn_max_req_len"), Strings("https_handshake_timeout", "rpc_handshake_timeout", "rpc_client_timeout"),
            Block("request_limits", Strings("mode"), Floats("read_rate", "write_rate"))),
        .. Block("config_entries", OpaqueLists("bootstrap")),
        .. Block("xds", Floats("update_max_per_second")),
    ];

    private static IEnumerable<ConfigField> Acl() => Block("acl",
        Bools("enabled", "enable_key_list_policy", "enable_token_replication", "enable_token_persistence", "msp_disable_bootstrap"),
        Strings("default_policy", "down_policy", "token_ttl", "policy_ttl", "role_ttl"),
        Block("tokens",
            Strings("initial_management", "agent", "agent_recovery", "default", "replication", "config_file_service_registration", "dns", "master", "agent_master"),
            Blocks("managed_service_provider", new ConfigBlock(Strings("accessor_id", "secret_id")))));

    private static IEnumerable<ConfigField> Tls() => Block("tls",
        Block("defaults", TlsInterface()), Block("internal_rpc", TlsInterface()), Block("https", TlsInterface()), Block("grpc", TlsInterface()));

    private static IEnumerable<ConfigField> TlsInterface() =>
    [
        .. Strings("ca_file", "ca_path", "cert_file", "key_file", "tls_min_version", "tls_cipher_suites"),
        .. Bools("verify_incoming", "verify_outgoing", "verify_server_hostname", "use_auto_cert"),
    ];

    private static IEnumerable<ConfigField> Dns() =>
    [
        .. Strings("domain", "alt_domain"),
        .. Lists("recursors"),
        .. Block("dns_config",
            Bools("allow_stale", "enable_truncate", "only_passing", "disable_compression", "use_cache", "enable_additional_node_meta_txt", "prefer_namespace"),
            Strings("max_stale", "node_ttl", "cache_max_age", "recursor_strategy", "recursor_timeout"),
            Maps("service_ttl"), Ints("a_record_limit", "udp_answer_limit"),
            Block("soa", Uints("refresh", "retry", "expire", "min_ttl"))),
    ];

    private static IEnumerable<ConfigField> HttpAndUi() =>
    [
        .. Block("http_config", Lists("block_endpoints", "allow_write_http_from"), Maps("response_headers"), Bools("use_cache"), Ints("max_header_bytes")),
        .. Block("ui_config", Bools("enabled"), Strings("dir", "content_path", "metrics_provider", "metrics_provider_options_json"),
            Lists("metrics_provider_files"), Maps("dashboard_url_templates"),
            Block("metrics_proxy", Strings("base_url"), Lists("path_allowlist"), Blocks("add_headers", new ConfigBlock(Strings("name", "value"))))),
    ];

    private static IEnumerable<ConfigField> Logging() =>
    [
        .. Strings("log_level", "log_file", "log_rotate_duration", "syslog_facility"),
        .. Bools("log_json", "enable_syslog"),
        .. Ints("log_rotate_bytes", "log_rotate_max_files"),
    ];
}
