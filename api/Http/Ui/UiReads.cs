using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Core.Filtering;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Ui;

/// <summary>What the reads for the web UI have in common: they look at the whole catalog.</summary>
internal abstract class UiRead : ReadQuery
{
    public override WatchTopic Topic => WatchTopic.Table(WatchTable.Services);

    public override IReadOnlyList<WatchTopic> FurtherTopics(StateRoot root) => [WatchTopic.Table(WatchTable.Nodes), WatchTopic.Table(WatchTable.Checks)];

    public override bool EffectiveConsistencyHeader => false;

    public override long IndexOf(StateRoot root) => Math.Max(root.Catalog.ServicesIndex, Math.Max(root.Catalog.NodesIndex, root.Catalog.ChecksIndex));

    protected static NodeView ViewOf(StateRoot root, NodeRecord node) => new(node, [.. root.Catalog.ServicesOfNode(node.Name)], [.. root.Catalog.ChecksOfNode(node.Name)]);

    protected static void WriteNode(GoJsonWriter json, NodeView view)
    {
        json.BeginObject();
        json.Member("ID"u8, view.Node.Id);
        json.Member("Node"u8, view.Node.Name);
        json.Member("Address"u8, view.Node.Address);
        json.Name("TaggedAddresses"u8);
        json.StringMap(view.Node.TaggedAddresses);
        json.Name("Meta"u8);
        json.StringMap(view.Node.Meta);
        json.Name("Services"u8);
        json.BeginArray();
        foreach (ServiceRecord service in view.Services)
            CatalogJson.NodeService(json, service);
        json.EndArray();
        json.Name("Checks"u8);
        json.BeginArray();
        foreach (CheckRecord check in view.Checks)
            CatalogJson.HealthCheck(json, check);
        json.EndArray();
        json.EndObject();
    }
}

/// <summary>internal/ui/nodes: all nodes with everything on them.</summary>
internal sealed class UiNodesQuery(Filter<NodeView> filter) : UiRead
{
    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        json.BeginArray();
        foreach (NodeView view in root.Catalog.Nodes().Select(node => ViewOf(root, node)).Where(filter.Matches))
            WriteNode(json, view);
        json.EndArray();
        return ReadOutcome.Found;
    }
}

/// <summary>internal/ui/node: one of them.</summary>
internal sealed class UiNodeQuery(string name) : UiRead
{
    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        if (root.Catalog.FindNode(name) is not { } node)
            return ReadOutcome.NotFoundEmpty;
        WriteNode(json, ViewOf(root, node));
        return ReadOutcome.Found;
    }
}

/// <summary>internal/ui/services: a summary of each service, by name.</summary>
internal sealed class UiServicesQuery(Filter<ServiceInstance> filter) : UiRead
{
    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        json.BeginArray();
        foreach (string name in root.Catalog.ServiceNames().Order(StringComparer.Ordinal))
        {
            List<ServiceInstance> instances = [.. root.Catalog.Service(name).Instances.Where(filter.Matches)];
            if (instances.Count > 0)
                new ServiceSummary(root.Catalog, name, instances).Write(json);
        }

        json.EndArray();
        return ReadOutcome.Found;
    }
}

/// <summary>internal/ui/catalog-overview: how many of everything are in which health.</summary>
internal sealed class UiOverviewQuery : UiRead
{
    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        var nodes = new HealthCounts("");
        foreach (NodeRecord node in root.Catalog.Nodes())
            nodes.Add(root.Catalog.ChecksOfNode(node.Name).Where(static check => check.ServiceId.Length == 0));
        json.BeginObject();
        json.Name("Nodes"u8);
        Write(json, [nodes]);
        json.Name("Services"u8);
        Write(json, root.Catalog.ServiceNames().Order(StringComparer.Ordinal).Select(name =>
        {
            var counts = new HealthCounts(name);
            foreach (ServiceInstance instance in root.Catalog.Service(name).Instances)
                counts.Add(instance.Checks);
            return counts;
        }));
        json.Name("Checks"u8);
        Write(json, root.Catalog.Checks().GroupBy(static check => check.Name, StringComparer.Ordinal).OrderBy(static group => group.Key, StringComparer.Ordinal).Select(static group =>
        {
            var counts = new HealthCounts(group.Key);
            foreach (CheckRecord check in group)
                counts.Add([check]);
            return counts;
        }));
        json.EndObject();
        return ReadOutcome.Found;
    }

    private static void Write(GoJsonWriter json, IEnumerable<HealthCounts> all)
    {
        json.BeginArray();
        foreach (HealthCounts counts in all)
            counts.Write(json);
        json.EndArray();
    }

    /// <summary>Things by the worst of their checks.</summary>
    private sealed class HealthCounts(string name)
    {
        private int _total;
        private int _passing;
        private int _warning;
        private int _critical;

        public void Add(IEnumerable<CheckRecord> checks)
        {
            string worst = ServiceSummary.Worst(checks);
            _total++;
            _passing += worst == CheckStatus.Passing ? 1 : 0;
            _warning += worst == CheckStatus.Warning ? 1 : 0;
            _critical += worst == CheckStatus.Critical ? 1 : 0;
        }

        public void Write(GoJsonWriter json)
        {
            json.BeginObject();
            json.MemberIfNotEmpty("Name"u8, name);
            json.Member("Total"u8, _total);
            json.Member("Passing"u8, _passing);
            json.Member("Warning"u8, _warning);
            json.Member("Critical"u8, _critical);
            json.EndObject();
        }
    }
}
