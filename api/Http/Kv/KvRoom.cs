namespace Praetor.Api.Http.Kv;

/// <summary>The key/value store: <c>/v1/kv/</c> (http-core 5). Thread-safe.</summary>
public static class KvRoom
{
    /// <summary>Maps the routes.</summary>
    public static void Map(RouteTable routes) => routes.Map("GET,PUT,DELETE", "/v1/kv/", HandleAsync);

    private static ValueTask HandleAsync(ApiRequest request)
    {
        if (!request.TryReadOptions(out QueryOptions options, out Refusal refusal))
            return request.RefuseAsync(refusal);
        return request.Method switch
        {
            "GET" when request.Query.Count == 0 => KvEntryGet.AnswerAsync(request, options),
            "GET" when KvPastGet.IsAsked(request) => KvPastGet.AnswerAsync(request, options),
            "GET" when request.Query.Has("keys") => KvKeysGet.AnswerAsync(request, options),
            "GET" when request.Query.Has("recurse") => KvListGet.AnswerAsync(request, options),
            "GET" => KvEntryGet.AnswerAsync(request, options),
            "PUT" => KvPut.AnswerAsync(request, options),
            _ => KvDelete.AnswerAsync(request, options),
        };
    }
}
