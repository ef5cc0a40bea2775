using Praetor.Api.Http.Json;
using Praetor.Core.Gossip;
using Praetor.Runtime;

namespace Praetor.Api.Http.Operator;

/// <summary>What operators do to the servers: <c>/v1/operator/raft/</c> (http-core 10). Thread-safe.</summary>
/// <param name="lanMembers">Members of the LAN pool: who a server is by name.</param>
public sealed class OperatorRoom(Func<IReadOnlyList<Member>> lanMembers)
{
    private const string NeitherIdNorAddress = "Must specify either ?id with the server's ID or ?address with IP:port of peer to remove";
    private const string BothIdAndAddress = "Must specify only one of ?id or ?address";

    /// <summary>Maps the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", "/v1/operator/raft/configuration", ConfigurationAsync);
        routes.Map("DELETE", "/v1/operator/raft/peer", RemovePeerAsync);
        routes.Map("POST", "/v1/operator/raft/transfer-leader", TransferLeaderAsync);
        routes.Map("GET", "/v1/operator/usage", UsageAsync);
    }

    private static ValueTask UsageAsync(ApiRequest request) => request.TryReadOptions(out QueryOptions options, out Refusal refusal, ScopeRefusals.None)
        ? request.AnswerAsync(new UsageQuery(request.Options.Datacenter, options.Consistency), options)
        : request.RefuseAsync(refusal);

    private async ValueTask ConfigurationAsync(ApiRequest request)
    {
        if (!TryBegin(request, out QueryOptions options, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        bool isStale = options.Consistency == ReadConsistency.Stale;
        RaftConfiguration configuration = await request.Services.Runtime.ConfigurationAsync(isStale, request.Aborted).ConfigureAwait(false);
        Write(request.BeginJson(), configuration);
        await request.RespondJsonAsync().ConfigureAwait(false);
    }

    private async ValueTask RemovePeerAsync(ApiRequest request)
    {
        if (!TryBegin(request, out _, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        (string id, string address) = (request.Query.Get("id"), request.Query.Get("address"));
        if (id.Length > 0 == address.Length > 0)
        {
            await request.RespondErrorAsync(400, id.Length > 0 ? BothIdAndAddress : NeitherIdNorAddress).ConfigureAwait(false);
            return;
        }

        ServerRuntime runtime = request.Services.Runtime;
        if (address.Length > 0)
        {
            RaftConfiguration configuration = await runtime.ConfigurationAsync(isStale: false, request.Aborted).ConfigureAwait(false);
            id = configuration.Servers.FirstOrDefault(server => server.Server.Address == address)?.Server.Id ?? "";
        }

        string? reason = id.Length == 0
            ? $"address \"{address}\" was not found in the Raft configuration"
            : await runtime.RemoveServerAsync(id, request.Aborted).ConfigureAwait(false);
        if (reason is null)
            await request.RespondEmptyAsync().ConfigureAwait(false);
        else
            await request.RespondErrorAsync(500, reason).ConfigureAwait(false);
    }

    private static async ValueTask TransferLeaderAsync(ApiRequest request)
    {
        if (!TryBegin(request, out _, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        if (await request.Services.Runtime.TransferLeadershipAsync(request.Query.HasValue("id") ? request.Query.Get("id") : null, request.Aborted).ConfigureAwait(false) is { } reason)
        {
            await request.RespondErrorAsync(500, reason).ConfigureAwait(false);
            return;
        }

        await request.RespondJsonAsync(static json =>
        {
            json.BeginObject();
            json.Member("Success"u8, true);
            json.EndObject();
        }).ConfigureAwait(false);
    }

    private static bool TryBegin(ApiRequest request, out QueryOptions options, out Refusal refusal) =>
        request.TryReadOptions(out options, out refusal, ScopeRefusals.None) && request.TryReachDatacenter(options.Datacenter, out refusal);

    private void Write(GoJsonWriter json, RaftConfiguration configuration)
    {
        var members = new Dictionary<string, Member>(StringComparer.Ordinal);
        foreach (Member member in lanMembers())
            members[member.Tags.GetValueOrDefault("id", "")] = member;
        json.BeginObject();
        json.Name("Servers"u8);
        json.BeginArray();
        foreach (RaftServer server in configuration.Servers)
        {
            members.TryGetValue(server.Server.Id, out Member? member);
            json.BeginObject();
            json.Member("ID"u8, server.Server.Id);
            json.Member("Node"u8, member?.Name ?? "(unknown)");
            json.Member("Address"u8, server.Server.Address);
            json.Member("Leader"u8, server.IsLeader);
            json.Member("ProtocolVersion"u8, member?.Tags.GetValueOrDefault("raft_vsn") ?? "unknown");
            json.Member("Voter"u8, server.Server.IsVoter);
            json.Member("LastIndex"u8, server.LastIndex);
            json.EndObject();
        }

        json.EndArray();
        json.Member("Index"u8, configuration.Index);
        json.EndObject();
    }
}
