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
        using var window = new FrameWindow(segment.File);
        while (true)
        {
            long at = segment.UsedBytes;
            if (window.At(at, BatchFrame.HeaderBytes).Span.IndexOfAnyExcept((byte)0) < 0 && IsZeroFrom(segment, at))
                return new Result(-1);
            if (!TryIntactFrameAt(window, at, out BatchFrame.Header header))
                return Torn(segment, at, isLast);
            if (header.FirstIndex != segment.LastIndex + 1)
                throw Damage(segment, at);
            if (header.FirstIndex >= supersededFrom)
                return new Result(at);
            if (header.LastIndex >= supersededFrom)
                throw Damage(segment, at);
            segment.Appended(header.FirstIndex, header.LastIndex, header.FrameBytes);
        }
    }

    private static bool TryIntactFrameAt(FrameWindow window, long at, out BatchFrame.Header header) =>
        window.TryFrameAt(at, out header, out ReadOnlyMemory<byte> frame) && BatchFrame.IsIntact(frame.Span);

    private static Result Torn(Segment segment, long at, bool isLast)
    {
        if (!isLast || HasIntactFrameAfter(segment, at))
            throw Damage(segment, at);
        return new Result(at);
    }

    private static bool IsZeroFrom(Segment segment, long from)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(WindowBytes);
        try
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
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool HasIntactFrameAfter(Segment segment, long from)
    {
        ReadOnlySpan<byte> magic = "PBAT"u8;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(WindowBytes);
        using var window = new FrameWindow(segment.File);
        try
        {
            for (long at = from + 1; ;)
            {
                int have = RandomAccess.Read(segment.File, buffer.AsSpan(0, WindowBytes), at);
                int found = buffer.AsSpan(0, have).IndexOf(magic);
                if (found < 0)
                {
                    if (have < WindowBytes)
                        return false;
                    at += have - (magic.Length - 1);
                    continue;
                }

                at += found;
                if (TryIntactFrameAt(window, at, out BatchFrame.Header header) && header.FirstIndex > segment.LastIndex)
                    return true;
                at++;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static InvalidDataException Damage(Segment segment, long at) =>
        new($"log segment {segment.Path} is damaged at byte {at}: a batch does not match its checksum, and it is not the end of the log");
}
