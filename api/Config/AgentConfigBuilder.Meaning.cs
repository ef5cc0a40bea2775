using System.Net;
using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Config;

/// <summary>What must be true of the settings taken together; the checks stand in the order in which operators meet them (config 7).</summary>
internal sealed partial class AgentConfigBuilder
{
    private const int SupportedRaftProtocol = 3;
    private const int MaxLabelLength = 63;

    private string? CheckMeaning(AgentConfig config) =>
        CheckProtocol()
        ?? CheckName("datacenter", config.Datacenter, canBeEmpty: false)
        ?? (config is { DataDirectory.Length: 0, DevMode: false } ? "data_dir cannot be empty" : null)
        ?? CheckUi(config)
        ?? CheckDataDirectory(config)
        ?? CheckNodeName(config)
        ?? (config is { LocalityZone.Length: > 0, LocalityRegion.Length: 0 } ? "locality is invalid: zone cannot be set without region" : null)
        ?? CheckSegments()
        ?? CheckDnsAddresses(config)
        ?? CheckAltDomain(config)
        ?? CheckBootstrap(config)
        ?? CheckNumbers(config)
        ?? CheckName("primary_datacenter", _keys.Text("primary_datacenter").ToLowerInvariant(), canBeEmpty: true)
        ?? CheckUiSource(config)
        ?? CheckDnsLimits(config)
        ?? CheckNodeMeta(config)
        ?? CheckEncrypt(config)
        ?? CheckFederation(config)
        ?? CheckRaftStore(config)
        ?? CheckDuplicateListeners(config);

    private string? CheckProtocol()
    {
        var protocol = _keys.Integer("raft_protocol", SupportedRaftProtocol);
        return protocol == SupportedRaftProtocol ? null : $"raft_protocol version {protocol} is not supported by this version of Consul";
    }

    private static string? CheckName(string key, string value, bool canBeEmpty)
    {
        if (value.Length == 0)
            return canBeEmpty ? null : $"{key} cannot be empty";
        return value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')
            ? null
            : $"{key} can only contain lowercase alphanumeric, - or _ characters. received: {Quoted(value)}";
    }

    private static string? CheckDataDirectory(AgentConfig config)
    {
        var path = config.DataDirectory;
        return !config.DevMode && File.Exists(path) && !Directory.Exists(path) ? $"data_dir {Quoted(path)} is not a directory" : null;
    }

    private string? CheckNodeName(AgentConfig config)
    {
        if (config.NodeName.Length == 0)
            return "node_name cannot be empty";
        if (!config.NodeName.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            _warnings.Add($"Node name {Quoted(config.NodeName)} will not be discoverable via DNS due to invalid characters. "
                + "Valid characters include all alpha-numerics and dashes.");
        }
        else if (config.NodeName.Length > MaxLabelLength)
        {
            _warnings.Add($"Node name {Quoted(config.NodeName)} will not be discoverable via DNS due to it being too long. "
                + "Valid lengths are between 1 and 63 bytes.");
        }

        var isLabel = config.Datacenter.Length <= MaxLabelLength && !config.Datacenter.Contains('_') && config.Datacenter is [not '-', .., not '-'] or [not '-'];
        if (!isLabel)
        {
            _warnings.Add($"Datacenter : {Quoted(config.Datacenter)} will not be PKI X.509 compatible due to invalid characters. "
                + "Valid characters include lowercase alphanumeric characters with dashes in between.");
        }

        return null;
    }

    private string? CheckSegments() => _keys.Text("segment").Length > 0 || _keys.Value("segments") is { Items.Count: > 0 }
        ? "Network segments are not supported in this version of Consul"
        : null;

    private static string? CheckDnsAddresses(AgentConfig config)
    {
        if (config.Addresses.Dns.Any(listener => listener.SocketPath is not null))
            return "DNS address cannot be a unix socket";
        return config.Dns.Recursors.Any(recursor => HostOf(recursor) is "0.0.0.0" or "::" or "[::]")
            ? "DNS recursor address cannot be 0.0.0.0, :: or [::]"
            : null;
    }

    private static string? CheckAltDomain(AgentConfig config)
    {
        string[] reserved = ["service", "connect", "node", "query", "addr", config.Datacenter];
        return reserved.Any(label => config.Dns.AltDomain.StartsWith(label + ".", StringComparison.OrdinalIgnoreCase))
            ? $"alt_domain cannot start with {{{string.Join(',', reserved)}}}"
            : null;
    }

    private string? CheckBootstrap(AgentConfig config)
    {
        var expect = config.BootstrapExpect;
        if (_keys.Integer("bootstrap_expect") == 1)
            _warnings.Add("BootstrapExpect is set to 1; this is the same as Bootstrap mode.");
        if (config is { Bootstrap: true, Server: false })
            return "'bootstrap = true' requires 'server = true'";
        if (expect < 0)
            return $"bootstrap_expect cannot be {expect}. Must be greater than or equal to zero";
        if (expect > 0 && !config.Server)
            return "'bootstrap_expect > 0' requires 'server = true'";
        if (expect > 0 && config.DevMode)
            return "'bootstrap_expect > 0' not allowed in dev mode";
        return expect > 0 && config.Bootstrap ? "'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive" : null;
    }

    private static string? CheckNumbers(AgentConfig config)
    {
        if (config.Checks.OutputMaxSizeBytes < 1)
            return "check_output_max_size must be positive, to discard check output use the discard_check_output flag";
        return config.Autopilot.MaxTrailingLogs < 0
            ? $"autopilot.max_trailing_logs cannot be {config.Autopilot.MaxTrailingLogs}. Must be greater than or equal to zero"
            : null;
    }

    private static string? CheckDnsLimits(AgentConfig config)
    {
        if (config.Dns.UdpAnswerLimit < 0)
            return $"dns_config.udp_answer_limit cannot be {config.Dns.UdpAnswerLimit}. Must be greater than or equal to zero";
        return config.Dns.ARecordLimit < 0
            ? $"dns_config.a_record_limit cannot be {config.Dns.ARecordLimit}. Must be greater than or equal to zero"
            : null;
    }

    private static string? CheckNodeMeta(AgentConfig config) =>
        MetadataRules.NodeError(config.NodeMeta) is { } error ? $"node_meta invalid: {error}" : null;

    private static string? CheckEncrypt(AgentConfig config)
    {
        string? error = null;
        if (config.Cluster.EncryptKey.Length > 0)
            Base64Prefix.Decode(System.Text.Encoding.UTF8.GetBytes(config.Cluster.EncryptKey), message => error = $"encrypt has invalid key: {message}");
        return error;
    }

    private string? CheckFederation(AgentConfig config)
    {
        if (_keys.Flag("connect.enable_mesh_gateway_wan_federation"))
        {
            if (!config.Server)
                return "'connect.enable_mesh_gateway_wan_federation = true' requires 'server = true'";
            if (config.Cluster.RetryJoinWan.Count > 0)
                return "'retry_join_wan' is incompatible with 'connect.enable_mesh_gateway_wan_federation = true'";
        }

        if (config.Cluster.PrimaryGateways.Count == 0)
            return null;
        if (!config.Server)
            return "'primary_gateways' requires 'server = true'";
        return config.PrimaryDatacenter == config.Datacenter ? "'primary_gateways' should only be configured in a secondary datacenter" : null;
    }

    private string? CheckRaftStore(AgentConfig config)
    {
        if (config.Server && config.DataDirectory.Length > 0 && Directory.Exists(Path.Join(config.DataDirectory, "mdb")))
            return $"CRITICAL: Deprecated data folder found at {Quoted(Path.Join(config.DataDirectory, "mdb"))}! Its format is far too old to be read.";
        if (_keys.Text("raft_logstore.backend", "default") is not ("default" or "boltdb" or "wal"))
            return "raft_logstore.backend must be one of 'boltdb' or 'wal'";
        return _keys.Integer("raft_logstore.wal.segment_size_mb", 64) switch
        {
            < 1 => "raft_logstore.wal.segment_size_mb cannot be less than 1MB",
            > 1024 => "raft_logstore.wal.segment_size_mb cannot be greater than 1024 (1GiB)",
            _ => null,
        };
    }

    private static string? CheckDuplicateListeners(AgentConfig config)
    {
        var used = new Dictionary<string, string>(StringComparer.Ordinal);
        var addresses = config.Addresses;
        IEnumerable<(string, string)> all =
        [
            .. addresses.Dns.Select(listener => ("DNS", listener.ToString())),
            .. addresses.Http.Select(listener => ("HTTP", listener.ToString())),
            .. addresses.Https.Select(listener => ("HTTPS", listener.ToString())),
            ("RPC Advertise", addresses.RpcAdvertise.ToString()),
            ("Serf Advertise LAN", new IPEndPoint(addresses.Advertise, config.Ports.SerfLan).ToString()),
        ];
        if (config.Ports.SerfWan > 0)
            all = all.Append(("Serf Advertise WAN", new IPEndPoint(addresses.AdvertiseWan, config.Ports.SerfWan).ToString()));
        foreach (var (name, address) in all)
        {
            if (!used.TryAdd(address, name))
                return $"{name} address {address} already configured for {used[address]}";
        }

        return null;
    }

    private static string Quoted(string text) => GoQuote.Quote(text);
}
