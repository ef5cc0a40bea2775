using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Praetor.Storage.Log;

/// <summary>
/// One file of the log: a header, batches one after the other, then zeros up to its pre-allocated size.
/// <code>
///   0  u64  magic "PRAETWAL"      8  u32  format version (1)
///  12  u32  CRC-32C of bytes 0..12 and 16..24      16  u64  index of the first entry
/// </code>
/// </summary>
internal sealed class Segment : IDisposable
{
    public const int HeaderBytes = 24;
    private const ulong Magic = 0x4c41575445415250;
    private const uint FormatVersion = 1;

    /// <summary>A mark per this many bytes: reading an index scans at most this far.</summary>
    private const int MarkEveryBytes = 64 * 1024;

    /// <summary>How far zeros go ahead: a tenth of a millisecond of writing, for some hundred batches of a busy server.</summary>
    private static readonly byte[] s_zeros = new byte[256 * 1024];

    /// <summary>A larger batch pays for the journal once for many blocks: zeros ahead of it would only double what is written.</summary>
    private const int SmallBatchBytes = 16 * 1024;

    private readonly List<(long Index, long Offset)> _marks = [];
    private long _writtenBytes;

    private Segment(string path, SafeFileHandle file, long firstIndex, long sizeBytes)
    {
        Path = path;
        File = file;
        FirstIndex = firstIndex;
        LastIndex = firstIndex - 1;
        SizeBytes = sizeBytes;
        UsedBytes = HeaderBytes;
    }

    public string Path { get; }

    public SafeFileHandle File { get; }

    /// <summary>Index of the first entry, whether it is there yet or not.</summary>
    public long FirstIndex { get; }

    /// <summary>Index of the last entry; FirstIndex - 1 while there is none.</summary>
    public long LastIndex { get; private set; }

    /// <summary>Bytes allocated.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Bytes of header and intact batches.</summary>
    public long UsedBytes { get; private set; }

    public static string NameOf(long firstIndex) => firstIndex.ToString("d20", CultureInfo.InvariantCulture) + ".log";

    /// <summary>Creates a segment under a temporary name and moves it into place when it is durable, so that a half-made one is never taken for real.</summary>
    public static Segment Create(string directory, long firstIndex, long sizeBytes, ReadOnlySpan<byte> frame, long lastIndex)
    {
        string path = System.IO.Path.Combine(directory, NameOf(firstIndex));
        string temporary = path + ".new";
        System.IO.File.Delete(temporary);
        SafeFileHandle file = System.IO.File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete,
            FileOptions.None, preallocationSize: Math.Max(sizeBytes, HeaderBytes + frame.Length));
        var segment = new Segment(path, file, firstIndex, Math.Max(sizeBytes, HeaderBytes + frame.Length));
        try
        {
            // Blocks and length are fixed now; see ZeroAhead for what is left of file metadata.
            RandomAccess.SetLength(file, segment.SizeBytes);
            Span<byte> header = stackalloc byte[HeaderBytes];
            WriteHeader(header, firstIndex);
            RandomAccess.Write(file, header, 0);
            if (!frame.IsEmpty)
            {
                RandomAccess.Write(file, frame, HeaderBytes);
                segment.Appended(firstIndex, lastIndex, frame.Length);
            }

            // The allocation itself must be durable too: later batches sync data only.
            RandomAccess.FlushToDisk(file);
            System.IO.File.Move(temporary, path, overwrite: true);
            DurableFile.SyncDirectory(directory);
            return segment;
        }
        catch
        {
            segment.Dispose();
            throw;
        }
    }

    /// <summary>Opens a segment and checks its header; what it holds is found by <see cref="SegmentScan"/>.</summary>
    public static Segment Open(string path)
    {
        SafeFileHandle file = System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        try
        {
            Span<byte> header = stackalloc byte[HeaderBytes];
            int read = RandomAccess.Read(file, header, 0);
            if (read != HeaderBytes || BinaryPrimitives.ReadUInt64LittleEndian(header) != Magic
                || BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) != HeaderCrc(header))
                throw new InvalidDataException($"log segment {path} is damaged: its header is not one");
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) != FormatVersion)
                throw new InvalidDataException($"log segment {path} has a format that this version does not know");
            return new Segment(path, file, BinaryPrimitives.ReadInt64LittleEndian(header[16..]), RandomAccess.GetLength(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Notes a batch that stands at <see cref="UsedBytes"/>.</summary>
    public void Appended(long firstIndex, long lastIndex, long frameBytes)
    {
        if (_marks.Count == 0 || UsedBytes - _marks[^1].Offset >= MarkEveryBytes)
            _marks.Add((firstIndex, UsedBytes));
        LastIndex = lastIndex;
        UsedBytes += frameBytes;
        SizeBytes = Math.Max(SizeBytes, UsedBytes);
    }

    /// <summary>
    /// A file system writes down for each block that it was never written before, and makes a sync wait for its journal when that changes. So zeros go some way ahead of the batches, in
    /// the same sync as one batch in many: the syncs between write data alone, which takes two thirds of the time.
    /// </summary>
    /// <param name="frameBytes">Bytes of the batch that is about to be written at <see cref="UsedBytes"/>.</param>
    public void ZeroAhead(int frameBytes)
    {
        long end = UsedBytes + frameBytes;
        if (frameBytes > SmallBatchBytes || end <= _writtenBytes || end >= SizeBytes)
            return;
        int ahead = (int)Math.Min(s_zeros.Length, SizeBytes - end);
        RandomAccess.Write(File, s_zeros.AsSpan(0, ahead), end);
        _writtenBytes = end + ahead;
    }

    /// <summary>Forgets everything from an offset on, which holds the batch that begins with <paramref name="index"/>.</summary>
    public void CutAt(long offset, long index)
    {
        _marks.RemoveAll(mark => mark.Offset >= offset);
        UsedBytes = offset;
        LastIndex = index - 1;
        Zero(offset);
    }

    /// <summary>Where to begin to look for an index.</summary>
    public long OffsetBefore(long index)
    {
        int low = 0, high = _marks.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_marks[middle].Index <= index)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 ? HeaderBytes : _marks[low - 1].Offset;
    }

    public void Delete()
    {
        Dispose();
        System.IO.File.Delete(Path);
    }

    public void Dispose() => File.Dispose();

    /// <summary>Overwrites the rest with zeros, so that no stale batch is ever found behind the end.</summary>
    private void Zero(long from)
    {
        long end = RandomAccess.GetLength(File);
        for (long at = from; at < end; at += s_zeros.Length)
            RandomAccess.Write(File, s_zeros.AsSpan(0, (int)Math.Min(s_zeros.Length, end - at)), at);
        DurableFile.SyncData(File, Path);
        _writtenBytes = end;
    }

    private static void WriteHeader(Span<byte> header, long firstIndex)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], firstIndex);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], HeaderCrc(header));
    }

    private static uint HeaderCrc(ReadOnlySpan<byte> header)
    {
        Span<byte> covered = stackalloc byte[20];
        header[..12].CopyTo(covered);
        header[16..24].CopyTo(covered[12..]);
        return Crc32C.Of(covered);
    }
}
