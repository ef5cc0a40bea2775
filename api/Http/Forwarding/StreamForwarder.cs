using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.Extensions.Primitives;

namespace Praetor.Api.Http.Forwarding;

/// <summary>Sends an encoded request without its body, then the body, and writes what comes back to the reply.</summary>
internal delegate Task ForwardedStream(ReadOnlyMemory<byte> request, Stream body, Stream reply, CancellationToken cancellation);

/// <summary>
/// <see cref="RequestForwarder"/> for requests whose body or answer has any length: both pass through as they come, at the pace of whoever is slower. Thread-safe.
/// </summary>
internal sealed class StreamForwarder(ForwardedStream ask)
{
    /// <summary>Bytes of the length in front of an answer's head.</summary>
    internal const int HeadLengthBytes = 4;

    /// <summary>Longest head of an answer.</summary>
    internal const int MaxHeadBytes = 256 * 1024;

    /// <summary>Passes one request on and answers it.</summary>
    public async ValueTask ForwardAsync(ApiRequest request)
    {
        var encoded = new ArrayBufferWriter<byte>(512);
        ForwardedCodec.Write(encoded, request.AgentNode, request.RemoteAddress, request.Method, request.RawTarget, request.RequestHeaders, []);
        await using var relay = new AnswerRelay(request);
        await ask(encoded.WrittenMemory, request.BodyReader.AsStream(), relay, request.Aborted).ConfigureAwait(false);
        if (!relay.HasStarted)
            throw new IOException("rpc error making call: the server gave no answer");
    }

    /// <summary>Takes an answer as it arrives: the head first, then the body, which goes on at once.</summary>
    private sealed class AnswerRelay(ApiRequest request) : Stream
    {
        private readonly ArrayBufferWriter<byte> _head = new(1024);

        public bool HasStarted { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!HasStarted)
                buffer = TakeHead(buffer);
            if (buffer.IsEmpty)
                return;
            FlushResult flushed = await request.BodyWriter.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted)
                throw new OperationCanceledException("The client has gone.");
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => throw new NotSupportedException("asynchronous only");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("asynchronous only");

        /// <summary>Starts the answer once its head is there, and returns what of the buffer is body.</summary>
        private ReadOnlyMemory<byte> TakeHead(ReadOnlyMemory<byte> buffer)
        {
            _head.Write(buffer.Span);
            ReadOnlyMemory<byte> soFar = _head.WrittenMemory;
            if (soFar.Length < HeadLengthBytes)
                return default;
            int length = BinaryPrimitives.ReadInt32LittleEndian(soFar.Span);
            if (length is < 1 or > MaxHeadBytes)
                throw new InvalidDataException($"an answer with a head of {length} bytes");
            if (soFar.Length < HeadLengthBytes + length)
                return default;
            (int status, var headers, _) = ForwardedCodec.ReadAnswer(soFar.Span.Slice(HeadLengthBytes, length));
            foreach ((string name, StringValues values) in headers)
                request.ResponseHeaders[name] = values;
            HasStarted = true;
            request.StartStream(status);
            return soFar[(HeadLengthBytes + length)..];
        }
    }
}
