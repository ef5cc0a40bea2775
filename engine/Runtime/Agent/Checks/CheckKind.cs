namespace Praetor.Runtime.Agent.Checks;

/// <summary>What runs a check. Several types in one definition are accepted; one of them runs (<see cref="CheckRules.KindThatRuns"/>).</summary>
public enum CheckKind : byte
{
    /// <summary>Nothing: the definition names no type.</summary>
    None,

    /// <summary>A timer that the service itself restarts; lives with the agent's local state.</summary>
    Ttl,

    /// <summary>HTTP request.</summary>
    Http,

    /// <summary>TCP connect, with TLS if asked for.</summary>
    Tcp,

    /// <summary>UDP datagram.</summary>
    Udp,

    /// <summary>grpc.health.v1 Check.</summary>
    Grpc,

    /// <summary>Command in a container.</summary>
    Docker,

    /// <summary>Windows service.</summary>
    OsService,

    /// <summary>Command on this machine.</summary>
    Script,

    /// <summary>HTTP/2 PING.</summary>
    H2Ping,

    /// <summary>Follows other checks; lives with the agent's local state.</summary>
    Alias,
}
