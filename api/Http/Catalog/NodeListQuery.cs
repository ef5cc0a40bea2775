using Praetor.Api.Http.Json;
using Praetor.Core.Filtering;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>catalog/nodes: every node, by lower-case name, at the index of the nodes table.</summary>
internal sealed class NodeListQuery(NodeMetaFilter nodeMeta, Filter<NodeRecord> filter, string shareKey) : ReadQuery
{
    public override WatchTopic Topic => WatchTopic.Table(WatchTable.Nodes);

    public override string ShareKey => shareKey;

    public override long IndexOf(StateRoot root) => root.Catalog.NodesIndex;

    public override DerivedAnswers Shared(StateRoot root) => root.Catalog.NodesDerived;

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        json.BeginArray();
        foreach (NodeRecord node in root.Catalog.Nodes())
        {
            if (nodeMeta.Matches(node) && filter.Matches(node))
                CatalogJson.Node(json, node);
        }

        json.EndArray();
        return ReadOutcome.Found;
    }
}
