using System.Diagnostics.CodeAnalysis;
using Praetor.Core.Mvcc;

namespace Praetor.Core.State.Catalog;

/// <summary>Nodes, service instances and checks as of one root. Immutable. All name lookups ignore case.</summary>
public sealed class CatalogTables
{
    /// <summary>An empty catalog.</summary>
    public static readonly CatalogTables Empty = new();

    internal OrderedIndex<NodeEntry> NodesByName { get; init; } = OrderedIndex<NodeEntry>.Empty;

    /// <summary>Lower-case UUID to node name.</summary>
    internal OrderedIndex<string> NodesById { get; init; } = OrderedIndex<string>.Empty;

    /// <summary>(address, node).</summary>
    internal OrderedIndex<NodeRecord> NodesByAddressIndex { get; init; } = OrderedIndex<NodeRecord>.Empty;

    /// <summary>(node, service id).</summary>
    internal OrderedIndex<ServiceRecord> ServicesByNode { get; init; } = OrderedIndex<ServiceRecord>.Empty;

    /// <summary>(service name, node, service id).</summary>
    internal OrderedIndex<ServiceRecord> InstancesByName { get; init; } = OrderedIndex<ServiceRecord>.Empty;

    /// <summary>(node, check id).</summary>
    internal OrderedIndex<CheckRecord> ChecksByNode { get; init; } = OrderedIndex<CheckRecord>.Empty;

    /// <summary>(service name, node, check id).</summary>
    internal OrderedIndex<CheckRecord> ChecksByService { get; init; } = OrderedIndex<CheckRecord>.Empty;

    /// <summary>Service name to its group.</summary>
    internal OrderedIndex<ServiceGroup> Groups { get; init; } = OrderedIndex<ServiceGroup>.Empty;

    /// <summary>Virtual addresses of services in the mesh.</summary>
    public VirtualIps VirtualIps { get; internal init; } = VirtualIps.Empty;

    internal CatalogIndexes Indexes { get; init; }

    /// <summary>Index of the nodes table (0 before the first write; HTTP shows 1).</summary>
    public long NodesIndex => Indexes.Nodes;

    /// <summary>Index of the services table.</summary>
    public long ServicesIndex => Indexes.Services;

    /// <summary>Index of the checks table.</summary>
    public long ChecksIndex => Indexes.Checks;

    /// <summary>Answers derived from all nodes together; dies when any node changes.</summary>
    public DerivedAnswers NodesDerived { get; internal init; } = new();

    /// <summary>Answers derived from all services and their nodes; dies when any of these changes.</summary>
    public DerivedAnswers ServicesDerived { get; internal init; } = new();

    /// <summary>Answers derived from all checks and their nodes; dies when any of these changes.</summary>
    public DerivedAnswers ChecksDerived { get; internal init; } = new();

    /// <summary>The node of that name, or null.</summary>
    public NodeRecord? FindNode(string name) => NodesByName.TryGet(CatalogKey.Of(name), out NodeEntry? entry) ? entry.Node : null;

    /// <summary>By name, else by unique prefix (at least 2 characters, an odd length is cut by one) of its UUID; null if none or ambiguous (http-agent 5.4).</summary>
    public NodeRecord? FindNodeByNameOrId(string nameOrIdPrefix)
    {
        if (FindNode(nameOrIdPrefix) is { } named)
            return named;
        string prefix = CatalogKey.Lower(nameOrIdPrefix);
        int digits = prefix.Count(static c => c != '-');
        if (digits < 2 || !prefix.All(static c => char.IsAsciiHexDigit(c) || c == '-'))
            return null;
        if (digits % 2 == 1)
            prefix = prefix[..^1];
        string? found = null;
        foreach (KeyValuePair<ReadOnlyMemory<byte>, string> pair in NodesById.Scan(CatalogKey.Of(prefix)))
        {
            if (found is not null)
                return null;
            found = pair.Value;
        }

        return found is null ? null : FindNode(found);
    }

    /// <summary>All nodes by lower-case name.</summary>
    public IEnumerable<NodeRecord> Nodes() => Values(NodesByName.Scan([]), static entry => entry.Node);

    /// <summary>Services of a node by lower-case id.</summary>
    public IEnumerable<ServiceRecord> ServicesOfNode(string node) => Values(ServicesByNode.Scan(CatalogKey.Below(node)));

    /// <summary>Checks of a node (node-level and of its services) by lower-case check id.</summary>
    public IEnumerable<CheckRecord> ChecksOfNode(string node) => Values(ChecksByNode.Scan(CatalogKey.Below(node)));

    /// <summary>One instance, or null.</summary>
    public ServiceRecord? FindService(string node, string serviceId) =>
        ServicesByNode.TryGet(CatalogKey.Of(node, serviceId), out ServiceRecord? service) ? service : null;

    /// <summary>One check, or null.</summary>
    public CheckRecord? FindCheck(string node, string checkId) =>
        ChecksByNode.TryGet(CatalogKey.Of(node, checkId), out CheckRecord? check) ? check : null;

    /// <summary>All service instances by (lower-case node, lower-case id).</summary>
    public IEnumerable<ServiceRecord> Services() => Values(ServicesByNode.Scan([]));

    /// <summary>All checks by (lower-case node, lower-case check id).</summary>
    public IEnumerable<CheckRecord> Checks() => Values(ChecksByNode.Scan([]));

    /// <summary>Checks of one service name by (lower-case node, lower-case check id).</summary>
    public IEnumerable<CheckRecord> ChecksOfService(string service) => Values(ChecksByService.Scan(CatalogKey.Below(service)));

    /// <summary>Nodes held.</summary>
    public int NodeCount => NodesByName.Count;

    /// <summary>Service instances held.</summary>
    public int ServiceCount => ServicesByNode.Count;

    /// <summary>Names that some instance has or had; those of old times are few.</summary>
    public int ServiceNameCount => Groups.Count;

    /// <summary>Names (as registered, lower-case order) of all services with at least one instance.</summary>
    public IEnumerable<string> ServiceNames() => Values(Groups.Scan([]), static group => group.Name);

    /// <summary>
    /// The instances of a service. Without instances: an empty view whose index is that of the last time any service lost its last
    /// instance, else the highest of the catalog tables (http-core 2.3).
    /// </summary>
    public ServiceView Service(string name)
    {
        if (TryGetService(CatalogKey.Of(name), out ServiceView? view))
            return view;
        long index = Indexes.ServiceVanished > 0
            ? Indexes.ServiceVanished
            : Math.Max(Indexes.Nodes, Math.Max(Indexes.Services, Indexes.Checks));
        return new ServiceView(CatalogKey.Lower(name), index, []);
    }

    /// <summary>The instances of a service by its lower-case name in UTF-8: the lookup of the hot paths, without allocation once the view is built.</summary>
    public bool TryGetService(ReadOnlySpan<byte> lowerName, [MaybeNullWhen(false)] out ServiceView view)
    {
        view = Groups.TryGet(lowerName, out ServiceGroup? group) ? group.View(this) : null;
        return view is not null;
    }

    /// <summary>Index of one node and all on it; for an unknown node the last node removal, else 0.</summary>
    public long NodeIndex(string node) =>
        NodesByName.TryGet(CatalogKey.Of(node), out NodeEntry? entry) ? entry.Index : Indexes.NodeRemoved;

    /// <summary>Nodes whose Address equals the text, in name order (reverse DNS).</summary>
    public IEnumerable<NodeRecord> NodesByAddress(string address) => Values(NodesByAddressIndex.Scan(CatalogKey.Below(address)));

    /// <summary>True if applying the request would change nothing at all: the caller then answers without a log entry.</summary>
    public bool IsUnchangedBy(RegisterRequest request)
    {
        var trial = new CatalogBatch(this, new ChangeSet());
        return trial.Register(long.MaxValue, request).IsApplied && !trial.HasChanged;
    }

    /// <summary>True if applying the request would change nothing (nothing there to remove).</summary>
    public bool IsUnchangedBy(DeregisterRequest request) =>
        request.ServiceId.Length > 0 ? FindService(request.Node, request.ServiceId) is null
        : request.CheckId.Length > 0 ? FindCheck(request.Node, request.CheckId) is null
        : FindNode(request.Node) is null;

    private static IEnumerable<T> Values<T>(OrderedIndexScan<T> scan)
    {
        foreach (KeyValuePair<ReadOnlyMemory<byte>, T> pair in scan)
            yield return pair.Value;
    }

    private static IEnumerable<TResult> Values<T, TResult>(OrderedIndexScan<T> scan, Func<T, TResult> select)
    {
        foreach (KeyValuePair<ReadOnlyMemory<byte>, T> pair in scan)
            yield return select(pair.Value);
    }
}

/// <summary>A node with the index of the last change to it or to anything on it.</summary>
internal sealed record NodeEntry(NodeRecord Node, long Index);

/// <summary>Table-wide indexes of the catalog.</summary>
/// <param name="Nodes">Nodes table.</param>
/// <param name="Services">Services table.</param>
/// <param name="Checks">Checks table.</param>
/// <param name="ServiceVanished">Last time a service lost its last instance.</param>
/// <param name="NodeRemoved">Last node removal.</param>
internal readonly record struct CatalogIndexes(long Nodes, long Services, long Checks, long ServiceVanished, long NodeRemoved);
