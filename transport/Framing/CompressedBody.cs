using System.Buffers;
using System.Buffers.Binary;
using Praetor.Transport.Compression;

namespace Praetor.Transport.Framing;

/// <summary>
/// A large body as LZ4 blocks, little-endian:
/// <code>
///  | bytes in all | { bytes of block | block } ...
///  0              4
/// </code>
/// Each block stands for <see cref="Lz4Block.MaxInputBytes"/>, the last one for what is left.
/// </summary>
public static class CompressedBody
{
    /// <summary>Bodies up to this many bytes are not worth the time.</summary>
    public const int MinBodyBytes = 4 * 1024;

    private const int LengthBytes = sizeof(int);

    // The format's own bound: a match of 255 bytes costs one byte.
    private const int MaxRatio = 256;

    /// <summary>Most bytes that <see cref="TryCompress"/> may write.</summary>
    public static int MaxCompressedBytes(int bodyBytes)
    {
        int blocks = (bodyBytes + Lz4Block.MaxInputBytes - 1) / Lz4Block.MaxInputBytes;
        return LengthBytes + (blocks * (LengthBytes + Lz4Block.MaxCompressedBytes(0))) + bodyBytes + (bodyBytes / 255);
    }

    /// <summary>Compresses into <paramref name="output"/> (at least <see cref="MaxCompressedBytes"/>). 0 if an eighth is not saved: the body then goes as it is.</summary>
    public static int TryCompress(ReadOnlySpan<byte> body, Span<byte> output)
    {
        int goal = body.Length - (body.Length / 8);
        BinaryPrimitives.WriteInt32LittleEndian(output, body.Length);
        int written = LengthBytes;
        for (int at = 0; at < body.Length; at += Lz4Block.MaxInputBytes)
        {
            ReadOnlySpan<byte> block = body.Slice(at, Math.Min(Lz4Block.MaxInputBytes, body.Length - at));
            int size = Lz4Block.Compress(block, output[(written + LengthBytes)..]);
            // A first block that does not shrink stands for the rest: compressed and random data cost one attempt.
            if (size >= block.Length && at == 0)
                return 0;
            BinaryPrimitives.WriteInt32LittleEndian(output[written..], size);
            written += LengthBytes + size;
        }

        return written <= goal ? written : 0;
    }

    /// <summary>Decompresses into memory of its own; null if the body is malformed or would be longer than allowed.</summary>
    public static byte[]? TryDecompress(in ReadOnlySequence<byte> compressed, int maxBodyBytes)
    {
        if (compressed.IsSingleSegment)
            return TryDecompress(compressed.FirstSpan, maxBodyBytes);
        byte[] gathered = ArrayPool<byte>.Shared.Rent((int)compressed.Length);
        compressed.CopyTo(gathered);
        byte[]? body = TryDecompress(gathered.AsSpan(0, (int)compressed.Length), maxBodyBytes);
        ArrayPool<byte>.Shared.Return(gathered);
        return body;
    }

    /// <summary>Decompresses into memory of its own; null if the body is malformed or would be longer than allowed.</summary>
    public static byte[]? TryDecompress(ReadOnlySpan<byte> compressed, int maxBodyBytes)
    {
        if (compressed.Length < LengthBytes)
            return null;
        int bodyBytes = BinaryPrimitives.ReadInt32LittleEndian(compressed);
        // More than the format can hold in so many bytes is a lie, told before anything is allocated for it.
        if (bodyBytes < 0 || bodyBytes > maxBodyBytes || bodyBytes > (long)compressed.Length * MaxRatio)
            return null;
        byte[] body = GC.AllocateUninitializedArray<byte>(bodyBytes);
        int read = LengthBytes;
        for (int at = 0; at < bodyBytes; at += Lz4Block.MaxInputBytes)
        {
            if (compressed.Length - read < LengthBytes)
                return null;
            int size = BinaryPrimitives.ReadInt32LittleEndian(compressed[read..]);
            read += LengthBytes;
            Span<byte> block = body.AsSpan(at, Math.Min(Lz4Block.MaxInputBytes, bodyBytes - at));
            if (size < 0 || size > compressed.Length - read || Lz4Block.Decompress(compressed.Slice(read, size), block) != block.Length)
                return null;
            read += size;
        }

        return read == compressed.Length ? body : null;
    }
}
