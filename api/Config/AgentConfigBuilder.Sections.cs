namespace Praetor.Api.Config;

/// <summary>Puts the groups of settings together, with their defaults (config 5).</summary>
internal sealed partial class AgentConfigBuilder
{
    private const int DefaultRaftMultiplier = 5;
    private const int DefaultBodyLimitBytes = 524_288;

    private ClusterSettings AssembleCluster() => new()
    {
        RetryJoin = ExpandAll("retry_join"),
        RetryJoinWan = ExpandAll("retry_join_wan"),
        RetryInterval = _keys.Duration("retry_interval", TimeSpan.FromSeconds(30)),
        RetryIntervalWan = _keys.Duration("retry_interval_wan", TimeSpan.FromSeconds(30)),
        RetryMax = _keys.Integer("retry_max"),
        RetryMaxWan = _keys.Integer("retry_max_wan"),
        AllowedLan = _allowedLan,
        AllowedWan = _allowedWan,
        PrimaryGateways = ExpandAll("primary_gateways"),
        PrimaryGatewaysInterval = _keys.Duration("primary_gateways_interval", TimeSpan.FromSeconds(30)),
        ReconnectTimeout = _keys.Duration("reconnect_timeout", TimeSpan.FromHours(72)),
        ReconnectTimeoutWan = _keys.Duration("reconnect_timeout_wan", TimeSpan.FromHours(72)),
        AdvertiseReconnectTimeout = _keys.Duration("advertise_reconnect_timeout", TimeSpan.Zero),
        RejoinAfterLeave = _keys.Flag("rejoin_after_leave"),
        ServerRejoinAgeMax = _keys.DurationAtLeast("server_rejoin_age_max", TimeSpan.FromHours(168), TimeSpan.FromHours(6)),
        EncryptKey = _keys.Text("encrypt"),
        EncryptVerifyIncoming = _keys.Flag("encrypt_verify_incoming", true),
        EncryptVerifyOutgoing = _keys.Flag("encrypt_verify_outgoing", true),
        DisableKeyringFile = _keys.Flag("disable_keyring_file"),
        Lan = Gossip("gossip_lan", new GossipSettings(3, Ms(200), Ms(1000), Ms(500), 4, 4)),
        Wan = Gossip("gossip_wan", new GossipSettings(3, Ms(500), Ms(5000), Ms(3000), 6, 4)),
    };

    private GossipSettings Gossip(string pool, GossipSettings unset) => new(
        _keys.Integer($"{pool}.gossip_nodes", unset.GossipNodes),
        _keys.Duration($"{pool}.gossip_interval", unset.GossipInterval),
        _keys.Duration($"{pool}.probe_interval", unset.ProbeInterval),
        _keys.Duration($"{pool}.probe_timeout", unset.ProbeTimeout),
        _keys.Integer($"{pool}.suspicion_mult", unset.SuspicionMult),
        _keys.Integer($"{pool}.retransmit_mult", unset.RetransmitMult));

    private List<string> ExpandAll(string path) => [.. _keys.List(path).SelectMany(entry => entry.Contains("provider=", StringComparison.Ordinal) ? [entry] : Expand(path, entry))];

    private RaftSettings AssembleRaft()
    {
        var multiplier = _keys.Integer("performance.raft_multiplier", DefaultRaftMultiplier);
        return new RaftSettings
        {
            Multiplier = multiplier,
            // A server of its own in -dev need not wait for anybody.
            HeartbeatTimeout = _devMode ? Ms(35) : multiplier * Ms(1000),
            ElectionTimeout = _devMode ? Ms(52) : multiplier * Ms(1000),
            LeaderLease = _devMode ? Ms(20) : multiplier * Ms(500),
            SnapshotThreshold = _keys.Integer("raft_snapshot_threshold", 16384),
            SnapshotInterval = _keys.Duration("raft_snapshot_interval", TimeSpan.FromSeconds(30)),
            TrailingLogs = _keys.Integer("raft_trailing_logs", 10240),
            PreVoteDisabled = _keys.Flag("raft_prevote_disabled"),
            LeaveDrainTime = _keys.Duration("performance.leave_drain_time", TimeSpan.FromSeconds(5)),
            RpcHoldTimeout = _keys.Duration("performance.rpc_hold_timeout", TimeSpan.FromSeconds(7)),
            GrpcKeepaliveInterval = _keys.DurationAtLeast("performance.grpc_keepalive_interval", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1)),
            GrpcKeepaliveTimeout = _keys.DurationAtLeast("performance.grpc_keepalive_timeout", TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(1)),
        };
    }

    private AutopilotSettings AssembleAutopilot() => new(
        _keys.Flag("autopilot.cleanup_dead_servers", true),
        _keys.Duration("autopilot.last_contact_threshold", Ms(200)),
        _keys.Integer("autopilot.max_trailing_logs", 250),
        _keys.Integer("autopilot.min_quorum"),
        _keys.Duration("autopilot.server_stabilization_time", TimeSpan.FromSeconds(10)));

    private LimitSettings AssembleLimits() => new()
    {
        HttpMaxConnsPerClient = _keys.Integer("limits.http_max_conns_per_client", 200),
        HttpsHandshakeTimeout = _keys.Duration("limits.https_handshake_timeout", TimeSpan.FromSeconds(5)),
        RpcHandshakeTimeout = _keys.Duration("limits.rpc_handshake_timeout", TimeSpan.FromSeconds(5)),
        RpcClientTimeout = _keys.Duration("limits.rpc_client_timeout", TimeSpan.FromSeconds(60)),
        RpcRate = _keys.Number("limits.rpc_rate", -1),
        RpcMaxBurst = _keys.Integer("limits.rpc_max_burst", 1000),
        RpcMaxConnsPerClient = _keys.Integer("limits.rpc_max_conns_per_client", 100),
        KvMaxValueSizeBytes = _keys.Long("limits.kv_max_value_size", DefaultBodyLimitBytes),
        TxnMaxRequestBytes = _keys.Long("limits.txn_max_req_len", DefaultBodyLimitBytes),
        RequestMode = _keys.Text("limits.request_limits.mode", "disabled"),
        ReadRate = _keys.Number("limits.request_limits.read_rate", -1),
        WriteRate = _keys.Number("limits.request_limits.write_rate", -1),
    };

    private AclSettings AssembleAcl() => new()
    {
        Enabled = _keys.Flag("acl.enabled"),
        DefaultPolicy = _keys.Text("acl.default_policy", "allow"),
        DownPolicy = _keys.Text("acl.down_policy", "extend-cache"),
        TokenTtl = _keys.Duration("acl.token_ttl", TimeSpan.FromSeconds(30)),
        PolicyTtl = _keys.Duration("acl.policy_ttl", TimeSpan.FromSeconds(30)),
        RoleTtl = _keys.Duration("acl.role_ttl", TimeSpan.Zero),
        EnableKeyListPolicy = _keys.Flag("acl.enable_key_list_policy"),
        EnableTokenReplication = _keys.Flag("acl.enable_token_replication"),
        EnableTokenPersistence = _keys.Flag("acl.enable_token_persistence"),
        Tokens = _keys.Map("acl.tokens"),
    };

    private DnsSettings AssembleDns()
    {
        var ttls = new SortedList<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var (name, text) in _keys.Map("dns_config.service_ttl"))
            ttls[name] = _keys.ParseDuration($"dns_config.service_ttl[{Quoted(name)}]", text);
        return new DnsSettings
        {
            Domain = _keys.Text("domain", "consul."),
            AltDomain = _keys.Text("alt_domain"),
            Recursors = _recursors,
            AllowStale = _keys.Flag("dns_config.allow_stale", true),
            MaxStale = _keys.Duration("dns_config.max_stale", TimeSpan.FromHours(87600)),
            NodeTtl = _keys.Duration("dns_config.node_ttl", TimeSpan.Zero),
            ServiceTtl = ttls,
            EnableTruncate = _keys.Flag("dns_config.enable_truncate"),
            OnlyPassing = _keys.Flag("dns_config.only_passing"),
            DisableCompression = _keys.Flag("dns_config.disable_compression"),
            UseCache = _keys.Flag("dns_config.use_cache"),
            CacheMaxAge = _keys.Duration("dns_config.cache_max_age", TimeSpan.Zero),
            ARecordLimit = _keys.Integer("dns_config.a_record_limit"),
            UdpAnswerLimit = _keys.Integer("dns_config.udp_answer_limit", 3),
            RecursorStrategy = _keys.Text("dns_config.recursor_strategy", "sequential"),
            RecursorTimeout = _keys.Duration("dns_config.recursor_timeout", TimeSpan.FromSeconds(2)),
            NodeMetaTxt = _keys.Flag("dns_config.enable_additional_node_meta_txt", true),
            Soa = new SoaSettings(Seconds("refresh", 3600), Seconds("retry", 600), Seconds("expire", 86400), Seconds("min_ttl", 0)),
        };
    }

    private uint Seconds(string key, uint unset) => (uint)Math.Clamp(_keys.Long($"dns_config.soa.{key}", unset), 0, uint.MaxValue);

    private HttpSettings AssembleHttp() => new()
    {
        BlockEndpoints = _keys.List("http_config.block_endpoints"),
        ResponseHeaders = _keys.Map("http_config.response_headers"),
        AllowWriteFrom = _writeFrom,
        UseCache = _keys.Flag("http_config.use_cache", true),
        MaxHeaderBytes = _keys.Integer("http_config.max_header_bytes"),
        UiEnabled = _keys.Flag("ui_config.enabled"),
        UiDirectory = _keys.Text("ui_config.dir"),
        UiContentPath = ContentPath(_keys.Text("ui_config.content_path")),
        MetricsProxy = AssembleMetricsProxy(),
    };

    /// <summary>A slash at both ends, whatever was written.</summary>
    private static string ContentPath(string path) => path.Trim('/') is { Length: > 0 } trimmed ? $"/{trimmed}/" : "/ui/";

    private LogSettings AssembleLog() => new()
    {
        Level = _keys.Text("log_level", "INFO"),
        Json = _keys.Flag("log_json"),
        File = _keys.Text("log_file"),
        RotateDuration = _keys.Duration("log_rotate_duration", TimeSpan.FromHours(24)),
        RotateBytes = _keys.Long("log_rotate_bytes"),
        RotateMaxFiles = _keys.Integer("log_rotate_max_files"),
        Syslog = _keys.Flag("enable_syslog"),
        SyslogFacility = _keys.Text("syslog_facility", "LOCAL0"),
    };

    private MeshSettings AssembleMesh() => new()
    {
        ConnectEnabled = _keys.Flag("connect.enabled", true) || _keys.Flag("auto_encrypt.allow_tls") || _keys.Flag("auto_config.enabled"),
        CaProvider = _keys.Text("connect.ca_provider"),
        PeeringEnabled = _keys.Flag("peering.enabled", true),
        AutoEncryptTls = _keys.Flag("auto_encrypt.tls"),
        AutoEncryptAllowTls = _keys.Flag("auto_encrypt.allow_tls"),
    };

    private TelemetrySettings AssembleTelemetry() => new()
    {
        Prefix = _keys.Text("telemetry.metrics_prefix", "consul"),
        Filters = [.. _keys.List("telemetry.prefix_filter").Where(static rule => rule.Length > 0 && rule[0] is '+' or '-')],
        FilterDefault = _keys.Flag("telemetry.filter_default", true),
        DisableHostName = _keys.Flag("telemetry.disable_hostname"),
        OfHost = _keys.Flag("telemetry.enable_host_metrics"),
        PrometheusRetention = _keys.Duration("telemetry.prometheus_retention_time", TimeSpan.Zero),
        StatsdAddress = _keys.Text("telemetry.statsd_address"),
        StatsiteAddress = _keys.Text("telemetry.statsite_address"),
        DogstatsdAddress = _keys.Text("telemetry.dogstatsd_addr"),
        DogstatsdTags = _keys.List("telemetry.dogstatsd_tags"),
        RetryFailedConnection = _keys.Flag("telemetry.retry_failed_connection", true),
        HasCirconus = _keys.Text("telemetry.circonus_api_token").Length > 0 || _keys.Text("telemetry.circonus_submission_url").Length > 0,
    };

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
