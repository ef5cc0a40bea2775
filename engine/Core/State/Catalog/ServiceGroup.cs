namespace Praetor.Core.State.Catalog;

/// <summary>
/// A service name with at least one instance. Replaced whenever an instance, one of its checks or its node changes, so the view
/// built from any root that holds this object is the same; it is built when first asked for.
/// </summary>
internal sealed class ServiceGroup(string name, long index)
{
    private ServiceView? _view;

    /// <summary>Name as first registered.</summary>
    public string Name { get; } = name;

    /// <summary>Index of the last change to anything in the group.</summary>
    public long Index { get; } = index;

    public ServiceView View(CatalogTables tables)
    {
        if (Volatile.Read(ref _view) is { } built)
            return built;
        ServiceView view = new(CatalogKey.Lower(Name), Index, Build(tables));
        return Interlocked.CompareExchange(ref _view, view, null) ?? view;
    }

    private ServiceInstance[] Build(CatalogTables tables)
    {
        var instances = new List<ServiceInstance>();
        foreach (KeyValuePair<ReadOnlyMemory<byte>, ServiceRecord> pair in tables.InstancesByName.Scan(CatalogKey.Below(Name)))
        {
            ServiceRecord service = pair.Value;
            if (tables.FindNode(service.Node) is not { } node)
                continue;
            instances.Add(new ServiceInstance(node, service, ChecksFor(tables, service)));
        }

        return [.. instances];
    }

    private static CheckRecord[] ChecksFor(CatalogTables tables, ServiceRecord service)
    {
        var ofNode = new List<CheckRecord>();
        var ofService = new List<CheckRecord>();
        foreach (CheckRecord check in tables.ChecksOfNode(service.Node))
        {
            if (check.ServiceId.Length == 0)
                ofNode.Add(check);
            else if (string.Equals(check.ServiceId, service.Id, StringComparison.OrdinalIgnoreCase))
                ofService.Add(check);
        }

        return [.. ofNode, .. ofService];
    }
}
