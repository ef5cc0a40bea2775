using Praetor.Core.Ports;
using Praetor.Core.State.Kv;

namespace Praetor.Core.State;

/// <summary>
/// Entries in order, their values read ahead: those on the heap's disk are asked for many at once, because one after the other a snapshot of a million keys would take half a minute. Not
/// thread-safe; it waits, so it is not for a thread of the pool.
/// </summary>
/// <param name="heap">Where values are; null: they are not read.</param>
internal sealed class ValuesAhead(IRecordHeap? heap)
{
    private const int Size = 64;

    private readonly Slot[] _slots = new Slot[Size];
    private int _first;
    private int _count;

    /// <summary>Nothing more can be added before something is taken.</summary>
    public bool IsFull => _count == Size;

    /// <summary>Nothing is left.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Adds an entry; its value may be on its way from now on.</summary>
    public void Add(byte[] key, in KvEntry entry)
    {
        ref Slot slot = ref _slots[(_first + _count++) % Size];
        slot = new Slot { Key = key, Entry = entry };
        if (heap is null || entry.Version == 0)
            return;
        ValueTask<byte[]?> reading = heap.ReadAsync(entry.Version, CancellationToken.None);
        if (reading.IsCompletedSuccessfully)
            slot.Value = reading.Result ?? throw Missing(entry.Version);
        else
            slot.Reading = reading.AsTask();
    }

    /// <summary>The oldest entry with its value; null if it has none or values are not read.</summary>
    /// <exception cref="InvalidDataException">The value is missing or damaged.</exception>
    public (byte[] Key, KvEntry Entry, byte[]? Value) Take()
    {
        Slot slot = _slots[_first];
        _slots[_first] = default;
        _first = (_first + 1) % Size;
        _count--;
        return (slot.Key, slot.Entry, slot.Reading is { } reading ? reading.GetAwaiter().GetResult() ?? throw Missing(slot.Entry.Version) : slot.Value);
    }

    private static InvalidDataException Missing(long version) => new($"record {version} of a live key is missing from the heap");

    private struct Slot
    {
        public byte[] Key;
        public KvEntry Entry;
        public byte[]? Value;
        public Task<byte[]?>? Reading;
    }
}
