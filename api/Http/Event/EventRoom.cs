using System.Globalization;
using System.Text.RegularExpressions;
using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.Filtering;
using Praetor.Runtime.Events;

namespace Praetor.Api.Http.Event;

/// <summary>User events: <c>/v1/event/</c> (http-core 8.1), answered by the agent that is asked. Thread-safe.</summary>
/// <param name="events">The events of this agent.</param>
/// <param name="fire">Tells the pool: name and payload; null, or why not.</param>
/// <param name="newId">A new UUID.</param>
public sealed class EventRoom(UserEvents events, Func<string, ReadOnlyMemory<byte>, string?> fire, Func<Guid> newId)
{
    // What is longer is too big in any case; the pool's own limit gives the text.
    private const int MaxBodyBytes = 64 * 1024;

    private static readonly TimeSpan s_maxWait = TimeSpan.FromMinutes(10);

    /// <summary>Maps the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("PUT", "/v1/event/fire/", FireAsync);
        routes.Map("GET", "/v1/event/list", ListAsync);
    }

    private async ValueTask FireAsync(ApiRequest request)
    {
        if (!request.TryReachDatacenter(request.Query.Get("dc"), out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        if (request.Tail.Length == 0)
        {
            await request.RespondErrorAsync(400, "Missing name").ConfigureAwait(false);
            return;
        }

        byte[]? body = await request.ReadBodyAsync(MaxBodyBytes).ConfigureAwait(false);
        var fired = new UserEvent
        {
            Id = newId().ToString(),
            Name = request.Tail,
            Payload = body ?? new byte[MaxBodyBytes],
            NodeFilter = request.Query.Get("node"),
            ServiceFilter = request.Query.Get("service"),
            TagFilter = request.Query.Get("tag"),
        };
        if ((FilterRefusal(fired) ?? fire(UserEvent.PoolPrefix + fired.Name, fired.Encode())) is { } error)
        {
            await request.RespondErrorAsync(500, error).ConfigureAwait(false);
            return;
        }

        Write(request.BeginJson(), fired);
        await request.RespondJsonAsync().ConfigureAwait(false);
    }

    private async ValueTask ListAsync(ApiRequest request)
    {
        if (!TryReadWait(request, out ulong index, out TimeSpan wait, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        CancellationToken aborted = index > 0 ? request.Aborted : default;
        IReadOnlyList<UserEvent> listed = await events.ReadAsync(request.Query.Get("name"), index, wait, aborted).ConfigureAwait(false);
        request.SetHeader(HeaderNames.Index, UserEvents.IndexOf(listed).ToString(CultureInfo.InvariantCulture));
        GoJsonWriter json = request.BeginJson();
        json.BeginArray();
        foreach (UserEvent each in listed)
            Write(json, each);
        json.EndArray();
        await request.RespondJsonAsync().ConfigureAwait(false);
    }

    /// <summary>The index of events is a hash and uses all 64 bits.</summary>
    private static bool TryReadWait(ApiRequest request, out ulong index, out TimeSpan wait, out Refusal refusal)
    {
        index = 0;
        wait = s_maxWait;
        refusal = default;
        if (request.Query.TryGet("index", out string? text) && text.Length > 0 && !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index))
            refusal = new Refusal(400, "Invalid index");
        else if (request.Query.TryGet("wait", out string? duration) && duration.Length > 0)
        {
            if (!GoDuration.TryParse(duration, out long nanoseconds, out _))
                refusal = new Refusal(400, "Invalid wait time");
            else if (nanoseconds > 0 && GoDuration.ToTimeSpan(nanoseconds) < s_maxWait)
                wait = GoDuration.ToTimeSpan(nanoseconds);
        }

        return refusal.Text is null;
    }

    private static string? FilterRefusal(UserEvent fired)
    {
        if (fired.TagFilter.Length > 0 && fired.ServiceFilter.Length == 0)
            return "Cannot provide tag filter without service filter";
        foreach ((string kind, string pattern) in new[] { ("node", fired.NodeFilter), ("service", fired.ServiceFilter), ("tag", fired.TagFilter) })
        {
            if (pattern.Length > 0 && !GoRegex.TryCompile(pattern, out Regex? _, out string? error))
                return $"Invalid {kind} filter: {error}";
        }

        return null;
    }

    private static void Write(GoJsonWriter json, UserEvent each)
    {
        json.BeginObject();
        json.Member("ID"u8, each.Id);
        json.Member("Name"u8, each.Name);
        json.Name("Payload"u8);
        if (each.Payload.IsEmpty)
            json.Null();
        else
            json.String(Convert.ToBase64String(each.Payload.Span));
        json.Member("NodeFilter"u8, each.NodeFilter);
        json.Member("ServiceFilter"u8, each.ServiceFilter);
        json.Member("TagFilter"u8, each.TagFilter);
        json.Member("Version"u8, 1);
        json.Member("LTime"u8, (long)each.Time);
        json.EndObject();
    }
}
