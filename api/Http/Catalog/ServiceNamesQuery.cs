using Praetor.Api.Http.Json;
using Praetor.Core.Filtering;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>catalog/services: every service name with the tags of its instances, in the order in which they are first met.</summary>
internal sealed class ServiceNamesQuery(NodeMetaFilter nodeMeta, Filter<ServiceNodeRow> filter, string shareKey) : ReadQuery
{
    public override WatchTopic Topic => WatchTopic.Table(WatchTable.Services);

    public override bool Cacheable => true;

    public override string ShareKey => shareKey;

    /// <summary>With node metadata, a change of a node may change the answer too.</summary>
    public override long IndexOf(StateRoot root) =>
        nodeMeta.IsEmpty ? root.Catalog.ServicesIndex : Math.Max(root.Catalog.ServicesIndex, root.Catalog.NodesIndex);

    public override IReadOnlyList<WatchTopic> FurtherTopics(StateRoot root) =>
        nodeMeta.IsEmpty ? [] : [WatchTopic.Table(WatchTable.Nodes)];

    public override DerivedAnswers Shared(StateRoot root) => root.Catalog.ServicesDerived;

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        json.BeginObject();
        foreach ((string name, List<string> tags) in Collect(root.Catalog))
        {
            json.Name(name);
            json.StringList(tags);
        }

        json.EndObject();
        return ReadOutcome.Found;
    }

    private SortedList<string, List<string>> Collect(CatalogTables catalog)
    {
        var tagsByName = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        NodeRecord? node = null;
        foreach (ServiceRecord service in catalog.Services())
        {
            // Services come node by node.
            if (node is null || node.Name != service.Node)
                node = catalog.FindNode(service.Node);
            if (node is null || !nodeMeta.Matches(node) || !filter.Matches(new ServiceNodeRow(node, service)))
                continue;
            if (!tagsByName.TryGetValue(service.Name, out List<string>? tags))
                tagsByName[service.Name] = tags = [];
            foreach (string tag in service.Tags ?? [])
            {
                if (!tags.Contains(tag))
                    tags.Add(tag);
            }
        }

        return new SortedList<string, List<string>>(tagsByName, StringComparer.Ordinal);
    }
}
