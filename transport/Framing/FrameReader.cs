using System.Buffers;

namespace Praetor.Transport.Framing;

/// <summary>How looking for a frame ended.</summary>
public enum FrameRead
{
    /// <summary>A whole frame was taken from the buffer.</summary>
    Frame,

    /// <summary>More bytes are needed; nothing was taken.</summary>
    Incomplete,

    /// <summary>The header is none of this version's: the connection cannot go on.</summary>
    Malformed,

    /// <summary>The frame says it is longer than allowed: the connection cannot go on.</summary>
    TooLong,
}

/// <summary>
/// Takes frames from the front of a buffer. Bodies are borrowed from the buffer. Allocates nothing, whatever a header says: a frame is
/// waited for in the buffer, so a sender pays for every byte that is held for it.
/// </summary>
public static class FrameReader
{
    /// <summary>Takes the next frame if all of it is there.</summary>
    public static FrameRead TryRead(ref ReadOnlySequence<byte> buffer, int maxBodyBytes, out FrameHeader header, out ReadOnlySequence<byte> body)
    {
        body = default;
        header = default;
        if (buffer.Length < FrameHeader.SizeBytes)
            return FrameRead.Incomplete;
        if (!TryReadHeader(buffer, out header))
            return FrameRead.Malformed;
        if (header.Length < 0 || header.Length > maxBodyBytes)
            return FrameRead.TooLong;
        if (buffer.Length - FrameHeader.SizeBytes < header.Length)
            return FrameRead.Incomplete;
        body = buffer.Slice(FrameHeader.SizeBytes, header.Length);
        buffer = buffer.Slice(body.End);
        return FrameRead.Frame;
    }

    private static bool TryReadHeader(in ReadOnlySequence<byte> buffer, out FrameHeader header)
    {
        if (buffer.FirstSpan.Length >= FrameHeader.SizeBytes)
            return FrameHeader.TryRead(buffer.FirstSpan, out header);
        Span<byte> gathered = stackalloc byte[FrameHeader.SizeBytes];
        buffer.Slice(0, FrameHeader.SizeBytes).CopyTo(gathered);
        return FrameHeader.TryRead(gathered, out header);
    }
}
