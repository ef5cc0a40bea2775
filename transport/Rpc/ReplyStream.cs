using Praetor.Transport.Framing;

namespace Praetor.Transport.Rpc;

/// <summary>What the receiver of a stream sends back before it answers: data frames, at the sender's pace. One writer. Asynchronous only.</summary>
internal sealed class ReplyStream(Stream output, RpcOptions options) : Stream
{
    private readonly FrameBuffer _frames = new();

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            for (; !buffer.IsEmpty; buffer = buffer[Math.Min(buffer.Length, options.StreamPieceBytes)..])
            {
                _frames.Append(FrameType.StreamData, FrameFlags.None, 0, 0, buffer.Span[..Math.Min(buffer.Length, options.StreamPieceBytes)]);
                await output.WriteAsync(_frames.Memory, cancellationToken).ConfigureAwait(false);
                _frames.Clear();
            }
        }
        finally
        {
            _frames.Release();
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException("asynchronous only");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("asynchronous only");

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
