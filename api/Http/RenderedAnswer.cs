using Praetor.Api.Http.Json;
using Praetor.Core.State;

namespace Praetor.Api.Http;

/// <summary>An answer in the making or made: rendered once and compressed at most once for all who share it. Thread-safe.</summary>
internal sealed class RenderedAnswer
{
    private readonly Lock _gate = new();
    private byte[]? _compressed;
    private volatile bool _isRendered;

    /// <summary>How the read ended.</summary>
    public ReadOutcome Outcome { get; private set; }

    /// <summary>JSON, empty unless found.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>
    /// Takes the kept answer or renders it. Who comes while it is being rendered waits for that: it takes no longer than rendering
    /// it again would. What is not shared lives in the request's own buffer until the request ends.
    /// </summary>
    /// <param name="query">What to render.</param>
    /// <param name="root">From what.</param>
    /// <param name="request">For whom: lends buffer and form.</param>
    /// <param name="isShared">Whether the answer may outlive the request.</param>
    /// <param name="isReused">Whether it was there before.</param>
    public static RenderedAnswer Of(ReadQuery query, StateRoot root, ApiRequest request, out bool isShared, out bool isReused)
    {
        DerivedAnswers? owner = query.Shared(root);
        isShared = owner is not null;
        isReused = false;
        if (owner is null)
        {
            var own = new RenderedAnswer { Outcome = query.Render(root, request.BeginJson()) };
            own.Body = request.TakeJson(own.Outcome);
            return own;
        }
        string key = FormKey(query.ShareKey, request);
        RenderedAnswer shared = owner.Find<RenderedAnswer>(key) ?? owner.Keep(key, new RenderedAnswer());
        isReused = shared._isRendered || !shared.TryRender(query, root, request);
        return shared;
    }

    /// <summary>The compressed form, for shared answers only.</summary>
    public ReadOnlyMemory<byte> Compressed()
    {
        lock (_gate)
        {
            if (_compressed is null)
            {
                using var buffer = new PooledBuffer();
                GzipForm.Compress(Body.Span, buffer);
                _compressed = buffer.Span.ToArray();
            }
            return _compressed;
        }
    }

    /// <summary>False if another request has done it meanwhile.</summary>
    private bool TryRender(ReadQuery query, StateRoot root, ApiRequest request)
    {
        lock (_gate)
        {
            if (_isRendered)
                return false;
            Outcome = query.Render(root, request.BeginJson());
            Body = request.TakeJson(Outcome).ToArray();
            _isRendered = true;
            return true;
        }
    }

    private static string FormKey(string key, ApiRequest request) =>
        request.Query.Has("pretty") ? key + "\npretty" : request.IsPretty ? key + "\nindent" : key;
}
