using Praetor.Api.Http.Json;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>Checks as catalog bodies hold them (http-agent 5.1 HealthCheck, 5.2). No state.</summary>
public static class CheckBodies
{
    private static readonly CheckDefinitionRecord NoDefinition = new();

    /// <summary>One check, not yet defaulted; null if the value is null.</summary>
    /// <param name="json">Stands before the check.</param>
    /// <param name="hasPeer">Set if the check names a peer.</param>
    public static CheckRecord? Read(ref GoJsonReader json, ref bool hasPeer)
    {
        if (!json.BeginObject("structs.HealthCheck"))
            return null;
        var check = new CheckRecord();
        string peer = "";
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "node": check = check with { Node = json.ReadString(check.Node) }; break;
                case "checkid": check = check with { CheckId = json.ReadString(check.CheckId) }; break;
                case "name": check = check with { Name = json.ReadString(check.Name) }; break;
                case "status": check = check with { Status = json.ReadString(check.Status) }; break;
                case "notes": check = check with { Notes = json.ReadString(check.Notes) }; break;
                case "output": check = check with { Output = json.ReadString(check.Output) }; break;
                case "serviceid": check = check with { ServiceId = json.ReadString(check.ServiceId) }; break;
                case "servicename": check = check with { ServiceName = json.ReadString(check.ServiceName) }; break;
                case "servicetags": check = check with { ServiceTags = json.ReadStringList() }; break;
                case "type": check = check with { Type = json.ReadString(check.Type) }; break;
                case "interval": check = check with { Interval = json.ReadString(check.Interval) }; break;
                case "timeout": check = check with { Timeout = json.ReadString(check.Timeout) }; break;
                case "exposedport": check = check with { ExposedPort = json.ReadInt(check.ExposedPort) }; break;
                case "definition": check = check with { Definition = ReadDefinition(ref json) }; break;
                case "peername": peer = json.ReadString(peer); break;
                case "modifyindex": check = check with { ModifyIndex = (long)Math.Min(json.ReadULong(), long.MaxValue) }; break;
                case "createindex": json.ReadULong(); break;
                default: json.UnknownField(); break;
            }
        }

        hasPeer |= peer.Length > 0;
        return check;
    }

    /// <summary>A definition; null if the value is null or sets nothing. Unknown fields are passed over.</summary>
    public static CheckDefinitionRecord? ReadDefinition(ref GoJsonReader json)
    {
        if (!json.BeginObject("structs.HealthCheckDefinition"))
            return null;
        CheckDefinitionRecord given = NoDefinition;
        while (json.NextField(out string name))
        {
            given = name switch
            {
                "interval" => given with { IntervalNs = json.ReadDurationNs(given.IntervalNs) },
                "outputmaxsize" => given with { OutputMaxSize = json.ReadInt(given.OutputMaxSize) },
                "timeout" => given with { TimeoutNs = json.ReadDurationNs(given.TimeoutNs) },
                "deregistercriticalserviceafter" => given with { DeregisterCriticalServiceAfterNs = json.ReadDurationNs(given.DeregisterCriticalServiceAfterNs) },
                "ttl" => given with { TtlNs = json.ReadDurationNs(given.TtlNs) },
                _ => ReadProbe(ref json, name, given),
            };
        }

        return given == NoDefinition ? null : given;
    }

    private static CheckDefinitionRecord ReadProbe(ref GoJsonReader json, string name, CheckDefinitionRecord given)
    {
        switch (name)
        {
            case "http": return given with { Http = json.ReadString(given.Http) };
            case "tlsservername": return given with { TlsServerName = json.ReadString(given.TlsServerName) };
            case "tlsskipverify": return given with { TlsSkipVerify = json.ReadBool(given.TlsSkipVerify) };
            case "header": return given with { Header = json.ReadStringListMap() is { Count: > 0 } headers ? headers : null };
            case "method": return given with { Method = json.ReadString(given.Method) };
            case "body": return given with { Body = json.ReadString(given.Body) };
            case "disableredirects": return given with { DisableRedirects = json.ReadBool(given.DisableRedirects) };
            case "tcp": return given with { Tcp = json.ReadString(given.Tcp) };
            case "tcpusetls": return given with { TcpUseTls = json.ReadBool(given.TcpUseTls) };
            case "udp": return given with { Udp = json.ReadString(given.Udp) };
            case "h2ping": return given with { H2Ping = json.ReadString(given.H2Ping) };
            case "osservice": return given with { OsService = json.ReadString(given.OsService) };
            case "h2pingusetls": return given with { H2PingUseTls = json.ReadBool(given.H2PingUseTls) };
            case "scriptargs": return given with { ScriptArgs = json.ReadStringList() is { Length: > 0 } arguments ? arguments : null };
            case "dockercontainerid": return given with { DockerContainerId = json.ReadString(given.DockerContainerId) };
            case "shell": return given with { Shell = json.ReadString(given.Shell) };
            case "grpc": return given with { Grpc = json.ReadString(given.Grpc) };
            case "grpcusetls": return given with { GrpcUseTls = json.ReadBool(given.GrpcUseTls) };
            case "aliasnode": return given with { AliasNode = json.ReadString(given.AliasNode) };
            case "aliasservice": return given with { AliasService = json.ReadString(given.AliasService) };
            case "sessionname": return given with { SessionName = json.ReadString(given.SessionName) };
            default:
                json.SkipValue();
                return given;
        }
    }
}
