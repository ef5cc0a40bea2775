namespace Praetor.Core.State.Catalog;

/// <summary>Names of check types and how one follows from a definition (http-agent 2.11).</summary>
public static class CheckTypes
{
    /// <summary>grpc</summary>
    public const string Grpc = "grpc";

    /// <summary>http</summary>
    public const string Http = "http";

    /// <summary>ttl</summary>
    public const string Ttl = "ttl";

    /// <summary>tcp</summary>
    public const string Tcp = "tcp";

    /// <summary>udp</summary>
    public const string Udp = "udp";

    /// <summary>alias</summary>
    public const string Alias = "alias";

    /// <summary>docker</summary>
    public const string Docker = "docker";

    /// <summary>script</summary>
    public const string Script = "script";

    /// <summary>h2ping</summary>
    public const string H2Ping = "h2ping";

    /// <summary>os_service</summary>
    public const string OsService = "os_service";

    /// <summary>session: as healthy as a session is alive (http-core 7.3)</summary>
    public const string Session = "session";

    /// <summary>
    /// The type shown for a definition: the first of grpc, http, ttl, tcp, udp, alias, docker, script, h2ping, os_service that it
    /// defines; those that run at an interval count only with one. Empty if none.
    /// </summary>
    public static string Of(CheckDefinitionRecord? definition)
    {
        if (definition is null)
            return "";
        bool runs = definition.IntervalNs > 0;
        bool hasScript = runs && definition.ScriptArgs is { Length: > 0 };
        return definition switch
        {
            { Grpc.Length: > 0 } when runs => Grpc,
            { Http.Length: > 0 } when runs => Http,
            { TtlNs: > 0 } => Ttl,
            { Tcp.Length: > 0 } when runs => Tcp,
            { Udp.Length: > 0 } when runs => Udp,
            { AliasNode.Length: > 0 } or { AliasService.Length: > 0 } => Alias,
            { DockerContainerId.Length: > 0 } when hasScript => Docker,
            _ when hasScript => Script,
            { H2Ping.Length: > 0 } when runs => H2Ping,
            { OsService.Length: > 0 } when runs => OsService,
            _ => "",
        };
    }
}
