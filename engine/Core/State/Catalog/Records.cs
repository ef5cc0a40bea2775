namespace Praetor.Core.State.Catalog;

/// <summary>Where a node or service is (region, zone). Null members of a record mean "not given".</summary>
public sealed record Locality(string Region, string Zone);

/// <summary>An address with a port, as tagged addresses of services hold it.</summary>
public sealed record ServiceAddress(string Address, int Port);

/// <summary>A service's DNS weights; 1/1 unless given.</summary>
public sealed record ServiceWeights(int Passing, int Warning)
{
    /// <summary>1/1.</summary>
    public static readonly ServiceWeights Default = new(1, 1);
}

/// <summary>
/// A catalog node. Immutable. Maps are sorted by key (ordinal); null means "not given" and is shown as null.
/// </summary>
public sealed record NodeRecord
{
    /// <summary>UUID or empty.</summary>
    public string Id { get; init; } = "";
    /// <summary>Name as registered; lookups ignore case.</summary>
    public required string Name { get; init; }
    /// <summary>IP or host name.</summary>
    public string Address { get; init; } = "";
    /// <summary>Datacenter the node belongs to.</summary>
    public string Datacenter { get; init; } = "";
    /// <summary>lan, wan, lan_ipv4, ... to address.</summary>
    public IReadOnlyDictionary<string, string>? TaggedAddresses { get; init; }
    /// <summary>User metadata.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }
    /// <summary>Region and zone.</summary>
    public Locality? Locality { get; init; }
    /// <summary>Raft index of creation.</summary>
    public long CreateIndex { get; init; }
    /// <summary>Raft index of the last change.</summary>
    public long ModifyIndex { get; init; }
}

/// <summary>A service instance on a node. Immutable.</summary>
public sealed record ServiceRecord
{
    /// <summary>Node name as registered with the node.</summary>
    public string Node { get; init; } = "";
    /// <summary>"", connect-proxy, mesh-gateway, ...</summary>
    public string Kind { get; init; } = "";
    /// <summary>Instance id, unique on the node (case-insensitive).</summary>
    public string Id { get; init; } = "";
    /// <summary>Service name.</summary>
    public string Name { get; init; } = "";
    /// <summary>Tags in the given order; null if not given.</summary>
    public string[]? Tags { get; init; }
    /// <summary>Own address; empty means the node's.</summary>
    public string Address { get; init; } = "";
    /// <summary>lan, wan, ... to address and port.</summary>
    public IReadOnlyDictionary<string, ServiceAddress>? TaggedAddresses { get; init; }
    /// <summary>User metadata.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }
    /// <summary>0 = none.</summary>
    public int Port { get; init; }
    /// <summary>Unix socket path or empty.</summary>
    public string SocketPath { get; init; } = "";
    /// <summary>DNS weights.</summary>
    public ServiceWeights Weights { get; init; } = ServiceWeights.Default;
    /// <summary>Anti-entropy adopts tags edited in the catalog.</summary>
    public bool EnableTagOverride { get; init; }
    /// <summary>Region and zone.</summary>
    public Locality? Locality { get; init; }
    /// <summary>Mesh proxy settings; null if none were given.</summary>
    public ServiceProxy? Proxy { get; init; }
    /// <summary>Connect.Native.</summary>
    public bool ConnectNative { get; init; }
    /// <summary>Raft index of creation.</summary>
    public long CreateIndex { get; init; }
    /// <summary>Raft index of the last change.</summary>
    public long ModifyIndex { get; init; }
}

/// <summary>The Proxy block of a service. Opaque JSON values are kept as compact UTF-8 JSON text; null = not given.</summary>
public sealed record ServiceProxy
{
    /// <summary>Service this proxy stands for.</summary>
    public string DestinationServiceName { get; init; } = "";
    /// <summary>Instance this proxy stands for.</summary>
    public string DestinationServiceId { get; init; } = "";
    /// <summary>Local application address.</summary>
    public string LocalServiceAddress { get; init; } = "";
    /// <summary>Local application port.</summary>
    public int LocalServicePort { get; init; }
    /// <summary>Local application socket.</summary>
    public string LocalServiceSocketPath { get; init; } = "";
    /// <summary>"", transparent or direct.</summary>
    public string Mode { get; init; } = "";
    /// <summary>Opaque Config object as compact JSON.</summary>
    public string? ConfigJson { get; init; }
    /// <summary>Upstreams.</summary>
    public ServiceUpstream[]? Upstreams { get; init; }
    /// <summary>MeshGateway.Mode.</summary>
    public string MeshGatewayMode { get; init; } = "";
    /// <summary>Expose.Checks.</summary>
    public bool ExposeChecks { get; init; }
    /// <summary>Expose.Paths.</summary>
    public ExposePath[]? ExposePaths { get; init; }
    /// <summary>TransparentProxy block.</summary>
    public TransparentProxy? TransparentProxy { get; init; }
    /// <summary>AccessLogs block.</summary>
    public AccessLogs? AccessLogs { get; init; }
    /// <summary>EnvoyExtensions.</summary>
    public EnvoyExtension[]? EnvoyExtensions { get; init; }
}

/// <summary>One upstream of a proxy.</summary>
public sealed record ServiceUpstream
{
    /// <summary>service or prepared_query; empty = service.</summary>
    public string DestinationType { get; init; } = "";
    /// <summary>Namespace.</summary>
    public string DestinationNamespace { get; init; } = "";
    /// <summary>Partition.</summary>
    public string DestinationPartition { get; init; } = "";
    /// <summary>Peer.</summary>
    public string DestinationPeer { get; init; } = "";
    /// <summary>Name of the destination.</summary>
    public string DestinationName { get; init; } = "";
    /// <summary>Datacenter.</summary>
    public string Datacenter { get; init; } = "";
    /// <summary>Local bind address.</summary>
    public string LocalBindAddress { get; init; } = "";
    /// <summary>Local bind port.</summary>
    public int LocalBindPort { get; init; }
    /// <summary>Local bind socket.</summary>
    public string LocalBindSocketPath { get; init; } = "";
    /// <summary>Mode of that socket.</summary>
    public string LocalBindSocketMode { get; init; } = "";
    /// <summary>Opaque Config object as compact JSON.</summary>
    public string? ConfigJson { get; init; }
    /// <summary>MeshGateway.Mode.</summary>
    public string MeshGatewayMode { get; init; } = "";
}

/// <summary>One exposed path of a proxy.</summary>
public sealed record ExposePath(int ListenerPort, string Path, int LocalPathPort, string Protocol, bool ParsedFromCheck);

/// <summary>TransparentProxy block.</summary>
public sealed record TransparentProxy(int OutboundListenerPort, bool DialedDirectly);

/// <summary>AccessLogs block.</summary>
public sealed record AccessLogs(bool Enabled, bool DisableListenerLogs, string Type, string Path, string JsonFormat, string TextFormat);

/// <summary>One Envoy extension.</summary>
public sealed record EnvoyExtension(string Name, bool Required, string? ArgumentsJson, string ConsulVersion, string EnvoyVersion);

/// <summary>Check states. Stored checks may hold any text (the catalog accepts it); these are the ones with a meaning.</summary>
public static class CheckStatus
{
    /// <summary>passing</summary>
    public const string Passing = "passing";
    /// <summary>warning</summary>
    public const string Warning = "warning";
    /// <summary>critical</summary>
    public const string Critical = "critical";
    /// <summary>maintenance (aggregated only)</summary>
    public const string Maintenance = "maintenance";
}

/// <summary>A health check of a node or of a service instance. Immutable.</summary>
public sealed record CheckRecord
{
    /// <summary>Node name.</summary>
    public string Node { get; init; } = "";
    /// <summary>Check id, unique on the node (case-insensitive).</summary>
    public string CheckId { get; init; } = "";
    /// <summary>Display name.</summary>
    public string Name { get; init; } = "";
    /// <summary>See <see cref="CheckStatus"/>.</summary>
    public string Status { get; init; } = "";
    /// <summary>Notes.</summary>
    public string Notes { get; init; } = "";
    /// <summary>Last output.</summary>
    public string Output { get; init; } = "";
    /// <summary>Instance the check belongs to; empty for a node check.</summary>
    public string ServiceId { get; init; } = "";
    /// <summary>Copied from the service when the check is written.</summary>
    public string ServiceName { get; init; } = "";
    /// <summary>Copied from the service when the check is written.</summary>
    public string[]? ServiceTags { get; init; }
    /// <summary>http, ttl, tcp, ...</summary>
    public string Type { get; init; } = "";
    /// <summary>Interval as text ("10s") or empty.</summary>
    public string Interval { get; init; } = "";
    /// <summary>Timeout as text or empty.</summary>
    public string Timeout { get; init; } = "";
    /// <summary>Port a proxy exposes the check on.</summary>
    public int ExposedPort { get; init; }
    /// <summary>Definition given to catalog register; null = {}.</summary>
    public CheckDefinitionRecord? Definition { get; init; }
    /// <summary>Raft index of creation.</summary>
    public long CreateIndex { get; init; }
    /// <summary>Raft index of the last change.</summary>
    public long ModifyIndex { get; init; }
}

/// <summary>The Definition object of a catalog check. Durations in nanoseconds, as Go counts them.</summary>
public sealed record CheckDefinitionRecord
{
    /// <summary>Nanoseconds.</summary>
    public long IntervalNs { get; init; }
    /// <summary>Bytes.</summary>
    public int OutputMaxSize { get; init; }
    /// <summary>Nanoseconds.</summary>
    public long TimeoutNs { get; init; }
    /// <summary>Nanoseconds.</summary>
    public long DeregisterCriticalServiceAfterNs { get; init; }
    /// <summary>URL.</summary>
    public string Http { get; init; } = "";
    /// <summary>Name to verify.</summary>
    public string TlsServerName { get; init; } = "";
    /// <summary>Skip verification.</summary>
    public bool TlsSkipVerify { get; init; }
    /// <summary>HTTP headers.</summary>
    public IReadOnlyDictionary<string, string[]>? Header { get; init; }
    /// <summary>HTTP method.</summary>
    public string Method { get; init; } = "";
    /// <summary>HTTP body.</summary>
    public string Body { get; init; } = "";
    /// <summary>No redirects.</summary>
    public bool DisableRedirects { get; init; }
    /// <summary>host:port.</summary>
    public string Tcp { get; init; } = "";
    /// <summary>TLS over TCP.</summary>
    public bool TcpUseTls { get; init; }
    /// <summary>host:port.</summary>
    public string Udp { get; init; } = "";
    /// <summary>host:port.</summary>
    public string H2Ping { get; init; } = "";
    /// <summary>Windows service.</summary>
    public string OsService { get; init; } = "";
    /// <summary>TLS for H2PING.</summary>
    public bool H2PingUseTls { get; init; }
    /// <summary>Command line.</summary>
    public string[]? ScriptArgs { get; init; }
    /// <summary>Container.</summary>
    public string DockerContainerId { get; init; } = "";
    /// <summary>Shell in the container.</summary>
    public string Shell { get; init; } = "";
    /// <summary>host:port[/service].</summary>
    public string Grpc { get; init; } = "";
    /// <summary>TLS for gRPC.</summary>
    public bool GrpcUseTls { get; init; }
    /// <summary>Node aliased.</summary>
    public string AliasNode { get; init; } = "";
    /// <summary>Service aliased.</summary>
    public string AliasService { get; init; } = "";
    /// <summary>Session name bound to a check of type session.</summary>
    public string SessionName { get; init; } = "";
    /// <summary>Nanoseconds.</summary>
    public long TtlNs { get; init; }
}

/// <summary>What catalog/register asks for, after decoding and defaulting. Applied as one atomic step.</summary>
public sealed record RegisterRequest
{
    /// <summary>The node; indexes are ignored.</summary>
    public required NodeRecord Node { get; init; }
    /// <summary>Leave an existing node untouched.</summary>
    public bool SkipNodeUpdate { get; init; }
    /// <summary>The service, if any; its Node is ignored.</summary>
    public ServiceRecord? Service { get; init; }
    /// <summary>Checks; their Node may be empty.</summary>
    public IReadOnlyList<CheckRecord> Checks { get; init; } = [];
}

/// <summary>What catalog/deregister asks for: the service if ServiceId is set, else the check if CheckId is set, else the node.</summary>
public sealed record DeregisterRequest(string Node, string ServiceId, string CheckId);
