using Praetor.Api.Dns;
using Praetor.Api.Dns.Answers;
using Praetor.Core.State.Catalog;

namespace Praetor.Tests.Dns;

/// <summary>dns 5: SRV records, their targets, weights and additional records.</summary>
public class SrvAnswerTests
{
    private static DnsWorld World(DnsOptions? options = null) => new DnsWorld(options)
        .Node("N1", "10.0.0.1", meta: [("rack", "r1")])
        .Node("tagged", "10.0.0.3", tagged: [("lan_ipv4", "10.9.9.3")])
        .Node("ext", "db.example.com");

    private static DnsMessage Srv(DnsWorld world, string name = "web.service.consul") => world.Ask(new DnsQuery(name, "SRV") { EdnsSize = 4096 });

    [Theory]
    [InlineData("N1", "", "N1.node.dc1.consul.", "N1.node.dc1.consul. 0 A 10.0.0.1")] // node form
    [InlineData("tagged", "", "0a090903.addr.dc1.consul.", "0a090903.addr.dc1.consul. 0 A 10.9.9.3")] // a tagged node address
    [InlineData("N1", "192.0.2.10", "c000020a.addr.dc1.consul.", "c000020a.addr.dc1.consul. 0 A 192.0.2.10")] // ip form
    [InlineData("N1", "10.0.0.1", "0a000001.addr.dc1.consul.", "0a000001.addr.dc1.consul. 0 A 10.0.0.1")] // even if it is the node's
    [InlineData("N1", "2001:db8::1", "20010db8000000000000000000000001.addr.dc1.consul.", "20010db8000000000000000000000001.addr.dc1.consul. 0 AAAA 2001:db8::1")]
    [InlineData("N1", "Some.Host.example.com", "Some.Host.example.com.", null)] // host form, no recursor
    [InlineData("N1", "web.service.consul", "N1.node.dc1.consul.", "N1.node.dc1.consul. 0 A 10.0.0.1")] // itself
    [InlineData("ext", "", "db.example.com.", null)]
    [InlineData("N1", "n1.NODE.consul", "n1.NODE.consul.", "n1.NODE.consul. 0 A 10.0.0.1")] // host in the domain
    public void Targets_and_their_addresses(string node, string address, string target, string? glue)
    {
        DnsMessage reply = Srv(World(new DnsOptions { EnableAdditionalNodeMetaTxt = false }).Service(node, "web", 8080, address));
        Assert.Equal([$"web.service.consul. 0 SRV 1 1 8080 {target}"], reply.Answers.Select(r => r.ToString()));
        Assert.Equal(glue is null ? [] : [glue], reply.Additional.Select(r => r.ToString()));
    }

    [Theory]
    [InlineData("192.0.2.10")]
    [InlineData("2001:db8::1")]
    [InlineData("")]
    public void Every_target_resolves(string address)
    {
        DnsWorld world = World().Service("N1", "web", address: address);
        DnsMessage srv = Srv(world);
        string target = srv.AnswerData.Single().Split(' ')[3];
        DnsMessage reply = world.Ask(target, address.Contains(':') ? "AAAA" : "A");
        Assert.Equal(srv.Additional[0].Data, reply.AnswerData.Single());
    }

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2.10")]
    [InlineData("host.example.com")]
    public void Metadata_of_the_node_follows_its_address_under_the_name_of_the_node(string address)
    {
        DnsMessage reply = Srv(World().Service("N1", "web", address: address));
        Assert.Equal("N1.node.dc1.consul. 0 TXT \"rack=r1\"", reply.Additional[^1].ToString());
    }

    [Fact]
    public void Additional_records_stand_in_the_order_of_the_answers()
    {
        DnsWorld world = World().Node("n2", "10.0.0.2", meta: [("a", "1"), ("b", "2")]).Service("N1", "web").Service("n2", "web");
        DnsMessage reply = Srv(world);
        string[] expected = reply.AnswerData.First().Contains("N1", StringComparison.Ordinal)
            ? ["10.0.0.1", "\"rack=r1\"", "10.0.0.2", "\"a=1\"", "\"b=2\""]
            : ["10.0.0.2", "\"a=1\"", "\"b=2\"", "10.0.0.1", "\"rack=r1\""];
        Assert.Equal(expected, reply.Additional.Select(r => r.Data));
    }

    [Fact]
    public void Node_address_and_port_make_a_record_and_equal_ones_are_given_once()
    {
        DnsWorld world = World().Service("N1", "web", 80, id: "a").Service("N1", "web", 81, id: "b").Service("N1", "web", 81, id: "c");
        Assert.Equal(["1 1 80 N1.node.dc1.consul.", "1 1 81 N1.node.dc1.consul."], Srv(world).AnswerData.Order(StringComparer.Ordinal));
        Assert.Equal(["10.0.0.1"], world.Ask("web.service.consul").AnswerData);
    }

    [Theory]
    [InlineData(null, 10)]
    [InlineData("passing", 10)]
    [InlineData("warning", 3)]
    [InlineData("odd", 1)]
    public void The_weight_is_that_of_the_state(string? status, int weight)
    {
        DnsWorld world = World().Service("N1", "web", status: status, weights: new ServiceWeights(10, 3));
        Assert.Equal([$"1 {weight} 8080 N1.node.dc1.consul."], Srv(world).AnswerData);
    }

    [Fact]
    public void A_warning_of_the_node_counts_for_the_weight()
    {
        DnsWorld world = World().Node("w", "10.0.0.5", checks: [("mem", "warning")]).Service("w", "web", status: "passing", weights: new ServiceWeights(10, 3));
        Assert.Equal(["1 3 8080 w.node.dc1.consul."], Srv(world).AnswerData);
    }

    [Fact]
    public void The_domain_of_targets_is_spelled_as_asked()
    {
        DnsMessage reply = Srv(World().Service("N1", "web"), "web.service.CONsul");
        Assert.Equal(["1 1 8080 N1.node.dc1.CONsul."], reply.AnswerData);
        Assert.Equal("N1.node.dc1.CONsul.", reply.Additional[0].Owner);
    }

    [Theory]
    [InlineData("_web._tcp.consul")]
    [InlineData("_web._tcp.service.consul")]
    [InlineData("_web._tcp.service.dc1.consul")]
    [InlineData("web.service.consul")]
    public void RFC_2782_names(string name) => Assert.Equal(["1 1 8080 N1.node.dc1.consul."], Srv(World().Service("N1", "web"), name).AnswerData);

    [Fact]
    public void A_instance_without_any_address_gives_nothing()
    {
        DnsMessage reply = Srv(World().Node("bare", "").Service("bare", "web"));
        Assert.Equal("NOERROR", reply.Code);
        Assert.Empty(reply.Answers);
        Assert.Single(reply.Authority);
    }

    [Fact]
    public void What_has_no_wire_form_is_left_out_and_the_rest_is_answered()
    {
        string longLabel = new('x', 64);
        DnsWorld world = World().Node(longLabel, "10.0.0.7").Service(longLabel, "web").Service("N1", "web").Service("N1", "web", address: "a..b", id: "bad");
        Assert.Equal(["1 1 8080 N1.node.dc1.consul."], Srv(world).AnswerData);
        Assert.Equal(["10.0.0.1", "10.0.0.7"], world.Ask("web.service.consul", transport: DnsTransport.Tcp).AnswerData.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_node_name_with_a_dot_becomes_labels()
    {
        DnsWorld world = World().Node("a.b", "10.0.0.8").Service("a.b", "web");
        Assert.Equal(["1 1 8080 a.b.node.dc1.consul."], Srv(world).AnswerData);
        Assert.Equal(["10.0.0.8"], world.Ask("a.b.node.dc1.consul").AnswerData);
    }
}
