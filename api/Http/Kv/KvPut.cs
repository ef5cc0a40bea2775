using System.Runtime.CompilerServices;
using Praetor.Core.Codec;
using Praetor.Core.State;

namespace Praetor.Api.Http.Kv;

/// <summary>PUT (http-core 5.2): the body is read straight into the command that goes to the log.</summary>
internal static class KvPut
{
    /// <summary>
    /// Chunked bodies have no announced length to check against the configured limit; this bound keeps a log entry within reason.
    /// </summary>
    private const long MaxChunkedBytes = 16 * 1024 * 1024;

    /// <summary>Memory taken before anything has arrived: an announced length is only a promise.</summary>
    private const long MaxFirstBytes = 64 * 1024;

    public static ValueTask AnswerAsync(ApiRequest request, QueryOptions options)
    {
        if (request.TailBytes.IsEmpty)
            return request.RespondErrorAsync(400, "Missing key name");
        ulong flags = 0;
        long? casIndex = null;
        QueryParameters query = request.Query;
        bool hasParameters = query.Count > 0;
        if (hasParameters && !TryReadConditions(query, out flags, out casIndex, out Refusal refusal))
            return request.RefuseAsync(refusal);
        long limit = request.Options.KvMaxValueSizeBytes;
        if (request.ContentLength > limit)
            return request.RespondErrorAsync(413, TooLargeText(request.ContentLength.Value, limit));
        if (!request.TryReachDatacenter(options.Datacenter, out refusal))
            return request.RefuseAsync(refusal);
        int capacity = (int)Math.Min(request.ContentLength ?? 0, MaxFirstBytes);
        if (hasParameters && LockOf(query) is (var acquires, { } session))
            return WriteAsync(request, Commands.KvLock(acquires, session, request.TailBytes, flags, capacity), isConditional: true);
        return WriteAsync(request, Commands.KvSet(request.TailBytes, flags, casIndex, capacity), isConditional: casIndex is not null);
    }

    /// <summary>Conflicting flags, then flags, then cas.</summary>
    private static bool TryReadConditions(QueryParameters query, out ulong flags, out long? casIndex, out Refusal refusal)
    {
        flags = 0;
        casIndex = null;
        if (KvConflicts.Has(query, ["cas", "acquire", "release"], out refusal))
            return false;
        if (query.TryGet("flags", out string? flagsText) && !GoStrconv.TryParseUint(flagsText, out flags, out string? error))
        {
            refusal = new Refusal(500, error);
            return false;
        }
        return KvCondition.TryRead(query, out casIndex, out refusal);
    }

    /// <summary>The session that acquires or releases; null if it is a plain write.</summary>
    private static (bool Acquires, string? Session) LockOf(QueryParameters query) =>
        query.TryGet("acquire", out string? session) ? (true, session) : query.TryGet("release", out session) ? (false, session) : (false, null);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask WriteAsync(ApiRequest request, CommandBuffer command, bool isConditional)
    {
        bool fits;
        try
        {
            fits = await request.ReadBodyAsync(command, MaxChunkedBytes).ConfigureAwait(false);
        }
        catch
        {
            command.Dispose();
            throw;
        }
        if (!fits)
        {
            command.Dispose();
            await request.RespondErrorAsync(413, TooLargeText(MaxChunkedBytes + 1, MaxChunkedBytes)).ConfigureAwait(false);
            return;
        }
        CommandResult result = await request.Services.Runtime.ProposeAsync(command, default).ConfigureAwait(false);
        await KvResult.AnswerAsync(request, result, isConditional).ConfigureAwait(false);
    }

    private static string TooLargeText(long lengthBytes, long limitBytes) =>
        $"Request body({lengthBytes} bytes) too large, max size: {limitBytes} bytes. See https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size.";
}

/// <summary>The <c>cas</c> parameter. No state.</summary>
internal static class KvCondition
{
    /// <summary>Reads <c>cas</c>; null if it is not given. An index beyond what a log can reach matches nothing.</summary>
    public static bool TryRead(QueryParameters query, out long? casIndex, out Refusal refusal)
    {
        casIndex = null;
        refusal = default;
        if (!query.TryGet("cas", out string? text))
            return true;
        if (!GoStrconv.TryParseUint(text, out ulong index, out string? error))
        {
            refusal = new Refusal(500, error);
            return false;
        }
        casIndex = (long)Math.Min(index, long.MaxValue);
        return true;
    }
}

/// <summary>Answers of writes. No state.</summary>
internal static class KvResult
{
    /// <summary><c>true</c>, for conditional writes <c>true</c> or <c>false</c>, or the refusal.</summary>
    public static ValueTask AnswerAsync(ApiRequest request, CommandResult result, bool isConditional) => result.Outcome == CommandOutcome.Refused
        ? request.RespondErrorAsync(500, $"raft apply failed: {result.Refusal}")
        : request.RespondBoolAsync(!isConditional || result.IsApplied);
}
