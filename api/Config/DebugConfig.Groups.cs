using System.Net;

namespace Praetor.Api.Config;

/// <summary>The groups of settings in DebugConfig.</summary>
public static partial class DebugConfig
{
    private static void AddCluster(SortedList<string, object?> fields, AgentConfig config)
    {
        var cluster = config.Cluster;
        fields["AdvertiseReconnectTimeout"] = Duration(cluster.AdvertiseReconnectTimeout);
        fields["DisableKeyringFile"] = cluster.DisableKeyringFile;
        fields["EncryptKey"] = Hidden;
        fields["EncryptVerifyIncoming"] = cluster.EncryptVerifyIncoming;
        fields["EncryptVerifyOutgoing"] = cluster.EncryptVerifyOutgoing;
        AddGossip(fields, "GossipLAN", cluster.Lan);
        AddGossip(fields, "GossipWAN", cluster.Wan);
        fields["PrimaryGateways"] = Texts(cluster.PrimaryGateways);
        fields["PrimaryGatewaysInterval"] = Duration(cluster.PrimaryGatewaysInterval);
        fields["ReconnectTimeoutLAN"] = Duration(cluster.ReconnectTimeout);
        fields["ReconnectTimeoutWAN"] = Duration(cluster.ReconnectTimeoutWan);
        fields["RejoinAfterLeave"] = cluster.RejoinAfterLeave;
        fields["RetryJoinIntervalLAN"] = Duration(cluster.RetryInterval);
        fields["RetryJoinIntervalWAN"] = Duration(cluster.RetryIntervalWan);
        // Entries for cloud providers may hold credentials.
        fields["RetryJoinLAN"] = Texts(cluster.RetryJoin.Select(HideCloudJoin));
        fields["RetryJoinMaxAttemptsLAN"] = Number(cluster.RetryMax);
        fields["RetryJoinMaxAttemptsWAN"] = Number(cluster.RetryMaxWan);
        fields["RetryJoinWAN"] = Texts(cluster.RetryJoinWan.Select(HideCloudJoin));
        fields["SerfAllowedCIDRsLAN"] = Networks(cluster.AllowedLan);
        fields["SerfAllowedCIDRsWAN"] = Networks(cluster.AllowedWan);
        fields["ServerRejoinAgeMax"] = Duration(cluster.ServerRejoinAgeMax);
    }

    private static void AddGossip(SortedList<string, object?> fields, string pool, GossipSettings gossip)
    {
        fields[pool + "GossipInterval"] = Duration(gossip.GossipInterval);
        fields[pool + "GossipNodes"] = Number(gossip.GossipNodes);
        fields[pool + "ProbeInterval"] = Duration(gossip.ProbeInterval);
        fields[pool + "ProbeTimeout"] = Duration(gossip.ProbeTimeout);
        fields[pool + "RetransmitMult"] = Number(gossip.RetransmitMult);
        fields[pool + "SuspicionMult"] = Number(gossip.SuspicionMult);
    }

    private static void AddServer(SortedList<string, object?> fields, AgentConfig config)
    {
        var (raft, autopilot, limits) = (config.Raft, config.Autopilot, config.Limits);
        fields["AutopilotCleanupDeadServers"] = autopilot.CleanupDeadServers;
        fields["AutopilotLastContactThreshold"] = Duration(autopilot.LastContactThreshold);
        fields["AutopilotMaxTrailingLogs"] = Number(autopilot.MaxTrailingLogs);
        fields["AutopilotMinQuorum"] = Number(autopilot.MinQuorum);
        fields["AutopilotServerStabilizationTime"] = Duration(autopilot.ServerStabilizationTime);
        fields["ConsulRaftElectionTimeout"] = Duration(raft.ElectionTimeout);
        fields["ConsulRaftHeartbeatTimeout"] = Duration(raft.HeartbeatTimeout);
        fields["ConsulRaftLeaderLeaseTimeout"] = Duration(raft.LeaderLease);
        fields["GRPCKeepaliveInterval"] = Duration(raft.GrpcKeepaliveInterval);
        fields["GRPCKeepaliveTimeout"] = Duration(raft.GrpcKeepaliveTimeout);
        fields["HTTPMaxConnsPerClient"] = Number(limits.HttpMaxConnsPerClient);
        fields["HTTPSHandshakeTimeout"] = Duration(limits.HttpsHandshakeTimeout);
        fields["KVMaxValueSize"] = Number(limits.KvMaxValueSizeBytes);
        fields["LeaveDrainTime"] = Duration(raft.LeaveDrainTime);
        fields["RPCClientTimeout"] = Duration(limits.RpcClientTimeout);
        fields["RPCHandshakeTimeout"] = Duration(limits.RpcHandshakeTimeout);
        fields["RPCHoldTimeout"] = Duration(raft.RpcHoldTimeout);
        fields["RPCMaxBurst"] = Number(limits.RpcMaxBurst);
        fields["RPCMaxConnsPerClient"] = Number(limits.RpcMaxConnsPerClient);
        fields["RPCProtocol"] = Number(config.Raw.FindPath("protocol")?.AsNumber ?? 2);
        fields["RPCRateLimit"] = Number(limits.RpcRate < 0 ? -1 : limits.RpcRate);
        fields["RaftPreVoteDisabled"] = raft.PreVoteDisabled;
        fields["RaftProtocol"] = Number(3);
        fields["RaftSnapshotInterval"] = Duration(raft.SnapshotInterval);
        fields["RaftSnapshotThreshold"] = Number(raft.SnapshotThreshold);
        fields["RaftTrailingLogs"] = Number(raft.TrailingLogs);
        fields["RequestLimitsMode"] = limits.RequestMode;
        fields["RequestLimitsReadRate"] = Number(limits.ReadRate);
        fields["RequestLimitsWriteRate"] = Number(limits.WriteRate);
        fields["TxnMaxReqLen"] = Number(limits.TxnMaxRequestBytes);
    }

    private static void AddAcl(SortedList<string, object?> fields, AgentConfig config)
    {
        var acl = config.Acl;
        fields["ACLEnableKeyListPolicy"] = acl.EnableKeyListPolicy;
        fields["ACLInitialManagementToken"] = Hidden;
        fields["ACLResolverSettings"] = Object(
            ("ACLDefaultPolicy", acl.DefaultPolicy), ("ACLDownPolicy", acl.DownPolicy), ("ACLPolicyTTL", Duration(acl.PolicyTtl)),
            ("ACLRoleTTL", Duration(acl.RoleTtl)), ("ACLTokenTTL", Duration(acl.TokenTtl)), ("ACLsEnabled", acl.Enabled),
            ("Datacenter", config.Datacenter), ("EnterpriseMeta", Object()), ("NodeName", config.NodeName));
        fields["ACLTokenReplication"] = acl.EnableTokenReplication;
        fields["ACLTokens"] = Object(
            ("ACLAgentRecoveryToken", Hidden), ("ACLAgentToken", Hidden), ("ACLConfigFileRegistrationToken", Hidden), ("ACLDNSToken", Hidden),
            ("ACLDefaultToken", Hidden), ("ACLReplicationToken", Hidden), ("DataDir", config.DataDirectory), ("EnablePersistence", acl.EnableTokenPersistence),
            ("EnterpriseConfig", Object()));
    }

    private static void AddDns(SortedList<string, object?> fields, AgentConfig config)
    {
        var dns = config.Dns;
        fields["DNSARecordLimit"] = Number(dns.ARecordLimit);
        fields["DNSAllowStale"] = dns.AllowStale;
        fields["DNSAltDomain"] = dns.AltDomain;
        fields["DNSCacheMaxAge"] = Duration(dns.CacheMaxAge);
        fields["DNSDisableCompression"] = dns.DisableCompression;
        fields["DNSDomain"] = dns.Domain;
        fields["DNSEnableTruncate"] = dns.EnableTruncate;
        fields["DNSMaxStale"] = Duration(dns.MaxStale);
        fields["DNSNodeMetaTXT"] = dns.NodeMetaTxt;
        fields["DNSNodeTTL"] = Duration(dns.NodeTtl);
        fields["DNSOnlyPassing"] = dns.OnlyPassing;
        fields["DNSRecursorStrategy"] = dns.RecursorStrategy;
        fields["DNSRecursorTimeout"] = Duration(dns.RecursorTimeout);
        fields["DNSRecursors"] = Texts(dns.Recursors);
        fields["DNSSOA"] = Object(("Expire", Number(dns.Soa.Expire)), ("Minttl", Number(dns.Soa.MinTtl)), ("Refresh", Number(dns.Soa.Refresh)), ("Retry", Number(dns.Soa.Retry)));
        fields["DNSServiceTTL"] = Object([.. dns.ServiceTtl.Select(pair => (pair.Key, (object?)Duration(pair.Value)))]);
        fields["DNSUDPAnswerLimit"] = Number(dns.UdpAnswerLimit);
        fields["DNSUseCache"] = dns.UseCache;
    }

    private static void AddHttp(SortedList<string, object?> fields, AgentConfig config)
    {
        var http = config.Http;
        fields["AllowWriteHTTPFrom"] = Networks(http.AllowWriteFrom);
        fields["HTTPBlockEndpoints"] = Texts(http.BlockEndpoints);
        fields["HTTPMaxHeaderBytes"] = Number(http.MaxHeaderBytes);
        fields["HTTPResponseHeaders"] = Map(http.ResponseHeaders);
        fields["HTTPUseCache"] = http.UseCache;
        fields["UIConfig"] = Object(("ContentPath", http.UiContentPath), ("Dir", http.UiDirectory), ("Enabled", http.UiEnabled));
    }

    private static void AddGroups(SortedList<string, object?> fields, AgentConfig config)
    {
        var (log, mesh, telemetry) = (config.Log, config.Mesh, config.Telemetry);
        fields["AutoEncryptAllowTLS"] = mesh.AutoEncryptAllowTls;
        fields["AutoEncryptTLS"] = mesh.AutoEncryptTls;
        fields["ConnectCAConfig"] = Object();
        fields["ConnectCAProvider"] = mesh.CaProvider;
        fields["ConnectEnabled"] = mesh.ConnectEnabled;
        fields["Logging"] = Object(
            ("EnableSyslog", log.Syslog), ("LogFilePath", log.File), ("LogJSON", log.Json), ("LogLevel", log.Level), ("LogRotateBytes", Number(log.RotateBytes)),
            ("LogRotateDuration", Duration(log.RotateDuration)), ("LogRotateMaxFiles", Number(log.RotateMaxFiles)), ("Name", ""), ("SyslogFacility", log.SyslogFacility));
        fields["PeeringEnabled"] = mesh.PeeringEnabled;
        fields["TLS"] = Object(
            ("Domain", config.Dns.Domain), ("GRPC", Tls(config.Tls.Grpc)), ("HTTPS", Tls(config.Tls.Https)), ("InternalRPC", Tls(config.Tls.InternalRpc)),
            ("NodeName", config.NodeName), ("ServerMode", config.Server), ("ServerName", config.ServerName), ("VerifyServerHostname", config.Tls.VerifyServerHostname));
        fields["Telemetry"] = Object(
            ("DisableHostname", telemetry.DisableHostName), ("DogstatsdAddr", telemetry.DogstatsdAddress), ("DogstatsdTags", Texts(telemetry.DogstatsdTags)),
            ("EnableHostMetrics", telemetry.OfHost), ("FilterDefault", telemetry.FilterDefault), ("MetricsPrefix", telemetry.Prefix),
            ("PrometheusOpts", Object(("Expiration", Duration(telemetry.PrometheusRetention)))), ("RetryFailedConfiguration", telemetry.RetryFailedConnection),
            ("StatsdAddr", telemetry.StatsdAddress), ("StatsiteAddr", telemetry.StatsiteAddress));
    }

    private static SortedList<string, object?> Tls(TlsInterfaceSettings tls) => Object(
        ("CAFile", tls.CaFile), ("CAPath", tls.CaPath), ("CertFile", tls.CertFile), ("CipherSuites", Texts(tls.CipherSuites)), ("KeyFile", Hidden),
        ("TLSMinVersion", tls.MinVersion), ("UseAutoCert", tls.UseAutoCert), ("VerifyIncoming", tls.VerifyIncoming), ("VerifyOutgoing", tls.VerifyOutgoing));

    private static string HideCloudJoin(string entry) => entry.Contains("provider=", StringComparison.Ordinal) ? Hidden : entry;

    private static List<object?> Networks(IReadOnlyList<IPNetwork> networks)
    {
        var texts = new List<object?>(networks.Count);
        foreach (var network in networks)
            texts.Add(network.ToString());
        return texts;
    }

    private static SortedList<string, object?> Object(params (string Name, object? Value)[] members)
    {
        var sorted = new SortedList<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in members)
            sorted[name] = value;
        return sorted;
    }
}
