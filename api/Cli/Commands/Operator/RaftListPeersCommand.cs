using System.Globalization;
using System.Text.Json;
using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Commands.Operator;

/// <summary>operator raft list-peers (cli 8).</summary>
internal sealed class RaftListPeersCommand : RaftCommand
{
    /// <inheritdoc/>
    public override string Usage => "operator raft list-peers [options]";

    /// <inheritdoc/>
    public override string Description => """
        Prints the servers of Raft, who leads, and how far each log is.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var query = new ApiQuery("/v1/operator/raft/configuration").WithFlag("stale", Client.IsStale(call.Flags));
        var answer = await client.GetAsync(query, cancellation).ConfigureAwait(false);
        using var json = answer.Error is null ? answer.ReadJson(out _) : null;
        if (json is null)
            return call.Io.Fail($"Error getting peers: Failed to retrieve raft configuration: {answer.Error ?? "the agent's answer is not JSON"}");
        call.Io.Out.Write(ColumnTable.Format(Rows([.. json.RootElement.Field("Servers").Elements()])));
        return ExitCode.Success;
    }

    private static List<string[]> Rows(List<JsonElement> servers)
    {
        var leaderIndex = servers.Where(IsLeader).Select(server => server.Number("LastIndex")).FirstOrDefault();
        List<string[]> rows = [["Node", "ID", "Address", "State", "Voter", "RaftProtocol", "Commit Index", "Trails Leader By"]];
        foreach (var server in servers)
        {
            var protocol = server.Text("ProtocolVersion");
            rows.Add(
            [
                server.Text("Node"), server.Text("ID"), server.Text("Address"), IsLeader(server) ? "leader" : "follower", server.Text("Voter"),
                protocol is "" or "unknown" ? "<=1" : protocol, server.Text("LastIndex"), IsLeader(server) ? "-" : Commits(leaderIndex - server.Number("LastIndex")),
            ]);
        }

        return rows;
    }

    private static bool IsLeader(JsonElement server) => server.Field("Leader").ValueKind == JsonValueKind.True;

    private static string Commits(long count) => count == 1 ? "1 commit" : string.Create(CultureInfo.InvariantCulture, $"{count} commits");
}
