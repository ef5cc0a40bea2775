using System.Buffers;
using System.Text;
using Praetor.Transport.Framing;

namespace Praetor.Transport.Rpc;

/// <summary>Bodies taken out of the connection's buffer.</summary>
internal static class FrameBody
{
    // An error's text beyond this says nothing more.
    private const int MaxTextBytes = 16 * 1024;

    /// <summary>A copy of the body, decompressed if need be; null if it does not decompress.</summary>
    public static byte[]? Own(in FrameHeader header, in ReadOnlySequence<byte> body, int maxBytes)
    {
        if (header.Flags.HasFlag(FrameFlags.Compressed))
            return CompressedBody.TryDecompress(body, maxBytes);
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)body.Length);
        body.CopyTo(bytes);
        return bytes;
    }

    /// <summary>A text as a body.</summary>
    public static byte[] Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length > MaxTextBytes ? bytes[..MaxTextBytes] : bytes;
    }

    /// <summary>A body as text.</summary>
    public static string Text(in ReadOnlySequence<byte> body) => Encoding.UTF8.GetString(body.Length > MaxTextBytes ? body.Slice(0, MaxTextBytes) : body);
}
