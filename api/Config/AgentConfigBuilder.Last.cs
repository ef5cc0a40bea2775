using System.Globalization;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Api.Config;

/// <summary>Definitions of services and checks, the checks that come after all others, and the warnings (config 7).</summary>
internal sealed partial class AgentConfigBuilder
{
    private const int FileDescriptorReserve = 20;
    private const string DeploymentTable = "https://developer.hashicorp.com/consul/docs/architecture/consensus#deployment_table";

    private RegistrationSettings AssembleRegistrations()
    {
        List<ServiceDefinition> services = [.. (_keys.Value("services")?.Items ?? []).Select(block => ServiceBlock.Read(block, _keys))];
        List<CheckSpec> checks = [.. (_keys.Value("checks")?.Items ?? []).Select(block => CheckBlock.Read(block, _keys))];
        return new RegistrationSettings(services, checks, _keys.Value("watches")?.Items ?? []);
    }

    private string? CheckLast(AgentConfig config) =>
        CheckServices(config)
        ?? CheckNodeChecks(config)
        ?? (config.Mesh.CaProvider is "" or "consul" or "vault" or "aws-pca" ? null : $"{config.Mesh.CaProvider} is not a valid CA provider")
        ?? CheckAutoEncrypt(config)
        ?? (config.Server && config.Cluster.AdvertiseReconnectTimeout > TimeSpan.Zero ? "advertise_reconnect_timeout can only be used on a client" : null)
        ?? CheckFileDescriptors(config)
        ?? CheckAutoConfig(config)
        ?? Warn(config);

    private static string? CheckServices(AgentConfig config)
    {
        foreach (var service in config.Registrations.Services)
        {
            if (ServiceBlock.Validate(service) is { } error)
                return $"service {Quoted(service.Service.Name)}: {error}";
        }

        return null;
    }

    private static string? CheckNodeChecks(AgentConfig config)
    {
        foreach (var check in config.Registrations.Checks)
        {
            if (CheckRules.Validate(check) is { } error)
                return $"check {Quoted(check.Name)}: {error}";
        }

        return null;
    }

    private static string? CheckAutoEncrypt(AgentConfig config)
    {
        if (config is { Server: true, Mesh.AutoEncryptTls: true })
            return "auto_encrypt.tls can only be used on a client.";
        return config is { Server: false, Mesh.AutoEncryptAllowTls: true } ? "auto_encrypt.allow_tls can only be used on a server." : null;
    }

    private static string? CheckFileDescriptors(AgentConfig config)
    {
        var needed = config.Limits.HttpMaxConnsPerClient;
        return FileDescriptorLimit() is { } limit && needed > 0 && limit < needed + FileDescriptorReserve
            ? $"system allows a max of {limit} file descriptors, but limits.http_max_conns_per_client: {needed} needs at least {needed + FileDescriptorReserve}"
            : null;
    }

    /// <summary>The soft limit on open files; null where the system does not tell.</summary>
    private static long? FileDescriptorLimit()
    {
        const string limits = "/proc/self/limits";
        if (!File.Exists(limits))
            return null;
        var line = File.ReadLines(limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) ?? "";
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 3 && long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }

    private string? CheckAutoConfig(AgentConfig config)
    {
        if (!_keys.Flag("auto_config.enabled"))
            return null;
        if (!config.Tls.InternalRpc.VerifyOutgoing)
            return "auto_config.enabled cannot be set without configuring TLS for server communications";
        if (config.Server)
            return "auto_config.enabled cannot be set to true for server agents.";
        var hasToken = _keys.Text("auto_config.intro_token").Length > 0 || _keys.Text("auto_config.intro_token_file").Length > 0
            || Environment.GetEnvironmentVariable("CONSUL_INTRO_TOKEN") is { Length: > 0 };
        if (!hasToken)
            return "One of auto_config.intro_token, auto_config.intro_token_file or the CONSUL_INTRO_TOKEN environment variable must be set to enable auto_config";
        if (_keys.List("auto_config.server_addresses").Count == 0)
            return "auto_config.enabled is set without providing a list of addresses";
        return config.Mesh.AutoEncryptTls ? "both auto_encrypt.tls and auto_config.enabled cannot be set to true." : null;
    }

    private string? Warn(AgentConfig config)
    {
        var expect = config.BootstrapExpect;
        if (config.Server && expect == 2)
            _warnings.Add($"bootstrap_expect = 2: A cluster with 2 servers will provide no failure tolerance. See {DeploymentTable}");
        if (config.Server && expect > 2 && expect % 2 == 0)
            _warnings.Add($"bootstrap_expect is even number: A cluster with an even number of servers does not achieve optimum fault tolerance. See {DeploymentTable}");
        if (config is { Server: true, Bootstrap: true })
            _warnings.Add("bootstrap = true: do not enable unless necessary");
        if (config.Server && expect > 1)
            _warnings.Add($"bootstrap_expect > 0: expecting {expect} servers");
        if (!config.Server && _keys.Flag("rpc.enable_streaming"))
            _warnings.Add("rpc.enable_streaming = true has no effect when not running in server mode");
        if (config.Checks.ScriptsFromRemote && !config.Acl.Enabled && config.Http.AllowWriteFrom.Count == 0)
        {
            _warnings.Add("using enable-script-checks without ACLs and without allow_write_http_from is DANGEROUS, "
                + "use enable-local-script-checks instead, see https://www.hashicorp.com/blog/protecting-consul-from-rce-risk-in-specific-configurations/");
        }

        WarnOfFilters();
        return null;
    }

    private void WarnOfFilters()
    {
        foreach (var rule in _keys.List("telemetry.prefix_filter"))
        {
            if (rule.Length == 0)
                _warnings.Add("Cannot have empty filter rule in prefix_filter");
            else if (rule[0] is not ('+' or '-'))
                _warnings.Add($"Filter rule must begin with either '+' or '-': {Quoted(rule)}");
        }
    }
}
