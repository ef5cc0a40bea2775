using Praetor.Api.Http.Json;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Ui;

/// <summary>
/// internal/ui/service-topology: who talks to a service and to whom it talks, as its proxies are registered, and as the default policy allows where proxies find their destinations by themselves.
/// </summary>
/// <param name="service">Name of the service.</param>
/// <param name="kind">Kind that the client says it has.</param>
/// <param name="allowsByDefault">What no intention forbids is allowed.</param>
internal sealed class UiTopologyQuery(string service, string kind, bool allowsByDefault) : UiRead
{
    private const string Registered = "proxy-registration";
    private const string Allowed = "default-allow";

    /// <summary>The servers themselves are in no mesh.</summary>
    private const string ServerService = "consul";

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        CatalogTables catalog = root.Catalog;
        json.BeginObject();
        json.Member("Protocol"u8, "tcp");
        json.Member("TransparentProxy"u8, ServiceSummary.IsTransparent(ProxiesOf(catalog, service)));
        json.Name("Upstreams"u8);
        Write(json, catalog, Upstreams(catalog));
        json.Name("Downstreams"u8);
        Write(json, catalog, Downstreams(catalog));
        json.Member("FilteredByACLs"u8, false);
        json.EndObject();
        return ReadOutcome.Found;
    }

    private SortedList<string, string> Upstreams(CatalogTables catalog)
    {
        var found = new SortedList<string, string>(StringComparer.Ordinal);
        foreach (ServiceInstance proxy in ProxiesOf(catalog, service))
        {
            foreach (string upstream in UpstreamsOf(proxy.Service))
                found.TryAdd(upstream, Registered);
        }

        if (allowsByDefault && kind.Length == 0 && FindsByItself(catalog, service))
            AddAll(found, catalog, static (_, _) => true);
        return found;
    }

    private SortedList<string, string> Downstreams(CatalogTables catalog)
    {
        var found = new SortedList<string, string>(StringComparer.Ordinal);
        foreach (ServiceRecord proxy in catalog.Services())
        {
            if (proxy.Kind == ServiceKinds.ConnectProxy && proxy.Proxy is { } settings && UpstreamsOf(proxy).Contains(service, StringComparer.OrdinalIgnoreCase))
                found.TryAdd(settings.DestinationServiceName, Registered);
        }

        if (allowsByDefault && kind.Length == 0)
            AddAll(found, catalog, FindsByItself);
        return found;
    }

    private void AddAll(SortedList<string, string> found, CatalogTables catalog, Func<CatalogTables, string, bool> counts)
    {
        foreach (string name in catalog.ServiceNames())
        {
            bool isOther = name != ServerService && !string.Equals(name, service, StringComparison.OrdinalIgnoreCase);
            if (isOther && catalog.Service(name).Instances.Any(static instance => instance.Service.Kind == ServiceKinds.Typical) && counts(catalog, name))
                found.TryAdd(name, Allowed);
        }
    }

    private static List<ServiceInstance> ProxiesOf(CatalogTables catalog, string name) => [.. MeshEndpoints.Of(catalog, name).Where(static endpoint => endpoint.Service.Kind == ServiceKinds.ConnectProxy)];

    /// <summary>A transparent proxy and a native service reach what they are not told of.</summary>
    private static bool FindsByItself(CatalogTables catalog, string name) =>
        MeshEndpoints.Of(catalog, name).Exists(static endpoint => endpoint.Service.ConnectNative || endpoint.Service.Proxy?.Mode == "transparent");

    private static IEnumerable<string> UpstreamsOf(ServiceRecord proxy) =>
        (proxy.Proxy?.Upstreams ?? []).Where(static upstream => upstream.DestinationType is "" or "service" && upstream.DestinationPeer.Length == 0).Select(static upstream => upstream.DestinationName);

    private void Write(GoJsonWriter json, CatalogTables catalog, SortedList<string, string> found)
    {
        json.BeginArray();
        foreach ((string name, string source) in found)
        {
            ServiceInstance[] instances = catalog.Service(name).Instances;
            if (instances.Length > 0)
                new ServiceSummary(catalog, name, instances).Write(json, more => WriteDecision(more, source));
        }

        json.EndArray();
    }

    /// <summary>Without intentions the default policy decides all.</summary>
    private void WriteDecision(GoJsonWriter json, string source)
    {
        json.Member("Source"u8, source);
        json.Name("Intention"u8);
        json.BeginObject();
        json.Member("Allowed"u8, allowsByDefault);
        json.Member("HasPermissions"u8, false);
        json.Member("ExternalSource"u8, "");
        json.Member("HasExact"u8, false);
        json.Member("DefaultAllow"u8, allowsByDefault);
        json.EndObject();
    }
}
