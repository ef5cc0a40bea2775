using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.State;
using Praetor.Core.State.Sessions;

namespace Praetor.Api.Http.Session;

/// <summary>Sessions: <c>/v1/session/</c> (http-core 7). Thread-safe.</summary>
/// <param name="ttlMin">session_ttl_min.</param>
/// <param name="newId">A new UUID.</param>
public sealed class SessionRoom(TimeSpan ttlMin, Func<Guid> newId)
{
    private const int MaxBodyBytes = 256 * 1024;

    private static readonly long s_ttlMaxNs = GoDuration.FromTimeSpan(TimeSpan.FromHours(24));

    private readonly long _ttlMinNs = GoDuration.FromTimeSpan(ttlMin);

    /// <summary>Maps the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("PUT", "/v1/session/create", CreateAsync);
        routes.Map("PUT", "/v1/session/destroy/", DestroyAsync);
        routes.Map("PUT", "/v1/session/renew/", RenewAsync);
        routes.Map("GET", "/v1/session/info/", static request => ReadAsync(request, "Missing session", static id => new SessionsQuery(id, null)));
        routes.Map("GET", "/v1/session/node/", static request => ReadAsync(request, "Missing node name", static node => new SessionsQuery(null, node)));
        routes.Map("GET", "/v1/session/list", static request => request.AnswerAsync(new SessionsQuery(null, null)));
    }

    private static ValueTask ReadAsync(ApiRequest request, string missing, Func<string, SessionsQuery> query)
    {
        if (!request.TryReadOptions(out QueryOptions options, out Refusal refusal))
            return request.RefuseAsync(refusal);
        return request.Tail.Length == 0 ? request.RespondErrorAsync(400, missing) : request.AnswerAsync(query(request.Tail), options);
    }

    private async ValueTask CreateAsync(ApiRequest request)
    {
        if (!TryBegin(request, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        SessionBody given;
        try
        {
            // Without an announced length there is no body to read (http-core 7.1).
            byte[]? body = request.ContentLength > 0 ? await request.ReadBodyAsync(MaxBodyBytes).ConfigureAwait(false) : [];
            given = SessionBody.Read(body ?? throw new GoJsonException("http: request body too large"), newId().ToString(), request.AgentNode);
        }
        catch (GoJsonException malformed)
        {
            await request.RespondErrorAsync(400, $"Request decode failed: {malformed.Message}").ConfigureAwait(false);
            return;
        }

        if (given.Accept(_ttlMinNs, s_ttlMaxNs, out string? invalid) is not { } wanted)
        {
            await request.RespondErrorAsync(500, invalid!).ConfigureAwait(false);
            return;
        }

        CommandResult result = await request.Services.Runtime.ProposeAsync(Commands.SessionCreate(wanted), CancellationToken.None).ConfigureAwait(false);
        if (result.Outcome == CommandOutcome.Refused)
        {
            await request.RespondErrorAsync(500, $"apply failed: {result.Refusal}").ConfigureAwait(false);
            return;
        }

        await request.RespondJsonAsync(json =>
        {
            json.BeginObject();
            json.Member("ID"u8, wanted.Id);
            json.EndObject();
        }).ConfigureAwait(false);
    }

    private static async ValueTask DestroyAsync(ApiRequest request)
    {
        if (!TryBeginWithId(request, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        StateRoot root = await request.Services.Runtime.ReadAsync(Runtime.ReadConsistency.Default, request.Aborted).ConfigureAwait(false);
        if (root.Sessions.Find(request.Tail) is { } session)
            await request.Services.Runtime.ProposeAsync(Commands.SessionDestroy(session.Id), CancellationToken.None).ConfigureAwait(false);
        await request.RespondTrueAsync().ConfigureAwait(false);
    }

    private static async ValueTask RenewAsync(ApiRequest request)
    {
        if (!TryBeginWithId(request, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        if (await request.Services.Runtime.RenewSessionAsync(request.Tail, request.Aborted).ConfigureAwait(false) is not { } session)
        {
            await request.RespondErrorAsync(404, $"Session id '{request.Tail}' not found").ConfigureAwait(false);
            return;
        }

        GoJsonWriter json = request.BeginJson();
        json.BeginArray();
        SessionJson.Write(json, session);
        json.EndArray();
        await request.RespondJsonAsync().ConfigureAwait(false);
    }

    private static bool TryBegin(ApiRequest request, out Refusal refusal) =>
        request.TryReadScopes(ScopeRefusals.NamespaceAndPartition, out refusal) && request.TryReachDatacenter(request.ReadDatacenter(), out refusal);

    private static bool TryBeginWithId(ApiRequest request, out Refusal refusal)
    {
        if (!TryBegin(request, out refusal))
            return false;
        refusal = request.Tail.Length == 0 ? new Refusal(400, "Missing session") : default;
        return refusal.Text is null;
    }
}
