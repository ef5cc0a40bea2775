using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

public static partial class CatalogJson
{
    /// <summary>A check of a node or service.</summary>
    public static void HealthCheck(GoJsonWriter json, CheckRecord check)
    {
        json.BeginObject();
        json.Member("Node"u8, check.Node);
        json.Member("CheckID"u8, check.CheckId);
        json.Member("Name"u8, check.Name);
        json.Member("Status"u8, check.Status);
        json.Member("Notes"u8, check.Notes);
        json.Member("Output"u8, check.Output);
        json.Member("ServiceID"u8, check.ServiceId);
        json.Member("ServiceName"u8, check.ServiceName);
        json.Name("ServiceTags"u8);
        json.StringListOrEmpty(check.ServiceTags);
        json.Member("Type"u8, check.Type);
        json.Member("Interval"u8, check.Interval);
        json.Member("Timeout"u8, check.Timeout);
        json.Member("ExposedPort"u8, check.ExposedPort);
        json.Name("Definition"u8);
        Definition(json, check.Definition);
        json.Member("CreateIndex"u8, check.CreateIndex);
        json.Member("ModifyIndex"u8, check.ModifyIndex);
        json.EndObject();
    }

    /// <summary>The definition given with a check: what is not zero; <c>{}</c> if there is none.</summary>
    public static void Definition(GoJsonWriter json, CheckDefinitionRecord? definition)
    {
        json.BeginObject();
        if (definition is not null)
            DefinitionFields(json, definition);
        json.EndObject();
    }

    private static void DefinitionFields(GoJsonWriter json, CheckDefinitionRecord definition)
    {
        DurationIfNotZero(json, "Interval"u8, definition.IntervalNs);
        json.MemberIfNotZero("OutputMaxSize"u8, definition.OutputMaxSize);
        DurationIfNotZero(json, "Timeout"u8, definition.TimeoutNs);
        DurationIfNotZero(json, "DeregisterCriticalServiceAfter"u8, definition.DeregisterCriticalServiceAfterNs);
        json.MemberIfNotEmpty("HTTP"u8, definition.Http);
        json.MemberIfNotEmpty("TLSServerName"u8, definition.TlsServerName);
        json.MemberIfTrue("TLSSkipVerify"u8, definition.TlsSkipVerify);
        if (definition.Header is { Count: > 0 })
            Headers(json, definition.Header);
        json.MemberIfNotEmpty("Method"u8, definition.Method);
        json.MemberIfNotEmpty("Body"u8, definition.Body);
        json.MemberIfTrue("DisableRedirects"u8, definition.DisableRedirects);
        json.MemberIfNotEmpty("TCP"u8, definition.Tcp);
        json.MemberIfTrue("TCPUseTLS"u8, definition.TcpUseTls);
        json.MemberIfNotEmpty("UDP"u8, definition.Udp);
        json.MemberIfNotEmpty("H2PING"u8, definition.H2Ping);
        json.MemberIfNotEmpty("OSService"u8, definition.OsService);
        json.MemberIfTrue("H2PingUseTLS"u8, definition.H2PingUseTls);
        if (definition.ScriptArgs is { Length: > 0 })
        {
            json.Name("ScriptArgs"u8);
            json.StringList(definition.ScriptArgs);
        }

        json.MemberIfNotEmpty("DockerContainerID"u8, definition.DockerContainerId);
        json.MemberIfNotEmpty("Shell"u8, definition.Shell);
        json.MemberIfNotEmpty("GRPC"u8, definition.Grpc);
        json.MemberIfTrue("GRPCUseTLS"u8, definition.GrpcUseTls);
        json.MemberIfNotEmpty("AliasNode"u8, definition.AliasNode);
        json.MemberIfNotEmpty("AliasService"u8, definition.AliasService);
        json.MemberIfNotEmpty("SessionName"u8, definition.SessionName);
        // The one duration that clients see as a number.
        json.MemberIfNotZero("TTL"u8, definition.TtlNs);
    }

    private static void DurationIfNotZero(GoJsonWriter json, ReadOnlySpan<byte> name, long nanoseconds)
    {
        if (nanoseconds != 0)
            json.Member(name, GoDuration.Format(nanoseconds));
    }

    private static void Headers(GoJsonWriter json, IReadOnlyDictionary<string, string[]> headers)
    {
        json.Name("Header"u8);
        json.BeginObject();
        foreach ((string name, string[] values) in headers)
        {
            json.Name(name);
            json.StringList(values);
        }

        json.EndObject();
    }
}
