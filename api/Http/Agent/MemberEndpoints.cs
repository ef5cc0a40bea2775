using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
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
                : request.RespondErrorAsync(500, "Network segments are not supported in this version of Consul");
        }

        if (!RowFilters.TryRead(request.Query, CatalogSelectors.AgentMember, out Filter<Member>? filter, out Refusal refusal))
            return request.RefuseAsync(refusal);
        GoJsonWriter json = request.BeginJson();
        json.BeginArray();
        foreach (Member member in wan ? surroundings.WanMembers() : surroundings.LanMembers())
        {
            if (filter.Matches(member))
                AgentJson.Member(json, member);
        }

        json.EndArray();
        return request.RespondJsonAsync();
    }

    /// <summary>A member that is alive refutes it; of one that is not there is nothing to be said.</summary>
    public ValueTask ForceLeaveAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            return refused;
        string name = request.Tail;
        IReadOnlyList<Member> pool = request.Query.Has("wan") ? surroundings.WanMembers() : surroundings.LanMembers();
        return pool.Any(member => member.Name == name)
            ? request.RespondEmptyAsync()
            : request.RespondErrorAsync(500, $"agent: No node found with name '{name}'");
    }
}
