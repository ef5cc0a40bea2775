using System.Diagnostics.CodeAnalysis;
using Praetor.Core.Mvcc;

namespace Praetor.Core.State.Kv;

/// <summary>
/// What the index holds for a key; the value is in the record heap under <see cref="Version"/>. Immutable. An object of its own, so that a write copies a node of references and not one of all
/// its neighbours' fields.
/// </summary>
public sealed record KvEntry
{
    /// <summary>Record heap id of the value; 0 when the value is empty and has no record.</summary>
    public long Version { get; init; }

    /// <summary>Raft index of creation.</summary>
    public long CreateIndex { get; init; }

    /// <summary>Raft index of the last change.</summary>
    public long ModifyIndex { get; init; }

    /// <summary>Times the key was acquired.</summary>
    public long LockIndex { get; init; }

    /// <summary>Client flags.</summary>
    public ulong Flags { get; init; }

    /// <summary>Holder, or null.</summary>
    public string? Session { get; init; }

    /// <summary>Bytes of the value; 0 = null in JSON.</summary>
    public int ValueLength { get; init; }

    /// <summary>A sum of the value: another sum is another value, so that most writes need not look at the old one, which may be on disk.</summary>
    public uint ValueSum { get; init; }
}

/// <summary>The KV store as of one root: ordered by key bytes. Immutable.</summary>
public sealed class KvTable
{
    /// <summary>No keys, no tombstones.</summary>
    public static readonly KvTable Empty = new(OrderedIndex<KvEntry>.Empty, OrderedIndex<long>.Empty, OrderedIndex<long>.Empty, OrderedIndex<byte>.Empty, default);

    internal KvTable(OrderedIndex<KvEntry> entries, OrderedIndex<long> tombstones, OrderedIndex<long> treeTombstones, OrderedIndex<byte> held, KvIndexes indexes)
    {
        Held = held;
        Entries = entries;
        Tombstones = tombstones;
        TreeTombstones = treeTombstones;
        Indexes = indexes;
    }

    internal OrderedIndex<KvEntry> Entries { get; }

    /// <summary>Deleted keys by the index of their deletion.</summary>
    internal OrderedIndex<long> Tombstones { get; }

    /// <summary>Prefixes of recursive deletes by the index of the delete.</summary>
    internal OrderedIndex<long> TreeTombstones { get; }

    /// <summary>(session, key) of every key that is held.</summary>
    internal OrderedIndex<byte> Held { get; }

    internal KvIndexes Indexes { get; }

    /// <summary>Keys held.</summary>
    public int Count => Entries.Count;

    /// <summary>max(kvs table, tombstones table): the index of a missing key and of the empty prefix (http-core 2.3).</summary>
    public long TableIndex => Math.Max(Indexes.Entries, Indexes.Tombstones);

    /// <summary>Finds a key.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out KvEntry entry) => Entries.TryGet(key, out entry);

    /// <summary>Entries whose key starts with <paramref name="prefix"/>, in key order.</summary>
    public OrderedIndexScan<KvEntry> Scan(byte[] prefix) => Entries.Scan(prefix);

    /// <summary>The same from a key on.</summary>
    public OrderedIndexScan<KvEntry> ScanFrom(byte[] prefix, byte[] from) => Entries.ScanFrom(prefix, from);

    /// <summary>True if any tombstone is as old as <paramref name="index"/> or older.</summary>
    public bool HasTombstonesThrough(long index)
    {
        foreach (KeyValuePair<ReadOnlyMemory<byte>, long> pair in Tombstones.Scan([]))
        {
            if (pair.Value <= index)
                return true;
        }

        foreach (KeyValuePair<ReadOnlyMemory<byte>, long> pair in TreeTombstones.Scan([]))
        {
            if (pair.Value <= index)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Index of a prefix read (http-core 2.3): the newest change or deletion below the prefix, a recursive delete above it
    /// included. Deletions whose tombstones are gone still count through the highest reaped index, so the index of a prefix never
    /// goes back and a waiter that comes back late is answered instead of sleeping through a deletion (field 3, Blocking).
    /// </summary>
    public long PrefixIndex(byte[] prefix)
    {
        if (prefix.Length == 0)
            return TableIndex;
        long index = 0;
        foreach (KeyValuePair<ReadOnlyMemory<byte>, KvEntry> pair in Entries.Scan(prefix))
            index = Math.Max(index, pair.Value.ModifyIndex);
        foreach (KeyValuePair<ReadOnlyMemory<byte>, long> pair in Tombstones.Scan(prefix))
            index = Math.Max(index, pair.Value);
        foreach (KeyValuePair<ReadOnlyMemory<byte>, long> pair in TreeTombstones.Scan(prefix))
            index = Math.Max(index, pair.Value);
        if (TreeTombstones.Count > 0)
        {
            for (int length = 0; length < prefix.Length; length++)
            {
                if (TreeTombstones.TryGet(prefix.AsSpan(0, length), out long deleted))
                    index = Math.Max(index, deleted);
            }
        }

        return index == 0 ? TableIndex : Math.Max(index, Indexes.Reaped);
    }
}

/// <summary>Table-wide indexes of the KV store.</summary>
/// <param name="Entries">Last write or delete of a key.</param>
/// <param name="Tombstones">Newest tombstone ever written.</param>
/// <param name="Reaped">Highest index of a tombstone that has been reaped.</param>
internal readonly record struct KvIndexes(long Entries, long Tombstones, long Reaped);
