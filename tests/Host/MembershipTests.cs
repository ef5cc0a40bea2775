using System.Text.Json;
using Praetor.Tests.Executable;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Host;

/// <summary>Members come, fail, leave and are told to have left (gossip-raft 3, 4, 12; cli 8), seen through the API and the command line of whole agents.</summary>
public sealed class MembershipTests
{
    [Fact]
    public async Task A_fourth_server_and_an_agent_join_and_are_members_and_nodes()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 3);
        HostedAgent server = await cluster.AddAsync(isServer: true);
        HostedAgent agent = await cluster.AddAsync(isServer: false);
        await cluster.WaitUntilWholeAsync();

        await agent.UntilAsync(async () => (await agent.JsonAsync("/v1/catalog/nodes")).GetArrayLength() == 5, "five nodes");
        await agent.UntilAsync(async () => (await agent.JsonAsync("/v1/catalog/service/consul")).GetArrayLength() == 4, "four servers");
        JsonElement configuration = await server.JsonAsync("/v1/operator/raft/configuration");
        Assert.Contains(configuration.GetProperty("Servers").EnumerateArray(), each => each.GetProperty("Node").GetString() == "s4");
        (int code, string table, _) = await agent.RunAsync("members");
        Assert.Equal(0, code);
        Assert.Equal(["s1", "s2", "s3", "s4", "c1"], table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(static line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task An_agent_that_dies_fails_and_its_node_turns_critical_until_it_is_told_to_have_left()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 1);
        (HostedAgent server, HostedAgent agent) = (cluster.Agents[0], cluster.Agents[1]);
        await server.UntilAsync(async () => await SerfHealthAsync(server, "c1") == "passing", "passing serfHealth");

        await agent.StopAsync();
        await server.UntilAsync(async () => await server.StatusOfAsync("c1") == "failed", "failed member");
        await server.UntilAsync(async () => await SerfHealthAsync(server, "c1") == "critical", "critical serfHealth");

        Assert.Equal((0, "", ""), await server.RunAsync("force-leave", "c1"));
        await server.UntilAsync(async () => await server.StatusOfAsync("c1") == "left", "left member");
        await server.UntilAsync(async () => await SerfHealthAsync(server, "c1") is null, "deregistered node");

        Assert.Equal((0, "", ""), await server.RunAsync("force-leave", "-prune", "c1"));
        await server.UntilAsync(async () => await server.StatusOfAsync("c1") == "", "forgotten member");
    }

    [Fact]
    public async Task Who_finds_only_itself_goes_on_looking_for_the_others()
    {
        using var data = new TemporaryDirectory();
        (string first, string second) = (AgentProcess.FreshAddress(), AgentProcess.FreshAddress());
        string Settings(string name, string address, params string[] others) => JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["node_name"] = name,
            ["bind_addr"] = address,
            ["client_addr"] = address,
            ["server"] = true,
            ["bootstrap_expect"] = 3,
            ["data_dir"] = Path.Combine(data.Path, name),
            ["retry_join"] = others,
            ["retry_interval"] = "200ms",
        });
        await using HostedAgent early = await HostedAgent.StartAsync("early", first, isServer: true, [Settings("early", first, first, second)]);
        await early.UntilAsync(async () => await early.StatusOfAsync("early") == "alive", "itself");

        await using HostedAgent late = await HostedAgent.StartAsync("late", second, isServer: true, [Settings("late", second)]);

        await late.UntilAsync(async () => await late.StatusOfAsync("early") == "alive", "the one that was there first");
    }

    [Fact]
    public async Task An_unknown_member_cannot_be_told_to_have_left()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);

        Assert.Equal((1, "", "Error force leaving: Unexpected response code: 500 (agent: No node found with name 'nobody')\n"), await cluster.Agents[0].RunAsync("force-leave", "nobody"));
    }

    [Fact]
    public async Task An_agent_that_leaves_is_deregistered_at_once()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 1);
        (HostedAgent server, HostedAgent agent) = (cluster.Agents[0], cluster.Agents[1]);
        await server.UntilAsync(async () => await SerfHealthAsync(server, "c1") == "passing", "passing serfHealth");

        Assert.Equal((0, "Graceful leave complete\n", ""), await agent.RunAsync("leave"));

        Assert.Equal("left", await server.StatusOfAsync("c1"));
        await server.UntilAsync(async () => await SerfHealthAsync(server, "c1") is null, "deregistered node");
        await agent.Host.Left.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_server_that_leaves_goes_out_of_the_configuration_first()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 3);
        HostedAgent leader = await LeaderAsync(cluster);
        HostedAgent other = cluster.Agents.First(agent => agent != leader);

        Assert.Equal(0, (await leader.RunAsync("leave")).Code);
        await leader.StopAsync();

        await other.UntilAsync(async () => (await other.GetAsync("/v1/kv/after?consistent")).Status == 404, "another leader");
        JsonElement configuration = await other.JsonAsync("/v1/operator/raft/configuration");
        Assert.Equal(2, configuration.GetProperty("Servers").GetArrayLength());
    }

    [Fact]
    public async Task An_agent_joins_by_command_and_says_so()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        HostedAgent alone = await cluster.AddAsync(isServer: false, settings: """{"retry_join": [""" + "\"127.0.0.1:1\"" + "]}");

        (int code, string output, _) = await alone.RunAsync("join", cluster.Agents[0].Address);

        Assert.Equal((0, "Successfully joined cluster by contacting 1 nodes.\n"), (code, output));
        await cluster.WaitUntilWholeAsync();
    }

    [Fact]
    public async Task Joining_nobody_fails()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);

        (int code, _, string error) = await cluster.Agents[0].RunAsync("join", "127.0.0.1:1");

        Assert.Equal(1, code);
        Assert.StartsWith("Error joining address '127.0.0.1:1': Unexpected response code: 500 (", error, StringComparison.Ordinal);
        Assert.EndsWith("Failed to join any nodes.\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_server_is_cleaned_away_and_comes_back_as_a_voter()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 3, settings: """{"autopilot": {"server_stabilization_time": "100ms"}}""");
        HostedAgent first = cluster.Agents[0];

        await cluster.Agents[2].StopAsync();
        await first.UntilAsync(async () => await VotersAsync(first) == 2, "two voters");
        Assert.Equal("left", await first.StatusOfAsync("s3"));
        cluster.Agents.RemoveAt(2);
        await cluster.AddAsync(isServer: true, expect: 3, name: "s3");

        await cluster.WaitUntilWholeAsync();
        await first.UntilAsync(async () => await VotersAsync(first) == 3, "three voters");
    }

    [Fact]
    public async Task Members_outside_the_allowed_networks_are_not_admitted()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, settings: """{"serf_lan_allowed_cidrs": ["127.0.0.0/8"]}""");
        await cluster.AddAsync(isServer: false);
        await cluster.WaitUntilWholeAsync();

        await using AgentCluster strict = await AgentCluster.StartAsync(servers: 1, settings: """{"serf_lan_allowed_cidrs": ["10.0.0.0/8"]}""");
        (int code, _, string error) = await cluster.Agents[1].RunAsync("join", strict.Agents[0].Address);

        Assert.Equal(1, code);
        Assert.Contains("which is not in an allowed network", error, StringComparison.Ordinal);
        Assert.Equal(1, await strict.Agents[0].CountAsync("alive"));
    }

    [Fact]
    public async Task An_agent_of_another_datacenter_is_refused_by_name()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        HostedAgent stranger = await cluster.AddAsync(isServer: false, settings: """{"datacenter": "dc2"}""");

        (int code, _, string error) = await stranger.RunAsync("join", cluster.Agents[0].Address);

        Assert.Equal(1, code);
        Assert.Contains("Member 'c1' part of wrong datacenter 'dc2'", error, StringComparison.Ordinal);
        Assert.Equal(1, await cluster.Agents[0].CountAsync("alive"));
    }

    [Fact]
    public async Task An_agent_with_the_id_of_another_is_refused_by_name()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 1);
        string id = (await cluster.Agents[1].JsonAsync("/v1/agent/self")).GetProperty("Config").GetProperty("NodeID").GetString()!;
        HostedAgent twin = await cluster.AddAsync(isServer: false, settings: $$"""{"node_id": "{{id}}"}""");

        (int code, _, string error) = await twin.RunAsync("join", cluster.Agents[0].Address);

        Assert.Equal(1, code);
        Assert.Contains($"Member 'c2' has conflicting node ID '{id}' with member 'c1'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_with_the_name_of_another_that_lives_does_not_take_its_place()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 1);
        (HostedAgent server, HostedAgent first) = (cluster.Agents[0], cluster.Agents[1]);
        await server.UntilAsync(async () => await SerfHealthAsync(server, "c1") == "passing", "passing serfHealth");
        HostedAgent second = await cluster.AddAsync(isServer: false, name: "c1");

        await second.RunAsync("join", server.Address);

        JsonElement member = (await server.JsonAsync("/v1/agent/members")).EnumerateArray().Single(static member => member.GetProperty("Name").GetString() == "c1");
        Assert.Equal(first.Address, member.GetProperty("Addr").GetString());
        Assert.Equal(first.Address, (await server.JsonAsync("/v1/catalog/node/c1")).GetProperty("Node").GetProperty("Address").GetString());
    }

    private static async Task<HostedAgent> LeaderAsync(AgentCluster cluster)
    {
        string leader = (await cluster.Agents[0].JsonAsync("/v1/status/leader")).GetString()!;
        return cluster.Agents.First(agent => leader == $"{agent.Address}:8300");
    }

    private static async Task<int> VotersAsync(HostedAgent agent) =>
        (await agent.JsonAsync("/v1/operator/raft/configuration")).GetProperty("Servers").EnumerateArray().Count(static server => server.GetProperty("Voter").GetBoolean());

    private static async Task<string?> SerfHealthAsync(HostedAgent agent, string node) =>
        (await agent.JsonAsync($"/v1/health/node/{node}")).EnumerateArray().FirstOrDefault(static check => check.GetProperty("CheckID").GetString() == "serfHealth") is { ValueKind: JsonValueKind.Object } check
            ? check.GetProperty("Status").GetString()
            : null;
}
