using Praetor.Api.Http.Json;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// The Proxy block of a service registration, with the extra spellings that clients use (http-agent 2.9 "Proxy"). Unknown fields are
/// refused; opaque objects are kept as compact JSON. No state.
/// </summary>
public static class ProxyBodies
{
    /// <summary>The block; null if the value is null or sets nothing.</summary>
    public static ServiceProxy? Read(ref GoJsonReader json)
    {
        if (!json.BeginObject("structs.ConnectProxyConfig"))
            return null;
        var proxy = new ServiceProxy();
        while (json.NextField(out string name))
        {
            proxy = name switch
            {
                "destinationservicename" or "destination_service_name" => proxy with { DestinationServiceName = json.ReadString(proxy.DestinationServiceName) },
                "destinationserviceid" or "destination_service_id" => proxy with { DestinationServiceId = json.ReadString(proxy.DestinationServiceId) },
                "localserviceaddress" or "local_service_address" => proxy with { LocalServiceAddress = json.ReadString(proxy.LocalServiceAddress) },
                "localserviceport" or "local_service_port" => proxy with { LocalServicePort = json.ReadInt(proxy.LocalServicePort) },
                "localservicesocketpath" or "local_service_socket_path" => proxy with { LocalServiceSocketPath = json.ReadString(proxy.LocalServiceSocketPath) },
                "mode" => proxy with { Mode = json.ReadString(proxy.Mode) },
                "config" => proxy with { ConfigJson = ReadOpaqueObject(ref json) },
                "upstreams" => proxy with { Upstreams = ReadUpstreams(ref json) },
                "meshgateway" or "mesh_gateway" => proxy with { MeshGatewayMode = ReadMeshGatewayMode(ref json) },
                "expose" => ReadExpose(ref json, proxy),
                "transparentproxy" or "transparent_proxy" => proxy with { TransparentProxy = ReadTransparentProxy(ref json) },
                "accesslogs" or "access_logs" => proxy with { AccessLogs = ReadAccessLogs(ref json) },
                "envoyextensions" => proxy with { EnvoyExtensions = ReadEnvoyExtensions(ref json) },
                _ => Unknown(ref json, proxy),
            };
        }

        return proxy == Nothing ? null : proxy;
    }

    private static readonly ServiceProxy Nothing = new();

    private static ServiceUpstream[]? ReadUpstreams(ref GoJsonReader json)
    {
        if (!json.BeginArray("structs.Upstreams"))
            return null;
        var upstreams = new List<ServiceUpstream>();
        while (json.NextElement())
            upstreams.Add(ReadUpstream(ref json));
        return upstreams.Count == 0 ? null : [.. upstreams];
    }

    private static ServiceUpstream ReadUpstream(ref GoJsonReader json)
    {
        var upstream = new ServiceUpstream();
        if (!json.BeginObject("structs.Upstream"))
            return upstream;
        while (json.NextField(out string name))
        {
            upstream = name switch
            {
                "destinationtype" or "destination_type" => upstream with { DestinationType = json.ReadString(upstream.DestinationType) },
                "destinationnamespace" or "destination_namespace" => upstream with { DestinationNamespace = json.ReadString(upstream.DestinationNamespace) },
                "destinationpartition" or "destination_partition" => upstream with { DestinationPartition = json.ReadString(upstream.DestinationPartition) },
                "destinationpeer" or "destination_peer" => upstream with { DestinationPeer = json.ReadString(upstream.DestinationPeer) },
                "destinationname" or "destination_name" => upstream with { DestinationName = json.ReadString(upstream.DestinationName) },
                "datacenter" => upstream with { Datacenter = json.ReadString(upstream.Datacenter) },
                "localbindaddress" or "local_bind_address" => upstream with { LocalBindAddress = json.ReadString(upstream.LocalBindAddress) },
                "localbindport" or "local_bind_port" => upstream with { LocalBindPort = json.ReadInt(upstream.LocalBindPort) },
                "localbindsocketpath" or "local_bind_socket_path" => upstream with { LocalBindSocketPath = json.ReadString(upstream.LocalBindSocketPath) },
                "localbindsocketmode" or "local_bind_socket_mode" => upstream with { LocalBindSocketMode = json.ReadString(upstream.LocalBindSocketMode) },
                "config" => upstream with { ConfigJson = ReadOpaqueObject(ref json) },
                "meshgateway" or "mesh_gateway" => upstream with { MeshGatewayMode = ReadMeshGatewayMode(ref json) },
                _ => Unknown(ref json, upstream),
            };
        }

        return upstream;
    }

    private static string ReadMeshGatewayMode(ref GoJsonReader json)
    {
        string mode = "";
        if (!json.BeginObject("structs.MeshGatewayConfig"))
            return mode;
        while (json.NextField(out string name))
            mode = name == "mode" ? json.ReadString(mode) : Unknown(ref json, mode);
        return mode;
    }

    private static ServiceProxy ReadExpose(ref GoJsonReader json, ServiceProxy proxy)
    {
        if (!json.BeginObject("structs.ExposeConfig"))
            return proxy;
        while (json.NextField(out string name))
        {
            proxy = name switch
            {
                "checks" => proxy with { ExposeChecks = json.ReadBool(proxy.ExposeChecks) },
                "paths" => proxy with { ExposePaths = ReadExposePaths(ref json) },
                _ => Unknown(ref json, proxy),
            };
        }

        return proxy;
    }

    private static ExposePath[]? ReadExposePaths(ref GoJsonReader json)
    {
        if (!json.BeginArray("[]structs.ExposePath"))
            return null;
        var paths = new List<ExposePath>();
        while (json.NextElement())
            paths.Add(ReadExposePath(ref json));
        return paths.Count == 0 ? null : [.. paths];
    }

    private static ExposePath ReadExposePath(ref GoJsonReader json)
    {
        var path = new ExposePath(0, "", 0, "", false);
        if (!json.BeginObject("structs.ExposePath"))
            return path;
        while (json.NextField(out string name))
        {
            path = name switch
            {
                "listenerport" or "listener_port" => path with { ListenerPort = json.ReadInt(path.ListenerPort) },
                "path" => path with { Path = json.ReadString(path.Path) },
                "localpathport" or "local_path_port" => path with { LocalPathPort = json.ReadInt(path.LocalPathPort) },
                "protocol" => path with { Protocol = json.ReadString(path.Protocol) },
                "parsedfromcheck" => path with { ParsedFromCheck = json.ReadBool(path.ParsedFromCheck) },
                _ => Unknown(ref json, path),
            };
        }

        return path;
    }

    private static TransparentProxy? ReadTransparentProxy(ref GoJsonReader json)
    {
        if (!json.BeginObject("structs.TransparentProxyConfig"))
            return null;
        var block = new TransparentProxy(0, false);
        while (json.NextField(out string name))
        {
            block = name switch
            {
                "outboundlistenerport" => block with { OutboundListenerPort = json.ReadInt(block.OutboundListenerPort) },
                "dialeddirectly" => block with { DialedDirectly = json.ReadBool(block.DialedDirectly) },
                _ => Unknown(ref json, block),
            };
        }

        return block;
    }

    private static AccessLogs? ReadAccessLogs(ref GoJsonReader json)
    {
        if (!json.BeginObject("structs.AccessLogsConfig"))
            return null;
        var block = new AccessLogs(false, false, "", "", "", "");
        while (json.NextField(out string name))
        {
            block = name switch
            {
                "enabled" => block with { Enabled = json.ReadBool(block.Enabled) },
                "disablelistenerlogs" => block with { DisableListenerLogs = json.ReadBool(block.DisableListenerLogs) },
                "type" => block with { Type = json.ReadString(block.Type) },
                "path" => block with { Path = json.ReadString(block.Path) },
                "jsonformat" => block with { JsonFormat = json.ReadString(block.JsonFormat) },
                "textformat" => block with { TextFormat = json.ReadString(block.TextFormat) },
                _ => Unknown(ref json, block),
            };
        }

        return block;
    }

    private static EnvoyExtension[]? ReadEnvoyExtensions(ref GoJsonReader json)
    {
        if (!json.BeginArray("[]structs.EnvoyExtension"))
            return null;
        var extensions = new List<EnvoyExtension>();
        while (json.NextElement())
            extensions.Add(ReadEnvoyExtension(ref json));
        return extensions.Count == 0 ? null : [.. extensions];
    }

    private static EnvoyExtension ReadEnvoyExtension(ref GoJsonReader json)
    {
        var extension = new EnvoyExtension("", false, null, "", "");
        if (!json.BeginObject("structs.EnvoyExtension"))
            return extension;
        while (json.NextField(out string name))
        {
            extension = name switch
            {
                "name" => extension with { Name = json.ReadString(extension.Name) },
                "required" => extension with { Required = json.ReadBool(extension.Required) },
                "arguments" => extension with { ArgumentsJson = ReadObject(ref json) },
                "consulversion" => extension with { ConsulVersion = json.ReadString(extension.ConsulVersion) },
                "envoyversion" => extension with { EnvoyVersion = json.ReadString(extension.EnvoyVersion) },
                _ => Unknown(ref json, extension),
            };
        }

        return extension;
    }

    /// <summary>An object of any content; null if the value is null. Other types are refused.</summary>
    private static string? ReadObject(ref GoJsonReader json)
    {
        if (json.TryReadNull())
            return null;
        if (json.NextKind() != GoJsonKind.Object)
            json.BeginObject("map[string]interface {}");
        return json.ReadRawCompact();
    }

    /// <summary>As <see cref="ReadObject"/>, where an empty object says no more than none.</summary>
    private static string? ReadOpaqueObject(ref GoJsonReader json) => ReadObject(ref json) is { } text && text != "{}" ? text : null;

    private static T Unknown<T>(ref GoJsonReader json, T unchanged)
    {
        json.UnknownField();
        return unchanged;
    }
}
