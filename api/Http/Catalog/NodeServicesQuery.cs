using Praetor.Api.Http.Json;
using Praetor.Core.Filtering;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// One node with its services: catalog/node (services by id) and catalog/node-services (as a list). The node is named, or told by a unique
/// prefix of its id (http-agent 5.4).
/// </summary>
internal sealed class NodeServicesQuery(string nodeOrIdPrefix, bool asList, Filter<ServiceRecord> filter) : ReadQuery
{
    public override WatchTopic Topic => WatchTopic.Node(nodeOrIdPrefix);

    /// <summary>A node that is told by its id is woken under its name; one that is not there yet may come under any name.</summary>
    public override IReadOnlyList<WatchTopic> FurtherTopics(StateRoot root)
    {
        if (root.Catalog.FindNodeByNameOrId(nodeOrIdPrefix) is not { } node)
            return IsIdPrefix ? [WatchTopic.Table(WatchTable.Nodes)] : [];
        return string.Equals(node.Name, nodeOrIdPrefix, StringComparison.OrdinalIgnoreCase) ? [] : [WatchTopic.Node(node.Name)];
    }

    public override long IndexOf(StateRoot root) =>
        root.Catalog.NodeIndex(root.Catalog.FindNodeByNameOrId(nodeOrIdPrefix)?.Name ?? nodeOrIdPrefix);

    private bool IsIdPrefix => nodeOrIdPrefix.Length >= 2 && nodeOrIdPrefix.All(static c => char.IsAsciiHexDigit(c) || c == '-');

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        NodeRecord? node = root.Catalog.FindNodeByNameOrId(nodeOrIdPrefix);
        if (node is null && !asList)
        {
            json.Null();
            return ReadOutcome.Found;
        }

        json.BeginObject();
        json.Name("Node"u8);
        if (node is null)
            json.Null();
        else
            CatalogJson.Node(json, node);
        json.Name("Services"u8);
        if (asList)
            WriteList(root.Catalog, node, json);
        else
            WriteMap(root.Catalog, node!, json);
        json.EndObject();
        return ReadOutcome.Found;
    }

    /// <summary>By id; <c>{}</c> if there are none.</summary>
    private void WriteMap(CatalogTables catalog, NodeRecord node, GoJsonWriter json)
    {
        json.BeginObject();
        foreach (ServiceRecord service in catalog.ServicesOfNode(node.Name).OrderBy(static s => s.Id, StringComparer.Ordinal))
        {
            if (!filter.Matches(service))
                continue;
            json.Name(service.Id);
            CatalogJson.NodeService(json, service);
        }

        json.EndObject();
    }

    /// <summary><c>null</c> if the node has none, <c>[]</c> if the filter leaves none.</summary>
    private void WriteList(CatalogTables catalog, NodeRecord? node, GoJsonWriter json)
    {
        List<ServiceRecord> services = node is null ? [] : [.. catalog.ServicesOfNode(node.Name)];
        if (services.Count == 0)
        {
            json.Null();
            return;
        }

        json.BeginArray();
        foreach (ServiceRecord service in services)
        {
            if (filter.Matches(service))
                CatalogJson.NodeService(json, service);
        }

        json.EndArray();
    }
}
