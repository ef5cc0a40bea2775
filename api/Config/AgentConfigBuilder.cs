using Praetor.Core.State.Catalog;

namespace Praetor.Api.Config;

/// <summary>
/// Turns merged keys into an <see cref="AgentConfig"/>. Validation follows the order in which operators know the errors (config 7): steps return the
/// first error; bad values are collected by the reader and reported together in between.
/// </summary>
internal sealed partial class AgentConfigBuilder
{
    private readonly ConfigReader _keys;
    private readonly ConfigValue _root;
    private readonly bool _devMode;
    private readonly HostFacts _host;
    private readonly List<string> _warnings;
    private readonly bool _server;

    private AgentConfigBuilder(ConfigValue root, bool devMode, HostFacts host, List<string> warnings)
    {
        _root = root;
        _keys = new ConfigReader(root);
        _devMode = devMode;
        _host = host;
        _warnings = warnings;
        _server = _keys.Flag("server");
    }

    /// <summary>Builds and validates.</summary>
    /// <returns>Null with the configuration, or the error.</returns>
    public static string? Build(ConfigValue root, bool devMode, HostFacts host, List<string> warnings, out AgentConfig? config)
    {
        var builder = new AgentConfigBuilder(root, devMode, host, warnings);
        config = null;
        if (builder.ReadAtOnce() is { } early)
            return early;
        var built = builder.Assemble();
        var error = builder.CheckMeaning(built) ?? builder.CheckCollected() ?? builder.CheckLast(built);
        config = error is null ? built : null;
        return error;
    }

    /// <summary>What is refused as soon as it is read.</summary>
    private string? ReadAtOnce() =>
        ReadPorts() ?? ReadAddresses() ?? ReadRecursors() ?? CheckMultiplier() ?? ReadNetworks() ?? CheckTlsPlacement() ?? CheckCache();

    private string? CheckCollected()
    {
        CheckTlsValues();
        CheckLimits();
        return _keys.Errors.Count == 0 ? null : ServiceRules.Combine(_keys.Errors);
    }

    private string? CheckMultiplier()
    {
        var multiplier = _keys.Integer("performance.raft_multiplier", DefaultRaftMultiplier);
        return multiplier is < 1 or > AgentConfig.MaxRaftMultiplier
            ? $"performance.raft_multiplier cannot be {multiplier}. Must be between 1 and {AgentConfig.MaxRaftMultiplier}"
            : null;
    }

    private string? CheckCache()
    {
        var rate = _keys.Number("cache.entry_fetch_rate", double.PositiveInfinity);
        if (rate <= 0)
            return $"cache.entry_fetch_rate must be strictly positive, was: {GoText.Float(rate)}";
        var burst = _keys.Integer("cache.entry_fetch_max_burst", 2);
        return burst <= 0 ? $"cache.entry_fetch_max_burst must be strictly positive, was: {burst}" : null;
    }

    private AgentConfig Assemble()
    {
        var datacenter = _keys.Text("datacenter", "dc1").ToLowerInvariant();
        var primary = _keys.Text("primary_datacenter").ToLowerInvariant();
        var expect = _keys.Integer("bootstrap_expect");
        var scripts = _keys.Flag("enable_script_checks");
        return new AgentConfig
        {
            DevMode = _devMode,
            Server = _server,
            Datacenter = datacenter,
            PrimaryDatacenter = primary.Length == 0 ? datacenter : primary,
            NodeName = _keys.Text("node_name", _host.HostName).Trim(),
            NodeId = _keys.Text("node_id").ToLowerInvariant(),
            DisableHostNodeId = _keys.Flag("disable_host_node_id", true),
            NodeMeta = _keys.Map("node_meta"),
            LocalityRegion = _keys.Text("locality.region"),
            LocalityZone = _keys.Text("locality.zone"),
            DataDirectory = _keys.Text("data_dir"),
            PidFile = _keys.Text("pid_file"),
            // Expecting one server is the same as electing oneself.
            Bootstrap = _keys.Flag("bootstrap") || (expect == 1 && _server),
            BootstrapExpect = expect == 1 && _server ? 0 : expect,
            LeaveOnTerminate = _keys.Flag("leave_on_terminate", !_server),
            SkipLeaveOnInterrupt = _keys.Flag("skip_leave_on_interrupt", _server),
            AutoReload = _keys.Flag("auto_reload_config"),
            EnableDebug = _keys.Flag("enable_debug"),
            DisableRemoteExec = _keys.Flag("disable_remote_exec", true),
            DisableCoordinates = _keys.Flag("disable_coordinates"),
            AllowUnprintableInPaths = _keys.Flag("disable_http_unprintable_char_filter"),
            TranslateWanAddresses = _keys.Flag("translate_wan_addrs"),
            DefaultQueryTime = _keys.Duration("default_query_time", TimeSpan.FromSeconds(300)),
            MaxQueryTime = _keys.Duration("max_query_time", TimeSpan.FromSeconds(600)),
            DiscoveryMaxStale = _keys.Duration("discovery_max_stale", TimeSpan.Zero),
            SessionTtlMin = _keys.Duration("session_ttl_min", TimeSpan.FromSeconds(10)),
            DefaultIntentionPolicy = _keys.Text("default_intention_policy"),
            ServerName = _keys.Text("server_name"),
            Experiments = _keys.List("experiments"),
            Addresses = _addresses!,
            Ports = _ports!,
            Cluster = AssembleCluster(),
            Raft = AssembleRaft(),
            Autopilot = AssembleAutopilot(),
            Limits = AssembleLimits(),
            Acl = AssembleAcl(),
            Tls = AssembleTls(),
            Dns = AssembleDns(),
            Http = AssembleHttp(),
            Log = AssembleLog(),
            Checks = new CheckSettings
            {
                ScriptsFromRemote = scripts,
                ScriptsFromFiles = _keys.Flag("enable_local_script_checks", scripts),
                UpdateInterval = _keys.Duration("check_update_interval", TimeSpan.FromMinutes(5)),
                OutputMaxSizeBytes = _keys.Integer("check_output_max_size", 4096),
                DiscardOutput = _keys.Flag("discard_check_output"),
                AgentTls = _keys.Flag("enable_agent_tls_for_checks"),
            },
            Mesh = AssembleMesh(),
            Telemetry = AssembleTelemetry(),
            Registrations = AssembleRegistrations(),
            Raw = _root,
        };
    }
}
