using System.Numerics;
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
    public void Add(ReadOnlyMemory<byte> key, KvEntry entry)
    {
        ref Slot slot = ref _slots[(_first + _count++) % Size];
        slot = slot with { Key = key, Entry = entry, Value = new Copy { Buffer = slot.Value.Buffer } };
        if (heap is null || entry.Version == 0)
            return;
        switch (heap.TryRead(entry.Version, ref slot.Value))
        {
            case RecordRead.Missing:
                throw Missing(entry.Version);
            case RecordRead.OnDisk:
                slot.Reading = heap.ReadAsync(entry.Version, CancellationToken.None).AsTask();
                break;
        }
    }

    /// <summary>The oldest entry with its value, which is good until the next is added; nothing if it has none or values are not read.</summary>
    /// <exception cref="InvalidDataException">The value is missing or damaged.</exception>
    public (ReadOnlyMemory<byte> Key, KvEntry Entry, ReadOnlyMemory<byte> Value) Take()
    {
        ref Slot slot = ref _slots[_first];
        _first = (_first + 1) % Size;
        _count--;
        ReadOnlyMemory<byte> value = slot.Value.Buffer.AsMemory(0, slot.Value.Length);
        if (slot.Reading is { } reading)
            value = reading.GetAwaiter().GetResult() ?? throw Missing(slot.Entry.Version);
        slot.Reading = null;
        return (slot.Key, slot.Entry, value);
    }

    private static InvalidDataException Missing(long version) => new($"record {version} of a live key is missing from the heap");

    private struct Slot
    {
        public ReadOnlyMemory<byte> Key;
        public KvEntry Entry;
        public Copy Value;
        public Task<byte[]?>? Reading;
    }

    /// <summary>A value that was in memory, in an array that serves one entry after the other.</summary>
    private struct Copy : IRecordReader
    {
        public byte[]? Buffer;
        public int Length;

        public void OnRecord(ReadOnlySpan<byte> record)
        {
            if (Buffer is null || Buffer.Length < record.Length)
                Buffer = new byte[BitOperations.RoundUpToPowerOf2((uint)record.Length)];
            record.CopyTo(Buffer);
            Length = record.Length;
        }
    }
}
