namespace Praetor.Tests.Host;

/// <summary>How a datacenter begins: bootstrap_expect (gossip-raft 5, 12.8).</summary>
public sealed class BirthTests
{
    [Fact]
    public async Task Fewer_servers_than_expected_have_no_leader_and_the_last_one_makes_it()
    {
        await using AgentCluster cluster = AgentCluster.Empty();
        HostedAgent first = await cluster.AddAsync(isServer: true, expect: 3, settings: """{"performance": {"rpc_hold_timeout": "50ms"}}""");
        await cluster.AddAsync(isServer: true, expect: 3);
        await first.UntilAsync(async () => await first.CountAsync("alive") == 2, "the second server");
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal((500, "No cluster leader"), await WriteAsync(first));

        await cluster.AddAsync(isServer: true, expect: 3);

        await cluster.WaitUntilWholeAsync();
        Assert.Equal(3, (await first.JsonAsync("/v1/operator/raft/configuration")).GetProperty("Servers").GetArrayLength());
    }

    [Fact]
    public async Task Servers_that_come_alone_and_meet_later_form_one_datacenter()
    {
        await using AgentCluster cluster = AgentCluster.Empty();
        for (int i = 0; i < 3; i++)
            await cluster.AddAsync(isServer: true, expect: 3, settings: """{"retry_interval": "1h"}""");
        foreach (HostedAgent agent in cluster.Agents.Skip(1).Reverse())
            Assert.Equal(0, (await agent.RunAsync("join", cluster.Agents[0].Address)).Code);

        await cluster.WaitUntilWholeAsync();

        string[] leaders = await Task.WhenAll(cluster.Agents.Select(static async agent => (await agent.GetAsync("/v1/status/leader")).Body));
        Assert.Single(leaders.Distinct());
    }

    [Fact]
    public async Task An_agent_may_be_there_before_all_servers()
    {
        await using AgentCluster cluster = AgentCluster.Empty();
        HostedAgent agent = await cluster.AddAsync(isServer: false);
        Assert.Equal((500, "No known Consul servers"), await WriteAsync(agent));
        await cluster.AddAsync(isServer: true, expect: 1);

        await cluster.WaitUntilWholeAsync();
    }

    [Fact]
    public async Task Servers_meet_in_the_WAN_under_the_name_of_their_datacenter()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 2, clients: 1);
        HostedAgent server = cluster.Agents[0];
        await server.UntilAsync(async () => (await server.JsonAsync("/v1/agent/members?wan=1")).GetArrayLength() == 2, "two servers in the WAN");

        (int code, string table, _) = await server.RunAsync("members", "-wan");

        Assert.Equal(0, code);
        Assert.Equal(["s1.dc1", "s2.dc1"], table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(static line => line.Split(' ')[0]));
    }

    private static async Task<(int Status, string Body)> WriteAsync(HostedAgent agent)
    {
        Support.Reply reply = await agent.SendAsync("PUT", "/v1/kv/a", "v");
        return (reply.Status, reply.Body);
    }
}
