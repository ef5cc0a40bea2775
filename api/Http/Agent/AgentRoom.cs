using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Runtime.Agent;

namespace Praetor.Api.Http.Agent;

/// <summary>
/// The agent that was asked, from its own memory: <c>/v1/agent/</c> (http-agent 2). No read waits for the catalog. Thread-safe.
/// </summary>
public static class AgentRoom
{
    /// <summary>Longest body read; a registration is at most a few kilobytes.</summary>
    private const int MaxBodyBytes = 8 * 1024 * 1024;

    /// <summary>Maps the routes.</summary>
    public static void Map(RouteTable routes, AgentSurroundings surroundings)
    {
        LocalAgent agent = surroundings.Agent;
        var self = new SelfEndpoints(surroundings);
        routes.Map("GET", "/v1/agent/self", self.SelfAsync);
        routes.Map("GET", "/v1/agent/version", SelfEndpoints.VersionAsync);
        routes.Map("GET", "/v1/agent/host", HostEndpoints.AnswerAsync);

        if (surroundings.Metrics is { } store)
        {
            var metrics = new MetricsEndpoints(store);
            routes.Map("GET", "/v1/agent/metrics", metrics.AnswerAsync);
            routes.Map("GET", "/v1/agent/metrics/stream", metrics.StreamAsync);
        }

        if (surroundings.OpenMonitor is { } monitor)
            routes.Map("GET", "/v1/agent/monitor", new MonitorEndpoint(monitor).StreamAsync);

        var members = new MemberEndpoints(surroundings);
        routes.Map("GET", "/v1/agent/members", members.ListAsync);
        routes.Map("PUT", "/v1/agent/join/", members.JoinAsync);
        routes.Map("PUT", "/v1/agent/force-leave/", members.ForceLeaveAsync);

        var life = new LifecycleEndpoints(surroundings);
        routes.Map("PUT", "/v1/agent/leave", life.LeaveAsync);
        routes.Map("PUT", "/v1/agent/reload", life.ReloadAsync);
        routes.Map("PUT", "/v1/agent/maintenance", life.MaintenanceAsync);

        // Without access control there is nothing that a token would be for (http-agent 2.6).
        routes.Map("PUT", "/v1/agent/token/", static request => request.RespondErrorAsync(401, "ACL support disabled"));

        var services = new ServiceEndpoints(agent);
        routes.Map("GET", "/v1/agent/services", services.ListAsync);
        routes.Map("GET", "/v1/agent/service/", services.GetAsync);
        routes.Map("PUT", "/v1/agent/service/register", services.RegisterAsync);
        routes.Map("PUT", "/v1/agent/service/deregister/", services.DeregisterAsync);
        routes.Map("PUT", "/v1/agent/service/maintenance/", services.MaintenanceAsync);

        var health = new ServiceHealthEndpoints(agent);
        routes.Map("GET", "/v1/agent/health/service/id/", health.ByIdAsync);
        routes.Map("GET", "/v1/agent/health/service/name/", health.ByNameAsync);

        var checks = new CheckEndpoints(agent);
        routes.Map("GET", "/v1/agent/checks", checks.ListAsync);
        routes.Map("PUT", "/v1/agent/check/register", checks.RegisterAsync);
        routes.Map("PUT", "/v1/agent/check/deregister/", checks.DeregisterAsync);
        routes.Map("PUT", "/v1/agent/check/pass/", checks.PassAsync);
        routes.Map("PUT", "/v1/agent/check/warn/", checks.WarnAsync);
        routes.Map("PUT", "/v1/agent/check/fail/", checks.FailAsync);
        routes.Map("PUT", "/v1/agent/check/update/", checks.UpdateAsync);
    }

    /// <summary>Refuses the enterprise parameters; true if the request may go on.</summary>
    internal static bool TryEnter(ApiRequest request, out ValueTask refused)
    {
        bool enters = request.TryReadScopes(ScopeRefusals.NamespaceAndPartition, out Refusal refusal);
        refused = enters ? default : request.RefuseAsync(refusal);
        return enters;
    }

    /// <summary>Reads and decodes the body; null once the request was refused.</summary>
    internal static async ValueTask<T?> ReadBodyAsync<T>(ApiRequest request, Decoder<T> decode) where T : class
    {
        byte[]? body = await request.ReadBodyAsync(MaxBodyBytes).ConfigureAwait(false);
        string error = "http: request body too large";
        if (body is not null)
        {
            try
            {
                return decode(body);
            }
            catch (GoJsonException refused)
            {
                error = refused.Message;
            }
        }

        await request.RespondErrorAsync(400, $"Request decode failed: {error}").ConfigureAwait(false);
        return null;
    }

    /// <summary>Reads <c>enable</c> and <c>reason</c> of a maintenance request.</summary>
    internal static bool TryReadMaintenance(ApiRequest request, out bool enable, out string reason, out Refusal refusal)
    {
        enable = false;
        refusal = default;
        reason = request.Query.Get("reason");
        if (!request.Query.TryGet("enable", out string? text))
            refusal = new Refusal(400, "Missing value for enable");
        else if (!GoStrconv.TryParseBool(text, out enable, out _))
            refusal = new Refusal(400, $"Invalid value for enable: {GoQuote.Quote(text)}");
        return refusal.Text is null;
    }

    /// <summary>The empty answer of a write, or its refusal.</summary>
    internal static ValueTask AnswerAsync(ApiRequest request, AgentRefusal? refusal) => refusal is null
        ? request.RespondEmptyAsync()
        : request.RespondErrorAsync(refusal.Kind == AgentRefusalKind.NotFound ? 404 : 500, refusal.Text);

    /// <summary>Decodes a body.</summary>
    internal delegate T Decoder<out T>(ReadOnlySpan<byte> body);
}
