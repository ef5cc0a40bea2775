using Praetor.Core.Codec;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Api.Config;

/// <summary>Reads a check's block (config 5, check).</summary>
internal static class CheckBlock
{
    /// <summary>Bad durations are reported through <paramref name="keys"/> under the check's id.</summary>
    public static CheckSpec Read(ConfigValue block, ConfigReader keys)
    {
        string Text(string key) => block.Find(key)?.AsString ?? "";
        bool Flag(string key) => block.Find(key)?.AsBool ?? false;
        int Integer(string key) => (int)Math.Clamp(block.Find(key)?.AsNumber ?? 0, int.MinValue, int.MaxValue);
        var id = Text("id");
        TimeSpan Duration(string key) => block.Find(key) is { } value ? keys.ParseDuration($"check[{id}].{key}", value.AsString) : TimeSpan.Zero;
        var critical = Integer("failures_before_critical");
        return new CheckSpec
        {
            CheckId = id,
            Name = Text("name"),
            Notes = Text("notes"),
            Status = Text("status"),
            ServiceId = Text("service_id"),
            Token = Text("token"),
            Args = [.. (block.Find("args")?.Items ?? []).Select(item => item.AsString)],
            Http = Text("http"),
            Method = Text("method"),
            Body = Text("body"),
            Header = Headers(block.Find("header")),
            DisableRedirects = Flag("disable_redirects"),
            Tcp = Text("tcp"),
            TcpUseTls = Flag("tcp_use_tls"),
            Udp = Text("udp"),
            OsService = Text("os_service"),
            Grpc = Text("grpc"),
            GrpcUseTls = Flag("grpc_use_tls"),
            H2Ping = Text("h2ping"),
            H2PingUseTls = block.Find("h2ping_use_tls")?.AsBool ?? Text("h2ping").Length > 0,
            DockerContainerId = Text("docker_container_id"),
            Shell = Text("shell"),
            Ttl = Duration("ttl"),
            Interval = Duration("interval"),
            Timeout = Duration("timeout"),
            AliasNode = Text("alias_node"),
            AliasService = Text("alias_service"),
            TlsServerName = Text("tls_server_name"),
            TlsSkipVerify = Flag("tls_skip_verify"),
            SuccessBeforePassing = Integer("success_before_passing"),
            FailuresBeforeWarning = block.Find("failures_before_warning") is null ? critical : Integer("failures_before_warning"),
            FailuresBeforeCritical = critical,
            OutputMaxSize = block.Find("output_max_size") is null ? CheckSpec.DefaultOutputMaxSize : Integer("output_max_size"),
            DeregisterCriticalServiceAfter = Duration("deregister_critical_service_after"),
        };
    }

    private static SortedList<string, string[]>? Headers(ConfigValue? headers)
    {
        if (headers is null)
            return null;
        var map = new SortedList<string, string[]>(StringComparer.Ordinal);
        foreach (var (name, values) in headers.Members)
            map[name] = [.. values.Items.Select(value => value.AsString)];
        return map;
    }
}
