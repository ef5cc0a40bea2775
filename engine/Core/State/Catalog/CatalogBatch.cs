using Praetor.Core.Mvcc;

namespace Praetor.Core.State.Catalog;

/// <summary>
/// The catalog part of one apply batch: register and deregister as http-agent 5.2 and 5.3 describe them. A command is checked
/// whole before anything is touched, so a refused one changes nothing. What is written as it already stands changes nothing either:
/// no index moves and nobody is woken.
/// </summary>
internal sealed partial class CatalogBatch
{
    private readonly CatalogTables _base;
    private readonly ChangeSet _changes;
    private readonly OrderedIndexBatch<NodeEntry> _nodes;
    private readonly OrderedIndexBatch<string> _nodesById;
    private readonly OrderedIndexBatch<NodeRecord> _nodesByAddress;
    private readonly OrderedIndexBatch<ServiceRecord> _services;
    private readonly OrderedIndexBatch<ServiceRecord> _instances;
    private readonly OrderedIndexBatch<CheckRecord> _checks;
    private readonly OrderedIndexBatch<CheckRecord> _checksByService;
    private readonly OrderedIndexBatch<ServiceGroup> _groups;
    private readonly VirtualIpBatch _virtualIps;
    private CatalogIndexes _indexes;
    private bool _nodesChanged;
    private bool _servicesChanged;
    private bool _checksChanged;

    public CatalogBatch(CatalogTables tables, ChangeSet changes)
    {
        _base = tables;
        _changes = changes;
        _nodes = tables.NodesByName.Begin();
        _nodesById = tables.NodesById.Begin();
        _nodesByAddress = tables.NodesByAddressIndex.Begin();
        _services = tables.ServicesByNode.Begin();
        _instances = tables.InstancesByName.Begin();
        _checks = tables.ChecksByNode.Begin();
        _checksByService = tables.ChecksByService.Begin();
        _groups = tables.Groups.Begin();
        _virtualIps = new VirtualIpBatch(tables.VirtualIps);
        _indexes = tables.Indexes;
    }

    /// <summary>True once anything was written.</summary>
    public bool HasChanged => _nodesChanged || _servicesChanged || _checksChanged || _virtualIps.HasChanged;

    public CatalogTables Commit() => !HasChanged ? _base : new CatalogTables
    {
        NodesByName = _nodes.Commit(),
        NodesById = _nodesById.Commit(),
        NodesByAddressIndex = _nodesByAddress.Commit(),
        ServicesByNode = _services.Commit(),
        InstancesByName = _instances.Commit(),
        ChecksByNode = _checks.Commit(),
        ChecksByService = _checksByService.Commit(),
        Groups = _groups.Commit(),
        VirtualIps = _virtualIps.Commit(),
        Indexes = _indexes,
        NodesDerived = _nodesChanged ? new() : _base.NodesDerived,
        ServicesDerived = _servicesChanged || _nodesChanged ? new() : _base.ServicesDerived,
        ChecksDerived = _checksChanged || _nodesChanged ? new() : _base.ChecksDerived,
    };

    /// <summary>catalog/register.</summary>
    public CommandResult Register(long index, RegisterRequest request)
    {
        if (PlanNode(request, out NodePlan plan) is { } nodeRefusal)
            return new CommandResult(index, CommandOutcome.Refused, nodeRefusal);
        if (UnknownService(request) is { } serviceRefusal)
            return new CommandResult(index, CommandOutcome.Refused, serviceRefusal);

        NodeRecord node = WriteNode(index, request.Node, plan);
        if (request.Service is { } service)
            WriteService(index, node, service);
        foreach (CheckRecord check in request.Checks)
            WriteCheck(index, node, check);
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>Virtual addresses, for the commands that set them and for snapshots.</summary>
    public VirtualIpBatch VirtualIps => _virtualIps;

    /// <summary>catalog/deregister: what is unknown is already gone.</summary>
    public CommandResult Deregister(long index, DeregisterRequest request)
    {
        if (request.ServiceId.Length > 0)
        {
            if (_services.TryGet(CatalogKey.Of(request.Node, request.ServiceId), out ServiceRecord? service))
                RemoveService(index, service);
        }
        else if (request.CheckId.Length > 0)
        {
            if (_checks.TryGet(CatalogKey.Of(request.Node, request.CheckId), out CheckRecord? check))
                RemoveCheck(index, check);
        }
        else if (_nodes.TryGet(CatalogKey.Of(request.Node), out NodeEntry? entry))
        {
            RemoveNode(index, entry.Node);
        }

        return new CommandResult(index, CommandOutcome.Applied);
    }

    private string? UnknownService(RegisterRequest request)
    {
        foreach (CheckRecord check in request.Checks)
        {
            if (check.ServiceId.Length == 0
                || (request.Service is { } given && string.Equals(given.Id, check.ServiceId, StringComparison.OrdinalIgnoreCase))
                || _services.TryGet(CatalogKey.Of(request.Node.Name, check.ServiceId), out _))
                continue;
            return $"Unknown service ID '{check.ServiceId}' for check ID '{check.CheckId}'";
        }

        return null;
    }

    private void WriteService(long index, NodeRecord node, ServiceRecord given)
    {
        byte[] key = CatalogKey.Of(node.Name, given.Id);
        _services.TryGet(key, out ServiceRecord? old);
        ServiceRecord service = _virtualIps.Take(given, replaced: old) with { Node = node.Name, CreateIndex = index, ModifyIndex = index };
        if (old is not null)
        {
            if (CatalogCodec.SameContent(old, service))
                return;
            service = service with { CreateIndex = old.CreateIndex };
            if (CatalogKey.Lower(old.Name) != CatalogKey.Lower(service.Name))
                LeaveGroup(index, old);
        }

        _services.Set(key, service);
        _instances.Set(CatalogKey.Of(service.Name, node.Name, service.Id), service);
        _indexes = _indexes with { Services = index };
        _servicesChanged = true;
        _changes.TableChanged(WatchTable.Services);
        TouchGroup(index, service.Name);
        TouchNode(index, node.Name);
    }

    private void WriteCheck(long index, NodeRecord node, CheckRecord given)
    {
        CheckRecord check = given with { Node = node.Name, CreateIndex = index, ModifyIndex = index };
        if (check.ServiceId.Length > 0 && _services.TryGet(CatalogKey.Of(node.Name, check.ServiceId), out ServiceRecord? service))
            check = check with { ServiceName = service.Name, ServiceTags = service.Tags };
        byte[] key = CatalogKey.Of(node.Name, check.CheckId);
        if (_checks.TryGet(key, out CheckRecord? old))
        {
            if (CatalogCodec.SameContent(old, check))
                return;
            check = check with { CreateIndex = old.CreateIndex };
            if (old.ServiceId != check.ServiceId || old.ServiceName != check.ServiceName)
            {
                _checksByService.Remove(CatalogKey.Of(old.ServiceName, node.Name, old.CheckId));
                TouchServicesOf(index, old);
            }
        }

        _checks.Set(key, check);
        if (check.ServiceName.Length > 0)
            _checksByService.Set(CatalogKey.Of(check.ServiceName, node.Name, check.CheckId), check);
        if (check.Status == CheckStatus.Critical)
            _losses.Enqueue(new CatalogLoss(check.Node, check.CheckId));
        ChecksWritten(index, check);
    }

    private void RemoveNode(long index, NodeRecord node)
    {
        foreach (CheckRecord check in Collect(_checks.Scan(CatalogKey.Below(node.Name))))
            RemoveCheck(index, check);
        foreach (ServiceRecord service in Collect(_services.Scan(CatalogKey.Below(node.Name))))
            RemoveService(index, service);
        _losses.Enqueue(new CatalogLoss(node.Name, null));
        _nodes.Remove(CatalogKey.Of(node.Name));
        _nodesByAddress.Remove(CatalogKey.Of(node.Address, node.Name));
        if (node.Id.Length > 0)
            _nodesById.Remove(CatalogKey.Of(node.Id));
        _indexes = _indexes with { NodeRemoved = index };
        NodesWritten(index);
        _changes.NodeChanged(CatalogKey.Lower(node.Name));
    }

    private void RemoveService(long index, ServiceRecord service)
    {
        foreach (CheckRecord check in Collect(_checks.Scan(CatalogKey.Below(service.Node))))
        {
            if (string.Equals(check.ServiceId, service.Id, StringComparison.OrdinalIgnoreCase))
                RemoveCheck(index, check);
        }

        _services.Remove(CatalogKey.Of(service.Node, service.Id));
        _virtualIps.Leave(service);
        LeaveGroup(index, service);
        _indexes = _indexes with { Services = index };
        _servicesChanged = true;
        _changes.TableChanged(WatchTable.Services);
        TouchNode(index, service.Node);
    }

    private void RemoveCheck(long index, CheckRecord check)
    {
        _losses.Enqueue(new CatalogLoss(check.Node, check.CheckId));
        _checks.Remove(CatalogKey.Of(check.Node, check.CheckId));
        if (check.ServiceName.Length > 0)
            _checksByService.Remove(CatalogKey.Of(check.ServiceName, check.Node, check.CheckId));
        ChecksWritten(index, check);
    }

    private void ChecksWritten(long index, CheckRecord check)
    {
        _indexes = _indexes with { Checks = index };
        _checksChanged = true;
        _changes.TableChanged(WatchTable.Checks);
        TouchServicesOf(index, check);
        TouchNode(index, check.Node);
    }

    /// <summary>A service check counts for its service, a node check for every service on the node.</summary>
    private void TouchServicesOf(long index, CheckRecord check)
    {
        if (check.ServiceId.Length > 0)
        {
            if (check.ServiceName.Length > 0)
                TouchGroup(index, check.ServiceName);
            return;
        }

        TouchServicesOn(index, check.Node);
    }

    private void TouchServicesOn(long index, string node)
    {
        foreach (ServiceRecord service in Collect(_services.Scan(CatalogKey.Below(node))))
            TouchGroup(index, service.Name);
    }

    private void LeaveGroup(long index, ServiceRecord service)
    {
        _instances.Remove(CatalogKey.Of(service.Name, service.Node, service.Id));
        using OrderedIndexScan<ServiceRecord>.Enumerator rest = _instances.Scan(CatalogKey.Below(service.Name)).GetEnumerator();
        if (rest.MoveNext())
        {
            TouchGroup(index, service.Name);
            return;
        }

        _groups.Remove(CatalogKey.Of(service.Name));
        _indexes = _indexes with { ServiceVanished = index };
        _changes.ServiceChanged(CatalogKey.Lower(service.Name));
    }

    private void TouchGroup(long index, string serviceName)
    {
        byte[] key = CatalogKey.Of(serviceName);
        string name = _groups.TryGet(key, out ServiceGroup? group) ? group.Name : serviceName;
        using OrderedIndexScan<ServiceRecord>.Enumerator members = _instances.Scan(CatalogKey.Below(serviceName)).GetEnumerator();
        if (!members.MoveNext())
            return;
        _groups.Set(key, new ServiceGroup(name, index));
        _changes.ServiceChanged(CatalogKey.Lower(serviceName));
    }

    private void TouchNode(long index, string node)
    {
        byte[] key = CatalogKey.Of(node);
        if (_nodes.TryGet(key, out NodeEntry? entry))
            _nodes.Set(key, entry with { Index = index });
        _changes.NodeChanged(CatalogKey.Lower(node));
    }

    private void NodesWritten(long index)
    {
        _indexes = _indexes with { Nodes = index };
        _nodesChanged = true;
        _changes.TableChanged(WatchTable.Nodes);
    }

    // Writing ends a scan's validity, so what is to be changed is collected first.
    private static List<T> Collect<T>(OrderedIndexScan<T> scan)
    {
        var values = new List<T>();
        foreach (KeyValuePair<ReadOnlyMemory<byte>, T> pair in scan)
            values.Add(pair.Value);
        return values;
    }
}
