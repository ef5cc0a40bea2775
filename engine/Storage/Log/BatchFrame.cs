using System.Buffers;
using System.Buffers.Binary;
using Praetor.Core.Ports;

namespace Praetor.Storage.Log;

/// <summary>
/// One batch as it stands in a segment, little-endian:
/// <code>
///   0  u32  magic "PBAT"
///   4  u32  bytes of the body
///   8  u32  CRC-32C of bytes 12.. of the header and of the body
///  12  u32  number of entries
///  16  u64  index of the first entry
///  24       body: per entry  u32 payload bytes | u8 kind | u64 term | payload
/// </code>
/// A batch counts as a whole or not at all.
/// </summary>
internal static class BatchFrame
{
    public const int HeaderBytes = 24;
    public const int EntryHeaderBytes = 13;
    private const uint Magic = 0x54414250;
    private const int CrcStart = 12;

    /// <summary>Most bytes of a body: larger than any batch the server forms, small enough to be read back in one piece.</summary>
    public const int MaxBodyBytes = 1 << 30;

    /// <summary>Bytes that the batch takes.</summary>
    public static long Measure(ReadOnlySpan<LogEntry> batch)
    {
        long bytes = HeaderBytes;
        foreach (ref readonly LogEntry entry in batch)
            bytes += EntryHeaderBytes + entry.Payload.Length;
        return bytes;
    }

    /// <summary>Writes a batch to the front of <paramref name="frame"/>, which has exactly its size.</summary>
    public static void Write(ReadOnlySpan<LogEntry> batch, Span<byte> frame)
    {
        int at = HeaderBytes;
        foreach (ref readonly LogEntry entry in batch)
        {
            BinaryPrimitives.WriteInt32LittleEndian(frame[at..], entry.Payload.Length);
            frame[at + 4] = (byte)entry.Kind;
            BinaryPrimitives.WriteInt64LittleEndian(frame[(at + 5)..], entry.Term);
            entry.Payload.Span.CopyTo(frame[(at + EntryHeaderBytes)..]);
            at += EntryHeaderBytes + entry.Payload.Length;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], at - HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(frame[12..], batch.Length);
        BinaryPrimitives.WriteInt64LittleEndian(frame[16..], batch[0].Index);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Crc32C.Of(frame[CrcStart..at]));
    }

    /// <summary>Reads a header; false if it cannot be one (zeros, another magic, impossible numbers).</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, out Header header)
    {
        header = default;
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
            return false;
        header = new Header(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
        return header.BodyBytes is >= EntryHeaderBytes and <= MaxBodyBytes && header.FirstIndex > 0
            && header.Count > 0 && header.Count <= header.BodyBytes / EntryHeaderBytes;
    }

    /// <summary>True if header and body are as they were written.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]) == Crc32C.Of(frame[CrcStart..]);

    /// <summary>Entries of an intact frame from <paramref name="fromIndex"/> on; payloads share <paramref name="frame"/>.</summary>
    public static void ReadEntries(ReadOnlyMemory<byte> frame, Header header, long fromIndex, List<LogEntry> into)
    {
        int at = HeaderBytes;
        ReadOnlySpan<byte> bytes = frame.Span;
        for (int i = 0; i < header.Count; i++)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
            if (length < 0 || length > bytes.Length - at - EntryHeaderBytes)
                throw new InvalidDataException($"batch {header.FirstIndex} has an entry that reaches beyond it");
            long index = header.FirstIndex + i;
            if (index >= fromIndex)
            {
                var kind = (LogEntryKind)bytes[at + 4];
                long term = BinaryPrimitives.ReadInt64LittleEndian(bytes[(at + 5)..]);
                into.Add(new LogEntry(index, term, kind, frame.Slice(at + EntryHeaderBytes, length)));
            }

            at += EntryHeaderBytes + length;
        }
    }

    /// <summary>What a frame's header says.</summary>
    /// <param name="BodyBytes">Bytes after the header.</param>
    /// <param name="Count">Entries.</param>
    /// <param name="FirstIndex">Index of the first.</param>
    internal readonly record struct Header(int BodyBytes, int Count, long FirstIndex)
    {
        public int FrameBytes => HeaderBytes + BodyBytes;

        public long LastIndex => FirstIndex + Count - 1;
    }
}
