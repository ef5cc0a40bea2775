using System.Globalization;
using Praetor.Core.State;
using Praetor.Runtime;

namespace Praetor.Api.Http;

public sealed partial class ApiRequest
{
    private static readonly string[] s_contacts = [.. Enumerable.Range(0, 512).Select(static ms => ms.ToString(CultureInfo.InvariantCulture))];

    private long _lastIndex;
    private string _lastIndexText = "";

    /// <summary>Reads the common parameters and answers the query, waiting if asked to (http-core 2, 3).</summary>
    public ValueTask AnswerAsync(ReadQuery query) =>
        TryReadOptions(out QueryOptions options, out Refusal refusal) ? AnswerAsync(query, options) : RefuseAsync(refusal);

    /// <summary>Answers a query whose parameters were read before.</summary>
    public async ValueTask AnswerAsync(ReadQuery query, QueryOptions options)
    {
        if (!TryReachDatacenter(options.Datacenter, out Refusal refusal))
        {
            SetErrorMetadata(query);
            await RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        // Too stale for what was asked: once more, as the leader would answer (http-core 3, max_stale).
        if (options is { Consistency: ReadConsistency.Stale, MaxStale.Ticks: > 0 } && query.EffectiveConsistencyHeader && Services.Runtime.SinceLeaderContact > options.MaxStale)
            options = options with { Consistency = ReadConsistency.Default };
        StateRoot root;
        try
        {
            root = await ReadRootAsync(query, options).ConfigureAwait(false);
        }
        catch (NoLeaderException)
        {
            SetErrorMetadata(query);
            throw;
        }
        await SendAsync(query, options, root).ConfigureAwait(false);
    }

    /// <summary>Index, leader and back-end headers of a read (http-core 1.5). Only before answering.</summary>
    public void SetMetadata(long index, QueryOptions options, bool effectiveConsistency)
    {
        var headers = _out.Headers;
        headers[HeaderNames.Index] = IndexText(Math.Max(index, 1));
        SetLeaderMetadata(options);
        headers[HeaderNames.QueryBackend] = "blocking-query";
        if (effectiveConsistency)
            headers[HeaderNames.EffectiveConsistency] = AnswerMetadata.NameOf(options.Consistency);
    }

    /// <summary>Whether there is a leader, and how long ago it was heard of. Only before answering.</summary>
    public void SetLeaderMetadata(QueryOptions options)
    {
        var headers = _out.Headers;
        bool isStale = options.Consistency == ReadConsistency.Stale;
        headers[HeaderNames.KnownLeader] = !isStale || Services.Runtime.LeaderId is not null ? "true" : "false";
        headers[HeaderNames.LastContact] = isStale ? ContactText((long)Services.Runtime.SinceLeaderContact.TotalMilliseconds) : "0";
    }

    /// <summary>The same headers on an error: index 1, no known leader.</summary>
    public void SetErrorMetadata()
    {
        var headers = _out.Headers;
        headers[HeaderNames.Index] = "1";
        headers[HeaderNames.KnownLeader] = "false";
        headers[HeaderNames.LastContact] = "0";
        headers[HeaderNames.QueryBackend] = "blocking-query";
    }

    private void SetErrorMetadata(ReadQuery query)
    {
        if (query.MetadataOnErrors)
            SetErrorMetadata();
    }

    /// <summary>The root to answer from: the first one whose result is above the index asked for, or the one at the end of the wait.</summary>
    internal async ValueTask<StateRoot> ReadRootAsync(WatchedRead query, QueryOptions options)
    {
        ServerRuntime runtime = Services.Runtime;
        StateRoot root = await runtime.ReadAsync(options.Consistency, default).ConfigureAwait(false);
        if (options.Index == 0 || query.IndexOf(root) > options.Index)
            return root;
        return await BlockingRead.WaitAsync(Services, query, options, query.IsMissing(root), Aborted).ConfigureAwait(false);
    }

    private ValueTask SendAsync(ReadQuery query, QueryOptions options, StateRoot root)
    {
        RenderedAnswer answer = RenderedAnswer.Of(query, root, this, out bool isShared, out bool isReused);
        SetMetadata(query.IndexOf(root), options, query.EffectiveConsistencyHeader);
        if (query.Cacheable && options.Cached)
        {
            SetHeader(HeaderNames.Cache, isReused ? "HIT" : "MISS");
            if (isReused)
                SetHeader(HeaderNames.Age, "0");
        }
        if (answer.Outcome.Text is { } text)
            return RespondErrorAsync(answer.Outcome.Status, text);
        if (answer.Outcome.Status != 200)
            return RespondStatusAsync(answer.Outcome.Status);
        return isShared && answer.Body.Length >= GzipForm.MinBodyBytes && AcceptsGzip
            ? SendCompressedAsync(200, ContentTypes.Json, answer.Compressed())
            : SendAsync(200, ContentTypes.Json, answer.Body);
    }

    private string IndexText(long index)
    {
        if (index != _lastIndex)
        {
            _lastIndexText = index.ToString(CultureInfo.InvariantCulture);
            _lastIndex = index;
        }
        return _lastIndexText;
    }

    /// <summary>A follower hears from its leader several times a second: nearly every answer finds its text here.</summary>
    private static string ContactText(long ms) => ms < s_contacts.Length ? s_contacts[ms] : ms.ToString(CultureInfo.InvariantCulture);
}
