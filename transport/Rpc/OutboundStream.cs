using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Praetor.Core.Ports;
using Praetor.Transport.Framing;

namespace Praetor.Transport.Rpc;

/// <summary>Sends one stream over a connection of its own, at the receiver's pace, while listening for its answer.</summary>
internal sealed class OutboundStream(DialedConnection connection, ServerAddress to, RpcOptions options, TimeProvider time)
{
    private readonly bool _compress = options.Compress && connection.Welcome.Features.HasFlag(Features.Compression);

    /// <summary>Completes when the receiver has taken all of it.</summary>
    /// <exception cref="ServerCallException">It did not arrive, as far as is known.</exception>
    /// <exception cref="ServerErrorException">The receiver says no.</exception>
    public async Task SendAsync(byte method, ReadOnlyMemory<byte> header, Stream body, Stream? reply, CancellationToken cancellation)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task answer = ReadAnswerAsync(reply, done.Token);
        try
        {
            await SendFramesAsync(method, header, body, answer, cancellation).ConfigureAwait(false);
            await answer.WaitAsync(reply is null ? options.StreamAnswerTimeout : Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Lost("the server took the stream and did not answer", null);
        }
        catch (Exception broken) when (broken is SocketException or IOException)
        {
            // The answer, if it came, says more than the broken connection.
            if (answer.IsCompleted)
                await answer.ConfigureAwait(false);
            throw Lost(broken.Message, broken);
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            // Observed here if nobody above did: the connection is closed next.
            await answer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendFramesAsync(byte method, ReadOnlyMemory<byte> header, Stream body, Task answer, CancellationToken cancellation)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(options.StreamPieceBytes);
        byte[] compressed = ArrayPool<byte>.Shared.Rent(CompressedBody.MaxCompressedBytes(options.StreamPieceBytes));
        var frames = new FrameBuffer();
        try
        {
            frames.Append(FrameType.StreamOpen, FrameFlags.None, method, 0, header.Span);
            int read;
            while ((read = await body.ReadAtLeastAsync(piece.AsMemory(0, options.StreamPieceBytes), options.StreamPieceBytes, throwOnEndOfStream: false, cancellation)
                .ConfigureAwait(false)) > 0)
            {
                int size = _compress ? CompressedBody.TryCompress(piece.AsSpan(0, read), compressed) : 0;
                frames.Append(FrameType.StreamData, size > 0 ? FrameFlags.Compressed : FrameFlags.None, 0, 0, size > 0 ? compressed.AsSpan(0, size) : piece.AsSpan(0, read));
                // An answer before the end: nobody wants the rest.
                if (answer.IsCompleted)
                    return;
                await WriteAsync(frames, cancellation).ConfigureAwait(false);
            }

            frames.Append(FrameType.StreamEnd, FrameFlags.None, 0, 0, default);
            await WriteAsync(frames, cancellation).ConfigureAwait(false);
        }
        finally
        {
            frames.Release();
            ArrayPool<byte>.Shared.Return(piece);
            ArrayPool<byte>.Shared.Return(compressed);
        }
    }

    private async Task WriteAsync(FrameBuffer frames, CancellationToken cancellation)
    {
        using var stall = new CancellationTokenSource(options.StreamStallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellation);
        try
        {
            await connection.Output.WriteAsync(frames.Memory, either.Token).ConfigureAwait(false);
            frames.Clear();
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw Lost("the stream does not move", null);
        }
    }

    private async Task ReadAnswerAsync(Stream? reply, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                ReadResult read = await connection.Input.ReadAsync(cancellation).ConfigureAwait(false);
                ReadOnlySequence<byte> buffer = read.Buffer;
                FrameRead found = FrameReader.TryRead(ref buffer, options.MaxFrameBytes, out FrameHeader header, out ReadOnlySequence<byte> body);
                byte[]? piece = reply is not null && found == FrameRead.Frame && header.Type == FrameType.StreamData ? FrameBody.Own(header, body, options.StreamPieceBytes * 2) : null;
                string text = found == FrameRead.Frame && piece is null ? FrameBody.Text(body) : "";
                connection.Input.AdvanceTo(buffer.Start, found == FrameRead.Frame ? buffer.Start : read.Buffer.End);
                switch (found)
                {
                    case FrameRead.Frame when header.Type == FrameType.Answer:
                        return;
                    case FrameRead.Frame when header.Type == FrameType.Error:
                        throw new ServerErrorException(header.Method, text);
                    case FrameRead.Frame when piece is not null:
                        await reply!.WriteAsync(piece, cancellation).ConfigureAwait(false);
                        continue;
                    case FrameRead.Incomplete when !read.IsCompleted:
                        continue;
                    default:
                        throw Lost("the server closed it", null);
                }
            }
        }
        catch (Exception broken) when (broken is SocketException or IOException)
        {
            throw Lost(broken.Message, broken);
        }
    }

    private ServerCallException Lost(string reason, Exception? cause) =>
        new($"stream to server {to.Id} at {to.Address} was lost: {reason}", mayHaveRun: true, cause);
}
