using System.Net;
using Praetor.Core.State.Catalog;

namespace Praetor.Core.State.Queries;

/// <summary>Who asks, for queries that sort by round trip.</summary>
/// <param name="Agent">Node name of the agent that was asked: <c>_agent</c>.</param>
/// <param name="Address">Address of the client: <c>_ip</c>; null if it is not known.</param>
/// <param name="Near">Order asked for in place of the query's own; empty for none.</param>
public readonly record struct QuerySource(string Agent, IPAddress? Address, string Near = "");

/// <summary>What a query found.</summary>
/// <param name="Instances">The instances, in order.</param>
/// <param name="Failovers">Other places that were asked.</param>
public sealed record QueryResult(IReadOnlyList<ServiceInstance> Instances, int Failovers);

/// <summary>Runs a prepared query on a root (http-core 9.3): filter, shuffle, sort, limit, failover. Pure but for the random numbers.</summary>
public static class QueryExecution
{
    private const string FromAgent = "_agent";
    private const string FromAddress = "_ip";
    private const string AddressesKey = "query:addresses";

    /// <summary>The node that was asked for leads if it is among so many.</summary>
    private const int LeadWithin = 10;

    /// <summary>Names of nodes by address.</summary>
    private sealed record NodesByAddress(Dictionary<string, string> Names);

    /// <summary>Runs a query that is no template, or that was rendered.</summary>
    /// <param name="root">The state.</param>
    /// <param name="query">What to find.</param>
    /// <param name="source">Who asks.</param>
    /// <param name="limit">Most instances to give; 0 or less for all.</param>
    /// <param name="random">Source of the order.</param>
    public static QueryResult Run(StateRoot root, PreparedQuery query, QuerySource source, int limit, Random random)
    {
        ServiceInstance[] found = [.. Candidates(root, query.Service).Where(instance => Keeps(query.Service, instance))];
        random.Shuffle(found);
        if (NodeOf(root, source, query.Service.Near) is { } node)
            found = Sorted(root, node, found);
        if (limit > 0 && found.Length > limit)
            found = found[..limit];
        return new QueryResult(found, found.Length > 0 ? 0 : Failovers(query.Service));
    }

    /// <summary>Nothing is imported from cluster peers and no other datacenter can be asked: a peer is a place that was asked in vain, an unknown datacenter is skipped and does not count.</summary>
    private static int Failovers(QueriedService service) => service.FailoverTargets?.Count(static target => target.Peer.Length > 0) ?? 0;

    private static IEnumerable<ServiceInstance> Candidates(StateRoot root, QueriedService service)
    {
        if (service.Peer.Length > 0)
            return [];
        return service.Connect ? MeshEndpoints.Of(root.Catalog, service.Name) : root.Catalog.Service(service.Name).Instances;
    }

    private static bool Keeps(QueriedService wanted, ServiceInstance instance) =>
        IsHealthy(wanted, instance)
        && HasAll(wanted.NodeMeta, instance.Node.Meta)
        && HasAll(wanted.ServiceMeta, instance.Service.Meta)
        && HasTags(wanted.Tags, instance.Service.Tags);

    private static bool IsHealthy(QueriedService wanted, ServiceInstance instance)
    {
        if (wanted.IgnoreCheckIds is not { Count: > 0 } ignored)
            return wanted.OnlyPassing ? instance.AllPassing : instance.NotCritical;
        return Array.TrueForAll(instance.Checks, check => ignored.Contains(check.CheckId)
            || (wanted.OnlyPassing ? check.Status == CheckStatus.Passing : check.Status != CheckStatus.Critical));
    }

    private static bool HasAll(IReadOnlyDictionary<string, string>? wanted, IReadOnlyDictionary<string, string>? meta) =>
        wanted is null || wanted.All(pair => meta is not null && meta.TryGetValue(pair.Key, out string? value) && value == pair.Value);

    private static bool HasTags(IReadOnlyList<string>? wanted, IReadOnlyList<string>? tags) => wanted is null || wanted.All(tag => tag.StartsWith('!')
        ? tags is null || !tags.Contains(tag[1..], StringComparer.OrdinalIgnoreCase)
        : tags is not null && tags.Contains(tag, StringComparer.OrdinalIgnoreCase));

    /// <summary>The node to sort from; null for none.</summary>
    private static string? NodeOf(StateRoot root, QuerySource source, string near) => (source.Near.Length > 0 ? source.Near : near) switch
    {
        "" => null,
        FromAgent => source.Agent,
        FromAddress => source.Address is { } address && ByAddress(root.Catalog).TryGetValue(address.ToString(), out string? name) ? name : null,
        var node => node,
    };

    private static Dictionary<string, string> ByAddress(CatalogTables catalog)
    {
        if (catalog.NodesDerived.Find<NodesByAddress>(AddressesKey) is { } kept)
            return kept.Names;
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (NodeRecord node in catalog.Nodes())
            names.TryAdd(node.Address, node.Name);
        return catalog.NodesDerived.Keep(AddressesKey, new NodesByAddress(names)).Names;
    }

    private static ServiceInstance[] Sorted(StateRoot root, string node, ServiceInstance[] found)
    {
        ServiceInstance[] sorted = [.. root.Coordinates.FromNode(node, found, static instance => instance.Node.Name)];
        int own = Array.FindIndex(sorted, instance => instance.Node.Name.Equals(node, StringComparison.OrdinalIgnoreCase));
        if (own is > 0 and < LeadWithin)
        {
            ServiceInstance lead = sorted[own];
            Array.Copy(sorted, 0, sorted, 1, own);
            sorted[0] = lead;
        }

        return sorted;
    }
}
