namespace Praetor.Runtime.Agent.Checks;

/// <summary>
/// The definition of an agent-run check, after decoding and before any rule was applied (agent-catalog-health 2.11).
/// Immutable. Empty strings, empty lists and zero durations mean "not given". Durations keep what the client asked for;
/// the 1 s minimum interval is applied where checks run.
/// </summary>
public sealed record CheckSpec
{
    /// <summary>Check id on this agent; its default (the name, or service:...) is the caller's business.</summary>
    public string CheckId { get; init; } = "";

    /// <summary>Display name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Free text.</summary>
    public string Notes { get; init; } = "";

    /// <summary>Initial status; empty means critical.</summary>
    public string Status { get; init; } = "";

    /// <summary>Instance the check belongs to; empty for a node check.</summary>
    public string ServiceId { get; init; } = "";

    /// <summary>Token of a definition from a file; accepted and ignored in requests.</summary>
    public string Token { get; init; } = "";

    /// <summary>Command and arguments of a script or docker check; run without a shell.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>URL of an HTTP check.</summary>
    public string Http { get; init; } = "";

    /// <summary>HTTP method; empty means GET.</summary>
    public string Method { get; init; } = "";

    /// <summary>HTTP request body; sent with any method.</summary>
    public string Body { get; init; } = "";

    /// <summary>HTTP request headers; Host is honoured.</summary>
    public IReadOnlyDictionary<string, string[]>? Header { get; init; }

    /// <summary>A 3xx answer is a result of its own (critical).</summary>
    public bool DisableRedirects { get; init; }

    /// <summary>host:port of a TCP check.</summary>
    public string Tcp { get; init; } = "";

    /// <summary>TLS handshake after the TCP connect.</summary>
    public bool TcpUseTls { get; init; }

    /// <summary>host:port of a UDP check.</summary>
    public string Udp { get; init; } = "";

    /// <summary>Windows service; refused on other systems.</summary>
    public string OsService { get; init; } = "";

    /// <summary>host:port[/service] of a gRPC health check.</summary>
    public string Grpc { get; init; } = "";

    /// <summary>TLS for the gRPC check.</summary>
    public bool GrpcUseTls { get; init; }

    /// <summary>host:port of an HTTP/2 ping check.</summary>
    public string H2Ping { get; init; } = "";

    /// <summary>TLS for the HTTP/2 ping; true unless the client said otherwise.</summary>
    public bool H2PingUseTls { get; init; } = true;

    /// <summary>Container that Args run in.</summary>
    public string DockerContainerId { get; init; } = "";

    /// <summary>Shell in the container.</summary>
    public string Shell { get; init; } = "";

    /// <summary>Time to live of a TTL check.</summary>
    public TimeSpan Ttl { get; init; }

    /// <summary>Pause between the end of one run and the start of the next.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Bound on one run; zero means the default of the kind.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Node whose checks are aliased; empty means this agent.</summary>
    public string AliasNode { get; init; } = "";

    /// <summary>Service whose checks are aliased.</summary>
    public string AliasService { get; init; } = "";

    /// <summary>Name sent as SNI and verified in the certificate.</summary>
    public string TlsServerName { get; init; } = "";

    /// <summary>Accept any certificate.</summary>
    public bool TlsSkipVerify { get; init; }

    /// <summary>Consecutive successes until a success is reported; 0 and 1 mean at once.</summary>
    public int SuccessBeforePassing { get; init; }

    /// <summary>Consecutive failures until warning is reported; 0 means the critical threshold.</summary>
    public int FailuresBeforeWarning { get; init; }

    /// <summary>Consecutive failures until critical is reported; 0 and 1 mean at once.</summary>
    public int FailuresBeforeCritical { get; init; }

    /// <summary>Bytes of output kept; 0 means the agent's limit, which also bounds it.</summary>
    public int OutputMaxSize { get; init; }

    /// <summary>A service whose check has been critical for longer is deregistered; zero means never.</summary>
    public TimeSpan DeregisterCriticalServiceAfter { get; init; }

    /// <summary>URL through which a proxy exposes the HTTP check; used instead of <see cref="Http"/> when set.</summary>
    public string ProxyHttp { get; init; } = "";

    /// <summary>Target through which a proxy exposes the gRPC check; used instead of <see cref="Grpc"/> when set.</summary>
    public string ProxyGrpc { get; init; } = "";
}
