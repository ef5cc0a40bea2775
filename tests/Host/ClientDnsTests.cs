using System.Net;
using System.Text.Json;
using Praetor.Api;
using Praetor.Tests.Dns;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>An agent without state answers DNS as it is configured itself, and asks its own recursors (design, client agents; dns 9).</summary>
public sealed class ClientDnsTests
{
    private static IPEndPoint DnsOf(HostedAgent agent) => new(IPAddress.Parse(agent.Address), 8600);

    private static string Recursors(params string[] recursors) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["recursors"] = recursors,
        ["dns_config"] = new { node_ttl = "5s", recursor_timeout = "10s" },
    });

    private static async Task RegisterAsync(HostedAgent agent, string body) =>
        Assert.Equal(200, (await agent.SendAsync("PUT", "/v1/catalog/register", body)).Status);

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task What_takes_recursors_is_asked_of_the_agents_own(string transport)
    {
        await using var upstream = Upstream.Knowing(192, 0, 2, 7);
        await using var cluster = AgentCluster.Empty();
        HostedAgent server = await cluster.AddAsync(isServer: true, expect: 1);
        HostedAgent client = await cluster.AddAsync(isServer: false, settings: Recursors(upstream.Address));
        await cluster.WaitUntilWholeAsync();
        await RegisterAsync(client, """{"Node": "far", "Address": "host.example.com", "Service": {"Service": "far", "Port": 1, "Address": "svc.example.com"}}""");

        Assert.Equal("example.com. 300 A 192.0.2.7", (await DnsClient.AskAsync(DnsOf(client), new DnsQuery("example.com"), transport)).Answers.Single().ToString());
        Assert.Equal(
            ["far.service.consul. 0 CNAME svc.example.com.", "svc.example.com. 0 A 192.0.2.7"],
            (await DnsClient.AskAsync(DnsOf(client), new DnsQuery("far.service.consul"), transport)).Answers.Select(static record => record.ToString()));
        Assert.Equal(
            ["far.node.consul. 5 CNAME host.example.com.", "host.example.com. 300 A 192.0.2.7"],
            (await DnsClient.AskAsync(DnsOf(client), new DnsQuery("far.node.consul"), transport)).Answers.Select(static record => record.ToString()));
        Assert.Equal(["192.0.2.7"], (await DnsClient.AskAsync(DnsOf(client), new DnsQuery("9.9.9.9.in-addr.arpa", "PTR"), transport)).AnswerData);
        Assert.Equal(4, upstream.Requests.Count);
        DnsMessage local = await DnsClient.AskAsync(DnsOf(client), new DnsQuery("s1.node.consul"), transport);
        Assert.Equal((server.Address, true, true), (local.AnswerData.Single(), local.AA, local.RA));

        // The server that answers for the agent has no recursors of its own.
        Assert.Equal("REFUSED", (await DnsClient.AskAsync(DnsOf(server), new DnsQuery("example.com"), transport)).Code);
        Assert.False((await DnsClient.AskAsync(DnsOf(server), new DnsQuery("s1.node.consul"), transport)).RA);
    }

    [Fact]
    public async Task Without_a_server_the_world_outside_is_still_answered_and_the_catalog_fails_clearly()
    {
        await using var upstream = Upstream.Knowing(192, 0, 2, 7);
        await using var cluster = AgentCluster.Empty();
        HostedAgent client = await cluster.AddAsync(isServer: false, settings: Recursors(upstream.Address));

        Assert.Equal(["192.0.2.7"], (await DnsClient.AskAsync(DnsOf(client), new DnsQuery("example.com"))).AnswerData);
        Assert.Equal(["192.0.2.7"], (await DnsClient.AskAsync(DnsOf(client), new DnsQuery("1.0.0.10.in-addr.arpa", "PTR"))).AnswerData);
        DnsMessage failed = await DnsClient.AskAsync(DnsOf(client), new DnsQuery("web.service.consul"));
        Assert.Equal(("SERVFAIL", true, "web.service.consul. A 1"), (failed.Code, failed.AA, failed.Question));
    }

    [Fact]
    public async Task A_recursor_that_is_no_address_stops_the_start()
    {
        await using var cluster = AgentCluster.Empty();
        var refused = await Assert.ThrowsAsync<AgentStartException>(() => cluster.AddAsync(isServer: false, settings: Recursors("192.0.2.1:dns")));
        Assert.Equal("Invalid recursor address: address dns: invalid port", refused.Message);
    }

    [Fact]
    public async Task Without_recursors_a_name_elsewhere_is_refused_and_rubbish_told_so()
    {
        await using var cluster = AgentCluster.Empty();
        HostedAgent client = await cluster.AddAsync(isServer: false);

        Assert.Equal("REFUSED", (await DnsClient.AskAsync(DnsOf(client), new DnsQuery("example.com"))).Code);
        Assert.Equal("NOTIMP", (await DnsClient.AskAsync(DnsOf(client), new DnsQuery("example.com") { Flags = 0x2800 })).Code);
    }
}
