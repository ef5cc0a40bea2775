using Praetor.Api.Http.Json;
using Praetor.Core.State;

namespace Praetor.Api.Http;

/// <summary>A body rendered once for all who ask the same of the same state, and compressed at most once. Thread-safe.</summary>
internal sealed class RenderedAnswer(ReadOutcome outcome, ReadOnlyMemory<byte> body)
{
    private byte[]? _compressed;

    /// <summary>How the read ended.</summary>
    public ReadOutcome Outcome { get; } = outcome;

    /// <summary>JSON, empty unless found.</summary>
    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>The compressed form; made at the first call and kept. For shared answers only.</summary>
    public ReadOnlyMemory<byte> Compressed()
    {
        if (_compressed is { } kept)
            return kept;
        using var buffer = new PooledBuffer();
        GzipForm.Compress(Body.Span, buffer);
        return _compressed = buffer.Span.ToArray();
    }

    /// <summary>Takes the kept answer or renders it; what is not shared lives in the request's own buffer until it ends.</summary>
    public static RenderedAnswer Of(ReadQuery query, StateRoot root, ApiRequest request, out bool shared, out bool reused)
    {
        DerivedAnswers? owner = query.Shared(root);
        shared = owner is not null;
        if (owner is null)
        {
            reused = false;
            ReadOutcome outcome = query.Render(root, request.BeginJson());
            return new RenderedAnswer(outcome, request.TakeJson(outcome));
        }
        string key = FormKey(query.ShareKey, request);
        RenderedAnswer? kept = owner.Find<RenderedAnswer>(key);
        reused = kept is not null;
        if (kept is not null)
            return kept;
        ReadOutcome fresh = query.Render(root, request.BeginJson());
        return owner.Keep(key, new RenderedAnswer(fresh, request.TakeJson(fresh).ToArray()));
    }

    private static string FormKey(string key, ApiRequest request) =>
        request.Query.Has("pretty") ? key + "\npretty" : request.IsPretty ? key + "\nindent" : key;
}
