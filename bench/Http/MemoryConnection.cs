using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Praetor.Api.Http;

namespace Praetor.Bench.Http;

/// <summary>
/// What Kestrel hands to the application for one connection, without Kestrel: requests are set, answers are counted and dropped.
/// Reused from request to request and free of allocation itself, so that a bench sees the application's alone.
/// </summary>
internal sealed class MemoryConnection : IFeatureCollection, IHttpRequestFeature, IHttpResponseFeature, IHttpResponseBodyFeature,
    IRequestBodyPipeFeature, IHttpRequestLifetimeFeature, IHostContextContainer<ApiRequest>
{
    private readonly MemoryHeaders _requestHeaders = new();
    private readonly MemoryHeaders _responseHeaders = new();
    private readonly DroppingWriter _writer = new();
    private readonly Pipe _requestBody = new();

    /// <summary>Bytes of the last answer's body.</summary>
    public long BodyBytes => _writer.Written;

    /// <summary>Status of the last answer.</summary>
    public int StatusCode { get; set; }

    public ApiRequest? HostContext { get; set; }

    public string Method { get; set; } = "GET";

    public string RawTarget { get; set; } = "/";

    /// <summary>Runs one request through the application.</summary>
    public Task RunAsync(ApiApplication application)
    {
        _writer.Written = 0;
        _responseHeaders.Clear();
        StatusCode = 200;
        ApiRequest request = application.CreateContext(this);
        Task done = application.ProcessRequestAsync(request);
        if (!done.IsCompletedSuccessfully)
            return FinishAsync(application, request, done);
        application.DisposeContext(request, null);
        return Task.CompletedTask;
    }

    private static async Task FinishAsync(ApiApplication application, ApiRequest request, Task done)
    {
        await done;
        application.DisposeContext(request, null);
    }

    /// <summary>Sets the body of the next request.</summary>
    public void SetBody(ReadOnlySpan<byte> body)
    {
        _requestBody.Writer.Complete();
        _requestBody.Reader.Complete();
        _requestBody.Reset();
        _requestBody.Writer.Write(body);
        _requestBody.Writer.Complete();
        _requestHeaders.ContentLength = body.Length;
    }

    TFeature? IFeatureCollection.Get<TFeature>() where TFeature : default => this is TFeature feature ? feature : default;

    IHeaderDictionary IHttpRequestFeature.Headers { get => _requestHeaders; set => throw new NotSupportedException(); }

    IHeaderDictionary IHttpResponseFeature.Headers { get => _responseHeaders; set => throw new NotSupportedException(); }

    PipeWriter IHttpResponseBodyFeature.Writer => _writer;

    Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    PipeReader IRequestBodyPipeFeature.Reader => _requestBody.Reader;

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted { get; set; }

    string IHttpRequestFeature.Protocol { get; set; } = "HTTP/1.1";

    string IHttpRequestFeature.Scheme { get; set; } = "http";

    string IHttpRequestFeature.PathBase { get; set; } = "";

    string IHttpRequestFeature.Path { get; set; } = "";

    string IHttpRequestFeature.QueryString { get; set; } = "";

    Stream IHttpRequestFeature.Body { get; set; } = Stream.Null;

    string? IHttpResponseFeature.ReasonPhrase { get; set; }

    Stream IHttpResponseFeature.Body { get; set; } = Stream.Null;

    bool IHttpResponseFeature.HasStarted => false;

    Stream IHttpResponseBodyFeature.Stream => Stream.Null;

    bool IFeatureCollection.IsReadOnly => true;

    int IFeatureCollection.Revision => 0;

    object? IFeatureCollection.this[Type key] { get => null; set => throw new NotSupportedException(); }

    void IFeatureCollection.Set<TFeature>(TFeature? instance) where TFeature : default => throw new NotSupportedException();

    IEnumerator<KeyValuePair<Type, object>> IEnumerable<KeyValuePair<Type, object>>.GetEnumerator() => throw new NotSupportedException();

    IEnumerator IEnumerable.GetEnumerator() => throw new NotSupportedException();

    void IHttpRequestLifetimeFeature.Abort() => throw new NotSupportedException();

    void IHttpResponseFeature.OnStarting(Func<object, Task> callback, object state) => throw new NotSupportedException();

    void IHttpResponseFeature.OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException();

    void IHttpResponseBodyFeature.DisableBuffering()
    {
    }

    Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    Task IHttpResponseBodyFeature.CompleteAsync() => Task.CompletedTask;

    /// <summary>Headers in a dictionary that is cleared, not replaced; Content-Length stays a number as in Kestrel.</summary>
    private sealed class MemoryHeaders : Dictionary<string, StringValues>, IHeaderDictionary
    {
        public MemoryHeaders()
            : base(StringComparer.OrdinalIgnoreCase)
        {
        }

        public long? ContentLength { get; set; }

        public new StringValues this[string key]
        {
            get => TryGetValue(key, out StringValues value) ? value : default;
            set => base[key] = value;
        }
    }

    /// <summary>Counts and drops.</summary>
    private sealed class DroppingWriter : PipeWriter
    {
        private byte[] _buffer = new byte[64 * 1024];

        public long Written { get; set; }

        public override void Advance(int bytes) => Written += bytes;

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (sizeHint > _buffer.Length)
                _buffer = new byte[sizeHint];
            return _buffer;
        }

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
