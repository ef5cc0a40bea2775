using Praetor.Core.Ports;

namespace Praetor.Transport.Compression;

/// <summary>
/// The LZ4 frame format (lz4_Frame_format.md of the LZ4 project) as the <c>lz4</c> command reads and writes it: independent 64 KiB
/// blocks, each with a checksum, and a checksum of the whole content. Written frames need one block of memory; read frames may use
/// blocks of up to 4 MiB. Stateless.
/// </summary>
public sealed class Lz4Frame : IStreamCompression
{
    internal const uint Magic = 0x184D2204;
    internal const byte VersionBits = 0x40;
    internal const byte BlockIndependence = 0x20;
    internal const byte BlockChecksum = 0x10;
    internal const byte ContentSize = 0x08;
    internal const byte ContentChecksum = 0x04;
    internal const byte DictionaryId = 0x01;
    internal const uint Uncompressed = 0x8000_0000;

    /// <inheritdoc/>
    public Stream Compress(Stream destination) => new Lz4FrameWriter(destination);

    /// <inheritdoc/>
    public Stream Decompress(Stream source) => new Lz4FrameReader(source);

    /// <summary>Second byte of the descriptor's hash: what the frame's header is checked by.</summary>
    internal static byte HeaderChecksum(ReadOnlySpan<byte> descriptor) => (byte)(XxHash32.Of(descriptor) >> 8);
}
