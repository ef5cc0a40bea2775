using System.Buffers;
using System.IO.Pipelines;
using Praetor.Transport.Framing;

namespace Praetor.Transport.Rpc;

/// <summary>
/// The body of a stream as it arrives. Reads at the reader's pace: what is not read stays in the network. Ends only at the sender's end
/// frame; a connection that ends before is an <see cref="IOException"/>, never a short stream. One reader.
/// </summary>
internal sealed class InboundStream(PipeReader input, RpcOptions options, Action onFrame) : Stream
{
    private ReadOnlyMemory<byte> _piece;
    private bool _isComplete;

    /// <summary>What the sender did wrong, if it did.</summary>
    public RpcDrop? Violation { get; private set; }

    /// <summary>True while the reader waits for the network.</summary>
    public bool IsWaiting { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The stream's method and header.</summary>
    /// <exception cref="InvalidDataException">The first frame opens no stream.</exception>
    public async Task<(byte Method, byte[] Header)> OpenAsync(CancellationToken cancellation)
    {
        (FrameHeader frame, byte[] body) = await NextFrameAsync(cancellation).ConfigureAwait(false);
        return frame.Type == FrameType.StreamOpen ? (frame.Method, body) : throw Violated(RpcDrop.UnexpectedFrame);
    }

    /// <summary>Waits until the sender closes: its last bytes must not be answered with a reset that would destroy the answer on its way.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        while (true)
        {
            IsWaiting = true;
            ReadResult read = await input.ReadAsync(cancellation).ConfigureAwait(false);
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_piece.IsEmpty && !_isComplete)
        {
            (FrameHeader frame, byte[] body) = await NextFrameAsync(cancellationToken).ConfigureAwait(false);
            if (frame.Type == FrameType.StreamEnd && body.Length == 0)
                _isComplete = true;
            else if (frame.Type == FrameType.StreamData)
                _piece = body;
            else
                throw Violated(RpcDrop.UnexpectedFrame);
        }

        int count = Math.Min(buffer.Length, _piece.Length);
        _piece[..count].CopyTo(buffer);
        _piece = _piece[count..];
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("asynchronous only");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is written.
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask<(FrameHeader Frame, byte[] Body)> NextFrameAsync(CancellationToken cancellation)
    {
        while (true)
        {
            IsWaiting = true;
            ReadResult read = await input.ReadAsync(cancellation).ConfigureAwait(false);
            IsWaiting = false;
            ReadOnlySequence<byte> buffer = read.Buffer;
            FrameRead found = FrameReader.TryRead(ref buffer, options.StreamPieceBytes * 2, out FrameHeader header, out ReadOnlySequence<byte> body);
            byte[]? bytes = found == FrameRead.Frame ? FrameBody.Own(header, body, options.StreamPieceBytes * 2) : null;
            input.AdvanceTo(buffer.Start, found == FrameRead.Frame ? buffer.Start : buffer.End);
            if (bytes is not null)
            {
                onFrame();
                return (header, bytes);
            }

            if (found != FrameRead.Incomplete)
                throw Violated(found == FrameRead.TooLong ? RpcDrop.FrameTooLong : found == FrameRead.Malformed ? RpcDrop.MalformedFrame : RpcDrop.MalformedBody);
            if (read.IsCompleted)
                throw new EndOfStreamException("the stream ended before its end");
        }
    }

    private InvalidDataException Violated(RpcDrop drop)
    {
        Violation = drop;
        return new InvalidDataException($"{drop} in a stream");
    }
}
