using System.Buffers;

namespace Praetor.Storage.Log;

/// <summary>
/// Finds what a segment holds. An end that does not decode is a torn write if nothing intact stands behind it, and damage if
/// something does: damage must never be mistaken for the end of the log.
/// </summary>
internal static class SegmentScan
{
    private const int WindowBytes = 1024 * 1024;

    /// <summary>How a scan ended.</summary>
    /// <param name="TornAt">Offset of a torn batch, or -1.</param>
    public readonly record struct Result(long TornAt);

    /// <summary>Notes every intact batch in the segment.</summary>
    /// <param name="segment">A segment as opened.</param>
    /// <param name="isLast">Only the last one may end in a torn batch.</param>
    /// <param name="supersededFrom">First index of the next segment: batches from there on were cut off and are dropped.</param>
    public static Result Run(Segment segment, bool isLast, long supersededFrom)
    {
        long length = RandomAccess.GetLength(segment.File);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(WindowBytes);
        try
        {
            while (true)
            {
                long at = segment.UsedBytes;
                int have = RandomAccess.Read(segment.File, buffer.AsSpan(0, BatchFrame.HeaderBytes), at);
                ReadOnlySpan<byte> start = buffer.AsSpan(0, have);
                if (start.IndexOfAnyExcept((byte)0) < 0 && IsZeroFrom(segment, at, buffer))
                    return new Result(-1);
                if (!TryReadFrame(segment, at, length, ref buffer, out BatchFrame.Header header))
                    return Torn(segment, at, length, isLast);
                if (header.FirstIndex != segment.LastIndex + 1)
                    throw Damage(segment, at);
                if (header.FirstIndex >= supersededFrom)
                    return new Result(at);
                if (header.LastIndex >= supersededFrom)
                    throw Damage(segment, at);
                segment.Appended(header.FirstIndex, header.LastIndex, header.FrameBytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool TryReadFrame(Segment segment, long at, long length, ref byte[] buffer, out BatchFrame.Header header)
    {
        int have = RandomAccess.Read(segment.File, buffer.AsSpan(0, BatchFrame.HeaderBytes), at);
        if (!BatchFrame.TryReadHeader(buffer.AsSpan(0, have), out header) || header.FrameBytes > length - at)
            return false;
        if (header.FrameBytes > buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = ArrayPool<byte>.Shared.Rent(header.FrameBytes);
        }

        Span<byte> frame = buffer.AsSpan(0, header.FrameBytes);
        return RandomAccess.Read(segment.File, frame, at) == frame.Length && BatchFrame.IsIntact(frame);
    }

    private static Result Torn(Segment segment, long at, long length, bool isLast)
    {
        if (!isLast || HasIntactFrameAfter(segment, at, length))
            throw Damage(segment, at);
        return new Result(at);
    }

    private static bool IsZeroFrom(Segment segment, long from, byte[] buffer)
    {
        for (long at = from; ;)
        {
            int have = RandomAccess.Read(segment.File, buffer.AsSpan(0, WindowBytes), at);
            if (have == 0)
                return true;
            if (buffer.AsSpan(0, have).IndexOfAnyExcept((byte)0) >= 0)
                return false;
            at += have;
        }
    }

    private static bool HasIntactFrameAfter(Segment segment, long from, long length)
    {
        ReadOnlySpan<byte> magic = "PBAT"u8;
        byte[] window = ArrayPool<byte>.Shared.Rent(WindowBytes);
        byte[] frame = ArrayPool<byte>.Shared.Rent(WindowBytes);
        try
        {
            for (long at = from + 1; at < length;)
            {
                int have = RandomAccess.Read(segment.File, window.AsSpan(0, WindowBytes), at);
                int found = window.AsSpan(0, have).IndexOf(magic);
                if (found < 0)
                {
                    if (have < WindowBytes)
                        return false;
                    at += have - (magic.Length - 1);
                    continue;
                }

                at += found;
                if (TryReadFrame(segment, at, length, ref frame, out BatchFrame.Header header) && header.FirstIndex > segment.LastIndex)
                    return true;
                at++;
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    private static InvalidDataException Damage(Segment segment, long at) =>
        new($"log segment {segment.Path} is damaged at byte {at}: a batch does not match its checksum, and it is not the end of the log");
}
