using System.Globalization;
using Praetor.Core.State;
using Praetor.Runtime;

namespace Praetor.Api.Http.Watch;

/// <summary>
/// What Consul does not have: <c>/v1/watch</c>, changes as a stream of server-sent events, so that a browser or a script sees them without blocking queries. Each event carries the index up to
/// which it tells everything; <c>Last-Event-ID</c> goes on behind it. Thread-safe.
/// </summary>
public static class WatchRoom
{
    /// <summary>Silence after which a comment is sent, so that both ends and what is between them know that the other is there.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Maps the route.</summary>
    public static void Map(RouteTable routes) => routes.Map("GET", "/v1/watch", AnswerAsync, isStream: true);

    private static async ValueTask AnswerAsync(ApiRequest request)
    {
        if (!request.TryReadOptions(out QueryOptions options, out Refusal refusal)
            || !TryReadLastEvent(request, out long? last, out refusal)
            || !WatchTarget.TryRead(request, out WatchTarget? target, out refusal)
            || !request.TryReachDatacenter(options.Datacenter, out refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        StateRoot root = await request.Services.Runtime.ReadAsync(options.Consistency, request.Aborted).ConfigureAwait(false);
        using var events = new WatchEvents(request);
        await events.StartAsync().ConfigureAwait(false);
        await RunAsync(request, options, target, events, root, last).ConfigureAwait(false);
    }

    /// <summary>The state first, or what came after the last event that the client has seen; then change by change until it goes.</summary>
    private static async Task RunAsync(ApiRequest request, QueryOptions options, WatchTarget target, WatchEvents events, StateRoot root, long? last)
    {
        if (last is null)
        {
            last = target.Read.IndexOf(root);
            await target.WriteStateAsync(events, root).ConfigureAwait(false);
            await events.SendAsync(last.Value, "state").ConfigureAwait(false);
        }

        while (!events.HasEnded)
        {
            root = await BlockingRead.WaitAsync(request.Services, target.Read, options with { Index = last.Value, Wait = Heartbeat }, wasMissing: false, request.Aborted).ConfigureAwait(false);
            long index = target.Read.IndexOf(root);
            if (index == last)
                await events.SendCommentAsync().ConfigureAwait(false);
            else if (index < last || !await target.TryWriteChangesAsync(events, root, last.Value).ConfigureAwait(false))
                await ResyncAsync(events, target, root, index).ConfigureAwait(false);
            last = index;
        }
    }

    /// <summary>What lies between is not kept any more, or was replaced: the client is told to begin anew, with the state to begin with.</summary>
    private static async ValueTask ResyncAsync(WatchEvents events, WatchTarget target, StateRoot root, long index)
    {
        await target.WriteStateAsync(events, root).ConfigureAwait(false);
        await events.SendAsync(index, "resync").ConfigureAwait(false);
    }

    /// <summary>The header that browsers send when they connect again, or <c>index</c> for whoever cannot set headers.</summary>
    private static bool TryReadLastEvent(ApiRequest request, out long? last, out Refusal refusal)
    {
        last = null;
        refusal = default;
        string text = request.Header("Last-Event-ID");
        text = text.Length > 0 ? text : request.Query.Get("index");
        if (text.Length == 0)
            return true;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long index))
        {
            last = index;
            return true;
        }

        refusal = new Refusal(400, "Invalid Last-Event-ID");
        return false;
    }
}
