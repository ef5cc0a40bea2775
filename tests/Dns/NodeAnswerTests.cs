using Praetor.Api.Dns;

namespace Praetor.Tests.Dns;

/// <summary>dns 3: <c>.node</c> names.</summary>
public class NodeAnswerTests
{
    private const string Id = "5fbcf7e1-aaaa-bbbb-cccc-000000000001";

    private readonly DnsWorld _world = new DnsWorld(new DnsOptions { NodeTtl = TimeSpan.FromSeconds(12.9) })
        .Node("n1", "10.0.0.1", Id, meta: [("rack", "r1"), ("zone", "z")])
        .Node("n6", "2001:db8::1")
        .Node("Foo.Bar", "10.0.0.2")
        .Node("ext", "www.example.com")
        .Node("both", "10.0.0.3", tagged: [("lan_ipv4", "10.0.0.33"), ("lan_ipv6", "2001:db8::33")]);

    [Fact]
    public void An_address_with_the_metadata_beside_it()
    {
        DnsMessage reply = _world.Ask("n1.node.consul");
        Assert.Equal(["n1.node.consul. 12 A 10.0.0.1"], reply.Answers.Select(r => r.ToString()));
        Assert.Equal(["n1.node.consul. 12 TXT \"rack=r1\"", "n1.node.consul. 12 TXT \"zone=z\""], reply.Additional.Select(r => r.ToString()));
        Assert.Empty(reply.Authority);
    }

    [Fact]
    public void ANY_has_address_and_metadata_as_answers()
    {
        DnsMessage reply = _world.Ask(new DnsQuery("n1.node.consul", "ANY") { EdnsSize = 1232 });
        Assert.Equal(["10.0.0.1", "\"rack=r1\"", "\"zone=z\""], reply.AnswerData);
        Assert.Empty(reply.Additional);
    }

    [Fact]
    public void TXT_has_metadata_alone()
    {
        DnsMessage reply = _world.Ask("n1.node.consul", "TXT");
        Assert.Equal(["\"rack=r1\"", "\"zone=z\""], reply.AnswerData);
        Assert.Empty(reply.Additional);
    }

    [Fact]
    public void Metadata_beside_addresses_can_be_switched_off_while_TXT_and_ANY_still_have_it()
    {
        DnsWorld world = new DnsWorld(new DnsOptions { EnableAdditionalNodeMetaTxt = false }).Node("n1", "10.0.0.1", meta: [("a", "b")]);
        Assert.Empty(world.Ask("n1.node.consul").Additional);
        Assert.Equal(["\"a=b\""], world.Ask("n1.node.consul", "TXT").AnswerData);
        Assert.Equal(2, world.Ask("n1.node.consul", "ANY").Answers.Count);
    }

    [Fact]
    public void The_other_family_is_an_empty_answer_without_SOA_but_with_metadata()
    {
        DnsMessage reply = _world.Ask("n1.node.consul", "AAAA");
        Assert.Equal("NOERROR", reply.Code);
        Assert.Empty(reply.Answers);
        Assert.Empty(reply.Authority);
        Assert.Equal(2, reply.Additional.Count);
        Assert.Equal(["2001:db8::1"], _world.Ask("n6.node.consul", "AAAA").AnswerData);
        Assert.Empty(_world.Ask("n6.node.consul", "A").Answers);
    }

    [Theory]
    [InlineData("n1.node.consul", "SRV")]
    [InlineData("n1.node.consul", "MX")]
    [InlineData("n1.node.consul", "HTTPS")]
    [InlineData("n1.node.consul", "DS")]
    [InlineData("n1.node.consul", "IXFR")]
    [InlineData("nosuch.node.consul", "SRV")]
    [InlineData("nosuch.node.consul", "PTR")]
    public void Other_types_are_empty_whether_the_node_exists_or_not(string name, string type)
    {
        DnsMessage reply = _world.Ask(name, type);
        Assert.Equal("NOERROR", reply.Code);
        Assert.Equal((0, 0, 0), (reply.Answers.Count, reply.Authority.Count, reply.Additional.Count));
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AAAA")]
    [InlineData("ANY")]
    [InlineData("TXT")]
    public void An_unknown_node_is_NXDOMAIN_with_SOA(string type)
    {
        DnsMessage reply = _world.Ask("nosuch.node.consul", type);
        Assert.Equal("NXDOMAIN", reply.Code);
        Assert.Equal("SOA", Assert.Single(reply.Authority).Type);
    }

    [Theory]
    [InlineData("FOO.bar.Node.Consul")]
    [InlineData("foo.bar.node.dc1.consul")]
    [InlineData("foo.bar.node.DC1.dc.consul")]
    public void Dots_and_case_do_not_matter_and_the_owner_keeps_its_spelling(string name)
    {
        DnsMessage reply = _world.Ask(name);
        Assert.Equal([$"{name}. 12 A 10.0.0.2"], reply.Answers.Select(r => r.ToString()));
    }

    [Theory]
    [InlineData("5fbcf7e1.node.consul")]
    [InlineData("5fbcf7e1-aaaa-bbbb-cccc-000000000001.node.consul")]
    [InlineData("5f.node.consul")]
    public void A_unique_id_prefix_is_as_good_as_the_name(string name) => Assert.Equal(["10.0.0.1"], _world.Ask(name).AnswerData);

    [Theory]
    [InlineData("n1.node.dc2.consul")]
    [InlineData("n1.node.p1.peer.consul")]
    [InlineData("n1.node.dc1.extra.consul")]
    public void Other_places_are_NXDOMAIN(string name)
    {
        DnsMessage reply = _world.Ask(name);
        Assert.Equal("NXDOMAIN", reply.Code);
        Assert.Equal("SOA", Assert.Single(reply.Authority).Type);
        Assert.Empty(reply.Additional);
    }

    [Theory]
    [InlineData("A", "10.0.0.33")]
    [InlineData("AAAA", "2001:db8::33")]
    [InlineData("ANY", "2001:db8::33")]
    public void Tagged_addresses_are_chosen_by_family(string type, string expected) =>
        Assert.Equal([expected], _world.Ask("both.node.consul", type).AnswerData);

    [Theory]
    [InlineData("A")]
    [InlineData("AAAA")]
    [InlineData("ANY")]
    public void A_host_name_is_a_CNAME_for_any_address_type(string type) =>
        Assert.Equal(["ext.node.consul. 12 CNAME www.example.com."], _world.Ask("ext.node.consul", type).Answers.Select(r => r.ToString()));

    [Fact]
    public void A_host_name_in_the_domain_brings_all_its_records()
    {
        _world.Node("alias", "N1.node.consul");
        DnsMessage reply = _world.Ask(new DnsQuery("alias.node.consul") { EdnsSize = 4096 });
        Assert.Equal(
            ["alias.node.consul. 12 CNAME N1.node.consul.", "N1.node.consul. 12 A 10.0.0.1", "N1.node.consul. 12 TXT \"rack=r1\"", "N1.node.consul. 12 TXT \"zone=z\""],
            reply.Answers.Select(r => r.ToString()));
    }

    [Fact]
    public void Aliases_in_a_circle_end()
    {
        _world.Node("x", "y.node.consul").Node("y", "x.node.consul");
        DnsMessage reply = _world.Ask(new DnsQuery("x.node.consul") { EdnsSize = 4096 });
        Assert.Equal(["y.node.consul.", "x.node.consul.", "y.node.consul.", "x.node.consul."], reply.AnswerData);
    }

    [Fact]
    public void A_change_shows_at_once()
    {
        Assert.Equal(["10.0.0.1"], _world.Ask("n1.node.consul").AnswerData);
        _world.Node("n1", "10.0.0.99", Id);
        Assert.Equal(["10.0.0.99"], _world.Ask("n1.node.consul").AnswerData);
        _world.Remove("n1");
        Assert.Equal("NXDOMAIN", _world.Ask("n1.node.consul").Code);
    }

    [Fact]
    public void A_name_with_a_space_cannot_be_found()
    {
        _world.Node("a b", "10.0.0.9");
        Assert.Equal("NXDOMAIN", _world.Ask(@"a\032b.node.consul").Code);
    }
}
