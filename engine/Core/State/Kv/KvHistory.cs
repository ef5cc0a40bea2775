using System.Diagnostics.CodeAnalysis;

namespace Praetor.Core.State.Kv;

/// <summary>One write to one key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Entry">The entry that it made; null for a deletion.</param>
/// <param name="Index">Its index.</param>
public readonly record struct KvChange(byte[] Key, KvEntry? Entry, long Index);

/// <summary>A root and the writes to keys that made it from the one before.</summary>
/// <param name="Root">The root.</param>
/// <param name="Changes">The writes, in order; null if they are not known, so that nothing before this root can be looked at.</param>
public sealed record KvEpoch(StateRoot Root, IReadOnlyList<KvChange>? Changes);

/// <summary>
/// The keys as they were at any index since the oldest root that is still kept. Not of Consul: for whoever asks what a key was before. Immutable; values may have left the heap by the time they
/// are read.
/// </summary>
public sealed class KvHistory
{
    private readonly IReadOnlyList<KvEpoch> _epochs;

    /// <summary>A history of at least one root.</summary>
    /// <param name="epochs">Roots without a gap, oldest first. It begins with the last whose changes are not known, or the first.</param>
    public KvHistory(IReadOnlyList<KvEpoch> epochs)
    {
        int begin = epochs.Count - 1;
        while (begin > 0 && epochs[begin].Changes is not null)
            begin--;
        _epochs = [.. epochs.Skip(begin)];
    }

    /// <summary>The oldest index that can be looked at.</summary>
    public long Oldest => _epochs[0].Root.ClientIndex;

    /// <summary>The newest.</summary>
    public long Newest => _epochs[^1].Root.ClientIndex;

    /// <summary>True if the keys of that index are known.</summary>
    public bool Holds(long index) => index >= Oldest && index <= Newest;

    /// <summary>A key as it was at an index that is held; false if it was not there.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, long index, [NotNullWhen(true)] out KvEntry? entry)
    {
        (StateRoot root, IReadOnlyList<KvChange> after) = At(index);
        root.Kv.TryGet(key, out entry);
        foreach (KvChange change in after)
        {
            if (key.SequenceEqual(change.Key))
                entry = change.Entry;
        }

        return entry is not null;
    }

    /// <summary>The entries under a prefix as they were at an index that is held, in key order, from a key on.</summary>
    public IEnumerable<KeyValuePair<ReadOnlyMemory<byte>, KvEntry>> Scan(byte[] prefix, byte[] from, long index)
    {
        (StateRoot root, IReadOnlyList<KvChange> after) = At(index);
        var changed = new SortedDictionary<byte[], KvEntry?>(ByteOrder.Instance);
        foreach (KvChange change in after)
        {
            if (change.Key.AsSpan().StartsWith(prefix) && ByteOrder.Instance.Compare(change.Key, from) >= 0)
                changed[change.Key] = change.Entry;
        }

        using IEnumerator<KeyValuePair<byte[], KvEntry?>> next = changed.GetEnumerator();
        bool more = next.MoveNext();
        foreach (KeyValuePair<ReadOnlyMemory<byte>, KvEntry> kept in root.Kv.ScanFrom(prefix, from))
        {
            int order = 1;
            for (; more && (order = next.Current.Key.AsSpan().SequenceCompareTo(kept.Key.Span)) < 0; more = next.MoveNext())
            {
                if (next.Current.Value is { } added)
                    yield return KeyValuePair.Create<ReadOnlyMemory<byte>, KvEntry>(next.Current.Key, added);
            }

            // A key that was written since is told by its change, which comes next.
            if (!more || order != 0)
                yield return kept;
        }

        for (; more; more = next.MoveNext())
        {
            if (next.Current.Value is { } added)
                yield return KeyValuePair.Create<ReadOnlyMemory<byte>, KvEntry>(next.Current.Key, added);
        }
    }

    /// <summary>The key as it was at the oldest index, if it was there, and every write to it since, oldest first.</summary>
    public IReadOnlyList<KvChange> Of(byte[] key)
    {
        var versions = new List<KvChange>();
        if (_epochs[0].Root.Kv.TryGet(key, out KvEntry? first))
            versions.Add(new KvChange(key, first, first.ModifyIndex));
        foreach (KvEpoch epoch in _epochs.Skip(1))
        {
            foreach (KvChange change in epoch.Changes!)
            {
                if (change.Key.AsSpan().SequenceEqual(key))
                    versions.Add(change);
            }
        }

        return versions;
    }

    /// <summary>Every write after an index that is held, in order.</summary>
    public IEnumerable<KvChange> After(long index)
    {
        foreach (KvEpoch epoch in _epochs.Skip(1))
        {
            if (epoch.Root.ClientIndex <= index)
                continue;
            foreach (KvChange change in epoch.Changes!)
            {
                if (change.Index > index)
                    yield return change;
            }
        }
    }

    /// <summary>The newest root that is not after an index, and the writes from there to it.</summary>
    private (StateRoot Root, IReadOnlyList<KvChange> After) At(long index)
    {
        int low = 0;
        int high = _epochs.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_epochs[middle].Root.ClientIndex <= index)
                low = middle;
            else
                high = middle - 1;
        }

        var after = new List<KvChange>();
        for (int i = 0; low + 1 < _epochs.Count && i < _epochs[low + 1].Changes!.Count && _epochs[low + 1].Changes![i].Index <= index; i++)
            after.Add(_epochs[low + 1].Changes![i]);
        return (_epochs[low].Root, after);
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
