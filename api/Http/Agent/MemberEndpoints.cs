using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.Filtering;
using Praetor.Core.Gossip;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Agent;

/// <summary>Members of the gossip pools (http-agent 2.3, 2.4 "force-leave").</summary>
internal sealed class MemberEndpoints(AgentSurroundings surroundings)
{
    private const string AllSegments = "_all";

    public ValueTask ListAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            return refused;
        bool wan = request.Query.HasValue("wan");
        string segment = request.Query.Get("segment");
        if (segment.Length > 0 && segment != AllSegments)
        {
            return wan
                ? request.RespondErrorAsync(400, "Cannot provide a segment with wan=true")
                : request.RespondErrorAsync(500, IsServer ? "Network segments are not supported in this version of Consul" : $"segment {GoQuote.Quote(segment)} not found");
        }

        if (!RowFilters.TryRead(request.Query, CatalogSelectors.AgentMember, out Filter<Member>? filter, out Refusal refusal))
            return request.RefuseAsync(refusal);
        GoJsonWriter json = request.BeginJson();
        if (wan && !IsServer)
        {
            json.Null();
            return request.RespondJsonAsync();
        }

        json.BeginArray();
        foreach (Member member in wan ? surroundings.WanMembers() : surroundings.LanMembers())
        {
            if (filter.Matches(member))
                AgentJson.Member(json, member);
        }

        json.EndArray();
        return request.RespondJsonAsync();
    }

    public async ValueTask JoinAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
        {
            await refused.ConfigureAwait(false);
            return;
        }

        bool wan = request.Query.HasValue("wan");
        if (wan && !IsServer)
            await request.RespondErrorAsync(500, "Must be a server to join WAN cluster").ConfigureAwait(false);
        else if (await surroundings.JoinAsync(request.Tail, wan, request.Aborted).ConfigureAwait(false) is { } error)
            await request.RespondErrorAsync(500, $"1 error occurred:\n\t* {error}\n\n").ConfigureAwait(false);
        else
            await request.RespondEmptyAsync().ConfigureAwait(false);
    }

    /// <summary>A member that is alive refutes it.</summary>
    public ValueTask ForceLeaveAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            return refused;
        bool wan = request.Query.Has("wan");
        if (wan && !IsServer)
            return request.RespondErrorAsync(500, "Must be a server to force-leave a node from the WAN cluster");
        string name = request.Tail;
        return surroundings.ForceLeave(name, wan, request.Query.Has("prune"))
            ? request.RespondEmptyAsync()
            : request.RespondErrorAsync(500, $"agent: No node found with name '{name}'");
    }

    private bool IsServer => surroundings.Consensus is not null;
}
