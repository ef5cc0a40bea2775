using System.Globalization;
using Praetor.Core.State.Kv;
using Praetor.Runtime;

namespace Praetor.Api.Http.Kv;

/// <summary>
/// What Consul does not have: keys as they were. <c>?at=INDEX</c> reads one key, or with <c>recurse</c> all under a prefix, as of an index; <c>?history</c> lists the versions of a key. How far
/// back that goes is this server's affair: what is outside is 410.
/// </summary>
internal static class KvPastGet
{
    private const string OldestHeader = "X-Praetor-Oldest-Index";

    /// <summary>True if a request asks for the past.</summary>
    public static bool IsAsked(ApiRequest request) => request.Query.Has("at") || request.Query.Has("history");

    public static async ValueTask AnswerAsync(ApiRequest request, QueryOptions options)
    {
        bool isList = request.Query.Has("recurse");
        if (!isList && request.TailBytes.IsEmpty)
        {
            await request.RespondErrorAsync(400, "Missing key name").ConfigureAwait(false);
            return;
        }

        if (!request.TryReachDatacenter(options.Datacenter, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        // What has been acknowledged anywhere is in the history of the server that answers.
        await request.Services.Runtime.ReadAsync(options.Consistency, request.Aborted).ConfigureAwait(false);
        KvHistory history = request.Services.Runtime.History;
        request.SetMetadata(history.Newest, options, effectiveConsistency: false);
        request.SetHeader(OldestHeader, history.Oldest.ToString(CultureInfo.InvariantCulture));
        if (request.Query.Has("history"))
        {
            await AnswerHistoryAsync(request, history).ConfigureAwait(false);
            return;
        }

        if (!long.TryParse(request.Query.Get("at"), NumberStyles.None, CultureInfo.InvariantCulture, out long at))
            await request.RespondErrorAsync(400, "Invalid at: an index is a number").ConfigureAwait(false);
        else if (!history.Holds(at))
            await request.RespondErrorAsync(410, OutsideText(history, at)).ConfigureAwait(false);
        else if (isList)
            await AnswerListAsync(request, history, at).ConfigureAwait(false);
        else
            await AnswerEntryAsync(request, history, at).ConfigureAwait(false);
    }

    private static string OutsideText(KvHistory history, long at) =>
        string.Create(CultureInfo.InvariantCulture, $"Index {at} is outside of what this server keeps: {history.Oldest} to {history.Newest}");

    private static async ValueTask AnswerEntryAsync(ApiRequest request, KvHistory history, long at)
    {
        if (!history.TryGet(request.TailBytes, at, out KvEntry? entry))
            await request.RespondStatusAsync(404).ConfigureAwait(false);
        else if (await ValueOfAsync(request.Services.Runtime, entry).ConfigureAwait(false) is not { } value)
            await request.RespondErrorAsync(410, OutsideText(request.Services.Runtime.History, at)).ConfigureAwait(false);
        else
            await new KvEntryBody(request, entry).SendAsync(value).ConfigureAwait(false);
    }

    private static async ValueTask AnswerListAsync(ApiRequest request, KvHistory history, long at)
    {
        if (!KvPage.TryRead(request, out KvPage page, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        using StreamedJson body = request.StreamJson();
        body.Json.BeginArray();
        int count = 0;
        foreach ((ReadOnlyMemory<byte> key, KvEntry entry) in history.Scan(page.Prefix, page.From, at))
        {
            if (count++ == page.Limit)
                break;
            if (await ValueOfAsync(request.Services.Runtime, entry).ConfigureAwait(false) is not { } value)
            {
                // Nothing can be taken back once a piece has left: then only the connection can tell.
                if (body.HasStarted)
                    throw new IOException(OutsideText(request.Services.Runtime.History, at));
                await request.RespondErrorAsync(410, OutsideText(request.Services.Runtime.History, at)).ConfigureAwait(false);
                return;
            }

            KvJson.Write(body.Json, key.Span, entry, value);
            await body.FlushIfFullAsync().ConfigureAwait(false);
        }

        body.Json.EndArray();
        if (count > 0)
            await body.EndAsync().ConfigureAwait(false);
        else
            await request.RespondStatusAsync(404).ConfigureAwait(false);
    }

    private static async ValueTask AnswerHistoryAsync(ApiRequest request, KvHistory history)
    {
        IReadOnlyList<KvChange> versions = history.Of(request.TailBytes.ToArray());
        if (versions.Count == 0)
        {
            await request.RespondStatusAsync(404).ConfigureAwait(false);
            return;
        }

        using StreamedJson body = request.StreamJson();
        body.Json.BeginArray();
        foreach (KvChange version in versions)
        {
            if (version.Entry is not { } entry)
            {
                KvJson.WriteDeletion(body.Json, version);
            }
            // A version that has left the heap since is older than what is kept by now.
            else if (await ValueOfAsync(request.Services.Runtime, entry).ConfigureAwait(false) is { } value)
            {
                KvJson.Write(body.Json, version.Key, entry, value);
            }

            await body.FlushIfFullAsync().ConfigureAwait(false);
        }

        body.Json.EndArray();
        await body.EndAsync().ConfigureAwait(false);
    }

    private static async ValueTask<byte[]?> ValueOfAsync(ServerRuntime runtime, KvEntry entry) =>
        entry.ValueLength == 0 ? [] : await runtime.Heap.ReadAsync(entry.Version, default).ConfigureAwait(false);
}
