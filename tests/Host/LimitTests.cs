using System.Globalization;
using Praetor.Runtime;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>Rates of requests (http-core 1.6, gossip-raft 7, config limits).</summary>
public sealed class LimitTests
{
    [Fact]
    public void A_bucket_gives_its_burst_and_then_its_rate()
    {
        var time = new ManualTime();
        var bucket = new TokenBucket(ratePerSecond: 2, burst: 5, time);

        Assert.Equal(5, Taken(bucket));
        time.Advance(TimeSpan.FromSeconds(1.4));
        Assert.Equal(2, Taken(bucket));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(5, Taken(bucket));
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(double.PositiveInfinity)]
    public void Without_a_rate_there_is_no_limit(double rate) => Assert.Equal(1000, Taken(new TokenBucket(rate, 0, new ManualTime())));

    [Fact]
    public void A_rate_that_is_set_later_counts_from_then_on()
    {
        var bucket = new TokenBucket(-1, 0, new ManualTime());
        bucket.Configure(1, 3);

        Assert.InRange(Taken(bucket), 0, 3);
    }

    [Fact]
    public async Task A_server_refuses_what_is_beyond_its_rates_and_still_tells_of_itself()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 1, """{"limits": {"request_limits": {"mode": "enforcing", "read_rate": 2, "write_rate": 2}}}""");

        foreach (HostedAgent agent in cluster.Agents)
        {
            Reply read = await UntilRefusedAsync(agent, "GET", "/v1/kv/?keys");
            Assert.Equal((429, "rate limit exceeded, try again later or against a different server"), (read.Status, read.Body));
            Reply write = await UntilRefusedAsync(agent, "PUT", "/v1/kv/a");
            Assert.Equal((503, "rate limit exceeded for operation that can only be performed by the leader, try again later"), (write.Status, write.Body));
            for (int i = 0; i < 40; i++)
                Assert.Equal(200, (await agent.GetAsync("/v1/status/leader")).Status);
            Assert.Equal(200, (await agent.GetAsync("/v1/agent/self")).Status);
        }
    }

    [Fact]
    public async Task A_permissive_server_refuses_nothing()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, settings: """{"limits": {"request_limits": {"mode": "permissive", "read_rate": 1, "write_rate": 1}}}""");

        for (int i = 0; i < 50; i++)
            Assert.Equal(200, (await cluster.Agents[0].SendAsync("PUT", "/v1/kv/a", i.ToString(CultureInfo.InvariantCulture))).Status);
    }

    [Fact]
    public async Task An_agent_refuses_what_is_beyond_its_calls()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        HostedAgent client = await cluster.AddAsync(isServer: false, settings: """{"limits": {"rpc_rate": 1, "rpc_max_burst": 20}}""");
        await client.UntilAsync(async () => (await client.GetAsync("/v1/status/leader")).Status == 200, "a server");

        Reply refused = await UntilRefusedAsync(client, "GET", "/v1/kv/?keys");

        Assert.Equal((429, "RPC rate limit exceeded"), (refused.Status, refused.Body));
    }

    private static int Taken(TokenBucket bucket)
    {
        int taken = 0;
        while (taken < 1000 && bucket.TryTake())
            taken++;
        return taken;
    }

    private static async Task<Reply> UntilRefusedAsync(HostedAgent agent, string method, string path)
    {
        for (int i = 0; i < 500; i++)
        {
            Reply reply = await agent.SendAsync(method, path, method == "PUT" ? "x" : null);
            if (reply.Status is not (200 or 404))
                return reply;
        }

        throw new InvalidOperationException("never refused");
    }
}
