using Praetor.Runtime.Agent.Checks;

namespace Praetor.Api.Config;

/// <summary>Reads a check's block (config 5, check).</summary>
internal static class CheckBlock
{
    /// <summary>Bad durations are reported through <paramref name="keys"/> under the check's id.</summary>
    public static CheckSpec Read(ConfigValue block, ConfigReader keys)
    {
        TimeSpan Duration(string key) =>
            block.Find(key) is { } value ? keys.ParseDuration($"check[{block.Text("id")}].{key}", value.AsString) : TimeSpan.Zero;
        var critical = block.Integer("failures_before_critical");
        return new CheckSpec
        {
            CheckId = block.Text("id"),
            Name = block.Text("name"),
            Notes = block.Text("notes"),
            Status = block.Text("status"),
            ServiceId = block.Text("service_id"),
            Token = block.Text("token"),
            Args = block.Texts("args"),
            Http = block.Text("http"),
            Method = block.Text("method"),
            Body = block.Text("body"),
            Header = Headers(block.Find("header")),
            DisableRedirects = block.Flag("disable_redirects"),
            Tcp = block.Text("tcp"),
            TcpUseTls = block.Flag("tcp_use_tls"),
            Udp = block.Text("udp"),
            OsService = block.Text("os_service"),
            Grpc = block.Text("grpc"),
            GrpcUseTls = block.Flag("grpc_use_tls"),
            H2Ping = block.Text("h2ping"),
            H2PingUseTls = block.Flag("h2ping_use_tls", unset: block.Text("h2ping").Length > 0),
            DockerContainerId = block.Text("docker_container_id"),
            Shell = block.Text("shell"),
            Ttl = Duration("ttl"),
            Interval = Duration("interval"),
            Timeout = Duration("timeout"),
            AliasNode = block.Text("alias_node"),
            AliasService = block.Text("alias_service"),
            TlsServerName = block.Text("tls_server_name"),
            TlsSkipVerify = block.Flag("tls_skip_verify"),
            SuccessBeforePassing = block.Integer("success_before_passing"),
            FailuresBeforeWarning = block.Integer("failures_before_warning", unset: critical),
            FailuresBeforeCritical = critical,
            OutputMaxSize = block.Integer("output_max_size"),
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
