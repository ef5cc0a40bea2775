using System.Text;
using Praetor.Api.Http.Json;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

public static partial class CatalogJson
{
    private static readonly ServiceProxy NoProxy = new();

    /// <summary>The Proxy block; at least <c>{"Mode":"","MeshGateway":{},"Expose":{}}</c>.</summary>
    public static void Proxy(GoJsonWriter json, ServiceProxy? given)
    {
        ServiceProxy proxy = given ?? NoProxy;
        json.BeginObject();
        TransparentProxyIfSet(json, proxy.TransparentProxy);
        AccessLogsIfSet(json, proxy.AccessLogs);
        EnvoyExtensionsIfSet(json, proxy.EnvoyExtensions);
        json.MemberIfNotEmpty("DestinationServiceName"u8, proxy.DestinationServiceName);
        json.MemberIfNotEmpty("DestinationServiceID"u8, proxy.DestinationServiceId);
        json.MemberIfNotEmpty("LocalServiceAddress"u8, proxy.LocalServiceAddress);
        json.MemberIfNotZero("LocalServicePort"u8, proxy.LocalServicePort);
        json.MemberIfNotEmpty("LocalServiceSocketPath"u8, proxy.LocalServiceSocketPath);
        json.Member("Mode"u8, proxy.Mode);
        RawIfSet(json, "Config"u8, proxy.ConfigJson);
        UpstreamsIfSet(json, proxy.Upstreams);
        json.Name("MeshGateway"u8);
        MeshGateway(json, proxy.MeshGatewayMode);
        json.Name("Expose"u8);
        Expose(json, proxy);
        json.EndObject();
    }

    /// <summary>Nothing at all for a block without a set field.</summary>
    public static void TransparentProxyIfSet(GoJsonWriter json, TransparentProxy? block)
    {
        if (block is null or { OutboundListenerPort: 0, DialedDirectly: false })
            return;
        json.Name("TransparentProxy"u8);
        json.BeginObject();
        json.MemberIfNotZero("OutboundListenerPort"u8, block.OutboundListenerPort);
        json.MemberIfTrue("DialedDirectly"u8, block.DialedDirectly);
        json.EndObject();
    }

    /// <summary>Nothing at all for a block without a set field.</summary>
    public static void AccessLogsIfSet(GoJsonWriter json, AccessLogs? block)
    {
        if (block is null || block == NoAccessLogs)
            return;
        json.Name("AccessLogs"u8);
        json.BeginObject();
        json.MemberIfTrue("Enabled"u8, block.Enabled);
        json.MemberIfTrue("DisableListenerLogs"u8, block.DisableListenerLogs);
        json.MemberIfNotEmpty("Type"u8, block.Type);
        json.MemberIfNotEmpty("Path"u8, block.Path);
        json.MemberIfNotEmpty("JSONFormat"u8, block.JsonFormat);
        json.MemberIfNotEmpty("TextFormat"u8, block.TextFormat);
        json.EndObject();
    }

    /// <summary>Nothing at all if there are none.</summary>
    public static void EnvoyExtensionsIfSet(GoJsonWriter json, EnvoyExtension[]? extensions)
    {
        if (extensions is null or { Length: 0 })
            return;
        json.Name("EnvoyExtensions"u8);
        json.BeginArray();
        foreach (EnvoyExtension extension in extensions)
        {
            json.BeginObject();
            json.Member("Name"u8, extension.Name);
            json.Member("Required"u8, extension.Required);
            json.Name("Arguments"u8);
            if (extension.ArgumentsJson is null)
                json.Null();
            else
                json.Raw(Encoding.UTF8.GetBytes(extension.ArgumentsJson));
            json.Member("ConsulVersion"u8, extension.ConsulVersion);
            json.Member("EnvoyVersion"u8, extension.EnvoyVersion);
            json.EndObject();
        }

        json.EndArray();
    }

    /// <summary>Nothing at all if there are none.</summary>
    public static void UpstreamsIfSet(GoJsonWriter json, ServiceUpstream[]? upstreams)
    {
        if (upstreams is null or { Length: 0 })
            return;
        json.Name("Upstreams"u8);
        json.BeginArray();
        foreach (ServiceUpstream upstream in upstreams)
            Upstream(json, upstream);
        json.EndArray();
    }

    /// <summary><c>{}</c> or <c>{"Mode":"..."}</c>.</summary>
    public static void MeshGateway(GoJsonWriter json, string mode)
    {
        json.BeginObject();
        json.MemberIfNotEmpty("Mode"u8, mode);
        json.EndObject();
    }

    /// <summary>Exposed checks and paths; <c>{}</c> if there are none.</summary>
    public static void Expose(GoJsonWriter json, ServiceProxy proxy)
    {
        json.BeginObject();
        json.MemberIfTrue("Checks"u8, proxy.ExposeChecks);
        if (proxy.ExposePaths is { Length: > 0 })
        {
            json.Name("Paths"u8);
            json.BeginArray();
            foreach (ExposePath path in proxy.ExposePaths)
            {
                json.BeginObject();
                json.MemberIfNotZero("ListenerPort"u8, path.ListenerPort);
                json.MemberIfNotEmpty("Path"u8, path.Path);
                json.MemberIfNotZero("LocalPathPort"u8, path.LocalPathPort);
                json.MemberIfNotEmpty("Protocol"u8, path.Protocol);
                json.MemberIfTrue("ParsedFromCheck"u8, path.ParsedFromCheck);
                json.EndObject();
            }

            json.EndArray();
        }

        json.EndObject();
    }

    private static readonly AccessLogs NoAccessLogs = new(false, false, "", "", "", "");

    private static void Upstream(GoJsonWriter json, ServiceUpstream upstream)
    {
        json.BeginObject();
        json.Member("DestinationType"u8, upstream.DestinationType);
        json.MemberIfNotEmpty("DestinationNamespace"u8, upstream.DestinationNamespace);
        json.MemberIfNotEmpty("DestinationPartition"u8, upstream.DestinationPartition);
        json.MemberIfNotEmpty("DestinationPeer"u8, upstream.DestinationPeer);
        json.Member("DestinationName"u8, upstream.DestinationName);
        json.Member("Datacenter"u8, upstream.Datacenter);
        json.MemberIfNotEmpty("LocalBindAddress"u8, upstream.LocalBindAddress);
        json.MemberIfNotZero("LocalBindPort"u8, upstream.LocalBindPort);
        json.MemberIfNotEmpty("LocalBindSocketPath"u8, upstream.LocalBindSocketPath);
        json.MemberIfNotEmpty("LocalBindSocketMode"u8, upstream.LocalBindSocketMode);
        RawIfSet(json, "Config"u8, upstream.ConfigJson);
        json.Name("MeshGateway"u8);
        MeshGateway(json, upstream.MeshGatewayMode);
        json.EndObject();
    }

    /// <summary>An opaque object; nothing at all if it is missing or empty.</summary>
    public static void RawIfSet(GoJsonWriter json, ReadOnlySpan<byte> name, string? compactJson)
    {
        if (compactJson is null or "{}" or "null")
            return;
        json.Name(name);
        json.Raw(Encoding.UTF8.GetBytes(compactJson));
    }
}
