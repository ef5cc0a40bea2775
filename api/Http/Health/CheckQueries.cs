using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Core.Filtering;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Health;

/// <summary>health/node: the checks of one node, named in full, at the index of the node.</summary>
internal sealed class NodeChecksQuery(string node, Filter<CheckRecord> filter) : ReadQuery
{
    public override WatchTopic Topic { get; } = WatchTopic.Node(node);

    public override long IndexOf(StateRoot root) => root.Catalog.NodeIndex(node);

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        json.BeginArray();
        foreach (CheckRecord check in root.Catalog.ChecksOfNode(node))
        {
            if (filter.Matches(check))
                CatalogJson.HealthCheck(json, check);
        }

        json.EndArray();
        return ReadOutcome.Found;
    }
}

/// <summary>health/checks: the service-level checks of one service name, at the index of the service.</summary>
internal sealed class ServiceChecksQuery(string service, NodeMetaFilter nodeMeta, Filter<CheckRecord> filter, string shareKey) : ReadQuery
{
    /// <summary>The order of the rows; null for that of the catalog. An order depends on coordinates, so such an answer is never shared.</summary>
    public NearOrder? Near { get; init; }

    public override WatchTopic Topic { get; } = WatchTopic.Service(service);

    public override string ShareKey => shareKey;

    public override long IndexOf(StateRoot root) => root.Catalog.Service(service).Index;

    public override DerivedAnswers? Shared(StateRoot root)
    {
        ServiceView view = root.Catalog.Service(service);
        return view.Instances.Length == 0 || Near is not null ? null : view.Derived;
    }

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        json.BeginArray();
        IEnumerable<CheckRecord> checks = root.Catalog.ChecksOfService(service);
        foreach (CheckRecord check in Near?.Apply(root, checks, static check => check.Node) ?? checks)
        {
            // A node-level check may carry the name of a service, but it is not one of its checks.
            if (check.ServiceId.Length > 0
                && (nodeMeta.IsEmpty || nodeMeta.Matches(root.Catalog.FindNode(check.Node)))
                && filter.Matches(check))
                CatalogJson.HealthCheck(json, check);
        }

        json.EndArray();
        return ReadOutcome.Found;
    }
}

/// <summary>health/state: the checks in one state, or in any, at the index of the checks table.</summary>
internal sealed class StateChecksQuery(string state, NodeMetaFilter nodeMeta, Filter<CheckRecord> filter, string shareKey) : ReadQuery
{
    private readonly bool _isAny = string.Equals(state, "any", StringComparison.OrdinalIgnoreCase);

    /// <summary>The order of the rows; null for that of the catalog. An order depends on coordinates, so such an answer is never shared.</summary>
    public NearOrder? Near { get; init; }

    public override WatchTopic Topic => WatchTopic.Table(WatchTable.Checks);

    public override string ShareKey => shareKey;

    /// <summary>With node metadata, a change of a node may change the answer too.</summary>
    public override long IndexOf(StateRoot root) =>
        nodeMeta.IsEmpty ? root.Catalog.ChecksIndex : Math.Max(root.Catalog.ChecksIndex, root.Catalog.NodesIndex);

    public override IReadOnlyList<WatchTopic> FurtherTopics(StateRoot root) =>
        nodeMeta.IsEmpty ? [] : [WatchTopic.Table(WatchTable.Nodes)];

    public override DerivedAnswers? Shared(StateRoot root) => Near is null ? root.Catalog.ChecksDerived : null;

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        json.BeginArray();
        IEnumerable<CheckRecord> checks = root.Catalog.Checks();
        foreach (CheckRecord check in Near?.Apply(root, checks, static check => check.Node) ?? checks)
        {
            if ((_isAny || string.Equals(check.Status, state, StringComparison.OrdinalIgnoreCase))
                && (nodeMeta.IsEmpty || nodeMeta.Matches(root.Catalog.FindNode(check.Node)))
                && filter.Matches(check))
                CatalogJson.HealthCheck(json, check);
        }

        json.EndArray();
        return ReadOutcome.Found;
    }
}
