using System.Diagnostics.CodeAnalysis;

namespace Praetor.Api.Http.Catalog;

/// <summary>Turns the target of a request (rest of the path, parameters other than those of http-core 3) into a query, or refuses it.</summary>
internal delegate bool QueryMaker(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal);

/// <summary>
/// One read endpoint of catalog or health: common parameters, then the query of this target, then the answer. A query is a pure
/// function of the target, so those of recent targets are kept: polling the same thing again compiles no filter and builds no key.
/// Thread-safe.
/// </summary>
/// <param name="make">Makes the query of a target.</param>
/// <param name="meters">Kind of instances in metrics (<c>health.service</c>); empty for an endpoint that is not counted.</param>
/// <param name="metadataOnErrors">Whether a 500 carries index and leader headers (http-core 1.5).</param>
internal sealed class ReadEndpoint(QueryMaker make, bool metadataOnErrors = true, string meters = "")
{
    private const int SlotCount = 256;
    private const int LongestKeptTarget = 256;

    private HttpMeters.InstanceQueries? _queries;
    private readonly Kept?[] _recent = new Kept?[SlotCount];

    private sealed record Kept(string Target, ReadQuery Query);

    /// <summary>Answers a request.</summary>
    public ValueTask HandleAsync(ApiRequest request)
    {
        if (!request.TryReadOptions(out QueryOptions options, out Refusal refusal))
            return request.RefuseAsync(refusal);
        if (meters.Length > 0 && request.Services.Meters is { } counted)
            (_queries ??= counted.QueriesOf(meters)).Count(request);
        string target = request.RawTarget;
        ref Kept? slot = ref _recent[(uint)target.GetHashCode(StringComparison.Ordinal) % SlotCount];
        if (slot is { } kept && kept.Target == target)
            return request.AnswerAsync(kept.Query, options);
        if (!make(request, out ReadQuery? query, out refusal))
            return RefuseAsync(request, options, refusal);
        if (MayBeKept(request))
            slot = new Kept(target, query);
        return request.AnswerAsync(query, options);
    }

    /// <summary>A target with an index is hardly ever sent again, one with a token must not stay in memory, and what is near depends on who was asked.</summary>
    private static bool MayBeKept(ApiRequest request) =>
        request.RawTarget.Length <= LongestKeptTarget && !request.Query.Has("index") && !request.Query.Has("token") && !request.Query.Has("near");

    /// <summary>Refusals of the own agent (400) come before the way to another datacenter, those of its servers (500) after.</summary>
    private ValueTask RefuseAsync(ApiRequest request, QueryOptions options, Refusal refusal)
    {
        if (refusal.Status == 400)
            return request.RefuseAsync(refusal);
        if (!request.TryReachDatacenter(options.Datacenter, out Refusal unreachable))
            refusal = unreachable;
        if (metadataOnErrors)
            request.SetErrorMetadata();
        return request.RefuseAsync(refusal);
    }
}
