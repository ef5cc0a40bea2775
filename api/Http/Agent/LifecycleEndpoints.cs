using Praetor.Runtime.Agent;

namespace Praetor.Api.Http.Agent;

/// <summary>What happens to the agent as a whole (http-agent 2.4).</summary>
internal sealed class LifecycleEndpoints(AgentSurroundings surroundings)
{
    /// <summary>Answers when everything but HTTP has stopped; the process ends after the answer.</summary>
    public async ValueTask LeaveAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
        {
            await refused.ConfigureAwait(false);
            return;
        }

        await surroundings.LeaveAsync().ConfigureAwait(false);
        try
        {
            await request.RespondEmptyAsync().ConfigureAwait(false);
        }
        finally
        {
            // The agent has left, whether the client still listens or not.
            surroundings.Left();
        }
    }

    public async ValueTask ReloadAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            await refused.ConfigureAwait(false);
        else if (await surroundings.ReloadAsync(request.Aborted).ConfigureAwait(false) is { } error)
            await request.RespondErrorAsync(500, error).ConfigureAwait(false);
        else
            await request.RespondEmptyAsync().ConfigureAwait(false);
    }

    public async ValueTask MaintenanceAsync(ApiRequest request)
    {
        if (!AgentRoom.TryReadMaintenance(request, out bool enable, out string reason, out Refusal refusal)
            || !request.TryReadScopes(ScopeRefusals.NamespaceAndPartition, out refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        AgentRefusal? answer = await surroundings.Agent.SetNodeMaintenanceAsync(enable, reason, "", request.Aborted).ConfigureAwait(false);
        await AgentRoom.AnswerAsync(request, answer).ConfigureAwait(false);
    }
}
