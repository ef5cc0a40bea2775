using Praetor.Core.State;

namespace Praetor.Api.Http.Kv;

/// <summary>DELETE (http-core 5.3): one key, one key on condition, or all under a prefix.</summary>
internal static class KvDelete
{
    public static ValueTask AnswerAsync(ApiRequest request, QueryOptions options)
    {
        QueryParameters query = request.Query;
        if (KvConflicts.Has(query, ["recurse", "cas"], out Refusal refusal))
            return request.RefuseAsync(refusal);
        bool recurse = query.Has("recurse");
        if (!recurse && request.TailBytes.IsEmpty)
            return request.RespondErrorAsync(400, "Missing key name");
        if (!KvCondition.TryRead(query, out long? casIndex, out refusal) || !request.TryReachDatacenter(options.Datacenter, out refusal))
            return request.RefuseAsync(refusal);
        CommandBuffer command = recurse ? Commands.KvDeleteTree(request.TailBytes) : Commands.KvDelete(request.TailBytes, casIndex);
        return WriteAsync(request, command, isConditional: casIndex is not null);
    }

    private static async ValueTask WriteAsync(ApiRequest request, CommandBuffer command, bool isConditional)
    {
        CommandResult result = await request.Services.Runtime.ProposeAsync(command, default).ConfigureAwait(false);
        await KvResult.AnswerAsync(request, result, isConditional).ConfigureAwait(false);
    }
}
