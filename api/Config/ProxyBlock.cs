using Praetor.Core.State.Catalog;

namespace Praetor.Api.Config;

/// <summary>Reads a service's proxy block (config 5, service). Pure.</summary>
internal static class ProxyBlock
{
    /// <summary>The proxy settings; opaque maps become compact JSON.</summary>
    public static ServiceProxy Read(ConfigValue block) => new()
    {
        DestinationServiceName = block.Text("destination_service_name"),
        DestinationServiceId = block.Text("destination_service_id"),
        LocalServiceAddress = block.Text("local_service_address"),
        LocalServicePort = block.Integer("local_service_port"),
        LocalServiceSocketPath = block.Text("local_service_socket_path"),
        Mode = block.Text("mode"),
        ConfigJson = block.CompactJson("config"),
        Upstreams = block.Find("upstreams") is null ? null : [.. block.Blocks("upstreams").Select(ReadUpstream)],
        MeshGatewayMode = block.Find("mesh_gateway")?.Text("mode") ?? "",
        ExposeChecks = block.Find("expose")?.Flag("checks") ?? false,
        ExposePaths = block.FindPath("expose.paths") is { } paths ? [.. paths.Items.Select(ReadPath)] : null,
        TransparentProxy = block.Find("transparent_proxy") is { } transparent
            ? new TransparentProxy(transparent.Integer("outbound_listener_port"), transparent.Flag("dialed_directly"))
            : null,
        AccessLogs = block.Find("access_logs") is { } logs
            ? new AccessLogs(logs.Flag("enabled"), logs.Flag("disable_listener_logs"), logs.Text("type"), logs.Text("path"), logs.Text("json_format"), logs.Text("text_format"))
            : null,
        EnvoyExtensions = block.Find("envoy_extensions") is null ? null : [.. block.Blocks("envoy_extensions").Select(ReadExtension)],
    };

    private static ServiceUpstream ReadUpstream(ConfigValue block) => new()
    {
        // Files spell the default out, as the agent shows it.
        DestinationType = block.Text("destination_type") is { Length: > 0 } type ? type : "service",
        DestinationNamespace = block.Text("destination_namespace"),
        DestinationPartition = block.Text("destination_partition"),
        DestinationPeer = block.Text("destination_peer"),
        DestinationName = block.Text("destination_name"),
        Datacenter = block.Text("datacenter"),
        LocalBindAddress = block.Text("local_bind_address"),
        LocalBindPort = block.Integer("local_bind_port"),
        LocalBindSocketPath = block.Text("local_bind_socket_path"),
        LocalBindSocketMode = block.Text("local_bind_socket_mode"),
        ConfigJson = block.CompactJson("config"),
        MeshGatewayMode = block.Find("mesh_gateway")?.Text("mode") ?? "",
    };

    private static ExposePath ReadPath(ConfigValue block) =>
        new(block.Integer("listener_port"), block.Text("path"), block.Integer("local_path_port"), block.Text("protocol"), ParsedFromCheck: false);

    private static EnvoyExtension ReadExtension(ConfigValue block) => new(
        block.Text("name"), block.Flag("required"), block.CompactJson("arguments"), block.Text("consul_version"), block.Text("envoy_version"));
}
