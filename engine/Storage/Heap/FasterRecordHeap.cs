using System.Buffers;
using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using FASTER.core;
using Praetor.Core.Ports;
using Session = FASTER.core.ClientSession<long, FASTER.core.SpanByte, int, Praetor.Storage.Heap.HeapOutput, FASTER.core.Empty, Praetor.Storage.Heap.HeapFunctions>;

namespace Praetor.Storage.Heap;

/// <summary>Sizes of the record heap.</summary>
/// <param name="LeastMemoryBytes">Memory for records while there are few.</param>
/// <param name="MostMemoryBytes">Memory for records when there are many; what does not fit is on disk. A power of two.</param>
/// <param name="PageBytes">Page of the log. A power of two.</param>
/// <param name="IndexBytes">Hash index: a process with few records touches little of it. A power of two.</param>
public sealed record RecordHeapOptions(long LeastMemoryBytes = 8L << 20, long MostMemoryBytes = 1L << 30, int PageBytes = 256 << 10, int IndexBytes = 4 << 20)
{
    /// <summary>What suits a process that may use so much memory: a quarter of it for records, not more than 1 GiB.</summary>
    public static RecordHeapOptions For(long availableBytes)
    {
        var least = new RecordHeapOptions();
        long quarter = 1L << BitOperations.Log2((ulong)Math.Max(availableBytes, sizeof(int)) / 4);
        return least with { MostMemoryBytes = Math.Clamp(quarter, least.LeastMemoryBytes, least.MostMemoryBytes) };
    }

    /// <summary>
    /// Bytes that the log of so many live bytes may take before its dead records are compacted away. Half as much again as lives: each byte written is then paid for with two that are moved, at
    /// most.
    /// </summary>
    internal long LogBytesFor(long liveBytes) => LeastMemoryBytes + liveBytes + (liveBytes / 2);
}

/// <summary>
/// Records in a FASTER log: in memory as long as there is some to spare, beyond that in a scratch file that is made anew at every start (<see cref="HeapMemory"/>). Ids are never rewritten, so a record is written once, read in place and deleted once; none of FASTER's version chains come into play.
/// A record larger than half a page is cut into pieces under negative ids, because a log record must fit into a page. Every stored
/// value carries a CRC that is checked when it comes from the disk.
/// </summary>
public sealed class FasterRecordHeap : IRecordHeap
{
    /// <summary>Sessions kept for reuse; a session serves one operation at a time.</summary>
    private const int MaxPooledSessions = 64;

    private readonly ConcurrentQueue<Session> _sessions = new();
    private readonly IDevice _device;
    private readonly FasterKV<long, SpanByte> _store;
    private readonly HeapMemory _memory;
    private readonly HeapCompaction _compaction;
    private readonly int _maxPieceBytes;
    private readonly Session _writer;
    // Touched by the writing thread only.
    private readonly Dictionary<long, int> _sizes = [];
    private long _liveLogBytes;
    private long _liveBytes;
    private long _count;

    private FasterRecordHeap(IDevice device, RecordHeapOptions options)
    {
        _device = device;
        _maxPieceBytes = options.PageBytes / 2;
        _store = new FasterKV<long, SpanByte>(options.IndexBytes / 64, new LogSettings
        {
            LogDevice = device,
            PageSizeBits = BitsOf(options.PageBytes),
            MemorySizeBits = BitsOf(options.MostMemoryBytes),
            SegmentSizeBits = 26,
            // Records never change in place, so next to nothing need stay mutable.
            MutableFraction = 0.1,
        });
        _memory = new HeapMemory(_store, options);
        _compaction = new HeapCompaction(_store, options, NewSession);
        _writer = NewSession();
    }

    /// <inheritdoc/>
    public long Count => Volatile.Read(ref _count);

    /// <inheritdoc/>
    public long LiveBytes => Volatile.Read(ref _liveBytes);

    /// <summary>Bytes of log, in memory and on disk, that live and dead records still take.</summary>
    public long LogBytes => _store.Log.TailAddress - _store.Log.BeginAddress;

    /// <summary>Bytes of log in memory.</summary>
    public long MemoryBytes => _store.Log.MemorySizeBytes;

    /// <summary>Opens an empty heap in a directory; what an earlier process left there is deleted.</summary>
    public static FasterRecordHeap Open(string directory, RecordHeapOptions options)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
        Directory.CreateDirectory(directory);
        IDevice device = Devices.CreateLogDevice(Path.Combine(directory, "records"), preallocateFile: false, deleteOnClose: true);
        return new FasterRecordHeap(device, options);
    }

    /// <inheritdoc/>
    public void Put(long version, ReadOnlySpan<byte> record)
    {
        if (record.Length <= _maxPieceBytes)
        {
            Write(version, HeapValue.Inline, record, record);
        }
        else
        {
            Span<byte> total = stackalloc byte[sizeof(int)];
            BitConverter.TryWriteBytes(total, record.Length);
            for (int piece = 0; piece * (long)_maxPieceBytes < record.Length; piece++)
            {
                ReadOnlySpan<byte> rest = record[(piece * _maxPieceBytes)..];
                ReadOnlySpan<byte> bytes = rest[..Math.Min(rest.Length, _maxPieceBytes)];
                Write(PieceKey(version, piece), HeapValue.Inline, bytes, bytes);
            }

            Write(version, HeapValue.Pieces, total, total);
        }

        _sizes.Add(version, record.Length);
        Volatile.Write(ref _count, _sizes.Count);
        Volatile.Write(ref _liveBytes, _liveBytes + record.Length);
        _liveLogBytes += LogBytesOf(record.Length);
        _memory.Fit(_liveLogBytes);
    }

    /// <inheritdoc/>
    public void Free(long version)
    {
        if (!_sizes.Remove(version, out int length))
            return;
        Volatile.Write(ref _count, _sizes.Count);
        _writer.Delete(version);
        for (int piece = 0; length > _maxPieceBytes && piece * (long)_maxPieceBytes < length; piece++)
            _writer.Delete(PieceKey(version, piece));
        Volatile.Write(ref _liveBytes, _liveBytes - length);
        _liveLogBytes -= LogBytesOf(length);
        _memory.Fit(_liveLogBytes);
        _compaction.Consider(_liveLogBytes);
    }

    /// <inheritdoc/>
    public RecordRead TryRead<TReader>(long version, ref TReader reader) where TReader : struct, IRecordReader
    {
        // A copy on the stack does not move while FASTER calls back with its address.
        TReader local = reader;
        RecordRead read = ReadOne(version, ref local, out int piecesTotal);
        if (read == RecordRead.Found && piecesTotal >= 0)
            read = ReadPieces(version, piecesTotal, ref local);
        reader = local;
        return read;
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadAsync(long version, CancellationToken cancellation)
    {
        HeapOutput head = await ReadOneAsync(version, cancellation).ConfigureAwait(false);
        if (head.Bytes is null || head.PiecesTotal < 0)
            return head.Bytes;
        byte[] whole = new byte[head.PiecesTotal];
        for (int at = 0, piece = 0; at < whole.Length; piece++)
        {
            HeapOutput part = await ReadOneAsync(PieceKey(version, piece), cancellation).ConfigureAwait(false);
            if (part.Bytes is null)
                return null;
            part.Bytes.CopyTo(whole, at);
            at += part.Bytes.Length;
        }

        return whole;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _compaction.Dispose();
        _writer.Dispose();
        while (_sessions.TryDequeue(out Session? session))
            session.Dispose();
        _store.Dispose();
        _device.Dispose();
    }

    private RecordRead ReadOne<TReader>(long key, ref TReader reader, out int piecesTotal) where TReader : struct, IRecordReader
    {
        Session session = Rent();
        HeapOutput output = default;
        Status status = HeapDelivery.Run(session, key, ref reader, ref output);
        piecesTotal = output.PiecesTotal;
        if (status.IsPending)
        {
            _ = DrainAsync(session);
            return RecordRead.OnDisk;
        }

        Return(session);
        return status.Found ? RecordRead.Found : RecordRead.Missing;
    }

    private RecordRead ReadPieces<TReader>(long version, int total, ref TReader reader) where TReader : struct, IRecordReader
    {
        byte[] whole = ArrayPool<byte>.Shared.Rent(total);
        try
        {
            for (int at = 0, piece = 0; at < total; piece++)
            {
                var copy = new CopyInto { Target = whole, At = at };
                RecordRead read = ReadOne(PieceKey(version, piece), ref copy, out _);
                if (read != RecordRead.Found)
                    return read;
                at = copy.At;
            }

            reader.OnRecord(whole.AsSpan(0, total));
            return RecordRead.Found;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private async ValueTask<HeapOutput> ReadOneAsync(long key, CancellationToken cancellation)
    {
        Session session = Rent();
        (Status status, HeapOutput output) = (await session.ReadAsync(key, 0, token: cancellation).ConfigureAwait(false)).Complete();
        Return(session);
        if (!status.Found)
            return default;
        return output.IsIntact ? output : throw new InvalidDataException($"record {key} in the heap file does not match its checksum");
    }

    /// <summary>A read that went to the disk must end before its session can be used again.</summary>
    private async Task DrainAsync(Session session)
    {
        await session.CompletePendingAsync().ConfigureAwait(false);
        Return(session);
    }

    private void Write(long key, byte kind, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> covered)
    {
        int length = HeapValue.HeaderBytes + bytes.Length;
        byte[] value = ArrayPool<byte>.Shared.Rent(length);
        HeapValue.Write(value, kind, bytes, Log.Crc32C.Of(covered));
        unsafe
        {
            fixed (byte* pinned = value)
            {
                SpanByte stored = SpanByte.FromPointer(pinned, length);
                Status status = _writer.Upsert(ref key, ref stored);
                if (status.IsPending)
                    _writer.CompletePending(wait: true);
            }
        }

        ArrayPool<byte>.Shared.Return(value);
    }

    /// <summary>What a record takes in the log: FASTER's header, the id, a length, ours and the content, in words of eight bytes. That pieces have a header each does not matter.</summary>
    private static long LogBytesOf(int length) => sizeof(long) + sizeof(long) + ((sizeof(int) + HeapValue.HeaderBytes + (long)length + 7) & ~7);

    // Pieces live below zero, where no version id is. 2^14 pieces of at least 32 KiB are more than a record may have.
    private static long PieceKey(long version, int piece) => -((version << 14) | (uint)piece) - 1;

    private Session Rent() => _sessions.TryDequeue(out Session? session) ? session : NewSession();

    private void Return(Session session)
    {
        if (_sessions.Count < MaxPooledSessions)
            _sessions.Enqueue(session);
        else
            session.Dispose();
    }

    private Session NewSession() => _store.For(default(HeapFunctions)).NewSession<HeapFunctions>();

    private static int BitsOf(long powerOfTwo) => BitOperations.Log2((ulong)powerOfTwo);

    private struct CopyInto : IRecordReader
    {
        public byte[] Target;
        public int At;

        public void OnRecord(ReadOnlySpan<byte> record)
        {
            record.CopyTo(Target.AsSpan(At));
            At += record.Length;
        }
    }
}
