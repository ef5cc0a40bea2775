using System.Text;
using Praetor.Api.Http.Json;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;

namespace Praetor.Api.Http.Agent;

/// <summary>How local services are, as a status code, a word or an object (http-agent 2.8).</summary>
internal sealed class ServiceHealthEndpoints(LocalAgent agent)
{
    private const string ReasonHeader = "X-Consul-Reason";
    private const string PlainText = "text/plain";
    private const int NotFound = 404;

    public ValueTask ByIdAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            return refused;
        string id = request.Tail;
        if (id.Length == 0)
            return request.RespondErrorAsync(500, "Missing serviceID");
        LocalSnapshot local = agent.Snapshot;
        if (!local.Services.TryGetValue(id, out LocalService? service))
            return AnswerAsync(request, NotFound, $"ServiceId {id} not found", static json => json.Raw("""{"AggregatedStatus":"critical","Service":null,"Checks":null}"""u8));
        IReadOnlyList<CheckRecord> checks = AggregatedHealth.ChecksOf(local, id);
        string status = AggregatedHealth.Of(checks);
        return AnswerAsync(request, CodeOf(status), status, json => Write(json, service, checks, status));
    }

    public ValueTask ByNameAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            return refused;
        string name = request.Tail;
        if (name.Length == 0)
            return request.RespondErrorAsync(500, "Missing service Name");
        LocalSnapshot local = agent.Snapshot;
        var found = local.Services.Values.Where(service => service.Record.Name == name)
            .Select(service => (Service: service, Checks: AggregatedHealth.ChecksOf(local, service.Record.Id)))
            .Select(one => (one.Service, one.Checks, Status: AggregatedHealth.Of(one.Checks))).ToList();
        if (found.Count == 0)
            return AnswerAsync(request, NotFound, $"ServiceName {name} Not Found", static json => json.Raw("[]"u8));
        string worst = found.MaxBy(one => CodeOf(one.Status)).Status;
        return AnswerAsync(request, CodeOf(worst), worst, json =>
        {
            json.BeginArray();
            foreach ((LocalService service, IReadOnlyList<CheckRecord> checks, string status) in found)
                Write(json, service, checks, status);
            json.EndArray();
        });
    }

    private static int CodeOf(string status) => status switch
    {
        CheckStatus.Passing => 200,
        CheckStatus.Warning => 429,
        _ => 503,
    };

    private void Write(GoJsonWriter json, LocalService service, IReadOnlyList<CheckRecord> checks, string status)
    {
        json.BeginObject();
        json.Member("AggregatedStatus"u8, status);
        json.Name("Service"u8);
        AgentJson.Service(json, service, agent.Options.Datacenter);
        json.Name("Checks"u8);
        json.BeginArray();
        foreach (CheckRecord check in checks)
            AgentJson.ServiceCheck(json, check);
        json.EndArray();
        json.EndObject();
    }

    private static ValueTask AnswerAsync(ApiRequest request, int code, string reason, Action<GoJsonWriter> write)
    {
        request.SetHeader(ReasonHeader, reason);
        if (WantsText(request))
            return request.SendAsync(code, PlainText, Encoding.UTF8.GetBytes(reason));
        write(request.BeginJson());
        return request.RespondJsonAsync(code);
    }

    private static bool WantsText(ApiRequest request) =>
        request.Header("Accept").StartsWith(PlainText, StringComparison.Ordinal) || request.Query.Get("format") == "text";
}
