using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>The autopilot's settings and judgement through any agent of a cluster (http-core 10, cli 8 'operator autopilot').</summary>
public sealed class AutopilotTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private const string Path = "/v1/operator/autopilot/configuration";

    [Fact]
    public async Task Settings_begin_with_the_defaults_and_are_replaced_whole()
    {
        HostedAgent agent = cluster.Client;
        Assert.Equal((200, "true"), await PutAsync(agent, Path, """{"MaxTrailingLogs": 500, "ServerStabilizationTime": "5s", "LastContactThreshold": 300000000}"""));

        JsonElement changed = await agent.JsonAsync(Path);
        Assert.Equal(["CleanupDeadServers", "LastContactThreshold", "MaxTrailingLogs", "MinQuorum", "ServerStabilizationTime", "RedundancyZoneTag", "DisableUpgradeMigration", "UpgradeVersionTag", "CreateIndex", "ModifyIndex"],
            changed.EnumerateObject().Select(static member => member.Name));
        Assert.Equal(("300ms", 500, "5s", true), (changed.GetProperty("LastContactThreshold").GetString(), changed.GetProperty("MaxTrailingLogs").GetInt32(),
            changed.GetProperty("ServerStabilizationTime").GetString(), changed.GetProperty("CleanupDeadServers").GetBoolean()));

        // What is left out takes its default, not what was in force.
        Assert.Equal((200, "true"), await PutAsync(agent, Path, """{"CleanupDeadServers": false}"""));
        JsonElement again = await agent.JsonAsync(Path);
        Assert.Equal(("200ms", 250, "10s", false), (again.GetProperty("LastContactThreshold").GetString(), again.GetProperty("MaxTrailingLogs").GetInt32(),
            again.GetProperty("ServerStabilizationTime").GetString(), again.GetProperty("CleanupDeadServers").GetBoolean()));
        Assert.Equal(changed.GetProperty("CreateIndex").GetInt64(), again.GetProperty("CreateIndex").GetInt64());
        Assert.Equal((200, "true"), await PutAsync(agent, Path, "{}"));
    }

    [Fact]
    public async Task Check_and_set_wants_the_index_of_the_last_change()
    {
        HostedAgent agent = cluster.Client;
        long index = (await agent.JsonAsync(Path)).GetProperty("ModifyIndex").GetInt64();

        Assert.Equal((200, "false"), await PutAsync(agent, $"{Path}?cas={index + 1000}", """{"MinQuorum": 3}"""));
        Assert.Equal((200, "true"), await PutAsync(agent, $"{Path}?cas={index}", "{}"));
    }

    [Theory]
    [InlineData("?cas=x", "{}", "Error parsing cas value: strconv.ParseUint: parsing \"x\": invalid syntax")]
    [InlineData("", "{", "Error parsing autopilot config: unexpected EOF")]
    [InlineData("", """{"LastContactThreshold": "soon"}""", "Error parsing autopilot config: time: invalid duration \"soon\"")]
    public async Task Settings_that_cannot_be_read_are_refused(string query, string body, string text) =>
        Assert.Equal((400, text), await PutAsync(cluster.Client, Path + query, body));

    [Fact]
    public async Task Health_is_told_alike_by_every_agent()
    {
        foreach (HostedAgent agent in cluster.Agents)
        {
            await agent.UntilAsync(async () => (await agent.GetAsync("/v1/operator/autopilot/health")).Status == 200, "healthy servers");
            JsonElement health = await agent.JsonAsync("/v1/operator/autopilot/health");

            Assert.True(health.GetProperty("Healthy").GetBoolean());
            Assert.Equal(1, health.GetProperty("FailureTolerance").GetInt32());
            JsonElement[] servers = [.. health.GetProperty("Servers").EnumerateArray()];
            Assert.Equal(["s1", "s2", "s3"], servers.Select(static server => server.GetProperty("Name").GetString()).Order());
            Assert.Single(servers, static server => server.GetProperty("Leader").GetBoolean());
            Assert.All(servers, static server =>
            {
                Assert.Equal(("alive", "1.21.4", true), (server.GetProperty("SerfStatus").GetString(), server.GetProperty("Version").GetString(), server.GetProperty("Voter").GetBoolean()));
                Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", server.GetProperty("StableSince").GetString());
            });
        }
    }

    [Fact]
    public async Task The_state_names_leader_voters_and_the_meta_of_nodes()
    {
        HostedAgent leader = await cluster.LeaderAsync();
        JsonElement state = await cluster.Client.JsonAsync("/v1/operator/autopilot/state");

        JsonElement leading = state.GetProperty("Servers").GetProperty(state.GetProperty("Leader").GetString()!);
        Assert.Equal((leader.Name, "leader", "voter", false), (leading.GetProperty("Name").GetString(), leading.GetProperty("Status").GetString(), leading.GetProperty("NodeType").GetString(), leading.GetProperty("ReadReplica").GetBoolean()));
        Assert.Equal(3, state.GetProperty("Voters").GetArrayLength());
        Assert.True(leading.GetProperty("Meta").TryGetProperty("consul-network-segment", out _));
    }

    [Fact]
    public async Task The_command_shows_the_settings()
    {
        (int code, string output, _) = await cluster.Client.RunAsync("operator", "autopilot", "get-config");

        Assert.Equal(0, code);
        Assert.StartsWith("CleanupDeadServers = true\nLastContactThreshold = 200ms\nMaxTrailingLogs = 250\nMinQuorum = 0\nServerStabilizationTime = 10s\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_changes_what_it_is_told_and_nothing_else()
    {
        Assert.Equal((0, "Configuration updated!\n", ""), await cluster.Client.RunAsync("operator", "autopilot", "set-config", "-min-quorum=3"));
        Assert.Equal((0, "Configuration updated!\n", ""), await cluster.Client.RunAsync("operator", "autopilot", "set-config", "-max-trailing-logs=300"));

        JsonElement settings = await cluster.Client.JsonAsync(Path);
        Assert.Equal((3, 300), (settings.GetProperty("MinQuorum").GetInt32(), settings.GetProperty("MaxTrailingLogs").GetInt32()));
        Assert.Equal((200, "true"), await PutAsync(cluster.Client, Path, "{}"));
    }

    [Theory]
    [InlineData("pretty", "Healthy:                      true\nFailure Tolerance:            1\nOptimistic Failure Tolerance: 1\nLeader:                       ")]
    [InlineData("json", "{\n    \"Healthy\": true,\n")]
    public async Task The_command_shows_the_state(string format, string beginning)
    {
        await cluster.Client.UntilAsync(async () => (await cluster.Client.GetAsync("/v1/operator/autopilot/health")).Status == 200, "healthy servers");

        (int code, string output, string error) = await cluster.Client.RunAsync("operator", "autopilot", "state", "-format", format);

        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith(beginning, output, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Body)> PutAsync(HostedAgent agent, string path, string body)
    {
        Reply reply = await agent.SendAsync("PUT", path, body);
        return (reply.Status, reply.Body.TrimEnd());
    }
}
