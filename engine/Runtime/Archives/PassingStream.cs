using System.Security.Cryptography;

namespace Praetor.Runtime.Archives;

/// <summary>Passes bytes on, in either direction, and hashes them on the way. Ends when it is cancelled.</summary>
/// <param name="inner">Where they go or come from; stays open.</param>
/// <param name="hash">Gets them; null for no hash.</param>
/// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
internal sealed class PassingStream(Stream inner, IncrementalHash? hash, CancellationToken cancellation = default) : Stream
{
    /// <summary>Bytes that have passed.</summary>
    public long Passed { get; private set; }

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        int read = inner.Read(buffer);
        Take(buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        Take(buffer);
        inner.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Take(ReadOnlySpan<byte> bytes)
    {
        Passed += bytes.Length;
        hash?.AppendData(bytes);
    }
}
