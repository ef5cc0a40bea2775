using System.Net;
using System.Net.Sockets;
using Praetor.Api.Config;
using Praetor.Api.Dns;
using Praetor.Api.Http;
using Praetor.Api.Http.Ui;
using Praetor.Api.Statsd;
using Praetor.Core.Codec;
using Praetor.Core.Consensus;
using Praetor.Core.State.Autopilot;
using Praetor.Core.State.Catalog;
using Praetor.Runtime;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;
using Praetor.Runtime.Servers;
using Praetor.Runtime.Telemetry;
using Praetor.Transport.Rpc;

namespace Praetor.Api;

/// <summary>Translates the configuration into the options of the parts. Pure.</summary>
internal static class HostOptions
{
    private const double LeaseShare = 0.1;

    /// <summary>Options of the HTTP API.</summary>
    public static HttpOptions Http(AgentConfig config) => new()
    {
        Datacenter = config.Datacenter,
        NodeName = config.NodeName,
        AlwaysIndentJson = config.DevMode,
        DefaultQueryTime = config.DefaultQueryTime,
        MaxQueryTime = config.MaxQueryTime,
        KvMaxValueSizeBytes = config.Limits.KvMaxValueSizeBytes,
        TxnMaxRequestBytes = config.Limits.TxnMaxRequestBytes,
        MaxConnectionsPerClient = config.Limits.HttpMaxConnsPerClient,
        ResponseHeaders = config.Http.ResponseHeaders,
        BlockEndpoints = config.Http.BlockEndpoints,
        AllowWriteFrom = config.Http.AllowWriteFrom,
        UseCache = config.Http.UseCache,
        MaxHeaderBytes = config.Http.MaxHeaderBytes > 0 ? config.Http.MaxHeaderBytes : new HttpOptions().MaxHeaderBytes,
        AllowUnprintablePath = config.AllowUnprintableInPaths,
        DiscoveryMaxStale = config.DiscoveryMaxStale,
        TranslateWanAddresses = config.TranslateWanAddresses,
        DefaultAclPolicy = config.Acl.DefaultPolicy,
        UiEnabled = config.Http.UiEnabled || config.Http.UiDirectory.Length > 0,
        HttpsHandshakeTimeout = config.Limits.HttpsHandshakeTimeout,
        UiPath = config.Http.UiContentPath,
        UnixSockets = new UnixSocketFile(config.Addresses.SocketUser, config.Addresses.SocketGroup, config.Addresses.SocketMode),
    };

    /// <summary>Where the web UI's metrics come from.</summary>
    public static MetricsProxyOptions MetricsProxy(AgentConfig config) => new(config.Http.MetricsProxy.BaseUrl, config.Http.MetricsProxy.AddHeaders, config.Http.MetricsProxy.PathAllowlist);

    /// <summary>
    /// Times of consensus. What operators set (performance.raft_multiplier) is a factor of Consul's times. Ours are shorter by the same factor throughout: heartbeats have a
    /// thread of their own and wait for no disk, so that a silence of 0.6 s means what five seconds mean there.
    /// </summary>
    public static RaftOptions Raft(AgentConfig config)
    {
        double ms = Math.Max(config.Raft.ElectionTimeout.TotalMilliseconds, 250);
        return new RaftOptions
        {
            ElectionTimeoutMs = (int)(ms * 0.12),
            LeaseMs = (int)(ms * LeaseShare),
            HeartbeatMs = (int)(ms * 0.02),
            TrailingEntries = config.Raft.TrailingLogs,
            PreVote = !config.Raft.PreVoteDisabled,
            LongestLeaseMs = (int)(AgentConfig.MaxRaftMultiplier * 1000 * LeaseShare),
        };
    }

    /// <summary>When snapshots are taken.</summary>
    public static SnapshotOptions Snapshots(AgentConfig config) => new(config.Raft.SnapshotThreshold, (long)config.Raft.SnapshotInterval.TotalMilliseconds);

    /// <summary>Who the agent is.</summary>
    public static AgentOptions Agent(AgentConfig config) => new()
    {
        NodeName = config.NodeName,
        NodeId = config.NodeId,
        Datacenter = config.Datacenter,
        Address = config.Addresses.Advertise.ToString(),
        TaggedAddresses = config.Addresses.Tagged,
        Locality = config.LocalityRegion.Length > 0 ? new Locality(config.LocalityRegion, config.LocalityZone) : null,
        CheckUpdateInterval = config.Checks.UpdateInterval,
        SidecarMinPort = config.Ports.Sidecar.Min,
        SidecarMaxPort = config.Ports.Sidecar.Max,
    };

    /// <summary>What the server says of itself.</summary>
    public static ServerFacts Facts(AgentConfig config) => new()
    {
        RpcPort = config.Ports.Server,
        SerfLanPort = config.Ports.SerfLan,
        SerfWanPort = config.Ports.SerfWan,
        GrpcPort = config.Ports.Grpc,
        GrpcTlsPort = config.Ports.GrpcTls,
        WanAddress = config.Addresses.AdvertiseWan.ToString(),
        Bootstrap = config.Bootstrap,
        BootstrapExpect = config.BootstrapExpect,
        AdvertiseReconnectTimeout = config.Cluster.AdvertiseReconnectTimeout > TimeSpan.Zero ? GoDuration.Format(GoDuration.FromTimeSpan(config.Cluster.AdvertiseReconnectTimeout)) : "",
        AclsEnabled = config.Acl.Enabled,
        UsesTls = config.Tls.InternalRpc.CaFile.Length > 0 || config.Tls.InternalRpc.CaPath.Length > 0,
    };

    /// <summary>Who this node is to other nodes.</summary>
    public static NodeIdentity Identity(AgentConfig config) => new(config.NodeId, config.NodeName, config.Datacenter, config.Server);

    /// <summary>How metrics are kept.</summary>
    public static MetricOptions Metrics(AgentConfig config) => new(config.Telemetry.Prefix, config.Telemetry.DisableHostName ? "" : Environment.MachineName,
        config.Telemetry.PrometheusRetention, config.Telemetry.Filters, config.Telemetry.FilterDefault);

    /// <summary>The daemons that metrics go to.</summary>
    public static IEnumerable<StatsdOptions> Statsd(AgentConfig config)
    {
        TelemetrySettings given = config.Telemetry;
        if (given.StatsdAddress.Length > 0)
            yield return new StatsdOptions(StatsdDialect.Statsd, given.StatsdAddress, []);
        if (given.StatsiteAddress.Length > 0)
            yield return new StatsdOptions(StatsdDialect.Statsite, given.StatsiteAddress, []);
        if (given.DogstatsdAddress.Length > 0)
            yield return new StatsdOptions(StatsdDialect.Dogstatsd, given.DogstatsdAddress, given.DogstatsdTags);
    }

    /// <summary>Limits of connections between nodes. They leave from the address that the agent is bound to, so that others see who it is.</summary>
    public static RpcOptions Rpc(AgentConfig config) => new()
    {
        MaxConnectionsPerClient = config.Limits.RpcMaxConnsPerClient,
        HandshakeTimeout = config.Limits.RpcHandshakeTimeout,
        SourceAddress = config.Addresses.Bind.Equals(IPAddress.Any) || config.Addresses.Bind.Equals(IPAddress.IPv6Any) ? null : config.Addresses.Bind,
    };

    /// <summary>TLS between nodes.</summary>
    public static Transport.Tls.TlsSettings RpcTls(AgentConfig config) => Tls(config, config.Tls.InternalRpc) with
    {
        VerifyOutgoing = config.Tls.InternalRpc.VerifyOutgoing,
        VerifyServerHostname = config.Tls.VerifyServerHostname,
    };

    /// <summary>TLS of the HTTP API: it only listens.</summary>
    public static Transport.Tls.TlsSettings HttpsTls(AgentConfig config) => Tls(config, config.Tls.Https);

    private static Transport.Tls.TlsSettings Tls(AgentConfig config, TlsInterfaceSettings given) => new()
    {
        CaFile = given.CaFile,
        CaPath = given.CaPath,
        CertFile = given.CertFile,
        KeyFile = given.KeyFile,
        VerifyIncoming = given.VerifyIncoming,
        MinVersion = given.MinVersion,
        CipherSuites = given.CipherSuites,
        Datacenter = config.Datacenter,
        Domain = config.Dns.Domain.Trim('.'),
    };

    /// <summary>The autopilot's first settings, which a leader writes if nobody has.</summary>
    public static AutopilotConfig FirstAutopilot(AgentConfig config) => new()
    {
        CleanupDeadServers = config.Autopilot.CleanupDeadServers,
        LastContactThresholdNs = GoDuration.FromTimeSpan(config.Autopilot.LastContactThreshold),
        MaxTrailingLogs = (ulong)Math.Max(0, config.Autopilot.MaxTrailingLogs),
        MinQuorum = (ulong)Math.Max(0, config.Autopilot.MinQuorum),
        ServerStabilizationTimeNs = GoDuration.FromTimeSpan(config.Autopilot.ServerStabilizationTime),
    };

    /// <summary>The autopilot's settings in force.</summary>
    public static AutopilotRules Rules(AutopilotConfig config) => new()
    {
        CleanupDeadServers = config.CleanupDeadServers,
        LastContactThreshold = GoDuration.ToTimeSpan(config.LastContactThresholdNs),
        MaxTrailingLogs = (long)Math.Min(config.MaxTrailingLogs, long.MaxValue / 2),
        MinQuorum = (int)Math.Min(config.MinQuorum, int.MaxValue),
        ServerStabilizationTime = GoDuration.ToTimeSpan(config.ServerStabilizationTimeNs),
    };

    /// <summary>How checks run.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="tls">The agent's CA and certificate, as they are now.</param>
    public static CheckRunnerOptions Checks(AgentConfig config, Func<CheckTls> tls) => new()
    {
        OutputMaxSizeBytes = config.Checks.OutputMaxSizeBytes,
        DiscardOutput = config.Checks.DiscardOutput,
        ScriptsFromRemote = config.Checks.ScriptsFromRemote,
        ScriptsFromFiles = config.Checks.ScriptsFromFiles,
        AgentTls = config.Checks.AgentTls ? tls : null,
        AgentTlsName = config.ServerName.Length > 0 ? config.ServerName : config.NodeName,
    };

    /// <summary>The dns_config keys.</summary>
    public static DnsOptions Dns(AgentConfig config)
    {
        var dns = config.Dns;
        return new DnsOptions
        {
            AllowStale = dns.AllowStale,
            MaxStale = dns.MaxStale,
            NodeTtl = dns.NodeTtl,
            ServiceTtl = dns.ServiceTtl,
            EnableTruncate = dns.EnableTruncate,
            OnlyPassing = dns.OnlyPassing,
            Recursors = dns.Recursors,
            Recurses = dns.Recursors.Count > 0,
            RecursorStrategy = dns.RecursorStrategy,
            RecursorTimeout = dns.RecursorTimeout,
            DisableCompression = dns.DisableCompression,
            UdpAnswerLimit = dns.UdpAnswerLimit,
            ARecordLimit = dns.ARecordLimit,
            EnableAdditionalNodeMetaTxt = dns.NodeMetaTxt,
            UseCache = dns.UseCache,
            CacheMaxAge = dns.CacheMaxAge,
            Soa = new SoaOptions { RefreshS = dns.Soa.Refresh, RetryS = dns.Soa.Retry, ExpireS = dns.Soa.Expire, MinTtlS = dns.Soa.MinTtl },
        };
    }

    /// <summary>Where Kestrel binds.</summary>
    public static EndPoint ToEndPoint(ListenAddress address) =>
        address.SocketPath is { } path ? new UnixDomainSocketEndPoint(path) : address.EndPoint!;
}
