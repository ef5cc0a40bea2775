using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Praetor.Api.Http.Forwarding;

/// <summary>An answer on its way to <see cref="StreamForwarder"/>: the head with its length in front, then the body as it is written. Not thread-safe.</summary>
internal sealed class StreamedResponse : HttpResponseFeature, IHttpResponseBodyFeature
{
    private readonly PipeWriter _output;
    private bool _hasStarted;

    /// <summary>Answers into a stream, which stays open.</summary>
    public StreamedResponse(Stream reply) => _output = PipeWriter.Create(reply, new StreamPipeWriterOptions(leaveOpen: true));

    /// <inheritdoc/>
    public override bool HasStarted => _hasStarted;

    /// <inheritdoc/>
    public PipeWriter Writer => _output;

    Stream IHttpResponseBodyFeature.Stream => _output.AsStream(leaveOpen: true);

    /// <inheritdoc/>
    public void DisableBuffering()
    {
        // Nothing is buffered but what was not flushed.
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_hasStarted)
            return Task.CompletedTask;
        _hasStarted = true;
        byte[] head = ForwardedCodec.EncodeAnswer(StatusCode, Headers, []);
        Span<byte> output = _output.GetSpan(StreamForwarder.HeadLengthBytes + head.Length);
        BinaryPrimitives.WriteInt32LittleEndian(output, head.Length);
        head.CopyTo(output[StreamForwarder.HeadLengthBytes..]);
        _output.Advance(StreamForwarder.HeadLengthBytes + head.Length);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc/>
    public async Task CompleteAsync()
    {
        await StartAsync().ConfigureAwait(false);
        await _output.FlushAsync().ConfigureAwait(false);
        await _output.CompleteAsync().ConfigureAwait(false);
    }
}
