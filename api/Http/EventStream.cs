using System.IO.Compression;
using System.IO.Pipelines;
using Praetor.Api.Http.Json;

namespace Praetor.Api.Http;

/// <summary>
/// An answer that goes on until the client leaves: what is written is sent at once, compressed if the client takes it (http-core 1.5). One writer. Dispose it.
/// </summary>
internal sealed class EventStream : IDisposable
{
    private readonly ApiRequest _request;
    private readonly PooledBuffer _compressed = new();
    private readonly GZipStream? _gzip;

    public EventStream(ApiRequest request, string contentType)
    {
        _request = request;
        request.SetHeader("Content-Type", contentType);
        if (!request.AcceptsGzip)
            return;
        _gzip = GzipForm.Over(_compressed);
        request.SetHeader("Content-Encoding", "gzip");
    }

    /// <summary>Sends 200 with the headers.</summary>
    public async ValueTask StartAsync()
    {
        _request.StartStream(200);
        await _request.BodyWriter.FlushAsync(_request.Aborted).ConfigureAwait(false);
    }

    /// <summary>Sends bytes; false if nobody takes them any more.</summary>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_gzip is not null)
        {
            _gzip.Write(bytes.Span);
            _gzip.Flush();
            bytes = _compressed.Memory;
        }

        FlushResult flushed = await _request.BodyWriter.WriteAsync(bytes, _request.Aborted).ConfigureAwait(false);
        _compressed.Clear();
        return !flushed.IsCompleted;
    }

    public void Dispose()
    {
        _gzip?.Dispose();
        _compressed.Release();
    }
}
