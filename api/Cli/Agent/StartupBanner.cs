using System.Globalization;
using System.Text;
using Praetor.Api.Config;
using Praetor.Core;

namespace Praetor.Api.Cli.Agent;

/// <summary>What the agent prints before its log (cli 7). Pure.</summary>
internal static class StartupBanner
{
    private const int Margin = 4;
    private const int LabelWidth = 18;

    /// <summary>The whole banner, ending with the empty line before the log.</summary>
    public static string Render(AgentConfig config)
    {
        var text = new StringBuilder("==> Starting Consul agent...\n");
        foreach (var (label, value) in Lines(config))
            text.Append(' ', Margin).Append(label.PadLeft(LabelWidth)).Append(": ").Append(value).Append('\n');
        return text.Append("\n==> Log data will now stream in as it occurs:\n\n").ToString();
    }

    private static IEnumerable<(string Label, string Value)> Lines(AgentConfig config)
    {
        yield return ("Version", $"'{ProductVersion.ConsulLevel}'");
        yield return ("Build Date", $"'{BuildDate()}'");
        yield return ("Node ID", $"'{config.NodeId}'");
        yield return ("Node name", $"'{config.NodeName}'");
        yield return ("Datacenter", $"'{config.Datacenter}' (Segment: '{(config.Server ? "<all>" : "")}')");
        yield return ("Server", $"{Bool(config.Server)} (Bootstrap: {Bool(config.Bootstrap)})");
        var ports = config.Ports;
        yield return ("Client Addr",
            $"[{string.Join(' ', config.Addresses.Client)}] (HTTP: {ports.Http}, HTTPS: {ports.Https}, gRPC: {ports.Grpc}, gRPC-TLS: {ports.GrpcTls}, DNS: {ports.Dns})");
        yield return ("Cluster Addr", $"{config.Addresses.Advertise} (LAN: {ports.SerfLan}, WAN: {ports.SerfWan})");
        yield return ("Gossip Encryption", Bool(config.Cluster.EncryptKey.Length > 0));
        yield return ("Auto-Encrypt-TLS", Bool(config.Mesh.AutoEncryptTls || config.Mesh.AutoEncryptAllowTls));
        yield return ("ACL Enabled", Bool(config.Acl.Enabled));
        if (config.Server)
            yield return ("Reporting Enabled", Bool(false));
        yield return ("ACL Default Policy", config.Acl.DefaultPolicy);
        var (https, grpc, rpc) = (config.Tls.Https, config.Tls.Grpc, config.Tls.InternalRpc);
        yield return ("HTTPS TLS", $"Verify Incoming: {Bool(https.VerifyIncoming)}, Verify Outgoing: {Bool(https.VerifyOutgoing)}, Min Version: {https.MinVersion}");
        yield return ("gRPC TLS", $"Verify Incoming: {Bool(grpc.VerifyIncoming)}, Min Version: {grpc.MinVersion}");
        yield return ("Internal RPC TLS",
            $"Verify Incoming: {Bool(rpc.VerifyIncoming)}, Verify Outgoing: {Bool(rpc.VerifyOutgoing)} (Verify Hostname: {Bool(config.Tls.VerifyServerHostname)}), Min Version: {rpc.MinVersion}");
    }

    private static string BuildDate() => DateTimeOffset.Parse(ProductVersion.BuildDate, CultureInfo.InvariantCulture)
        .ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss +0000 'UTC'", CultureInfo.InvariantCulture);

    private static string Bool(bool value) => value ? "true" : "false";
}
