using System.Buffers.Text;
using Praetor.Api.Http.Json;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.State.Kv;

namespace Praetor.Api.Http.Kv;

/// <summary>
/// GET of one key (http-core 5.1): the hottest read. Without waiting it runs through in one go and allocates nothing: the value
/// goes from the heap's memory into the output's.
/// </summary>
internal static class KvEntryGet
{
    /// <summary>A root's record can be gone only if the key was written since; so each further look has a newer root.</summary>
    private const int MaxLooks = 64;

    public static ValueTask AnswerAsync(ApiRequest request, QueryOptions options)
    {
        if (request.TailBytes.IsEmpty)
            return request.RespondErrorAsync(400, "Missing key name");
        if (!request.TryReachDatacenter(options.Datacenter, out Refusal refusal))
            return request.RefuseAsync(refusal);
        if (options.Index > 0)
            return AnswerWhenChangedAsync(request, options);
        ValueTask<StateRoot> reading = request.Services.Runtime.ReadAsync(options.Consistency, default);
        return reading.IsCompletedSuccessfully ? AnswerAsync(request, options, reading.Result) : AnswerLaterAsync(request, options, reading);
    }

    private static async ValueTask AnswerLaterAsync(ApiRequest request, QueryOptions options, ValueTask<StateRoot> reading) =>
        await AnswerAsync(request, options, await reading.ConfigureAwait(false)).ConfigureAwait(false);

    private static async ValueTask AnswerWhenChangedAsync(ApiRequest request, QueryOptions options)
    {
        var read = new KvEntryRead(request.TailBytes.ToArray());
        StateRoot root = await request.ReadRootAsync(read, options).ConfigureAwait(false);
        await AnswerAsync(request, options, root).ConfigureAwait(false);
    }

    private static ValueTask AnswerAsync(ApiRequest request, QueryOptions options, StateRoot root)
    {
        for (int look = 0; look < MaxLooks; look++)
        {
            if (!root.Kv.TryGet(request.TailBytes, out KvEntry? entry))
            {
                request.SetMetadata(root.Kv.TableIndex, options, effectiveConsistency: false);
                return request.RespondStatusAsync(404);
            }
            request.SetMetadata(entry.ModifyIndex, options, effectiveConsistency: false);
            var body = new KvEntryBody(request, entry);
            if (entry.ValueLength == 0)
                return body.SendAsync(default);
            if (body.MayBeCompressed)
                return ReadAndSendAsync(body, root, options);
            switch (request.Services.Runtime.Heap.TryRead(entry.Version, ref body))
            {
                case RecordRead.Found:
                    return ValueTask.CompletedTask;
                case RecordRead.OnDisk:
                    return ReadAndSendAsync(body, root, options);
            }
            root = request.Services.Runtime.Root;
        }
        throw new InvalidDataException("A record that the newest state refers to is missing.");
    }

    /// <summary>The way through a copy: for records on disk and for compressed answers.</summary>
    private static async ValueTask ReadAndSendAsync(KvEntryBody body, StateRoot root, QueryOptions options)
    {
        ApiRequest request = body.Request;
        byte[]? value = await request.Services.Runtime.Heap.ReadAsync(body.Entry.Version, default).ConfigureAwait(false);
        if (value is not null)
        {
            await body.SendAsync(value).ConfigureAwait(false);
            return;
        }
        StateRoot newer = request.Services.Runtime.Root;
        if (ReferenceEquals(newer, root))
            throw new InvalidDataException("A record that the newest state refers to is missing.");
        await AnswerAsync(request, options, newer).ConfigureAwait(false);
    }
}

/// <summary>The answer with one entry, as JSON or raw. As a record reader it writes the body in place behind the headers.</summary>
internal readonly struct KvEntryBody : IRecordReader
{
    /// <summary>Names, numbers and indentation around key and value, at most.</summary>
    private const int FrameBytes = 400;

    /// <summary>A byte of a key as <c>\u0000</c>.</summary>
    private const int MaxEscapedBytes = 6;

    private readonly bool _raw;

    public KvEntryBody(ApiRequest request, KvEntry entry)
    {
        Request = request;
        Entry = entry;
        _raw = request.Query.Has("raw");
    }

    public ApiRequest Request { get; }

    public KvEntry Entry { get; }

    /// <summary>True if the answer may be long enough for compression and the client takes it.</summary>
    public bool MayBeCompressed => MaxBodyBytes >= GzipForm.MinBodyBytes && Request.AcceptsGzip;

    private long MaxBodyBytes =>
        _raw ? Entry.ValueLength : FrameBytes + (long)MaxEscapedBytes * Request.TailBytes.Length + Base64.GetMaxEncodedToUtf8Length(Entry.ValueLength);

    /// <summary>Answers in place. Runs inside the heap's read: nothing here waits or calls the heap.</summary>
    public void OnRecord(ReadOnlySpan<byte> record)
    {
        if (_raw)
        {
            SetRawHeaders();
            record.CopyTo(Request.BeginInPlace("text/plain", record.Length));
            Request.EndInPlace(record.Length);
            return;
        }
        ReadOnlySpan<byte> frame = WriteFrame(out int valueAt);
        int length = frame.Length + Base64.GetMaxEncodedToUtf8Length(record.Length);
        Span<byte> target = Request.BeginInPlace(ContentTypes.Json, length);
        frame[..valueAt].CopyTo(target);
        Base64.EncodeToUtf8(record, target[valueAt..], out _, out int encoded);
        frame[valueAt..].CopyTo(target[(valueAt + encoded)..]);
        Request.EndInPlace(length);
    }

    /// <summary>Answers from a copy of the value.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> value)
    {
        if (_raw)
        {
            SetRawHeaders();
            return Request.SendAsync(200, "text/plain", value);
        }
        GoJsonWriter json = Request.BeginJson();
        json.BeginArray();
        KvJson.Write(json, Request.TailBytes, Entry, value.Span);
        json.EndArray();
        return Request.RespondJsonAsync();
    }

    /// <summary>The JSON around an empty value.</summary>
    private ReadOnlySpan<byte> WriteFrame(out int valueAt)
    {
        GoJsonWriter json = Request.BeginJson();
        json.BeginArray();
        KvJson.WriteHead(json, Request.TailBytes, Entry);
        json.Base64([]);
        json.Flush();
        valueAt = Request.RenderedBytes - 1;
        KvJson.WriteTail(json, Entry);
        json.EndArray();
        return Request.TakeJson(ReadOutcome.Found).Span;
    }

    private void SetRawHeaders()
    {
        Request.SetHeader("X-Content-Type-Options", "nosniff");
        Request.SetHeader("Content-Security-Policy", "sandbox");
    }
}
