using System.Net;
using Praetor.Api.Dns;
using Praetor.Core.State.Queries;

namespace Praetor.Tests.Dns;

/// <summary>Prepared queries over DNS (dns 2, 5 and 6; rows 14 and 19).</summary>
public sealed class QueryAnswerTests
{
    private readonly DnsWorld _world = new DnsWorld(new DnsOptions { ServiceTtl = new Dictionary<string, TimeSpan> { ["web"] = TimeSpan.FromSeconds(7) } })
        .Node("n1", "10.0.0.1").Node("n2", "10.0.0.2").Node("n3", "10.0.0.3")
        .Service("n1", "web", 81).Service("n2", "web", 82).Service("n3", "web", 83)
        .Places(("n1", 0), ("n2", 10), ("n3", 30));

    [Theory]
    [InlineData("q.query.consul")]
    [InlineData("Q.query.dc1.consul")]
    [InlineData("_q._tcp.query.consul")]
    public void A_query_is_asked_by_its_name(string name)
    {
        _world.Query(Of("q") with { Service = new QueriedService { Name = "web" } });

        Assert.Equal(["10.0.0.1", "10.0.0.2", "10.0.0.3"], _world.Ask(name).AnswerData.Order());
    }

    [Fact]
    public void Dots_belong_to_the_name()
    {
        _world.Query(Of("a.b"));

        Assert.Equal(3, _world.Ask("a.b.query.consul").Answers.Count);
    }

    [Fact]
    public void A_template_is_rendered_for_the_name()
    {
        _world.Query(Of("geo-") with { TemplateType = "name_prefix_match", Service = new QueriedService { Name = "${name.suffix}" } });

        Assert.Equal(3, _world.Ask("geo-web.query.consul").Answers.Count);
    }

    [Theory]
    [InlineData("none.query.consul")]
    [InlineData("empty.query.consul")]
    [InlineData("q.query.dc2.consul")]
    [InlineData("q.query.a.b.consul")]
    [InlineData("q.query.dc1.dc.consul")]
    public void What_leads_nowhere_is_NXDOMAIN(string name)
    {
        _world.Query(Of("q")).Query(Of("empty") with { Service = new QueriedService { Name = "none" } });

        Assert.Equal("NXDOMAIN", _world.Ask(name).Code);
    }

    [Theory]
    [InlineData("", 7u)]
    [InlineData("15s", 15u)]
    [InlineData("1500ms", 1u)]
    [InlineData("0", 0u)]
    public void The_querys_time_to_live_wins_over_the_services(string ttl, uint seconds)
    {
        _world.Query(Of("q") with { DnsTtl = ttl });

        Assert.All(_world.Ask("q.query.consul").Answers, record => Assert.Equal(seconds, record.Ttl));
    }

    [Theory]
    [InlineData("_agent", null, "10.0.0.1 10.0.0.2 10.0.0.3")]
    [InlineData("n3", null, "10.0.0.3 10.0.0.2 10.0.0.1")]
    [InlineData("_ip", null, "10.0.0.2 10.0.0.1 10.0.0.3")]
    [InlineData("_ip", "10.0.0.3/32", "10.0.0.3 10.0.0.2 10.0.0.1")]
    public void Near_sorts_by_round_trip_from_who_asks(string near, string? subnet, string addresses)
    {
        _world.Client = IPAddress.Parse("10.0.0.2").GetAddressBytes();
        _world.Query(Of("q") with { Service = new QueriedService { Name = "web", Near = near } });

        Assert.Equal(addresses, string.Join(' ', _world.Ask(new DnsQuery("q.query.consul") { EdnsSize = subnet is null ? null : 1232, Subnet = subnet }).AnswerData));
    }

    [Theory]
    [InlineData("q.query.consul", "24")]
    [InlineData("none.query.consul", "0")]
    [InlineData("web.service.consul", "0")]
    public void The_answer_is_for_the_subnet_that_asked(string name, string scope)
    {
        _world.Query(Of("q"));

        Assert.Equal($"1 192.0.2.0/24/{scope}", _world.Ask(new DnsQuery(name) { EdnsSize = 1232, Subnet = "192.0.2.0/24" }).Subnet);
    }

    [Fact]
    public void Services_are_told_as_SRV_with_their_addresses()
    {
        _world.Query(Of("q") with { Service = new QueriedService { Name = "web", Near = "n2" } });

        DnsMessage reply = _world.Ask("q.query.consul", "SRV");

        Assert.Equal("1 1 82 n2.node.dc1.consul.", reply.AnswerData.First());
        Assert.Equal(3, reply.Additional.Count);
    }

    private static PreparedQuery Of(string name) => new() { Name = name, Service = new QueriedService { Name = "web" } };
}
