using System.Text;
using Praetor.Core.Mvcc;
using Praetor.Core.State.Catalog;

namespace Praetor.Core.State.Sessions;

/// <summary>Sessions and the delays of keys that were lost, as of one root. Immutable. Ids and node names ignore case.</summary>
public sealed class SessionTable
{
    /// <summary>No sessions.</summary>
    public static readonly SessionTable Empty = new();

    internal OrderedIndex<SessionRecord> ById { get; init; } = OrderedIndex<SessionRecord>.Empty;

    /// <summary>(node, id).</summary>
    internal OrderedIndex<SessionRecord> ByNode { get; init; } = OrderedIndex<SessionRecord>.Empty;

    /// <summary>(node, check id, id).</summary>
    internal OrderedIndex<SessionRecord> ByCheck { get; init; } = OrderedIndex<SessionRecord>.Empty;

    /// <summary>By key.</summary>
    internal OrderedIndex<LockDelay> Delays { get; init; } = OrderedIndex<LockDelay>.Empty;

    /// <summary>Log index of the last session that came or went.</summary>
    public long Index { get; init; }

    /// <summary>Sessions held.</summary>
    public int Count => ById.Count;

    /// <summary>A session, or null.</summary>
    public SessionRecord? Find(string id) => ById.TryGet(KeyOf(id), out SessionRecord? found) ? found : null;

    /// <summary>All sessions by id.</summary>
    public IEnumerable<SessionRecord> All() => Values(ById.Scan([]));

    /// <summary>Sessions of a node by id.</summary>
    public IEnumerable<SessionRecord> OfNode(string node) => Values(ByNode.Scan(CatalogKey.Below(node)));

    /// <summary>Keys that nobody may acquire now.</summary>
    public IEnumerable<KeyValuePair<byte[], LockDelay>> LockDelays()
    {
        foreach (KeyValuePair<ReadOnlyMemory<byte>, LockDelay> delay in Delays.Scan([]))
            yield return KeyValuePair.Create(delay.Key.ToArray(), delay.Value);
    }

    internal static byte[] KeyOf(string id) => Encoding.UTF8.GetBytes(id.ToLowerInvariant());

    private static IEnumerable<SessionRecord> Values(OrderedIndexScan<SessionRecord> scan)
    {
        foreach (KeyValuePair<ReadOnlyMemory<byte>, SessionRecord> pair in scan)
            yield return pair.Value;
    }
}
