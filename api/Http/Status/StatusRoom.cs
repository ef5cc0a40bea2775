using Praetor.Api.Http.Json;
using Praetor.Runtime;

namespace Praetor.Api.Http.Status;

/// <summary>Who leads and who votes: <c>/v1/status/</c> (http-core 8.3). Thread-safe.</summary>
public static class StatusRoom
{
    /// <summary>Maps the routes.</summary>
    public static void Map(RouteTable routes)
    {
        routes.Map("GET", "/v1/status/leader", static request =>
            AnswerAsync(request, static (json, status) => json.String(status.LeaderAddress)));
        routes.Map("GET", "/v1/status/peers", static request =>
            AnswerAsync(request, static (json, status) => json.StringListOrEmpty([.. status.Servers.Select(static server => server.Address)])));
    }

    private static ValueTask AnswerAsync(ApiRequest request, Action<GoJsonWriter, ConsensusStatus> write)
    {
        if (!request.TryReadOptions(out QueryOptions options, out Refusal refusal, ScopeRefusals.None)
            || !request.TryReachDatacenter(options.Datacenter, out refusal))
            return request.RefuseAsync(refusal);
        write(request.BeginJson(), request.Services.Runtime.Status);
        return request.RespondJsonAsync();
    }
}
