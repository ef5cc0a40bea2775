using System.Net;

namespace Praetor.Api.Config;

/// <summary>Cluster formation and gossip.</summary>
public sealed record ClusterSettings
{
    /// <summary>retry_join.</summary>
    public required IReadOnlyList<string> RetryJoin { get; init; }

    /// <summary>retry_join_wan.</summary>
    public required IReadOnlyList<string> RetryJoinWan { get; init; }

    /// <summary>retry_interval.</summary>
    public required TimeSpan RetryInterval { get; init; }

    /// <summary>retry_interval_wan.</summary>
    public required TimeSpan RetryIntervalWan { get; init; }

    /// <summary>retry_max; 0 = for ever.</summary>
    public required int RetryMax { get; init; }

    /// <summary>retry_max_wan; 0 = for ever.</summary>
    public required int RetryMaxWan { get; init; }

    /// <summary>serf_lan_allowed_cidrs.</summary>
    public required IReadOnlyList<IPNetwork> AllowedLan { get; init; }

    /// <summary>serf_wan_allowed_cidrs.</summary>
    public required IReadOnlyList<IPNetwork> AllowedWan { get; init; }

    /// <summary>primary_gateways.</summary>
    public required IReadOnlyList<string> PrimaryGateways { get; init; }

    /// <summary>primary_gateways_interval.</summary>
    public required TimeSpan PrimaryGatewaysInterval { get; init; }

    /// <summary>reconnect_timeout.</summary>
    public required TimeSpan ReconnectTimeout { get; init; }

    /// <summary>reconnect_timeout_wan.</summary>
    public required TimeSpan ReconnectTimeoutWan { get; init; }

    /// <summary>advertise_reconnect_timeout; zero means not advertised.</summary>
    public required TimeSpan AdvertiseReconnectTimeout { get; init; }

    /// <summary>rejoin_after_leave.</summary>
    public required bool RejoinAfterLeave { get; init; }

    /// <summary>server_rejoin_age_max.</summary>
    public required TimeSpan ServerRejoinAgeMax { get; init; }

    /// <summary>encrypt: base64 key; empty for none. Secret.</summary>
    public required string EncryptKey { get; init; }

    /// <summary>encrypt_verify_incoming.</summary>
    public required bool EncryptVerifyIncoming { get; init; }

    /// <summary>encrypt_verify_outgoing.</summary>
    public required bool EncryptVerifyOutgoing { get; init; }

    /// <summary>disable_keyring_file.</summary>
    public required bool DisableKeyringFile { get; init; }

    /// <summary>gossip_lan.</summary>
    public required GossipSettings Lan { get; init; }

    /// <summary>gossip_wan.</summary>
    public required GossipSettings Wan { get; init; }
}

/// <summary>One gossip pool's tunables.</summary>
public sealed record GossipSettings(
    int GossipNodes, TimeSpan GossipInterval, TimeSpan ProbeInterval, TimeSpan ProbeTimeout, int SuspicionMult, int RetransmitMult);

/// <summary>Consensus and RPC.</summary>
public sealed record RaftSettings
{
    /// <summary>performance.raft_multiplier, 1 to 10.</summary>
    public required int Multiplier { get; init; }

    /// <summary>Without contact for this long a follower stands for election.</summary>
    public required TimeSpan HeartbeatTimeout { get; init; }

    /// <summary>A candidate waits this long for votes.</summary>
    public required TimeSpan ElectionTimeout { get; init; }

    /// <summary>A leader without a quorum steps down after this.</summary>
    public required TimeSpan LeaderLease { get; init; }

    /// <summary>raft_snapshot_threshold.</summary>
    public required int SnapshotThreshold { get; init; }

    /// <summary>raft_snapshot_interval.</summary>
    public required TimeSpan SnapshotInterval { get; init; }

    /// <summary>raft_trailing_logs.</summary>
    public required int TrailingLogs { get; init; }

    /// <summary>raft_prevote_disabled.</summary>
    public required bool PreVoteDisabled { get; init; }

    /// <summary>performance.leave_drain_time.</summary>
    public required TimeSpan LeaveDrainTime { get; init; }

    /// <summary>performance.rpc_hold_timeout.</summary>
    public required TimeSpan RpcHoldTimeout { get; init; }

    /// <summary>performance.grpc_keepalive_interval.</summary>
    public required TimeSpan GrpcKeepaliveInterval { get; init; }

    /// <summary>performance.grpc_keepalive_timeout.</summary>
    public required TimeSpan GrpcKeepaliveTimeout { get; init; }
}

/// <summary>Initial autopilot values.</summary>
public sealed record AutopilotSettings(
    bool CleanupDeadServers, TimeSpan LastContactThreshold, int MaxTrailingLogs, int MinQuorum, TimeSpan ServerStabilizationTime);

/// <summary>limits.</summary>
public sealed record LimitSettings
{
    /// <summary>Connections per client address; more are answered 429.</summary>
    public required int HttpMaxConnsPerClient { get; init; }

    /// <summary>TLS handshake limit.</summary>
    public required TimeSpan HttpsHandshakeTimeout { get; init; }

    /// <summary>RPC handshake limit.</summary>
    public required TimeSpan RpcHandshakeTimeout { get; init; }

    /// <summary>RPC client time-out.</summary>
    public required TimeSpan RpcClientTimeout { get; init; }

    /// <summary>RPCs per second; negative = unlimited.</summary>
    public required double RpcRate { get; init; }

    /// <summary>RPC burst.</summary>
    public required int RpcMaxBurst { get; init; }

    /// <summary>RPC connections per client address.</summary>
    public required int RpcMaxConnsPerClient { get; init; }

    /// <summary>Bytes of a KV value.</summary>
    public required long KvMaxValueSizeBytes { get; init; }

    /// <summary>Bytes of a transaction.</summary>
    public required long TxnMaxRequestBytes { get; init; }

    /// <summary>disabled, permissive or enforcing.</summary>
    public required string RequestMode { get; init; }

    /// <summary>Reads per second; negative = unlimited.</summary>
    public required double ReadRate { get; init; }

    /// <summary>Writes per second; negative = unlimited.</summary>
    public required double WriteRate { get; init; }
}

/// <summary>acl. The tokens are secret.</summary>
public sealed record AclSettings
{
    /// <summary>ACLs are enforced.</summary>
    public required bool Enabled { get; init; }

    /// <summary>allow or deny, checked when the server starts.</summary>
    public required string DefaultPolicy { get; init; }

    /// <summary>allow, deny, extend-cache or async-cache.</summary>
    public required string DownPolicy { get; init; }

    /// <summary>token_ttl.</summary>
    public required TimeSpan TokenTtl { get; init; }

    /// <summary>policy_ttl.</summary>
    public required TimeSpan PolicyTtl { get; init; }

    /// <summary>role_ttl.</summary>
    public required TimeSpan RoleTtl { get; init; }

    /// <summary>enable_key_list_policy.</summary>
    public required bool EnableKeyListPolicy { get; init; }

    /// <summary>enable_token_replication.</summary>
    public required bool EnableTokenReplication { get; init; }

    /// <summary>enable_token_persistence.</summary>
    public required bool EnableTokenPersistence { get; init; }

    /// <summary>tokens by name, such as agent or default.</summary>
    public required IReadOnlyDictionary<string, string> Tokens { get; init; }
}

/// <summary>tls: what each interface uses after defaults were applied.</summary>
public sealed record TlsSettings(TlsInterfaceSettings InternalRpc, TlsInterfaceSettings Https, TlsInterfaceSettings Grpc, bool VerifyServerHostname);

/// <summary>One interface's TLS.</summary>
public sealed record TlsInterfaceSettings
{
    /// <summary>ca_file.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>ca_path.</summary>
    public string CaPath { get; init; } = "";

    /// <summary>cert_file.</summary>
    public string CertFile { get; init; } = "";

    /// <summary>key_file.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>TLS_AUTO or TLSv1_0 to TLSv1_3.</summary>
    public string MinVersion { get; init; } = "TLSv1_2";

    /// <summary>Names of cipher suites; empty = the platform's.</summary>
    public IReadOnlyList<string> CipherSuites { get; init; } = [];

    /// <summary>verify_incoming.</summary>
    public bool VerifyIncoming { get; init; }

    /// <summary>verify_outgoing.</summary>
    public bool VerifyOutgoing { get; init; }

    /// <summary>use_auto_cert.</summary>
    public bool UseAutoCert { get; init; }
}
