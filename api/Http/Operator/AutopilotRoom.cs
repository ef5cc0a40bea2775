using System.Globalization;
using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.Gossip;
using Praetor.Core.State.Catalog;
using Praetor.Runtime;
using Praetor.Runtime.Servers;

namespace Praetor.Api.Http.Operator;

/// <summary>What the autopilot thinks of the servers: <c>/v1/operator/autopilot/</c> (http-core 10). It is the leader's judgement: others pass the question on. Thread-safe.</summary>
/// <param name="judge">Judges now, on the leader.</param>
/// <param name="toLeader">Passes a request on to the leader and answers with what it says.</param>
public sealed class AutopilotRoom(Func<Task<AutopilotState>> judge, ApiHandler toLeader)
{
    /// <summary>Maps the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", "/v1/operator/autopilot/health", request => AnswerAsync(request, WriteHealth, mayBeUnhealthy: false));
        routes.Map("GET,PUT", "/v1/operator/autopilot/configuration", static request => request.Method == "GET" ? AutopilotConfiguration.GetAsync(request) : AutopilotConfiguration.PutAsync(request));
        routes.Map("GET", "/v1/operator/autopilot/state", request => AnswerAsync(request, WriteState, mayBeUnhealthy: true));
    }

    private async ValueTask AnswerAsync(ApiRequest request, Action<GoJsonWriter, AutopilotState, CatalogTables> write, bool mayBeUnhealthy)
    {
        if (!request.TryReadOptions(out QueryOptions options, out Refusal refusal, ScopeRefusals.None) || !request.TryReachDatacenter(options.Datacenter, out refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        if (!request.Services.Runtime.IsReadyLeader && options.Consistency != ReadConsistency.Stale)
        {
            await toLeader(request).ConfigureAwait(false);
            return;
        }

        AutopilotState state = request.Services.Runtime.IsReadyLeader ? await judge().ConfigureAwait(false) : new AutopilotState([]);
        write(request.BeginJson(), state, request.Services.Runtime.Root.Catalog);
        await request.RespondJsonAsync(state.IsHealthy || mayBeUnhealthy ? 200 : 429).ConfigureAwait(false);
    }

    private static void WriteHealth(GoJsonWriter json, AutopilotState state, CatalogTables _)
    {
        json.BeginObject();
        json.Member("Healthy"u8, state.IsHealthy);
        json.Member("FailureTolerance"u8, state.FailureTolerance);
        json.Name("Servers"u8);
        if (state.Servers.Count == 0)
        {
            json.Null();
            json.EndObject();
            return;
        }

        json.BeginArray();
        foreach (JudgedServer server in state.Servers)
        {
            json.BeginObject();
            json.Member("ID"u8, server.Id);
            json.Member("Name"u8, server.Name);
            json.Member("Address"u8, server.Address);
            json.Member("SerfStatus"u8, StatusText(server.Status));
            json.Member("Version"u8, server.Version);
            json.Member("Leader"u8, server.IsLeader);
            WriteLog(json, server);
            json.Member("Healthy"u8, server.IsHealthy);
            json.Member("Voter"u8, server.IsVoter);
            json.Member("StableSince"u8, server.StableSince.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.EndObject();
        }

        json.EndArray();
        json.EndObject();
    }

    private static void WriteState(GoJsonWriter json, AutopilotState state, CatalogTables catalog)
    {
        json.BeginObject();
        json.Member("Healthy"u8, state.IsHealthy);
        json.Member("FailureTolerance"u8, state.FailureTolerance);
        json.Member("OptimisticFailureTolerance"u8, state.FailureTolerance);
        json.Name("Servers"u8);
        json.BeginObject();
        foreach (JudgedServer server in state.Servers.OrderBy(static each => each.Id, StringComparer.Ordinal))
        {
            json.Name(server.Id);
            WriteServer(json, server, catalog);
        }

        json.EndObject();
        json.Member("Leader"u8, state.Servers.FirstOrDefault(static server => server.IsLeader)?.Id ?? "");
        json.Name("Voters"u8);
        json.StringListOrEmpty([.. state.Servers.Where(static server => server.IsVoter).Select(static server => server.Id)]);
        json.EndObject();
    }

    private static void WriteServer(GoJsonWriter json, JudgedServer server, CatalogTables catalog)
    {
        json.BeginObject();
        json.Member("ID"u8, server.Id);
        json.Member("Name"u8, server.Name);
        json.Member("Address"u8, server.Address);
        json.Member("NodeStatus"u8, StatusText(server.Status));
        json.Member("Version"u8, server.Version);
        WriteLog(json, server);
        json.Member("Healthy"u8, server.IsHealthy);
        json.Member("StableSince"u8, server.StableSince.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        json.Member("ReadReplica"u8, server.Tags.ContainsKey("read_replica"));
        json.Member("Status"u8, server.IsLeader ? "leader" : server.IsVoter ? "voter" : "non-voter");
        json.Name("Meta"u8);
        json.StringMapOrEmpty(catalog.FindNode(server.Name) is { } node && node.Id == server.Id ? node.Meta : null);
        json.Member("NodeType"u8, "voter");
        json.EndObject();
    }

    private static void WriteLog(GoJsonWriter json, JudgedServer server)
    {
        json.Member("LastContact"u8, GoDuration.Format(GoDuration.FromTimeSpan(server.SinceContact)));
        json.Member("LastTerm"u8, server.LastTerm);
        json.Member("LastIndex"u8, server.LastIndex);
    }

    private static string StatusText(MemberStatus status) => status.ToString().ToLowerInvariant();
}
