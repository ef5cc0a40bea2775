using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Dns.Lookups;

/// <summary>The mesh-capable endpoints of a service: its sidecar proxies and its connect-native instances (dns 2, connect).</summary>
public static class MeshEndpoints
{
    private const string DerivedKey = "dns:proxies";
    private const string ConnectProxy = "connect-proxy";

    /// <summary>Names of proxy services by lower-case name of the service they stand for.</summary>
    private sealed record ProxyIndex(Dictionary<string, List<string>> ProxiesByDestination);

    /// <summary>The endpoints, or null if there are none.</summary>
    public static ServiceAnswers? Find(CatalogTables tables, string lowerName, DnsZone zone)
    {
        List<ServiceInstance> endpoints = [.. tables.Service(lowerName).Instances.Where(static i => i.Service.ConnectNative)];
        ProxyIndex index = tables.ServicesDerived.Find<ProxyIndex>(DerivedKey) ?? tables.ServicesDerived.Keep(DerivedKey, Build(tables));
        if (index.ProxiesByDestination.TryGetValue(lowerName, out List<string>? proxies))
        {
            foreach (string proxy in proxies)
                endpoints.AddRange(tables.Service(proxy).Instances.Where(i => IsProxyOf(i.Service, lowerName)));
        }
        return endpoints.Count == 0 ? null : new ServiceAnswers(endpoints, zone);
    }

    private static bool IsProxyOf(ServiceRecord service, string lowerName) =>
        !service.ConnectNative && service.Kind == ConnectProxy && service.Proxy is { } proxy
        && string.Equals(proxy.DestinationServiceName, lowerName, StringComparison.OrdinalIgnoreCase);

    private static ProxyIndex Build(CatalogTables tables)
    {
        Dictionary<string, List<string>> proxies = new(StringComparer.Ordinal);
        foreach (ServiceRecord service in tables.Services())
        {
            if (service.Kind != ConnectProxy || service.Proxy is null)
                continue;
            string destination = service.Proxy.DestinationServiceName.ToLowerInvariant(), name = service.Name.ToLowerInvariant();
            if (!proxies.TryGetValue(destination, out List<string>? names))
                proxies.Add(destination, names = []);
            if (!names.Contains(name))
                names.Add(name);
        }
        return new ProxyIndex(proxies);
    }
}
