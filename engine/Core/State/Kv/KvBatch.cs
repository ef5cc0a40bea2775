using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Praetor.Core.Mvcc;
using Praetor.Core.Ports;

namespace Praetor.Core.State.Kv;

/// <summary>The KV part of one apply batch (http-core section 5). Values go to the record heap, superseded ones are reported for the history window.</summary>
internal sealed class KvBatch(KvTable table, IRecordHeap heap, VersionIds versions, ChangeSet changes)
{
    private readonly OrderedIndexBatch<KvEntry> _entries = table.Entries.Begin();
    // Most batches only set keys: what they do not need is not begun.
    private OrderedIndexBatch<long>? _tombstones;
    private OrderedIndexBatch<long>? _treeTombstones;
    private OrderedIndexBatch<byte>? _held;
    private KvIndexes _indexes = table.Indexes;

    private OrderedIndexBatch<long> Tombstones => _tombstones ??= table.Tombstones.Begin();

    private OrderedIndexBatch<long> TreeTombstones => _treeTombstones ??= table.TreeTombstones.Begin();

    private OrderedIndexBatch<byte> Held => _held ??= table.Held.Begin();

    public KvTable Commit() => new(_entries.Commit(), _tombstones?.Commit() ?? table.Tombstones, _treeTombstones?.Commit() ?? table.TreeTombstones, _held?.Commit() ?? table.Held, _indexes);

    /// <summary>Entries below a prefix as of now. Writing ends the scan's validity.</summary>
    public OrderedIndexScan<KvEntry> Scan(byte[] prefix) => _entries.Scan(prefix);

    /// <summary>The entry of a key as of now, the writes of this batch included.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out KvEntry entry) => _entries.TryGet(key, out entry);

    /// <summary>Set or check-and-set (5.2): keeps CreateIndex and Session, LockIndex becomes 0; an identical write changes nothing.</summary>
    public CommandResult Set(long index, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags, long? casIndex)
    {
        _entries.TryGet(key, out KvEntry? old);
        if (casIndex is { } expected && (old?.ModifyIndex ?? 0) != expected)
            return new CommandResult(index, CommandOutcome.NotApplied);
        if (old is not null && old.Flags == flags && old.LockIndex == 0 && old.ValueLength == value.Length
            && IsSame(old, value))
            return new CommandResult(index, CommandOutcome.Applied);

        Put(key, new KvEntry
        {
            Version = Keep(value),
            CreateIndex = old?.CreateIndex ?? index,
            ModifyIndex = index,
            Flags = flags,
            Session = old?.Session,
            ValueLength = value.Length,
            ValueSum = SumOf(value),
        }, old);
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>Delete (5.3): missing is fine, with or without condition.</summary>
    public CommandResult Delete(long index, ReadOnlySpan<byte> key, long? casIndex)
    {
        if (!_entries.TryGet(key, out KvEntry? old))
            return new CommandResult(index, CommandOutcome.Applied);
        if (casIndex is { } expected && old.ModifyIndex != expected)
            return new CommandResult(index, CommandOutcome.NotApplied);
        byte[] owned = key.ToArray();
        Remove(index, owned, old);
        Tombstones.Set(owned, index);
        _indexes = _indexes with { Entries = index, Tombstones = index };
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>Recursive delete (5.3): one tombstone for the prefix; nothing below it, nothing changes.</summary>
    public CommandResult DeleteTree(long index, byte[] prefix)
    {
        List<KeyValuePair<ReadOnlyMemory<byte>, KvEntry>> below = [.. _entries.Scan(prefix)];
        if (below.Count == 0)
            return new CommandResult(index, CommandOutcome.Applied);
        foreach ((ReadOnlyMemory<byte> key, KvEntry entry) in below)
            Remove(index, key.ToArray(), entry);
        TreeTombstones.Set(prefix, index);
        _indexes = _indexes with { Entries = index, Tombstones = index };
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>
    /// Acquire for a session that is there (7.4): writes the value and counts the acquisition, unless another session holds the key. Its holder may write as often as it
    /// wants.
    /// </summary>
    public CommandResult Acquire(long index, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags, string session)
    {
        _entries.TryGet(key, out KvEntry? old);
        bool isHolder = old?.Session == session;
        if (old?.Session is not null && !isHolder)
            return new CommandResult(index, CommandOutcome.NotApplied);
        if (old is not null && isHolder && old.Flags == flags && old.ValueLength == value.Length && IsSame(old, value))
            return new CommandResult(index, CommandOutcome.Applied);
        Put(key, new KvEntry
        {
            Version = Keep(value),
            CreateIndex = old?.CreateIndex ?? index,
            ModifyIndex = index,
            LockIndex = (old?.LockIndex ?? 0) + (isHolder ? 0 : 1),
            Flags = flags,
            Session = session,
            ValueLength = value.Length,
            ValueSum = SumOf(value),
        }, old);
        if (!isHolder)
            Held.Set(HeldKeys.Of(session, key), 0);
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>Release by the holder (7.4): writes value and flags, too.</summary>
    public CommandResult Release(long index, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags, string session)
    {
        if (!_entries.TryGet(key, out KvEntry? old) || old.Session != session)
            return new CommandResult(index, CommandOutcome.NotApplied);
        Put(key, old with { Version = Keep(value), ModifyIndex = index, Flags = flags, Session = null, ValueLength = value.Length, ValueSum = SumOf(value) }, old);
        Held.Remove(HeldKeys.Of(session, key));
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>A session has ended: its keys are released or deleted (7.3). Returns them.</summary>
    public List<byte[]> LoseLocks(long index, string session, bool delete)
    {
        byte[] below = HeldKeys.Below(session);
        List<byte[]> keys = [];
        foreach (KeyValuePair<ReadOnlyMemory<byte>, byte> held in Held.Scan(below))
            keys.Add(held.Key[below.Length..].ToArray());
        foreach (byte[] key in keys)
        {
            if (!_entries.TryGet(key, out KvEntry? entry))
                continue;
            if (delete)
            {
                Remove(index, key, entry);
                Tombstones.Set(key, index);
                _indexes = _indexes with { Entries = index, Tombstones = index };
                continue;
            }

            Held.Remove(HeldKeys.Of(session, key));
            KvEntry released = entry with { Session = null, ModifyIndex = index };
            _entries.Set(key, released);
            _indexes = _indexes with { Entries = index };
            changes.KvChanged(new KvChange(key, released, index), 0);
        }

        return keys;
    }

    /// <summary>Drops tombstones up to an index; the leader proposes it when they are older than the time of http-core 2.3.</summary>
    public CommandResult ReapTombstones(long index, long throughIndex)
    {
        Reap(Tombstones, throughIndex);
        Reap(TreeTombstones, throughIndex);
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>Puts an entry of a snapshot back as it was.</summary>
    public void Restore(byte[] key, KvEntry entry, ReadOnlySpan<byte> value)
    {
        _entries.Set(key, entry with { Version = Keep(value), ValueLength = value.Length, ValueSum = SumOf(value) });
        if (entry.Session is { } holder)
            Held.Set(HeldKeys.Of(holder, key), 0);
    }

    public void RestoreTombstone(byte[] key, long index, bool tree) => (tree ? TreeTombstones : Tombstones).Set(key, index);

    public void RestoreIndexes(KvIndexes indexes) => _indexes = indexes;

    /// <summary>True if an entry holds a value of the same length.</summary>
    private bool IsSame(KvEntry old, ReadOnlySpan<byte> value) => value.IsEmpty || (old.ValueSum == SumOf(value) && heap.Holds(old.Version, value));

    /// <summary>CRC-32C over words of eight bytes: the same on every machine, and quick.</summary>
    private static uint SumOf(ReadOnlySpan<byte> value)
    {
        uint sum = ~0u;
        for (; value.Length >= sizeof(ulong); value = value[sizeof(ulong)..])
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(value));
        foreach (byte one in value)
            sum = BitOperations.Crc32C(sum, one);
        return ~sum;
    }

    /// <summary>Puts a value into the heap; 0 for an empty one.</summary>
    private long Keep(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return 0;
        long version = versions.Next();
        heap.Put(version, value);
        changes.Written(version);
        return version;
    }

    private void Put(ReadOnlySpan<byte> key, KvEntry entry, KvEntry? superseded)
    {
        _entries.Set(key, entry);
        _indexes = _indexes with { Entries = entry.ModifyIndex };
        changes.KvChanged(new KvChange(key.ToArray(), entry, entry.ModifyIndex), superseded?.Version ?? 0);
    }

    private void Remove(long index, byte[] key, KvEntry entry)
    {
        _entries.Remove(key);
        if (entry.Session is { } holder)
            Held.Remove(HeldKeys.Of(holder, key));
        changes.KvChanged(new KvChange(key, null, index), entry.Version);
    }

    private void Reap(OrderedIndexBatch<long> tombstones, long throughIndex)
    {
        List<KeyValuePair<ReadOnlyMemory<byte>, long>> old = [.. tombstones.Scan([]).Where(pair => pair.Value <= throughIndex)];
        foreach ((ReadOnlyMemory<byte> key, long deleted) in old)
        {
            tombstones.Remove(key.Span);
            _indexes = _indexes with { Reaped = Math.Max(_indexes.Reaped, deleted) };
        }
    }
}
