using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Praetor.Api.Http.Json;

namespace Praetor.Api.Http;

public sealed partial class ApiRequest
{
    /// <summary>A connection holds about this much of its answer; what is above waits until the client has taken something.</summary>
    internal const int PieceBytes = 8 * 1024;

    private PooledBuffer? _rendering;
    private PooledBuffer? _compressed;
    private GoJsonWriter? _json;

    /// <summary>True if this answer is to be indented: <c>?pretty</c>, or always with <c>-dev</c>.</summary>
    public bool IsPretty => Options.AlwaysIndentJson || Query.Has("pretty");

    /// <summary>True if long bodies are to be compressed.</summary>
    internal bool AcceptsGzip => GzipForm.IsAccepted(_in.Headers.AcceptEncoding);

    /// <summary>True once the status line is on its way; nothing can be taken back then.</summary>
    internal bool HasResponseStarted => _out.HasStarted;

    /// <summary>Output of the response body. Set headers and Content-Length first and call <see cref="StartResponse"/>.</summary>
    internal PipeWriter BodyWriter => _body.Writer;

    /// <summary>Status of the answer.</summary>
    internal int AnsweredStatus => _out.StatusCode;

    internal IHeaderDictionary ResponseHeaders => _out.Headers;

    private PooledBuffer Rendering => _rendering ??= new PooledBuffer();

    /// <summary>Sets a response header. Only before answering.</summary>
    public void SetHeader(string name, string value) => _out.Headers[name] = value;

    /// <summary>
    /// Starts a JSON body of this request's form (indented or not). Write one value, then answer with
    /// <see cref="RespondJsonAsync(int)"/>. Calling it again drops what was written.
    /// </summary>
    public GoJsonWriter BeginJson()
    {
        Rendering.Clear();
        _json ??= new GoJsonWriter();
        _json.Reset(Rendering, IsPretty);
        return _json;
    }

    /// <summary>Answers with the JSON written since <see cref="BeginJson"/>.</summary>
    public ValueTask RespondJsonAsync(int status = StatusCodes.Status200OK)
    {
        FinishJson();
        return SendAsync(status, ContentTypes.Json, Rendering.Memory);
    }

    /// <summary>Answers with a JSON value.</summary>
    public ValueTask RespondJsonAsync(Action<GoJsonWriter> write, int status = StatusCodes.Status200OK)
    {
        write(BeginJson());
        return RespondJsonAsync(status);
    }

    /// <summary>Answers <c>true</c>.</summary>
    public ValueTask RespondTrueAsync() => RespondBoolAsync(true);

    /// <summary>Answers <c>true</c> or <c>false</c>.</summary>
    public ValueTask RespondBoolAsync(bool value)
    {
        BeginJson().Bool(value);
        return RespondJsonAsync();
    }

    /// <summary>200 without body; the Content-Type follows http-core 1.5.</summary>
    public ValueTask RespondEmptyAsync() => SendAsync(StatusCodes.Status200OK, EmptyContentType(), default);

    /// <summary>A status without body and without Content-Type (404 of a missing key).</summary>
    public ValueTask RespondStatusAsync(int status) => SendAsync(status, null, default);

    /// <summary>An error text as it stands.</summary>
    public ValueTask RespondErrorAsync(int status, string text)
    {
        Rendering.Clear();
        EncodingExtensions.GetBytes(Encoding.UTF8, text, Rendering);
        return SendAsync(status, ContentTypes.Text, Rendering.Memory);
    }

    /// <summary>Answers with a refusal.</summary>
    public ValueTask RefuseAsync(Refusal refusal) => RespondErrorAsync(refusal.Status, refusal.Text);

    /// <summary>Status, headers and a whole body; compressed if the client takes it. The body must stay unchanged until the result completes.</summary>
    public ValueTask SendAsync(int status, string? contentType, ReadOnlyMemory<byte> body)
    {
        if (body.Length < GzipForm.MinBodyBytes || !AcceptsGzip)
            return SendAsItIsAsync(status, contentType, body);
        _compressed ??= new PooledBuffer();
        _compressed.Clear();
        GzipForm.Compress(body.Span, _compressed);
        return SendCompressedAsync(status, contentType, _compressed.Memory);
    }

    /// <summary>The same with a body that is compressed already.</summary>
    internal ValueTask SendCompressedAsync(int status, string? contentType, ReadOnlyMemory<byte> compressed)
    {
        _out.Headers.ContentEncoding = "gzip";
        return SendAsItIsAsync(status, contentType, compressed);
    }

    /// <summary>A JSON answer too long to be held in memory.</summary>
    public StreamedJson StreamJson() => new(this);

    /// <summary>
    /// Starts an uncompressed 200 whose body has exactly this many bytes and returns the output's own memory for them; fill it and call
    /// <see cref="EndInPlace"/>. For bodies copied straight from where they live.
    /// </summary>
    internal Span<byte> BeginInPlace(string contentType, int lengthBytes)
    {
        _out.StatusCode = StatusCodes.Status200OK;
        _out.Headers.ContentType = contentType;
        _out.Headers.ContentLength = lengthBytes;
        StartResponse();
        return _body.Writer.GetSpan(lengthBytes);
    }

    /// <summary>Ends what <see cref="BeginInPlace"/> started.</summary>
    internal void EndInPlace(int lengthBytes) => _body.Writer.Advance(lengthBytes);

    /// <summary>The same with a body that is not to be touched.</summary>
    internal ValueTask SendAsItIsAsync(int status, string? contentType, ReadOnlyMemory<byte> body)
    {
        _out.StatusCode = status;
        if (contentType is not null)
            _out.Headers.ContentType = contentType;
        _out.Headers.ContentLength = body.Length;
        if (Method == HttpMethods.Head)
            return ValueTask.CompletedTask;
        StartResponse();
        return WriteAsync(body);
    }

    /// <summary>Puts status line and headers into the output without sending them yet, so that the body is written in place behind them.</summary>
    internal void StartResponse()
    {
        Task started = _body.StartAsync();
        if (!started.IsCompletedSuccessfully)
            throw new InvalidOperationException("The response could not start at once.", started.Exception);
    }

    /// <summary>Starts an answer of unknown length with this status; what is written to <see cref="BodyWriter"/> follows.</summary>
    internal void StartStream(int status)
    {
        _out.StatusCode = status;
        StartResponse();
    }

    /// <summary>
    /// Answers with what comes out of a pipe, at the client's pace. Nothing has left if the pipe fails before its first byte; fails later, the client sees a broken connection.
    /// </summary>
    internal async ValueTask StreamAsync(PipeReader source, int status = StatusCodes.Status200OK)
    {
        while (true)
        {
            ReadResult read = await source.ReadAsync(Aborted).ConfigureAwait(false);
            if (!HasResponseStarted)
                StartStream(status);
            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                _body.Writer.Write(piece.Span);
            source.AdvanceTo(read.Buffer.End);
            FlushResult flushed = await _body.Writer.FlushAsync(Aborted).ConfigureAwait(false);
            if (read.IsCompleted || flushed.IsCompleted)
                return;
        }
    }

    /// <summary>Sends body bytes with one copy. Small bodies leave together with the end of the response.</summary>
    internal ValueTask WriteAsync(ReadOnlyMemory<byte> body)
    {
        if (body.Length > PieceBytes)
            return WriteLongAsync(body);
        _body.Writer.Write(body.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>In one go where the process has room for it, else in pieces at the client's pace.</summary>
    private async ValueTask WriteLongAsync(ReadOnlyMemory<byte> body)
    {
        int reserved = Services.Output.Reserve(body.Length);
        try
        {
            while (!body.IsEmpty)
            {
                ReadOnlyMemory<byte> piece = body[..Math.Min(Math.Max(reserved, PieceBytes), body.Length)];
                FlushResult flushed = await _body.Writer.WriteAsync(piece, Aborted).ConfigureAwait(false);
                if (flushed.IsCompleted)
                    return;
                body = body[piece.Length..];
            }
        }
        finally
        {
            Services.Output.Return(reserved);
        }
    }

    /// <summary>Bytes of the body flushed so far.</summary>
    internal int RenderedBytes => Rendering.Length;

    /// <summary>The JSON written since <see cref="BeginJson"/>; empty unless it was found. Valid until the request ends.</summary>
    internal ReadOnlyMemory<byte> TakeJson(ReadOutcome outcome)
    {
        if (outcome != ReadOutcome.Found)
            return default;
        FinishJson();
        return Rendering.Memory;
    }

    private void FinishJson()
    {
        _json!.Flush();
        if (Query.Has("pretty"))
            Rendering.Write("\n"u8);
    }

    private string EmptyContentType() => Method switch
    {
        "PUT" when IsOctetPath => ContentTypes.Octets,
        "GET" or "DELETE" when Header("Content-Type") is { Length: > 0 } own => own,
        _ => ContentTypes.Json,
    };

    private bool IsOctetPath =>
        Path.StartsWith("/v1/kv", StringComparison.Ordinal)
        || Path.StartsWith("/v1/snapshot", StringComparison.Ordinal)
        || Path.StartsWith("/v1/event/fire", StringComparison.Ordinal);
}
