using System.Text.Json;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Runtime.Agent.Store;

/// <summary>A check's definition on disk. Durations are ticks of 100 ns.</summary>
internal static class CheckSpecJson
{
    public static void Write(Utf8JsonWriter json, CheckSpec spec)
    {
        json.TextIfAny("CheckID", spec.CheckId);
        json.TextIfAny("Name", spec.Name);
        json.TextIfAny("Notes", spec.Notes);
        json.TextIfAny("Status", spec.Status);
        json.TextIfAny("ServiceID", spec.ServiceId);
        json.TextIfAny("Token", spec.Token);
        if (spec.Args.Count > 0)
            json.TextList("ScriptArgs", spec.Args);
        json.TextIfAny("HTTP", spec.Http);
        json.TextIfAny("Method", spec.Method);
        json.TextIfAny("Body", spec.Body);
        json.Map("Header", spec.Header, static (writer, key, values) => writer.TextList(key, values));
        json.FlagIfSet("DisableRedirects", spec.DisableRedirects);
        json.TextIfAny("TCP", spec.Tcp);
        json.FlagIfSet("TCPUseTLS", spec.TcpUseTls);
        json.TextIfAny("UDP", spec.Udp);
        json.TextIfAny("OSService", spec.OsService);
        json.TextIfAny("GRPC", spec.Grpc);
        json.FlagIfSet("GRPCUseTLS", spec.GrpcUseTls);
        json.TextIfAny("H2PING", spec.H2Ping);
        json.WriteBoolean("H2PingUseTLS", spec.H2PingUseTls);
        json.TextIfAny("DockerContainerID", spec.DockerContainerId);
        json.TextIfAny("Shell", spec.Shell);
        json.SpanIfAny("TTLTicks", spec.Ttl);
        json.SpanIfAny("IntervalTicks", spec.Interval);
        json.SpanIfAny("TimeoutTicks", spec.Timeout);
        json.TextIfAny("AliasNode", spec.AliasNode);
        json.TextIfAny("AliasService", spec.AliasService);
        json.TextIfAny("TLSServerName", spec.TlsServerName);
        json.FlagIfSet("TLSSkipVerify", spec.TlsSkipVerify);
        json.IntIfAny("SuccessBeforePassing", spec.SuccessBeforePassing);
        json.IntIfAny("FailuresBeforeWarning", spec.FailuresBeforeWarning);
        json.IntIfAny("FailuresBeforeCritical", spec.FailuresBeforeCritical);
        json.IntIfAny("OutputMaxSize", spec.OutputMaxSize);
        json.SpanIfAny("DeregisterCriticalServiceAfterTicks", spec.DeregisterCriticalServiceAfter);
        json.TextIfAny("ProxyHTTP", spec.ProxyHttp);
        json.TextIfAny("ProxyGRPC", spec.ProxyGrpc);
    }

    public static CheckSpec Read(JsonElement json) => new()
    {
        CheckId = json.Text("CheckID"),
        Name = json.Text("Name"),
        Notes = json.Text("Notes"),
        Status = json.Text("Status"),
        ServiceId = json.Text("ServiceID"),
        Token = json.Text("Token"),
        Args = json.TextList("ScriptArgs") ?? [],
        Http = json.Text("HTTP"),
        Method = json.Text("Method"),
        Body = json.Text("Body"),
        Header = json.Map("Header", static values => JsonParts.Read(values, static value => value.GetString() ?? "")),
        DisableRedirects = json.Flag("DisableRedirects"),
        Tcp = json.Text("TCP"),
        TcpUseTls = json.Flag("TCPUseTLS"),
        Udp = json.Text("UDP"),
        OsService = json.Text("OSService"),
        Grpc = json.Text("GRPC"),
        GrpcUseTls = json.Flag("GRPCUseTLS"),
        H2Ping = json.Text("H2PING"),
        H2PingUseTls = json.Flag("H2PingUseTLS", missing: true),
        DockerContainerId = json.Text("DockerContainerID"),
        Shell = json.Text("Shell"),
        Ttl = json.Span("TTLTicks"),
        Interval = json.Span("IntervalTicks"),
        Timeout = json.Span("TimeoutTicks"),
        AliasNode = json.Text("AliasNode"),
        AliasService = json.Text("AliasService"),
        TlsServerName = json.Text("TLSServerName"),
        TlsSkipVerify = json.Flag("TLSSkipVerify"),
        SuccessBeforePassing = json.Int("SuccessBeforePassing"),
        FailuresBeforeWarning = json.Int("FailuresBeforeWarning"),
        FailuresBeforeCritical = json.Int("FailuresBeforeCritical"),
        OutputMaxSize = json.Int("OutputMaxSize"),
        DeregisterCriticalServiceAfter = json.Span("DeregisterCriticalServiceAfterTicks"),
        ProxyHttp = json.Text("ProxyHTTP"),
        ProxyGrpc = json.Text("ProxyGRPC"),
    };
}
