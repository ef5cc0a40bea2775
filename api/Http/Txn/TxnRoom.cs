using System.Diagnostics;
using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.State;
using Praetor.Core.State.Txn;

namespace Praetor.Api.Http.Txn;

/// <summary>Transactions: <c>/v1/txn</c> (http-core 6). No state.</summary>
public static class TxnRoom
{
    private const int MaxOps = 128;

    private const string Advice = "See https://developer.hashicorp.com/docs/agent/config/config-files#txn_max_req_len.";

    /// <summary>Maps the route.</summary>
    public static void Map(RouteTable routes) => routes.Map("PUT", "/v1/txn", AnswerAsync);

    private static async ValueTask AnswerAsync(ApiRequest request)
    {
        if (!request.TryReadOptions(out QueryOptions options, out Refusal refusal) || !request.TryReachDatacenter(options.Datacenter, out refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        if (await ReadAsync(request).ConfigureAwait(false) is not { } body)
            return;
        if (body.Errors.Count > 0)
            await RespondAsync(request, options, new TxnOutcome([], body.Errors), body.IsRead).ConfigureAwait(false);
        else if (body.IsRead)
            await ReadStateAsync(request, options, body.Ops).ConfigureAwait(false);
        else
            await WriteAsync(request, options, body.Ops).ConfigureAwait(false);
    }

    /// <summary>The decoded body; null if it was answered why not.</summary>
    private static async ValueTask<TxnBody?> ReadAsync(ApiRequest request)
    {
        long limit = Math.Max(request.Options.TxnMaxRequestBytes, request.Options.KvMaxValueSizeBytes);
        if (request.ContentLength > limit)
        {
            await request.RespondErrorAsync(413, $"Request body({request.ContentLength} bytes) too large, max size: {limit} bytes. {Advice}").ConfigureAwait(false);
            return null;
        }

        if (await request.ReadBodyAsync((int)Math.Min(limit, int.MaxValue)).ConfigureAwait(false) is not { } bytes)
        {
            await request.RespondErrorAsync(413, $"Request body too large, max size: {limit} bytes. {Advice}").ConfigureAwait(false);
            return null;
        }

        TxnBody body;
        try
        {
            body = TxnBody.Read(bytes, request.Options.KvMaxValueSizeBytes, request.Options.Datacenter);
        }
        catch (GoJsonException malformed)
        {
            await request.RespondErrorAsync(400, $"Failed to parse body: {malformed.Message}").ConfigureAwait(false);
            return null;
        }

        if (body.Count > MaxOps)
        {
            await request.RespondErrorAsync(413, $"Transaction contains too many operations ({body.Count} > {MaxOps})").ConfigureAwait(false);
            return null;
        }

        if (body.TooLong is { } value)
        {
            await request.RespondErrorAsync(413, $"Value for key {GoQuote.Quote(value.Key)} is too large ({value.Length} > {request.Options.KvMaxValueSizeBytes} bytes)").ConfigureAwait(false);
            return null;
        }

        return body;
    }

    private static async ValueTask ReadStateAsync(ApiRequest request, QueryOptions options, IReadOnlyList<TxnOp> ops)
    {
        long begun = Stopwatch.GetTimestamp();
        TxnOutcome outcome = await request.Services.Runtime.ReadTxnAsync(ops, options.Consistency, request.Aborted).ConfigureAwait(false);
        request.Services.Meters?.TxnRead.Record(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        await RespondAsync(request, options, outcome, isRead: true).ConfigureAwait(false);
    }

    private static async ValueTask WriteAsync(ApiRequest request, QueryOptions options, IReadOnlyList<TxnOp> ops)
    {
        CommandResult result = await request.Services.Runtime.ProposeAsync(Commands.Txn(ops), CancellationToken.None).ConfigureAwait(false);
        if (result.Payload is { } payload)
            await RespondAsync(request, options, TxnOutcome.Decode(payload), isRead: false).ConfigureAwait(false);
        else
            await request.RespondErrorAsync(500, $"raft apply failed: {result.Refusal}").ConfigureAwait(false);
    }

    private static ValueTask RespondAsync(ApiRequest request, QueryOptions options, TxnOutcome outcome, bool isRead)
    {
        if (isRead)
            request.SetLeaderMetadata(options);
        TxnJson.Write(request.BeginJson(), outcome, isRead);
        return request.RespondJsonAsync(outcome.Errors.Count > 0 ? 409 : 200);
    }
}
