using Praetor.Api.Dns;
using Praetor.Api.Dns.Names;
using Praetor.Core.State;

namespace Praetor.Tests.Dns;

/// <summary>dns 3, 4, 8: <c>.addr</c> names, NS and SOA questions, reverse lookups, and times without a leader.</summary>
public class OtherNamesTests
{
    private static readonly DnsOptions Options = new()
    {
        NodeTtl = TimeSpan.FromSeconds(9),
        Soa = new SoaOptions { RefreshS = 1, RetryS = 2, ExpireS = 3, MinTtlS = 4 },
    };

    private readonly DnsWorld _world = new DnsWorld(Options, altDomain: "alt")
        .Node("Srv1", "10.0.0.1").Service("Srv1", "consul", 8300)
        .Node("n6", "2001:db8::6").Service("n6", "web", address: "2001:db8::77").Service("n6", "db", address: "10.0.0.77");

    private string Soa(string domain) =>
        $"{domain}. 4 SOA ns.{domain}. hostmaster.{domain}. {_world.Time.GetUtcNow().ToUnixTimeSeconds()} 1 2 3 4";

    [Theory]
    [InlineData("0a000001", "A", "AN 10.0.0.1")]
    [InlineData("0a000001", "ANY", "AN 10.0.0.1")]
    [InlineData("0A00000a", "A", "AN 10.0.0.10")]
    [InlineData("0a000001", "AAAA", "AD 10.0.0.1")]
    [InlineData("0a000001", "SRV", "AD 10.0.0.1")]
    [InlineData("0a000001", "MX", "AD 10.0.0.1")]
    [InlineData("20010db8000000000000000000000001", "AAAA", "AN 2001:db8::1")]
    [InlineData("20010db8000000000000000000000001", "ANY", "AN 2001:db8::1")]
    [InlineData("20010db8000000000000000000000001", "A", "AD 2001:db8::1")]
    public void The_address_is_an_answer_if_the_type_fits_and_additional_otherwise(string hex, string type, string expected)
    {
        DnsMessage reply = _world.Ask($"{hex}.addr.dc1.consul", type);
        Assert.Equal("NOERROR", reply.Code);
        Assert.Equal([expected], reply.Answers.Select(r => $"AN {r.Data}").Concat(reply.Additional.Select(r => $"AD {r.Data}")));
        Assert.All(reply.Answers, record => Assert.Equal(9u, record.Ttl));
        Assert.Empty(reply.Authority);
    }

    [Fact]
    public void The_owner_of_an_address_is_lower_case_before_the_domain_as_sent() =>
        Assert.Equal(["0a0b0c0d.addr.dc1.CONSUL. 9 A 10.11.12.13"], _world.Ask("0A0B0C0D.Addr.DC1.CONSUL").Answers.Select(r => r.ToString()));

    [Theory]
    [InlineData("0a00000.addr.consul")]
    [InlineData("0a0000011.addr.consul")]
    [InlineData("0a00000g.addr.consul")]
    [InlineData("x.0a000001.addr.consul")]
    [InlineData("addr.consul")]
    public void Bad_hex_is_NXDOMAIN(string name)
    {
        DnsMessage reply = _world.Ask(name);
        Assert.Equal("NXDOMAIN", reply.Code);
        Assert.Equal([Soa("consul")], reply.Authority.Select(r => r.ToString()));
    }

    [Theory]
    [InlineData("consul", "consul", "consul")]
    [InlineData("any.thing.Consul", "consul", "Consul")]
    [InlineData("web.service.alt", "alt", "alt")]
    [InlineData("alt", "consul", "alt")] // the apex of the alternate domain speaks for the primary
    [InlineData("web.service.ALT", "consul", "ALT")]
    public void SOA_does_not_depend_on_the_name(string name, string soaDomain, string asked)
    {
        DnsMessage reply = _world.Ask(name, "SOA");
        Assert.Equal("NOERROR", reply.Code);
        Assert.Equal([Soa(soaDomain)], reply.Answers.Select(r => r.ToString()));
        string server = $"srv1.node.dc1.{asked.ToLowerInvariant()}.";
        Assert.Equal([$"{asked}. 9 NS {server}"], reply.Authority.Select(r => r.ToString()));
        Assert.Equal([$"{server} 9 A 10.0.0.1"], reply.Additional.Select(r => r.ToString()));
    }

    [Theory]
    [InlineData("nosuch.service.consul", "consul")]
    [InlineData("nosuch.service.alt", "alt")]
    [InlineData("nosuch.service.Alt", "consul")]
    [InlineData("alt", "consul")]
    public void Negative_answers_carry_the_SOA(string name, string domain)
    {
        DnsMessage reply = _world.Ask(name);
        Assert.Equal("NXDOMAIN", reply.Code);
        Assert.Equal([Soa(domain)], reply.Authority.Select(r => r.ToString()));
    }

    [Fact]
    public void NS_names_up_to_three_healthy_servers_with_addresses()
    {
        for (int i = 2; i <= 5; i++)
            _world.Node($"srv{i}", $"10.0.0.{i}").Service($"srv{i}", "consul", 8300);
        _world.Node("sick", "10.0.0.9", checks: [("serfHealth", "critical")]).Service("sick", "consul");
        HashSet<string> seen = [];
        for (int i = 0; i < 50; i++)
        {
            DnsMessage reply = _world.Ask(new DnsQuery("x.Consul", "NS") { EdnsSize = 1232 });
            Assert.Equal(3, reply.Answers.Count);
            Assert.Equal(reply.AnswerData, reply.Additional.Select(r => r.Owner));
            Assert.All(reply.Answers, record => Assert.Equal(("Consul.", 9u), (record.Owner, record.Ttl)));
            seen.UnionWith(reply.AnswerData);
        }
        Assert.Equal(5, seen.Count);
    }

    [Fact]
    public void A_server_whose_name_is_no_host_name_is_left_out()
    {
        _world.Node("bad_name", "10.0.0.9").Service("bad_name", "consul");
        Assert.Equal(["srv1.node.dc1.consul."], _world.Ask("consul", "NS").AnswerData);
    }

    [Fact]
    public void Without_servers_NS_is_empty()
    {
        DnsMessage reply = new DnsWorld().Ask("consul", "NS");
        Assert.Equal("NOERROR", reply.Code);
        Assert.Equal((0, 0, 0), (reply.Answers.Count, reply.Authority.Count, reply.Additional.Count));
    }

    [Theory]
    [InlineData("1.0.0.10.in-addr.arpa", "Srv1.node.dc1.consul.")]
    [InlineData("1.0.0.10.IN-ADDR.ARPA", "Srv1.node.dc1.consul.")]
    [InlineData("77.0.0.10.in-addr.arpa", "db.service.dc1.consul.")]
    [InlineData("6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "n6.node.dc1.consul.")]
    [InlineData("7.7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6.arpa", "web.service.dc1.consul.")]
    public void Addresses_lead_back_to_names_for_any_type(string name, string expected)
    {
        foreach (string type in (string[])["PTR", "A", "ANY"])
        {
            DnsMessage reply = _world.Ask(name, type);
            Assert.Equal([$"{name}. 0 PTR {expected}"], reply.Answers.Select(r => r.ToString()));
            Assert.True(reply.AA);
            Assert.Empty(reply.Authority);
        }
    }

    [Fact]
    public void A_SOA_question_about_an_address_has_both()
    {
        DnsMessage reply = _world.Ask("1.0.0.10.in-addr.arpa", "SOA");
        Assert.Equal("PTR", Assert.Single(reply.Answers).Type);
        Assert.Equal([Soa("consul")], reply.Authority.Select(r => r.ToString()));
    }

    [Theory]
    [InlineData("9.9.9.9.in-addr.arpa")]
    [InlineData("0.0.10.in-addr.arpa")]
    [InlineData("1.1.0.0.10.in-addr.arpa")]
    [InlineData("256.0.0.10.in-addr.arpa")]
    [InlineData("x.0.0.10.in-addr.arpa")]
    [InlineData("in-addr.arpa")]
    [InlineData("arpa")]
    [InlineData("1.2.ip6.arpa")]
    [InlineData("g.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")]
    [InlineData("home.arpa")]
    public void Unknown_addresses_and_malformed_names_are_NXDOMAIN_with_the_primary_SOA(string name)
    {
        DnsMessage reply = _world.Ask(new DnsQuery(name, "PTR") { EdnsSize = 1232 });
        Assert.Equal("NXDOMAIN", reply.Code);
        Assert.Equal([Soa("consul")], reply.Authority.Select(r => r.ToString()));
        Assert.Equal((ushort)1232, reply.EdnsSize);
    }

    [Theory]
    [InlineData("nosuch.service.consul", "SERVFAIL")]
    [InlineData("nosuch.node.consul", "SERVFAIL")]
    [InlineData("9.9.9.9.in-addr.arpa", "SERVFAIL")]
    [InlineData("x.query.consul", "SERVFAIL")]
    [InlineData("web.service.consul", "NOERROR")] // what is known is still told
    [InlineData("0a000001.addr.consul", "NOERROR")]
    [InlineData("nonsense.consul", "NXDOMAIN")] // true whoever leads
    public void Without_a_leader_nothing_is_denied(string name, string code)
    {
        _world.HasLeader = false;
        DnsMessage reply = _world.Ask(name);
        Assert.Equal(code, reply.Code);
        Assert.True(reply.AA);
        Assert.Equal(code == "NXDOMAIN", reply.Authority.Count > 0 && reply.Answers.Count == 0 && code != "NOERROR");
    }

    [Fact]
    public void Without_stale_answers_everything_waits_for_a_leader()
    {
        DnsWorld world = new DnsWorld(new DnsOptions { AllowStale = false }).Node("n1", "10.0.0.1");
        Assert.Equal("NOERROR", world.Ask("n1.node.consul").Code);
        world.HasLeader = world.IsFresh = false;
        Assert.Equal("SERVFAIL", world.Ask("n1.node.consul").Code);
        Assert.Equal("NOERROR", world.Ask("0a000001.addr.consul").Code);
    }

    [Fact]
    public void A_fault_while_answering_is_SERVFAIL_and_the_next_question_is_answered()
    {
        Func<StateRoot> good = _world.Root;
        _world.RootOverride = () => throw new InvalidOperationException("gone");
        DnsMessage reply = _world.Ask("Srv1.node.consul");
        Assert.Equal("SERVFAIL", reply.Code);
        Assert.Equal((0, 0), (reply.Answers.Count, reply.Authority.Count));
        _world.RootOverride = good;
        Assert.Equal(["10.0.0.1"], _world.Ask("Srv1.node.consul").AnswerData);
    }
}
