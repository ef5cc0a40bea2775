
namespace Praetor.Core.State.Catalog;

/// <summary>
/// Which services hold endpoints of a service in the mesh: its native instances and the proxies in front of it. Built once per state of the
/// services and kept with it. Immutable.
/// </summary>
public sealed class MeshEndpoints
{
    private const string ShareKey = "mesh-endpoints";

    private readonly Dictionary<string, List<string>> _namesByDestination = new(StringComparer.OrdinalIgnoreCase);

    private MeshEndpoints(CatalogTables catalog)
    {
        foreach (ServiceRecord service in catalog.Services())
        {
            if (DestinationOf(service) is not { } destination)
                continue;
            if (!_namesByDestination.TryGetValue(destination, out List<string>? names))
                _namesByDestination[destination] = names = [];
            if (!names.Contains(service.Name, StringComparer.OrdinalIgnoreCase))
                names.Add(service.Name);
        }
    }

    /// <summary>Names of the services of which some instance is an endpoint of the destination.</summary>
    public static IReadOnlyList<string> NamesOf(CatalogTables catalog, string destination)
    {
        DerivedAnswers kept = catalog.ServicesDerived;
        MeshEndpoints endpoints = kept.Find<MeshEndpoints>(ShareKey) ?? kept.Keep(ShareKey, new MeshEndpoints(catalog));
        return endpoints._namesByDestination.TryGetValue(destination, out List<string>? names) ? names : [];
    }

    /// <summary>The endpoints of the destination, by (lower-case node, lower-case id).</summary>
    public static List<ServiceInstance> Of(CatalogTables catalog, string destination)
    {
        var endpoints = new List<ServiceInstance>();
        IReadOnlyList<string> names = NamesOf(catalog, destination);
        foreach (string name in names)
        {
            foreach (ServiceInstance instance in catalog.Service(name).Instances)
            {
                if (string.Equals(DestinationOf(instance.Service), destination, StringComparison.OrdinalIgnoreCase))
                    endpoints.Add(instance);
            }
        }

        if (names.Count > 1)
            endpoints.Sort(static (a, b) => Compare(a.Service, b.Service));
        return endpoints;
    }

    /// <summary>The service of which this one is an endpoint in the mesh; null if it is none.</summary>
    public static string? DestinationOf(ServiceRecord service) =>
        service.Kind == ServiceKinds.ConnectProxy ? service.Proxy?.DestinationServiceName
        : service.ConnectNative ? service.Name
        : null;

    private static int Compare(ServiceRecord a, ServiceRecord b)
    {
        int byNode = string.CompareOrdinal(a.Node.ToLowerInvariant(), b.Node.ToLowerInvariant());
        return byNode != 0 ? byNode : string.CompareOrdinal(a.Id.ToLowerInvariant(), b.Id.ToLowerInvariant());
    }
}
