using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using FASTER.core;
using Praetor.Core.Ports;
using Session = FASTER.core.ClientSession<long, FASTER.core.SpanByte, int, Praetor.Storage.Heap.HeapOutput, FASTER.core.Empty, Praetor.Storage.Heap.HeapFunctions>;

namespace Praetor.Storage.Heap;

/// <summary>A stored value: [kind | 4-byte CRC-32C of the content | content]. The content of kind Pieces is the record's total length.</summary>
internal static class HeapValue
{
    public const byte Inline = 0;
    public const byte Pieces = 1;
    public const int HeaderBytes = 5;

    public static void Write(Span<byte> value, byte kind, ReadOnlySpan<byte> content, uint crc)
    {
        value[0] = kind;
        BinaryPrimitives.WriteUInt32LittleEndian(value[1..], crc);
        content.CopyTo(value[HeaderBytes..]);
    }

    public static bool IsIntact(ReadOnlySpan<byte> value) =>
        BinaryPrimitives.ReadUInt32LittleEndian(value[1..]) == Log.Crc32C.Of(value[HeaderBytes..]);
}

/// <summary>What a read found: the content's bytes when nobody took them in place, and the total if the record is in pieces.</summary>
public struct HeapOutput
{
    private int _piecesTotalPlusOne;

    /// <summary>The content, if it was not delivered in place.</summary>
    internal byte[]? Bytes { get; set; }

    /// <summary>False if the content does not match its checksum (checked for what comes from the disk).</summary>
    internal bool IsIntact { get; set; }

    /// <summary>Total length of a record in pieces, else -1.</summary>
    internal int PiecesTotal { readonly get => _piecesTotalPlusOne - 1; set => _piecesTotalPlusOne = value + 1; }
}

/// <summary>
/// Hands a record's bytes to the reader of the read that runs on this thread right now. A read that went to the disk completes
/// later, perhaps on another thread: nobody is waiting in place then, and the bytes are copied out instead.
/// </summary>
internal static unsafe class HeapDelivery
{
    [ThreadStatic]
    private static delegate*<void*, byte*, int, void> t_deliver;

    [ThreadStatic]
    private static void* t_reader;

    /// <summary>Reads with delivery in place. <paramref name="reader"/> must stand on the stack.</summary>
    public static Status Run<TReader>(Session session, long key, ref TReader reader, ref HeapOutput output) where TReader : struct, IRecordReader
    {
        t_reader = Unsafe.AsPointer(ref reader);
        t_deliver = &Deliver<TReader>;
        try
        {
            int unused = 0;
            return session.Read(ref key, ref unused, ref output);
        }
        finally
        {
            t_deliver = null;
            t_reader = null;
        }
    }

    /// <summary>Called by FASTER with a value in its memory.</summary>
    public static void OnValue(ref SpanByte value, ref HeapOutput output)
    {
        ReadOnlySpan<byte> stored = value.AsReadOnlySpan();
        if (stored[0] == HeapValue.Pieces)
            output.PiecesTotal = BinaryPrimitives.ReadInt32LittleEndian(stored[HeapValue.HeaderBytes..]);
        delegate*<void*, byte*, int, void> deliver = t_deliver;
        if (deliver is null)
        {
            output.IsIntact = HeapValue.IsIntact(stored);
            output.Bytes = stored[HeapValue.HeaderBytes..].ToArray();
        }
        else if (stored[0] == HeapValue.Inline)
        {
            fixed (byte* content = stored[HeapValue.HeaderBytes..])
                deliver(t_reader, content, stored.Length - HeapValue.HeaderBytes);
        }
    }

    private static void Deliver<TReader>(void* reader, byte* content, int length) where TReader : struct, IRecordReader =>
        Unsafe.AsRef<TReader>(reader).OnRecord(new ReadOnlySpan<byte>(content, length));
}

/// <summary>FASTER's callbacks: reads go to <see cref="HeapDelivery"/>, writes copy the value, nothing is ever updated in place.</summary>
public struct HeapFunctions : IFunctions<long, SpanByte, int, HeapOutput, Empty>
{
    /// <inheritdoc/>
    public readonly bool SingleReader(ref long key, ref int input, ref SpanByte value, ref HeapOutput dst, ref ReadInfo readInfo)
    {
        HeapDelivery.OnValue(ref value, ref dst);
        return true;
    }

    /// <inheritdoc/>
    public readonly bool ConcurrentReader(ref long key, ref int input, ref SpanByte value, ref HeapOutput dst, ref ReadInfo readInfo)
    {
        HeapDelivery.OnValue(ref value, ref dst);
        return true;
    }

    /// <inheritdoc/>
    public readonly bool SingleWriter(ref long key, ref int input, ref SpanByte src, ref SpanByte dst, ref HeapOutput output, ref UpsertInfo upsertInfo, WriteReason reason)
    {
        src.CopyTo(ref dst);
        return true;
    }

    /// <inheritdoc/>
    public readonly void PostSingleWriter(ref long key, ref int input, ref SpanByte src, ref SpanByte dst, ref HeapOutput output, ref UpsertInfo upsertInfo, WriteReason reason)
    {
    }

    /// <inheritdoc/>
    public readonly bool ConcurrentWriter(ref long key, ref int input, ref SpanByte src, ref SpanByte dst, ref HeapOutput output, ref UpsertInfo upsertInfo) => false;

    /// <inheritdoc/>
    public readonly bool NeedInitialUpdate(ref long key, ref int input, ref HeapOutput output, ref RMWInfo rmwInfo) => false;

    /// <inheritdoc/>
    public readonly bool InitialUpdater(ref long key, ref int input, ref SpanByte value, ref HeapOutput output, ref RMWInfo rmwInfo) => false;

    /// <inheritdoc/>
    public readonly void PostInitialUpdater(ref long key, ref int input, ref SpanByte value, ref HeapOutput output, ref RMWInfo rmwInfo)
    {
    }

    /// <inheritdoc/>
    public readonly bool NeedCopyUpdate(ref long key, ref int input, ref SpanByte oldValue, ref HeapOutput output, ref RMWInfo rmwInfo) => false;

    /// <inheritdoc/>
    public readonly bool CopyUpdater(ref long key, ref int input, ref SpanByte oldValue, ref SpanByte newValue, ref HeapOutput output, ref RMWInfo rmwInfo) => false;

    /// <inheritdoc/>
    public readonly void PostCopyUpdater(ref long key, ref int input, ref SpanByte oldValue, ref SpanByte newValue, ref HeapOutput output, ref RMWInfo rmwInfo)
    {
    }

    /// <inheritdoc/>
    public readonly bool InPlaceUpdater(ref long key, ref int input, ref SpanByte value, ref HeapOutput output, ref RMWInfo rmwInfo) => false;

    /// <inheritdoc/>
    public readonly bool SingleDeleter(ref long key, ref SpanByte value, ref DeleteInfo deleteInfo) => true;

    /// <inheritdoc/>
    public readonly void PostSingleDeleter(ref long key, ref DeleteInfo deleteInfo)
    {
    }

    /// <inheritdoc/>
    public readonly bool ConcurrentDeleter(ref long key, ref SpanByte value, ref DeleteInfo deleteInfo) => true;

    /// <inheritdoc/>
    public readonly void DisposeSingleWriter(ref long key, ref int input, ref SpanByte src, ref SpanByte dst, ref HeapOutput output, ref UpsertInfo upsertInfo, WriteReason reason)
    {
    }

    /// <inheritdoc/>
    public readonly void DisposeCopyUpdater(ref long key, ref int input, ref SpanByte oldValue, ref SpanByte newValue, ref HeapOutput output, ref RMWInfo rmwInfo)
    {
    }

    /// <inheritdoc/>
    public readonly void DisposeInitialUpdater(ref long key, ref int input, ref SpanByte value, ref HeapOutput output, ref RMWInfo rmwInfo)
    {
    }

    /// <inheritdoc/>
    public readonly void DisposeSingleDeleter(ref long key, ref SpanByte value, ref DeleteInfo deleteInfo)
    {
    }

    /// <inheritdoc/>
    public readonly void DisposeDeserializedFromDisk(ref long key, ref SpanByte value)
    {
    }

    /// <inheritdoc/>
    public readonly void ReadCompletionCallback(ref long key, ref int input, ref HeapOutput output, Empty ctx, Status status, RecordMetadata recordMetadata)
    {
    }

    /// <inheritdoc/>
    public readonly void RMWCompletionCallback(ref long key, ref int input, ref HeapOutput output, Empty ctx, Status status, RecordMetadata recordMetadata)
    {
    }

    /// <inheritdoc/>
    public readonly void CheckpointCompletionCallback(int sessionID, string sessionName, CommitPoint commitPoint)
    {
    }
}
