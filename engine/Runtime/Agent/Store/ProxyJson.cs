using System.Text.Json;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent.Store;

/// <summary>A service's Proxy block on disk.</summary>
internal static class ProxyJson
{
    public static void Write(Utf8JsonWriter json, ServiceProxy proxy)
    {
        json.TextIfAny("DestinationServiceName", proxy.DestinationServiceName);
        json.TextIfAny("DestinationServiceID", proxy.DestinationServiceId);
        json.TextIfAny("LocalServiceAddress", proxy.LocalServiceAddress);
        json.IntIfAny("LocalServicePort", proxy.LocalServicePort);
        json.TextIfAny("LocalServiceSocketPath", proxy.LocalServiceSocketPath);
        json.TextIfAny("Mode", proxy.Mode);
        json.RawIfAny("Config", proxy.ConfigJson);
        json.Objects("Upstreams", proxy.Upstreams, WriteUpstream);
        json.TextIfAny("MeshGatewayMode", proxy.MeshGatewayMode);
        json.FlagIfSet("ExposeChecks", proxy.ExposeChecks);
        json.Objects("ExposePaths", proxy.ExposePaths, static (writer, path) =>
        {
            writer.WriteNumber("ListenerPort", path.ListenerPort);
            writer.WriteString("Path", path.Path);
            writer.WriteNumber("LocalPathPort", path.LocalPathPort);
            writer.WriteString("Protocol", path.Protocol);
            writer.WriteBoolean("ParsedFromCheck", path.ParsedFromCheck);
        });
        json.Object("TransparentProxy", proxy.TransparentProxy, static (writer, transparent) =>
        {
            writer.WriteNumber("OutboundListenerPort", transparent.OutboundListenerPort);
            writer.WriteBoolean("DialedDirectly", transparent.DialedDirectly);
        });
        json.Object("AccessLogs", proxy.AccessLogs, static (writer, logs) =>
        {
            writer.WriteBoolean("Enabled", logs.Enabled);
            writer.WriteBoolean("DisableListenerLogs", logs.DisableListenerLogs);
            writer.WriteString("Type", logs.Type);
            writer.WriteString("Path", logs.Path);
            writer.WriteString("JSONFormat", logs.JsonFormat);
            writer.WriteString("TextFormat", logs.TextFormat);
        });
        json.Objects("EnvoyExtensions", proxy.EnvoyExtensions, static (writer, extension) =>
        {
            writer.WriteString("Name", extension.Name);
            writer.WriteBoolean("Required", extension.Required);
            writer.RawIfAny("Arguments", extension.ArgumentsJson);
            writer.WriteString("ConsulVersion", extension.ConsulVersion);
            writer.WriteString("EnvoyVersion", extension.EnvoyVersion);
        });
    }

    public static ServiceProxy Read(JsonElement json) => new()
    {
        DestinationServiceName = json.Text("DestinationServiceName"),
        DestinationServiceId = json.Text("DestinationServiceID"),
        LocalServiceAddress = json.Text("LocalServiceAddress"),
        LocalServicePort = json.Int("LocalServicePort"),
        LocalServiceSocketPath = json.Text("LocalServiceSocketPath"),
        Mode = json.Text("Mode"),
        ConfigJson = json.Raw("Config"),
        Upstreams = json.List("Upstreams", ReadUpstream),
        MeshGatewayMode = json.Text("MeshGatewayMode"),
        ExposeChecks = json.Flag("ExposeChecks"),
        ExposePaths = json.List("ExposePaths", static path => new ExposePath(
            path.Int("ListenerPort"), path.Text("Path"), path.Int("LocalPathPort"), path.Text("Protocol"), path.Flag("ParsedFromCheck"))),
        TransparentProxy = json.Child("TransparentProxy") is { } transparent
            ? new TransparentProxy(transparent.Int("OutboundListenerPort"), transparent.Flag("DialedDirectly"))
            : null,
        AccessLogs = json.Child("AccessLogs") is { } logs
            ? new AccessLogs(logs.Flag("Enabled"), logs.Flag("DisableListenerLogs"), logs.Text("Type"), logs.Text("Path"), logs.Text("JSONFormat"), logs.Text("TextFormat"))
            : null,
        EnvoyExtensions = json.List("EnvoyExtensions", static extension => new EnvoyExtension(
            extension.Text("Name"), extension.Flag("Required"), extension.Raw("Arguments"), extension.Text("ConsulVersion"), extension.Text("EnvoyVersion"))),
    };

    private static void WriteUpstream(Utf8JsonWriter json, ServiceUpstream upstream)
    {
        json.TextIfAny("DestinationType", upstream.DestinationType);
        json.TextIfAny("DestinationNamespace", upstream.DestinationNamespace);
        json.TextIfAny("DestinationPartition", upstream.DestinationPartition);
        json.TextIfAny("DestinationPeer", upstream.DestinationPeer);
        json.TextIfAny("DestinationName", upstream.DestinationName);
        json.TextIfAny("Datacenter", upstream.Datacenter);
        json.TextIfAny("LocalBindAddress", upstream.LocalBindAddress);
        json.IntIfAny("LocalBindPort", upstream.LocalBindPort);
        json.TextIfAny("LocalBindSocketPath", upstream.LocalBindSocketPath);
        json.TextIfAny("LocalBindSocketMode", upstream.LocalBindSocketMode);
        json.RawIfAny("Config", upstream.ConfigJson);
        json.TextIfAny("MeshGatewayMode", upstream.MeshGatewayMode);
    }

    private static ServiceUpstream ReadUpstream(JsonElement json) => new()
    {
        DestinationType = json.Text("DestinationType"),
        DestinationNamespace = json.Text("DestinationNamespace"),
        DestinationPartition = json.Text("DestinationPartition"),
        DestinationPeer = json.Text("DestinationPeer"),
        DestinationName = json.Text("DestinationName"),
        Datacenter = json.Text("Datacenter"),
        LocalBindAddress = json.Text("LocalBindAddress"),
        LocalBindPort = json.Int("LocalBindPort"),
        LocalBindSocketPath = json.Text("LocalBindSocketPath"),
        LocalBindSocketMode = json.Text("LocalBindSocketMode"),
        ConfigJson = json.Raw("Config"),
        MeshGatewayMode = json.Text("MeshGatewayMode"),
    };
}
