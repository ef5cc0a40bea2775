using static Praetor.Api.Config.ConfigKeys;

namespace Praetor.Api.Config;

/// <summary>Keys of mesh, telemetry, and of what is deprecated or ignored.</summary>
internal static partial class AgentSchema
{
    private static IEnumerable<ConfigField> Mesh() =>
    [
        .. Block("connect", Bools("enabled", "enable_mesh_gateway_wan_federation", "enable_serverless_plugin"),
            Strings("ca_provider", "test_ca_leaf_root_change_spread"), Opaque("ca_config")),
        .. Block("peering", Bools("enabled", "test_allow_peer_registrations")),
        .. Block("auto_encrypt", Bools("tls", "allow_tls"), Lists("dns_san", "ip_san")),
        .. Block("auto_config", Bools("enabled"), Strings("intro_token", "intro_token_file"), Lists("server_addresses", "dns_sans", "ip_sans"),
            Block("authorization", Bools("enabled"), Block("static", Strings("jwks_url", "jwks_ca_cert", "oidc_discovery_url", "oidc_discovery_ca_cert",
                "bound_issuer", "expiration_leeway", "not_before_leeway", "clock_skew_leeway"), Bools("allow_reuse"),
                Lists("claim_assertions", "jwt_validation_pub_keys", "jwt_supported_algs", "bound_audiences"),
                Maps("claim_mappings", "list_claim_mappings")))),
    ];

    private static IEnumerable<ConfigField> Telemetry() => Block("telemetry",
        Strings("metrics_prefix", "statsd_address", "statsite_address", "dogstatsd_addr", "prometheus_retention_time",
            "circonus_api_token", "circonus_api_app", "circonus_api_url", "circonus_submission_interval", "circonus_submission_url", "circonus_check_id",
            "circonus_check_force_metric_activation", "circonus_check_instance_id", "circonus_check_search_tag", "circonus_check_display_name",
            "circonus_check_tags", "circonus_broker_id", "circonus_broker_select_tag"),
        Bools("disable_hostname", "filter_default", "enable_host_metrics", "disable_per_tenancy_usage_metrics", "retry_failed_connection"),
        Lists("dogstatsd_tags", "prefix_filter"));

    /// <summary>Old names; <see cref="DeprecatedKeys"/> moves their values.</summary>
    private static IEnumerable<ConfigField> Deprecated() =>
    [
        .. Strings("acl_agent_master_token", "acl_master_token", "acl_agent_token", "acl_token", "acl_replication_token", "acl_datacenter",
            "acl_default_policy", "acl_down_policy", "acl_ttl", "ca_file", "ca_path", "cert_file", "key_file", "tls_cipher_suites", "tls_min_version",
            "ui_dir", "ui_content_path"),
        .. Bools("enable_acl_replication", "acl_enable_key_list_policy", "verify_incoming", "verify_outgoing", "verify_incoming_rpc",
            "verify_server_hostname", "verify_incoming_https", "tls_prefer_server_cipher_suites", "ui"),
        .. Lists("start_join", "start_join_wan"),
        .. Block("raft_boltdb", new ConfigBlock(Bools("NoFreelistSync")).WithAliases("no_freelist_sync=NoFreelistSync")),
    ];

    /// <summary>Enterprise keys and keys whose built-in value always wins: accepted, checked by type, not used.</summary>
    private static IEnumerable<ConfigField> WithoutEffect() =>
    [
        .. Bools("read_replica", "non_voting_server"),
        .. Strings("segment", "partition", "license_path", "ae_interval", "check_deregister_interval_min", "check_reap_interval",
            "sync_coordinate_interval_min", "revision", "version", "version_prerelease", "version_metadata", "build_date",
            "license_poll_base_time", "license_poll_max_time", "license_update_base_time", "license_update_max_time"),
        .. Floats("sync_coordinate_rate_target"),
        .. Ints("segment_limit", "segment_name_limit"),
        .. Blocks("segments", new ConfigBlock(Strings("name", "bind", "advertise"), Ints("port"), Bools("rpc_listener"))),
        .. Opaque("audit", "consul"),
    ];
}
