using Praetor.Core.Mvcc;

namespace Praetor.Core.State.Catalog;

/// <summary>How a registration treats the node record: names, ids, renames and takeovers (http-agent 5.2 'Rules').</summary>
internal sealed partial class CatalogBatch
{
    /// <summary>True if a node is known, the writes of this batch included.</summary>
    public bool HasNode(string name) => _nodes.TryGet(CatalogKey.Of(name), out _);

    /// <summary>The node of that name as of now, or null.</summary>
    public NodeRecord? FindNode(string name) => _nodes.TryGet(CatalogKey.Of(name), out NodeEntry? entry) ? entry.Node : null;

    /// <summary>The node of that id as of now, or null.</summary>
    public NodeRecord? FindNodeById(string id) => _nodesById.TryGet(CatalogKey.Of(id), out string? name) ? FindNode(name) : null;

    /// <summary>A service instance as of now, or null.</summary>
    public ServiceRecord? FindService(string node, string serviceId) => _services.TryGet(CatalogKey.Of(node, serviceId), out ServiceRecord? service) ? service : null;

    /// <summary>What is to be done with the node.</summary>
    /// <param name="Existing">The record of that name, if any.</param>
    /// <param name="RenamedFrom">The record of the same id under another name: it goes away with everything on it.</param>
    /// <param name="Keep">Leave the existing record untouched.</param>
    private readonly record struct NodePlan(NodeEntry? Existing, NodeRecord? RenamedFrom, bool Keep);

    private string? PlanNode(RegisterRequest request, out NodePlan plan)
    {
        NodeRecord node = request.Node;
        _nodes.TryGet(CatalogKey.Of(node.Name), out NodeEntry? existing);
        plan = new NodePlan(existing, null, Keep: request.SkipNodeUpdate && existing is not null);
        if (plan.Keep || node.Id.Length == 0)
            return null;

        NodeRecord? sameId = null;
        if (_nodesById.TryGet(CatalogKey.Of(node.Id), out string? nameOfId) && _nodes.TryGet(CatalogKey.Of(nameOfId), out NodeEntry? byId))
            sameId = byId.Node;
        bool renamed = sameId is not null && CatalogKey.Lower(sameId.Name) != CatalogKey.Lower(node.Name);
        if (existing is not null && existing.Node.Id.Length > 0
            && !string.Equals(existing.Node.Id, node.Id, StringComparison.OrdinalIgnoreCase) && IsAlive(existing.Node))
        {
            string renaming = renamed ? $"\"{node.Id}\" ({node.Address})" : $"\"{node.Id}\"";
            return $"failed inserting node: Error while renaming Node ID: {renaming}: Node name {node.Name} is reserved by node "
                + $"{existing.Node.Id} with name {existing.Node.Name} ({existing.Node.Address})";
        }

        if (renamed)
            plan = plan with { RenamedFrom = sameId };
        return null;
    }

    /// <summary>A name is held only while its node's serfHealth exists and is not critical.</summary>
    private bool IsAlive(NodeRecord node) =>
        _checks.TryGet(CatalogKey.Of(node.Name, "serfHealth"), out CheckRecord? health) && health.Status != CheckStatus.Critical;

    private NodeRecord WriteNode(long index, NodeRecord given, NodePlan plan)
    {
        if (plan.Keep)
            return plan.Existing!.Node;
        NodeRecord node = given with { CreateIndex = index, ModifyIndex = index };
        if (plan.RenamedFrom is { } old)
        {
            RemoveNode(index, old);
            node = node with { CreateIndex = old.CreateIndex };
        }

        if (plan.Existing is { } existing)
        {
            if (CatalogCodec.SameContent(existing.Node, node))
                return existing.Node;
            node = node with { CreateIndex = existing.Node.CreateIndex };
            _nodesByAddress.Remove(CatalogKey.Of(existing.Node.Address, existing.Node.Name));
            if (existing.Node.Id.Length > 0)
                _nodesById.Remove(CatalogKey.Of(existing.Node.Id));
        }

        PutNode(node, index);
        NodesWritten(index);
        _changes.NodeChanged(CatalogKey.Lower(node.Name));
        TouchServicesOn(index, node.Name);
        return node;
    }

    private void PutNode(NodeRecord node, long lastChange)
    {
        _nodes.Set(CatalogKey.Of(node.Name), new NodeEntry(node, lastChange));
        _nodesByAddress.Set(CatalogKey.Of(node.Address, node.Name), node);
        if (node.Id.Length > 0)
            _nodesById.Set(CatalogKey.Of(node.Id), node.Name);
    }

    /// <summary>Puts a node of a snapshot back as it was.</summary>
    public void RestoreNode(NodeRecord node, long lastChange)
    {
        PutNode(node, lastChange);
        _nodesChanged = true;
    }

    /// <summary>Puts a service of a snapshot back as it was.</summary>
    public void RestoreService(ServiceRecord service)
    {
        _services.Set(CatalogKey.Of(service.Node, service.Id), service);
        _instances.Set(CatalogKey.Of(service.Name, service.Node, service.Id), service);
        _servicesChanged = true;
    }

    /// <summary>Puts a service name of a snapshot back with the index of its last change.</summary>
    public void RestoreGroup(string name, long lastChange) => _groups.Set(CatalogKey.Of(name), new ServiceGroup(name, lastChange));

    /// <summary>Puts a check of a snapshot back as it was.</summary>
    public void RestoreCheck(CheckRecord check)
    {
        _checks.Set(CatalogKey.Of(check.Node, check.CheckId), check);
        if (check.ServiceName.Length > 0)
            _checksByService.Set(CatalogKey.Of(check.ServiceName, check.Node, check.CheckId), check);
        _checksChanged = true;
    }

    /// <summary>Puts the table indexes of a snapshot back.</summary>
    public void RestoreIndexes(CatalogIndexes indexes)
    {
        _indexes = indexes;
        _nodesChanged = true;
    }
}
