using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.Filtering;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Api.Http.Agent;

/// <summary>Local checks (http-agent 2.11).</summary>
internal sealed class CheckEndpoints(LocalAgent agent)
{
    public ValueTask ListAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            return refused;
        LocalSnapshot local = agent.Snapshot;
        if (!Filter.TryCompile(request.Query.Get("filter"), CatalogSelectors.HealthCheck, out Filter<CheckRecord>? filter, out FilterRefusal? refusal))
        {
            // Selectors are looked at only when there is something to look at (http-core 4.3).
            if (refusal.IsSyntax)
                return request.RespondErrorAsync(500, refusal.Text);
            if (!local.Checks.IsEmpty)
                return request.RespondErrorAsync(500, refusal.Detail);
        }

        GoJsonWriter json = request.BeginJson();
        json.BeginObject();
        foreach ((string id, LocalCheck check) in local.Checks)
        {
            if (filter?.Matches(check.Record) != true)
                continue;
            json.Name(id);
            CatalogJson.HealthCheck(json, check.Record);
        }

        json.EndObject();
        return request.RespondJsonAsync();
    }

    public async ValueTask RegisterAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
        {
            await refused.ConfigureAwait(false);
            return;
        }

        if (await AgentRoom.ReadBodyAsync(request, CheckSpecBodies.ReadOfNode).ConfigureAwait(false) is not { } spec)
            return;
        if (Refusal(spec) is { } refusal)
        {
            await request.RespondErrorAsync(400, refusal).ConfigureAwait(false);
            return;
        }

        await AgentRoom.AnswerAsync(request, await agent.RegisterCheckAsync(spec, "", request.Aborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public async ValueTask DeregisterAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            await refused.ConfigureAwait(false);
        else
            await AgentRoom.AnswerAsync(request, await agent.DeregisterCheckAsync(request.Tail, request.Aborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public ValueTask PassAsync(ApiRequest request) => NoteAsync(request, CheckStatus.Passing);

    public ValueTask WarnAsync(ApiRequest request) => NoteAsync(request, CheckStatus.Warning);

    public ValueTask FailAsync(ApiRequest request) => NoteAsync(request, CheckStatus.Critical);

    public async ValueTask UpdateAsync(ApiRequest request)
    {
        if (await AgentRoom.ReadBodyAsync(request, ReadUpdate).ConfigureAwait(false) is not { } update)
            return;
        if (!ServiceRegisterRules.IsStatus(update.Status))
            await request.RespondErrorAsync(400, $"Invalid check status: '{update.Status}'").ConfigureAwait(false);
        else
            await SetAsync(request, update.Status, update.Output).ConfigureAwait(false);
    }

    private ValueTask NoteAsync(ApiRequest request, string status) => SetAsync(request, status, request.Query.Get("note"));

    private async ValueTask SetAsync(ApiRequest request, string status, string output)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            await refused.ConfigureAwait(false);
        else
            await AgentRoom.AnswerAsync(request, await agent.UpdateTtlAsync(request.Tail, status, output, request.Aborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static string? Refusal(CheckSpec spec)
    {
        if (spec.Name.Length == 0)
            return "Missing check name";
        if (spec.Status.Length > 0 && !ServiceRegisterRules.IsStatus(spec.Status))
            return "Bad check status";
        return CheckRules.Validate(spec) is { } refusal ? $"Invalid check: {refusal}" : null;
    }

    private static CheckUpdate ReadUpdate(ReadOnlySpan<byte> body)
    {
        var json = new GoJsonReader(body);
        string status = "";
        string output = "";
        if (json.BeginObject("agent.checkUpdate"))
        {
            while (json.NextField(out string name))
            {
                switch (name)
                {
                    case "status": status = json.ReadString(status); break;
                    case "output": output = json.ReadString(output); break;
                    default: json.UnknownField(); break;
                }
            }
        }

        return new CheckUpdate(status, output);
    }

    private sealed record CheckUpdate(string Status, string Output);
}
