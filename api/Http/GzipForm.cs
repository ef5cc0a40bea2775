using System.Buffers;
using System.IO.Compression;

namespace Praetor.Api.Http;

/// <summary>The compressed form of bodies (http-core 1.5). No state.</summary>
internal static class GzipForm
{
    /// <summary>Bodies below this stay plain.</summary>
    public const int MinBodyBytes = 1400;

    /// <summary>True if an Accept-Encoding header names gzip with a weight above 0.</summary>
    public static bool IsAccepted(string? acceptEncoding)
    {
        if (string.IsNullOrEmpty(acceptEncoding))
            return false;
        ReadOnlySpan<char> header = acceptEncoding;
        foreach (Range range in header.Split(','))
        {
            ReadOnlySpan<char> coding = header[range];
            int semicolon = coding.IndexOf(';');
            ReadOnlySpan<char> name = semicolon < 0 ? coding : coding[..semicolon];
            if (name.Trim().Equals("gzip", StringComparison.OrdinalIgnoreCase))
                return semicolon < 0 || !IsZeroWeight(coding[(semicolon + 1)..].Trim());
        }
        return false;
    }

    /// <summary>Compresses a whole body.</summary>
    public static void Compress(ReadOnlySpan<byte> body, IBufferWriter<byte> target)
    {
        using var gzip = new GZipStream(new WriterStream(target), CompressionLevel.Fastest);
        gzip.Write(body);
    }

    /// <summary>A stream that compresses into a writer; disposing it writes the end mark.</summary>
    public static GZipStream Over(IBufferWriter<byte> target) => new(new WriterStream(target), CompressionLevel.Fastest);

    /// <summary>"q=0", "q=0.0", ...</summary>
    private static bool IsZeroWeight(ReadOnlySpan<char> parameter) =>
        parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase) && parameter[2..].Trim("0.").IsEmpty;

    /// <summary>The writing half of a stream over a buffer writer.</summary>
    private sealed class WriterStream(IBufferWriter<byte> target) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override void Write(byte[] buffer, int offset, int count) => target.Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => target.Write(buffer);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
