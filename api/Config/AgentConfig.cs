using System.Net;

namespace Praetor.Api.Config;

/// <summary>
/// The agent's settings after all sources were merged, defaulted and validated. Immutable. Durations that the configuration calls "unset"
/// are zero. Made by <see cref="ConfigLoader"/>.
/// </summary>
public sealed record AgentConfig
{
    /// <summary>The largest performance.raft_multiplier.</summary>
    public const int MaxRaftMultiplier = 10;

    /// <summary>-dev.</summary>
    public required bool DevMode { get; init; }

    /// <summary>Server rather than client agent.</summary>
    public required bool Server { get; init; }

    /// <summary>Lower-cased.</summary>
    public required string Datacenter { get; init; }

    /// <summary>Lower-cased; the datacenter itself unless configured.</summary>
    public required string PrimaryDatacenter { get; init; }

    /// <summary>Trimmed.</summary>
    public required string NodeName { get; init; }

    /// <summary>Lower-cased UUID text as configured, not yet checked; empty means "from the data directory" (see <see cref="NodeIdFile"/>).</summary>
    public required string NodeId { get; init; }

    /// <summary>false derives the node id from the host's id.</summary>
    public required bool DisableHostNodeId { get; init; }

    /// <summary>Sorted by key.</summary>
    public required IReadOnlyDictionary<string, string> NodeMeta { get; init; }

    /// <summary>Region; empty if no locality is set.</summary>
    public required string LocalityRegion { get; init; }

    /// <summary>Zone; empty if no locality is set.</summary>
    public required string LocalityZone { get; init; }

    /// <summary>Empty only with -dev.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Empty for none.</summary>
    public required string PidFile { get; init; }

    /// <summary>Elects itself.</summary>
    public required bool Bootstrap { get; init; }

    /// <summary>Servers to wait for; 0 if bootstrap is set or nothing was configured.</summary>
    public required int BootstrapExpect { get; init; }

    /// <summary>SIGTERM leaves the cluster first.</summary>
    public required bool LeaveOnTerminate { get; init; }

    /// <summary>SIGINT does not leave the cluster first.</summary>
    public required bool SkipLeaveOnInterrupt { get; init; }

    /// <summary>auto_reload_config.</summary>
    public required bool AutoReload { get; init; }

    /// <summary>enable_debug.</summary>
    public required bool EnableDebug { get; init; }

    /// <summary>disable_remote_exec.</summary>
    public required bool DisableRemoteExec { get; init; }

    /// <summary>disable_coordinates.</summary>
    public required bool DisableCoordinates { get; init; }

    /// <summary>disable_http_unprintable_char_filter.</summary>
    public required bool AllowUnprintableInPaths { get; init; }

    /// <summary>translate_wan_addrs.</summary>
    public required bool TranslateWanAddresses { get; init; }

    /// <summary>default_query_time: blocking queries without wait.</summary>
    public required TimeSpan DefaultQueryTime { get; init; }

    /// <summary>max_query_time: upper limit of wait.</summary>
    public required TimeSpan MaxQueryTime { get; init; }

    /// <summary>discovery_max_stale; zero means off.</summary>
    public required TimeSpan DiscoveryMaxStale { get; init; }

    /// <summary>session_ttl_min.</summary>
    public required TimeSpan SessionTtlMin { get; init; }

    /// <summary>default_intention_policy; empty follows ACLs.</summary>
    public required string DefaultIntentionPolicy { get; init; }

    /// <summary>server_name; empty means the node name.</summary>
    public required string ServerName { get; init; }

    /// <summary>experiments.</summary>
    public required IReadOnlyList<string> Experiments { get; init; }

    /// <summary>Addresses.</summary>
    public required AddressSettings Addresses { get; init; }

    /// <summary>Ports; -1 means off.</summary>
    public required PortSettings Ports { get; init; }

    /// <summary>Cluster formation and gossip.</summary>
    public required ClusterSettings Cluster { get; init; }

    /// <summary>Consensus and RPC.</summary>
    public required RaftSettings Raft { get; init; }

    /// <summary>Initial autopilot values.</summary>
    public required AutopilotSettings Autopilot { get; init; }

    /// <summary>limits.</summary>
    public required LimitSettings Limits { get; init; }

    /// <summary>acl.</summary>
    public required AclSettings Acl { get; init; }

    /// <summary>tls.</summary>
    public required TlsSettings Tls { get; init; }

    /// <summary>DNS.</summary>
    public required DnsSettings Dns { get; init; }

    /// <summary>HTTP and UI.</summary>
    public required HttpSettings Http { get; init; }

    /// <summary>Log.</summary>
    public required LogSettings Log { get; init; }

    /// <summary>How checks run.</summary>
    public required CheckSettings Checks { get; init; }

    /// <summary>Mesh and peering.</summary>
    public required MeshSettings Mesh { get; init; }

    /// <summary>Metrics.</summary>
    public required TelemetrySettings Telemetry { get; init; }

    /// <summary>Definitions of services and checks, in order of the sources.</summary>
    public required RegistrationSettings Registrations { get; init; }

    /// <summary>The merged keys, for parts that read settings of their own.</summary>
    public required ConfigValue Raw { get; init; }
}

/// <summary>Addresses to bind and to advertise.</summary>
public sealed record AddressSettings
{
    /// <summary>bind_addr.</summary>
    public required IPAddress Bind { get; init; }

    /// <summary>advertise_addr, derived if unset; never 0.0.0.0.</summary>
    public required IPAddress Advertise { get; init; }

    /// <summary>advertise_addr_wan, derived if unset.</summary>
    public required IPAddress AdvertiseWan { get; init; }

    /// <summary>Gossip LAN bind address.</summary>
    public required IPEndPoint SerfLan { get; init; }

    /// <summary>Gossip WAN bind address; null if WAN is off.</summary>
    public required IPEndPoint? SerfWan { get; init; }

    /// <summary>client_addr.</summary>
    public required IReadOnlyList<IPAddress> Client { get; init; }

    /// <summary>DNS listeners, for both TCP and UDP.</summary>
    public required IReadOnlyList<ListenAddress> Dns { get; init; }

    /// <summary>HTTP listeners.</summary>
    public required IReadOnlyList<ListenAddress> Http { get; init; }

    /// <summary>HTTPS listeners.</summary>
    public required IReadOnlyList<ListenAddress> Https { get; init; }

    /// <summary>Plaintext gRPC listeners.</summary>
    public required IReadOnlyList<ListenAddress> Grpc { get; init; }

    /// <summary>gRPC TLS listeners.</summary>
    public required IReadOnlyList<ListenAddress> GrpcTls { get; init; }

    /// <summary>lan, wan, lan_ipv4, ... and what the user added, sorted by name.</summary>
    public required IReadOnlyDictionary<string, string> Tagged { get; init; }

    /// <summary>unix_sockets.user.</summary>
    public required string SocketUser { get; init; }

    /// <summary>unix_sockets.group.</summary>
    public required string SocketGroup { get; init; }

    /// <summary>unix_sockets.mode.</summary>
    public required string SocketMode { get; init; }

    /// <summary>host:port that other servers reach the RPC listener under.</summary>
    public required IPEndPoint RpcAdvertise { get; init; }
}

/// <summary>Ports; -1 means off.</summary>
/// <param name="Dns">DNS, TCP and UDP.</param>
/// <param name="Http">HTTP.</param>
/// <param name="Https">HTTPS.</param>
/// <param name="Grpc">Plaintext gRPC.</param>
/// <param name="GrpcTls">gRPC with TLS.</param>
/// <param name="Server">RPC between servers.</param>
/// <param name="SerfLan">LAN gossip.</param>
/// <param name="SerfWan">WAN gossip.</param>
/// <param name="Sidecar">First and last port for sidecars.</param>
/// <param name="Expose">First and last port for exposed checks.</param>
public sealed record PortSettings(
    int Dns, int Http, int Https, int Grpc, int GrpcTls, int Server, int SerfLan, int SerfWan, PortRange Sidecar, PortRange Expose);

/// <summary>First and last port; both zero means off.</summary>
public readonly record struct PortRange(int Min, int Max);
