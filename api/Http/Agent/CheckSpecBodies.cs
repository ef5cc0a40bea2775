using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Api.Http.Agent;

/// <summary>Decodes check definitions (http-agent 2.11): inside a service, or by themselves, where a few names differ. No state.</summary>
public static class CheckSpecBodies
{
    /// <summary>A definition that says nothing.</summary>
    internal static readonly CheckSpec Nothing = new();

    /// <summary>Decodes the body of check/register.</summary>
    /// <exception cref="GoJsonException">The body does not decode.</exception>
    public static CheckSpec ReadOfNode(ReadOnlySpan<byte> body)
    {
        var json = new GoJsonReader(body);
        return Read(ref json, ofService: false) is { } spec ? spec with { Token = "" } : Nothing;
    }

    /// <summary>A check of a service; null if the value is null.</summary>
    internal static CheckSpec? ReadOfService(ref GoJsonReader json) =>
        Read(ref json, ofService: true) is { } spec ? spec with { ServiceId = "" } : null;

    private static CheckSpec? Read(ref GoJsonReader json, bool ofService)
    {
        if (!json.BeginObject(ofService ? "structs.CheckType" : "structs.CheckDefinition"))
            return null;
        CheckSpec spec = Nothing;
        while (json.NextField(out string name))
        {
            spec = name switch
            {
                "checkid" when ofService => spec with { CheckId = json.ReadString(spec.CheckId) },
                "proxyhttp" when ofService => spec with { ProxyHttp = json.ReadString(spec.ProxyHttp) },
                "proxygrpc" when ofService => spec with { ProxyGrpc = json.ReadString(spec.ProxyGrpc) },
                "id" when !ofService => spec with { CheckId = json.ReadString(spec.CheckId) },
                "token" when !ofService => spec with { Token = json.ReadString(spec.Token) },
                "disable_redirects" when !ofService => spec with { DisableRedirects = json.ReadBool(spec.DisableRedirects) },
                _ => ReadCommon(ref json, name, spec),
            };
        }

        // Says something only beside H2PING, where it is true unless given.
        return spec.H2Ping.Length == 0 ? spec with { H2PingUseTls = true } : spec;
    }

    private static CheckSpec ReadCommon(ref GoJsonReader json, string name, CheckSpec spec)
    {
        switch (name)
        {
            case "name": return spec with { Name = json.ReadString(spec.Name) };
            case "notes": return spec with { Notes = json.ReadString(spec.Notes) };
            case "status": return spec with { Status = json.ReadString(spec.Status) };
            case "serviceid" or "service_id": return spec with { ServiceId = json.ReadString(spec.ServiceId) };
            case "ttl": return spec with { Ttl = ReadSpan(ref json, spec.Ttl) };
            case "interval": return spec with { Interval = ReadSpan(ref json, spec.Interval) };
            case "timeout": return spec with { Timeout = ReadSpan(ref json, spec.Timeout) };
            case "aliasnode": return spec with { AliasNode = json.ReadString(spec.AliasNode) };
            case "aliasservice": return spec with { AliasService = json.ReadString(spec.AliasService) };
            case "successbeforepassing": return spec with { SuccessBeforePassing = json.ReadInt(spec.SuccessBeforePassing) };
            case "failuresbeforewarning": return spec with { FailuresBeforeWarning = json.ReadInt(spec.FailuresBeforeWarning) };
            case "failuresbeforecritical": return spec with { FailuresBeforeCritical = json.ReadInt(spec.FailuresBeforeCritical) };
            case "outputmaxsize": return spec with { OutputMaxSize = json.ReadInt(spec.OutputMaxSize) };
            case "deregistercriticalserviceafter" or "deregister_critical_service_after":
                return spec with { DeregisterCriticalServiceAfter = ReadSpan(ref json, spec.DeregisterCriticalServiceAfter) };
            default: return ReadProbe(ref json, name, spec);
        }
    }

    private static CheckSpec ReadProbe(ref GoJsonReader json, string name, CheckSpec spec)
    {
        switch (name)
        {
            case "args" or "scriptargs" or "script_args": return spec with { Args = json.ReadStringList() is { Length: > 0 } args ? args : Nothing.Args };
            case "http": return spec with { Http = json.ReadString(spec.Http) };
            case "method": return spec with { Method = json.ReadString(spec.Method) };
            case "body": return spec with { Body = json.ReadString(spec.Body) };
            case "header": return spec with { Header = json.ReadStringListMap() is { Count: > 0 } header ? header : null };
            case "disableredirects": return spec with { DisableRedirects = json.ReadBool(spec.DisableRedirects) };
            case "tcp": return spec with { Tcp = json.ReadString(spec.Tcp) };
            case "tcpusetls" or "tcp_use_tls": return spec with { TcpUseTls = json.ReadBool(spec.TcpUseTls) };
            case "udp": return spec with { Udp = json.ReadString(spec.Udp) };
            case "osservice": return spec with { OsService = json.ReadString(spec.OsService) };
            case "grpc": return spec with { Grpc = json.ReadString(spec.Grpc) };
            case "grpcusetls" or "grpc_use_tls": return spec with { GrpcUseTls = json.ReadBool(spec.GrpcUseTls) };
            case "h2ping": return spec with { H2Ping = json.ReadString(spec.H2Ping) };
            case "h2pingusetls" or "h2ping_use_tls": return spec with { H2PingUseTls = json.ReadBool(spec.H2PingUseTls) };
            case "dockercontainerid" or "docker_container_id": return spec with { DockerContainerId = json.ReadString(spec.DockerContainerId) };
            case "shell": return spec with { Shell = json.ReadString(spec.Shell) };
            case "tlsservername" or "tls_server_name": return spec with { TlsServerName = json.ReadString(spec.TlsServerName) };
            case "tlsskipverify" or "tls_skip_verify": return spec with { TlsSkipVerify = json.ReadBool(spec.TlsSkipVerify) };
            default:
                json.UnknownField();
                return spec;
        }
    }

    /// <summary>A span that was given is never rounded to none: an interval of ten nanoseconds is a mistake that clients make, and it runs.</summary>
    private static TimeSpan ReadSpan(ref GoJsonReader json, TimeSpan current)
    {
        long nanoseconds = json.ReadDurationNs(GoDuration.FromTimeSpan(current));
        TimeSpan span = GoDuration.ToTimeSpan(nanoseconds);
        return span == TimeSpan.Zero && nanoseconds > 0 ? TimeSpan.FromTicks(1) : span;
    }
}
