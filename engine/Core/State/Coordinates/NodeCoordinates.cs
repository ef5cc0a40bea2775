using Praetor.Core.Gossip.Coordinates;
using Praetor.Core.Mvcc;

namespace Praetor.Core.State.Coordinates;

/// <summary>Where a node lies.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Coordinate">Its place in the space of latencies.</param>
public sealed record NodeCoordinate(string Node, Coordinate Coordinate);

/// <summary>The coordinates of the catalog's nodes. Immutable.</summary>
/// <param name="byNode">By lower-case name.</param>
/// <param name="index">Log index of the last change.</param>
public sealed class NodeCoordinates(OrderedIndex<NodeCoordinate> byNode, long index)
{
    /// <summary>No coordinates.</summary>
    public static readonly NodeCoordinates Empty = new(OrderedIndex<NodeCoordinate>.Empty, 0);

    /// <summary>By lower-case name.</summary>
    public OrderedIndex<NodeCoordinate> ByNode { get; } = byNode;

    /// <summary>Log index of the last change.</summary>
    public long Index { get; } = index;

    /// <summary>The coordinate of a node; null if there is none.</summary>
    public NodeCoordinate? Find(string node) => ByNode.TryGet(KeyOf(node), out NodeCoordinate? found) ? found : null;

    /// <summary>
    /// Rows by estimated round trip from a node (http-agent 7): stable, nodes without coordinate last; as they are if the node itself has none.
    /// </summary>
    public IEnumerable<T> FromNode<T>(string node, IEnumerable<T> rows, Func<T, string> nodeOf) => Find(node) is { Coordinate: var source }
        ? rows.OrderBy(row => Find(nodeOf(row)) is { Coordinate: var place } ? source.DistanceTo(place) : double.PositiveInfinity)
        : rows;

    /// <summary>The key of a node.</summary>
    public static byte[] KeyOf(string node) => System.Text.Encoding.UTF8.GetBytes(node.ToLowerInvariant());
}

/// <summary>The changes of one apply batch. Owned by the apply loop.</summary>
internal sealed class NodeCoordinatesBatch(NodeCoordinates table, ChangeSet changes)
{
    private readonly OrderedIndexBatch<NodeCoordinate> _byNode = table.ByNode.Begin();
    private long _index = table.Index;

    public void Set(long index, NodeCoordinate coordinate)
    {
        _byNode.Set(NodeCoordinates.KeyOf(coordinate.Node), coordinate);
        Changed(index);
    }

    public void Remove(long index, string node)
    {
        if (_byNode.Remove(NodeCoordinates.KeyOf(node)))
            Changed(index);
    }

    public void Restore(NodeCoordinate coordinate) => _byNode.Set(NodeCoordinates.KeyOf(coordinate.Node), coordinate);

    public void RestoreIndex(long index) => _index = index;

    public NodeCoordinates Commit() => new(_byNode.Commit(), _index);

    private void Changed(long index)
    {
        _index = index;
        changes.TableChanged(WatchTable.Coordinates);
    }
}
