using System.Buffers.Binary;

namespace Praetor.Transport.Framing;

/// <summary>What a frame is. On the wire: values are frozen, new ones are only added.</summary>
public enum FrameType : byte
{
    /// <summary>First frame of the connecting side: who it is and what it wants.</summary>
    Hello = 1,

    /// <summary>The listening side agrees.</summary>
    Welcome = 2,

    /// <summary>The listening side does not agree; the body is the reason as text. The connection ends.</summary>
    Refused = 3,

    /// <summary>A message without answer.</summary>
    Message = 4,

    /// <summary>A call; the stream id names it until it is answered.</summary>
    Call = 5,

    /// <summary>The answer to a call or a stream.</summary>
    Answer = 6,

    /// <summary>The callee's error: its code in the method byte, its text in the body.</summary>
    Error = 7,

    /// <summary>The call was not started; the body says why. Trying again is safe.</summary>
    Rejected = 8,

    /// <summary>The caller no longer wants the answer.</summary>
    Cancel = 9,

    /// <summary>Begins a stream; the body is its header.</summary>
    StreamOpen = 10,

    /// <summary>A piece of the stream.</summary>
    StreamData = 11,

    /// <summary>The stream is complete. A connection that ends without it has lost the stream.</summary>
    StreamEnd = 12,
}

/// <summary>Properties of a frame's body.</summary>
[Flags]
public enum FrameFlags : byte
{
    /// <summary>The body is as it was given.</summary>
    None = 0,

    /// <summary>The body is in the form of <see cref="CompressedBody"/>.</summary>
    Compressed = 1,
}

/// <summary>
/// What stands before each body, little-endian:
/// <code>
///  0        4      5       6        7      8           12
///  | length | type | flags | method | zero | stream id | body ...
/// </code>
/// </summary>
/// <param name="Length">Bytes of the body.</param>
/// <param name="Type">What the frame is.</param>
/// <param name="Flags">Properties of the body.</param>
/// <param name="Method">Method of a message, call or stream; code of an error; else 0.</param>
/// <param name="StreamId">Which call this belongs to; 0 where there is none.</param>
public readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, byte Method, uint StreamId)
{
    /// <summary>Bytes of a header.</summary>
    public const int SizeBytes = 12;

    /// <summary>Writes <see cref="SizeBytes"/> bytes.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, Length);
        to[4] = (byte)Type;
        to[5] = (byte)Flags;
        to[6] = Method;
        to[7] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], StreamId);
    }

    /// <summary>Reads <see cref="SizeBytes"/> bytes. False if they can be no header of this version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out FrameHeader header)
    {
        header = new FrameHeader(BinaryPrimitives.ReadInt32LittleEndian(from), (FrameType)from[4], (FrameFlags)from[5], from[6],
            BinaryPrimitives.ReadUInt32LittleEndian(from[8..]));
        return header.Type is >= FrameType.Hello and <= FrameType.StreamEnd && (header.Flags & ~FrameFlags.Compressed) == 0 && from[7] == 0;
    }
}
