using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.State;
using Praetor.Core.State.Queries;
using Praetor.Runtime;

namespace Praetor.Api.Http.Query;

/// <summary>Prepared queries: <c>/v1/query</c> (http-core 9). Thread-safe.</summary>
/// <param name="newId">A new UUID.</param>
public sealed class QueryRoom(Func<Guid> newId)
{
    internal const string NotFound = "Query not found";

    private const int MaxBodyBytes = 1024 * 1024;
    private const int UuidChars = 36;
    private const string Execute = "/execute";
    private const string Explain = "/explain";
    private const string LookupFailed = "failed prepared query lookup: index error: UUID must be 36 characters";

    /// <summary>Maps the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET,POST", "/v1/query", request => request.Method == "GET" ? ReadAsync(request, new DefinitionsQuery(null)) : CreateAsync(request));
        // Everything below looks at its methods itself (http-core 1.3).
        routes.Map("", "/v1/query/", SpecificAsync);
    }

    private static ValueTask SpecificAsync(ApiRequest request)
    {
        string tail = request.Tail;
        bool isRun = tail.EndsWith(Execute, StringComparison.Ordinal) || tail.EndsWith(Explain, StringComparison.Ordinal);
        switch (request.Method)
        {
            case "OPTIONS":
                return request.RespondJsonAsync(static json =>
                {
                    json.BeginObject();
                    json.EndObject();
                });
            case "GET" when isRun:
                return RunAsync(request, tail);
            case "GET":
                return tail.Length == UuidChars ? ReadAsync(request, new DefinitionsQuery(tail)) : request.RespondErrorAsync(500, LookupFailed);
            case "PUT" when !isRun:
                return UpdateAsync(request, tail);
            case "DELETE" when !isRun:
                return DeleteAsync(request, tail);
            default:
                request.ResponseHeaders.Allow = isRun ? "GET" : "GET,PUT,DELETE";
                return request.RespondErrorAsync(405, $"method {request.Method} not allowed");
        }
    }

    private static ValueTask ReadAsync(ApiRequest request, ReadQuery query) =>
        request.TryReadOptions(out QueryOptions options, out Refusal refusal, ScopeRefusals.None) ? request.AnswerAsync(query, options) : request.RefuseAsync(refusal);

    private static ValueTask RunAsync(ApiRequest request, string tail)
    {
        if (!request.TryReadOptions(out QueryOptions options, out Refusal refusal, ScopeRefusals.None))
            return request.RefuseAsync(refusal);
        options = options with { Index = 0, Wait = TimeSpan.Zero };
        string idOrName = tail[..^Execute.Length];
        if (tail.EndsWith(Explain, StringComparison.Ordinal))
            return MeasureAsync(request, new ExplainQuery(idOrName, options.Consistency), options, request.Services.Meters?.QueryExplain);
        string limitText = request.Query.Get("limit");
        int limit = 0;
        if (limitText.Length > 0 && !GoStrconv.TryParseAtoi(limitText, out limit, out string? error))
            return request.RespondErrorAsync(500, $"Bad limit: {error}");
        string connectText = request.Query.Get("connect");
        bool connect = false;
        if (connectText.Length > 0 && !GoStrconv.TryParseBool(connectText, out connect, out error))
            return request.RespondErrorAsync(500, $"Error parsing 'connect' value: {error}");
        var source = new QuerySource(request.AgentNode, SourceAddress(request), request.Query.Get("near"));
        return MeasureAsync(request, new ExecuteQuery(idOrName, source, connect, limit, request.Options.Datacenter, options.Consistency), options, request.Services.Meters?.QueryExecute);
    }

    private static async ValueTask MeasureAsync(ApiRequest request, ReadQuery query, QueryOptions options, Histogram<double>? timer)
    {
        long begun = Stopwatch.GetTimestamp();
        await request.AnswerAsync(query, options).ConfigureAwait(false);
        timer?.Record(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
    }

    /// <summary>The first address of X-Forwarded-For if it is one, else the client's.</summary>
    private static IPAddress? SourceAddress(ApiRequest request)
    {
        ReadOnlySpan<char> forwarded = request.Header("X-Forwarded-For");
        int comma = forwarded.IndexOf(',');
        if (comma >= 0)
            forwarded = forwarded[..comma];
        IPAddress? address = IPAddress.TryParse(forwarded.Trim(), out IPAddress? first) ? first : request.RemoteAddress;
        return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
    }

    private async ValueTask CreateAsync(ApiRequest request)
    {
        if (await DefinitionAsync(request, isOptional: false).ConfigureAwait(false) is not { } given)
            return;
        if (given.Id.Length > 0)
        {
            await request.RespondErrorAsync(500, "ID must be empty when creating a new prepared query").ConfigureAwait(false);
            return;
        }

        PreparedQuery wanted = given with { Id = newId().ToString() };
        if (await SetAsync(request, wanted, mustExist: false).ConfigureAwait(false))
        {
            await request.RespondJsonAsync(json =>
            {
                json.BeginObject();
                json.Member("ID"u8, wanted.Id);
                json.EndObject();
            }).ConfigureAwait(false);
        }
    }

    private static async ValueTask UpdateAsync(ApiRequest request, string id)
    {
        if (await DefinitionAsync(request, isOptional: true).ConfigureAwait(false) is { } given
            && await ExistsAsync(request, id).ConfigureAwait(false)
            && await SetAsync(request, given with { Id = id }, mustExist: true).ConfigureAwait(false))
            await request.RespondEmptyAsync().ConfigureAwait(false);
    }

    private static async ValueTask DeleteAsync(ApiRequest request, string id)
    {
        if (!await TryReachAsync(request).ConfigureAwait(false) || !await ExistsAsync(request, id).ConfigureAwait(false))
            return;
        if (await ProposeAsync(request, Commands.QueryDelete(id)).ConfigureAwait(false))
            await request.RespondEmptyAsync().ConfigureAwait(false);
    }

    private static async ValueTask<bool> TryReachAsync(ApiRequest request)
    {
        if (request.TryReachDatacenter(request.ReadDatacenter(), out Refusal refusal))
            return true;
        await request.RefuseAsync(refusal).ConfigureAwait(false);
        return false;
    }

    /// <summary>The definition in the body; null after an answer to one that can't be read.</summary>
    private static async ValueTask<PreparedQuery?> DefinitionAsync(ApiRequest request, bool isOptional)
    {
        if (!await TryReachAsync(request).ConfigureAwait(false))
            return null;
        // An update without an announced length has no body to read, and so asks for an empty query (http-core 1.4).
        if (isOptional && request.ContentLength is null or 0)
            return new PreparedQuery();
        try
        {
            byte[]? body = await request.ReadBodyAsync(MaxBodyBytes).ConfigureAwait(false);
            return QueryBody.Read(body ?? throw new GoJsonException("http: request body too large"));
        }
        catch (GoJsonException malformed)
        {
            await request.RespondErrorAsync(400, $"Request decode failed: {malformed.Message}").ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>True if there is a query of this id; else it was answered. The state decides again when the write is applied.</summary>
    private static async ValueTask<bool> ExistsAsync(ApiRequest request, string id)
    {
        if (id.Length != UuidChars)
        {
            await request.RespondErrorAsync(500, $"Prepared Query lookup failed: {LookupFailed}").ConfigureAwait(false);
            return false;
        }

        StateRoot root = await request.Services.Runtime.ReadAsync(ReadConsistency.Default, request.Aborted).ConfigureAwait(false);
        if (root.Queries.Find(id) is not null)
            return true;
        await request.RespondErrorAsync(500, $"Cannot modify non-existent prepared query: '{id}'").ConfigureAwait(false);
        return false;
    }

    private static async ValueTask<bool> SetAsync(ApiRequest request, PreparedQuery wanted, bool mustExist)
    {
        if (QueryBody.Refusal(wanted) is not { } refusal)
            return await ProposeAsync(request, Commands.QuerySet(wanted, mustExist)).ConfigureAwait(false);
        await request.RespondErrorAsync(500, $"Invalid prepared query: {refusal}").ConfigureAwait(false);
        return false;
    }

    /// <summary>True if the write was done; else it was answered.</summary>
    private static async ValueTask<bool> ProposeAsync(ApiRequest request, CommandBuffer command)
    {
        CommandResult result = await request.Services.Runtime.ProposeAsync(command, CancellationToken.None).ConfigureAwait(false);
        if (result.Outcome != CommandOutcome.Refused)
            return true;
        await request.RespondErrorAsync(500, $"raft apply failed: {result.Refusal}").ConfigureAwait(false);
        return false;
    }
}
