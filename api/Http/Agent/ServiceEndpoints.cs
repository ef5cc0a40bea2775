using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.Filtering;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;

namespace Praetor.Api.Http.Agent;

/// <summary>Local services (http-agent 2.7, 2.9, 2.10).</summary>
internal sealed class ServiceEndpoints(LocalAgent agent)
{
    private const string ContentHashHeader = "X-Consul-Contenthash";
    private const int JitterPart = 16;

    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    public ValueTask ListAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            return refused;
        if (!RowFilters.TryRead(request.Query, CatalogSelectors.NodeService, out Filter<ServiceRecord>? filter, out Refusal refusal))
            return request.RefuseAsync(refusal);
        GoJsonWriter json = request.BeginJson();
        json.BeginObject();
        foreach ((string id, LocalService service) in agent.Snapshot.Services)
        {
            if (!filter.Matches(service.Record))
                continue;
            json.Name(id);
            AgentJson.Service(json, service, agent.Options.Datacenter);
        }

        json.EndObject();
        return request.RespondJsonAsync();
    }

    public async ValueTask GetAsync(ApiRequest request)
    {
        if (!TryReadWait(request, out TimeSpan wait, out Refusal refusal) || !request.TryReadScopes(ScopeRefusals.NamespaceAndPartition, out refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        string id = request.Tail;
        string hash = request.Query.Get("hash");
        LocalService? service = hash.Length == 0
            ? agent.Snapshot.Services.GetValueOrDefault(id)
            : await agent.WaitForServiceAsync(id, hash, wait + agent.Jitter(wait / JitterPart), request.Aborted).ConfigureAwait(false);
        if (service is null)
        {
            await request.RespondErrorAsync(404, $"unknown service ID: {id}").ConfigureAwait(false);
            return;
        }

        request.SetHeader(ContentHashHeader, service.ContentHash);
        AgentJson.Service(request.BeginJson(), service, agent.Options.Datacenter, service.ContentHash);
        await request.RespondJsonAsync().ConfigureAwait(false);
    }

    public async ValueTask RegisterAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
        {
            await refused.ConfigureAwait(false);
            return;
        }

        if (await AgentRoom.ReadBodyAsync(request, AgentBodies.ReadService).ConfigureAwait(false) is not { } definition)
            return;
        if (ServiceRegisterRules.Refusal(definition) is { } refusal)
        {
            await request.RespondErrorAsync(400, refusal).ConfigureAwait(false);
            return;
        }

        bool replaceExistingChecks = request.Query.TryGet("replace-existing-checks", out string? replace) && replace is "" or "true";
        AgentRefusal? answer = await agent.RegisterServiceAsync(definition, "", replaceExistingChecks, request.Aborted).ConfigureAwait(false);
        await AgentRoom.AnswerAsync(request, answer).ConfigureAwait(false);
    }

    public async ValueTask DeregisterAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            await refused.ConfigureAwait(false);
        else
            await AgentRoom.AnswerAsync(request, await agent.DeregisterServiceAsync(request.Tail, request.Aborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public async ValueTask MaintenanceAsync(ApiRequest request)
    {
        string id = request.Tail;
        Refusal refusal = new(400, "Missing service ID");
        if (id.Length == 0 || !AgentRoom.TryReadMaintenance(request, out bool enable, out string reason, out refusal)
            || !request.TryReadScopes(ScopeRefusals.NamespaceAndPartition, out refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        AgentRefusal? answer = await agent.SetServiceMaintenanceAsync(id, enable, reason, "", request.Aborted).ConfigureAwait(false);
        await AgentRoom.AnswerAsync(request, answer).ConfigureAwait(false);
    }

    /// <summary>The wait, which counts without an index here; the index is looked at and then not used.</summary>
    private static bool TryReadWait(ApiRequest request, out TimeSpan wait, out Refusal refusal)
    {
        refusal = default;
        long waitNs = 0;
        string waitText = request.Query.Get("wait");
        string indexText = request.Query.Get("index");
        if (waitText.Length > 0 && !GoDuration.TryParse(waitText, out waitNs, out _))
            refusal = new Refusal(400, "Invalid wait time");
        else if (indexText.Length > 0 && !GoStrconv.TryParseUint(indexText, out _, out _))
            refusal = new Refusal(400, "Invalid index");
        TimeSpan given = GoDuration.ToTimeSpan(waitNs);
        wait = given <= TimeSpan.Zero ? DefaultWait : given > LongestWait ? LongestWait : given;
        return refusal.Text is null;
    }
}
