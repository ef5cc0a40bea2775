using Praetor.Core.Filtering;

namespace Praetor.Core.State.Catalog;

/// <summary>What filters can select of a proxy (http-core 4.4 "Proxy.*").</summary>
internal static class ProxySelectors
{
    private static readonly TransparentProxy NotTransparent = new(0, false);
    private static readonly AccessLogs NoAccessLogs = new(false, false, "", "", "", "");

    internal static SelectorSchema<ServiceProxy> Create() => new SelectorSchema<ServiceProxy>()
        .String("DestinationServiceName", static p => p.DestinationServiceName)
        .String("DestinationServiceID", static p => p.DestinationServiceId)
        .String("LocalServiceAddress", static p => p.LocalServiceAddress)
        .Int("LocalServicePort", static p => p.LocalServicePort)
        .String("LocalServiceSocketPath", static p => p.LocalServiceSocketPath)
        .String("Mode", static p => p.Mode)
        .Object("TransparentProxy", static p => p.TransparentProxy ?? NotTransparent, TransparentProxyFields())
        .ObjectList("Upstreams", static p => p.Upstreams, UpstreamFields())
        .Object("MeshGateway", static p => p, new SelectorSchema<ServiceProxy>().String("Mode", static p => p.MeshGatewayMode))
        .Object("Expose", static p => p, ExposeFields())
        .Object("AccessLogs", static p => p.AccessLogs ?? NoAccessLogs, AccessLogFields())
        .ObjectList("EnvoyExtensions", static p => p.EnvoyExtensions, ExtensionFields());

    private static SelectorSchema<TransparentProxy> TransparentProxyFields() => new SelectorSchema<TransparentProxy>()
        .Int("OutboundListenerPort", static t => t.OutboundListenerPort)
        .Bool("DialedDirectly", static t => t.DialedDirectly);

    private static SelectorSchema<ServiceUpstream> UpstreamFields() => new SelectorSchema<ServiceUpstream>()
        .String("DestinationType", static u => u.DestinationType)
        .String("DestinationNamespace", static u => u.DestinationNamespace)
        .String("DestinationPartition", static u => u.DestinationPartition)
        .String("DestinationPeer", static u => u.DestinationPeer)
        .String("DestinationName", static u => u.DestinationName)
        .String("Datacenter", static u => u.Datacenter)
        .String("LocalBindAddress", static u => u.LocalBindAddress)
        .Int("LocalBindPort", static u => u.LocalBindPort)
        .String("LocalBindSocketPath", static u => u.LocalBindSocketPath)
        .String("LocalBindSocketMode", static u => u.LocalBindSocketMode)
        .Object("MeshGateway", static u => u, new SelectorSchema<ServiceUpstream>().String("Mode", static u => u.MeshGatewayMode));

    private static SelectorSchema<ServiceProxy> ExposeFields() => new SelectorSchema<ServiceProxy>()
        .Bool("Checks", static p => p.ExposeChecks)
        .ObjectList("Paths", static p => p.ExposePaths, new SelectorSchema<ExposePath>()
            .Int("ListenerPort", static e => e.ListenerPort)
            .String("Path", static e => e.Path)
            .Int("LocalPathPort", static e => e.LocalPathPort)
            .String("Protocol", static e => e.Protocol)
            .Bool("ParsedFromCheck", static e => e.ParsedFromCheck));

    private static SelectorSchema<AccessLogs> AccessLogFields() => new SelectorSchema<AccessLogs>()
        .Bool("Enabled", static a => a.Enabled)
        .Bool("DisableListenerLogs", static a => a.DisableListenerLogs)
        .String("Type", static a => a.Type)
        .String("Path", static a => a.Path)
        .String("JSONFormat", static a => a.JsonFormat)
        .String("TextFormat", static a => a.TextFormat);

    private static SelectorSchema<EnvoyExtension> ExtensionFields() => new SelectorSchema<EnvoyExtension>()
        .String("Name", static e => e.Name)
        .Bool("Required", static e => e.Required)
        .String("ConsulVersion", static e => e.ConsulVersion)
        .String("EnvoyVersion", static e => e.EnvoyVersion);
}
