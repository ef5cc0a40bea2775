using System.IO.Compression;
using System.IO.Pipelines;
using Praetor.Api.Http.Json;

namespace Praetor.Api.Http;

/// <summary>
/// A JSON answer of any length: a short one leaves whole with its Content-Length, a long one in pieces as the client takes them,
/// so that memory stays bounded however much is read. Dispose in every case. Not thread-safe.
/// </summary>
public sealed class StreamedJson : IDisposable
{
    private const int PieceBytes = 64 * 1024;

    private readonly ApiRequest _request;
    private readonly PooledBuffer _piece = new();
    private readonly PooledBuffer _compressed = new();
    private GZipStream? _gzip;

    internal StreamedJson(ApiRequest request)
    {
        _request = request;
        Json = new GoJsonWriter();
        Restart();
    }

    /// <summary>Takes the value.</summary>
    public GoJsonWriter Json { get; }

    /// <summary>True once a piece has left: nothing can be taken back.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Drops what was written; only before the first piece has left.</summary>
    public void Restart()
    {
        if (HasStarted)
            throw new InvalidOperationException("A part of the answer has left.");
        _piece.Clear();
        Json.Reset(_piece, _request.IsPretty);
    }

    /// <summary>Call between items: sends a piece when enough has come together, at the client's pace.</summary>
    public ValueTask FlushIfFullAsync()
    {
        Json.Flush();
        return _piece.Length < PieceBytes ? ValueTask.CompletedTask : SendPieceAsync(ended: false);
    }

    /// <summary>Ends the answer.</summary>
    public ValueTask EndAsync()
    {
        Json.Flush();
        if (_request.Query.Has("pretty"))
        {
            _piece.GetSpan(1)[0] = (byte)'\n';
            _piece.Advance(1);
        }
        return HasStarted ? SendPieceAsync(ended: true) : _request.SendAsync(200, ContentTypes.Json, _piece.Memory);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Ends the compressor even when the client has gone half-way; what it still writes goes nowhere.
        _gzip?.Dispose();
        _piece.Release();
        _compressed.Release();
    }

    private async ValueTask SendPieceAsync(bool ended)
    {
        if (!HasStarted)
            Start();
        ReadOnlyMemory<byte> bytes = _piece.Memory;
        if (_gzip is not null)
        {
            _gzip.Write(bytes.Span);
            if (ended)
                await _gzip.DisposeAsync().ConfigureAwait(false);
            bytes = _compressed.Memory;
        }
        FlushResult flushed = await _request.BodyWriter.WriteAsync(bytes, _request.Aborted).ConfigureAwait(false);
        _piece.Clear();
        _compressed.Clear();
        if (flushed.IsCompleted && !ended)
            throw new OperationCanceledException("The client has gone.", _request.Aborted);
    }

    private void Start()
    {
        HasStarted = true;
        if (_request.AcceptsGzip)
        {
            _gzip = GzipForm.Over(_compressed);
            _request.ResponseHeaders.ContentEncoding = "gzip";
        }
        _request.ResponseHeaders.ContentType = ContentTypes.Json;
        _request.StartResponse();
    }
}
