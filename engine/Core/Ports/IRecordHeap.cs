namespace Praetor.Core.Ports;

/// <summary>Receives a record's bytes straight from the heap's memory. The span must not outlive the call.</summary>
public interface IRecordReader
{
    /// <summary>Called once with the whole record.</summary>
    void OnRecord(ReadOnlySpan<byte> record);
}

/// <summary>How a synchronous heap read ended.</summary>
public enum RecordRead
{
    /// <summary>The reader was called.</summary>
    Found,

    /// <summary>No such version: it was never written or has been freed.</summary>
    Missing,

    /// <summary>The record is not in memory: use <see cref="IRecordHeap.ReadAsync"/>.</summary>
    OnDisk,
}

/// <summary>
/// Immutable records by version id. Scratch: it is rebuilt from snapshot and log at start. Version ids are never reused.
/// One thread writes and frees; any number of threads read at the same time.
/// </summary>
public interface IRecordHeap : IDisposable
{
    /// <summary>Stores a record under a new version id. Called by the apply loop only.</summary>
    void Put(long version, ReadOnlySpan<byte> record);

    /// <summary>Frees a version; reads of it end as <see cref="RecordRead.Missing"/> from now on. Called by the apply loop only.</summary>
    void Free(long version);

    /// <summary>Reads without waiting. <paramref name="reader"/> is called inside the heap's epoch: it must be quick and must not call the heap.</summary>
    RecordRead TryRead<TReader>(long version, ref TReader reader) where TReader : struct, IRecordReader;

    /// <summary>Reads a record that may have spilled to disk; null if it is missing. A corrupted record throws <see cref="InvalidDataException"/>.</summary>
    ValueTask<byte[]?> ReadAsync(long version, CancellationToken cancellation);

    /// <summary>
    /// True if the version holds exactly these bytes. Called by the apply loop only: it may wait for the disk, because every server
    /// must come to the same answer wherever the record happens to be.
    /// </summary>
    bool Holds(long version, ReadOnlySpan<byte> bytes) => RecordComparison.Holds(this, version, bytes);

    /// <summary>Live records.</summary>
    long Count { get; }

    /// <summary>Bytes of live records.</summary>
    long LiveBytes { get; }
}

/// <summary>Compares a record with bytes in place.</summary>
internal unsafe struct RecordComparison : IRecordReader
{
    private byte* _expected;
    private int _length;
    private bool _same;

    // The span is pinned for the whole read, so the pointer stays valid inside the heap's callback.
    public void OnRecord(ReadOnlySpan<byte> record) => _same = record.SequenceEqual(new ReadOnlySpan<byte>(_expected, _length));

    public static bool Holds(IRecordHeap heap, long version, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* expected = bytes)
        {
            RecordComparison comparison = new() { _expected = expected, _length = bytes.Length };
            return heap.TryRead(version, ref comparison) switch
            {
                RecordRead.Found => comparison._same,
                RecordRead.Missing => false,
                _ => heap.ReadAsync(version, CancellationToken.None).AsTask().GetAwaiter().GetResult().AsSpan().SequenceEqual(bytes),
            };
        }
    }
}
