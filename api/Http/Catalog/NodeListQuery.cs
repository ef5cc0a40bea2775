using Praetor.Api.Http.Json;
using Praetor.Core.Filtering;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>catalog/nodes: every node, by lower-case name, at the index of the nodes table.</summary>
internal sealed class NodeListQuery(NodeMetaFilter nodeMeta, Filter<NodeRecord> filter, string shareKey) : ReadQuery
{
    /// <summary>The order of the rows; null for that of the catalog. An order depends on coordinates, so such an answer is never shared.</summary>
    public NearOrder? Near { get; init; }

    public override WatchTopic Topic => WatchTopic.Table(WatchTable.Nodes);

    public override string ShareKey => shareKey;

    public override long IndexOf(StateRoot root) => root.Catalog.NodesIndex;

    public override DerivedAnswers? Shared(StateRoot root) => Near is null ? root.Catalog.NodesDerived : null;

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        json.BeginArray();
        IEnumerable<NodeRecord> nodes = root.Catalog.Nodes();
        foreach (NodeRecord node in Near?.Apply(root, nodes, static node => node.Name) ?? nodes)
        {
            if (nodeMeta.Matches(node) && filter.Matches(node))
                CatalogJson.Node(json, node);
        }

        json.EndArray();
        return ReadOutcome.Found;
    }
}
