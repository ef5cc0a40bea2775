using Praetor.Api.Dns;
using Praetor.Api.Dns.Answers;

namespace Praetor.Tests.Dns;

/// <summary>dns 5: which instances a service answer shows, and how, for every type but SRV.</summary>
public class ServiceAnswerTests
{
    private static DnsWorld World(DnsOptions? options = null) => new DnsWorld(options)
        .Node("n1", "10.0.0.1", meta: [("rack", "r1")])
        .Node("n2", "10.0.0.2")
        .Node("n6", "2001:db8::6");

    private static string[] Sorted(DnsMessage reply) => [.. reply.AnswerData.Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData("A")]
    [InlineData("ANY")]
    [InlineData("TXT")]
    public void Addresses_are_answers_and_nothing_stands_beside_them(string type)
    {
        DnsMessage reply = World().Service("n1", "web").Service("n2", "web").Ask("WEB.Service.CONSUL", type);
        Assert.Equal(["10.0.0.1", "10.0.0.2"], Sorted(reply));
        Assert.All(reply.Answers, record => Assert.Equal(("WEB.Service.CONSUL.", "A"), (record.Owner, record.Type)));
        Assert.Empty(reply.Authority);
        Assert.Empty(reply.Additional);
    }

    [Theory]
    [InlineData("AAAA")]
    [InlineData("MX")]
    [InlineData("PTR")]
    [InlineData("CAA")]
    [InlineData("DS")]
    public void No_record_of_the_type_is_NODATA_with_SOA(string type)
    {
        DnsMessage reply = World().Service("n1", "web").Ask("web.service.consul", type);
        Assert.Equal("NOERROR", reply.Code);
        Assert.Empty(reply.Answers);
        Assert.Equal("SOA", Assert.Single(reply.Authority).Type);
    }

    [Theory]
    [InlineData("nosuch.service.consul")]
    [InlineData("v9.web.service.consul")]
    [InlineData("web.service.dc2.consul")]
    [InlineData("web.service.p1.peer.consul")]
    [InlineData("web.service.dc1.extra.consul")]
    [InlineData("web.query.consul")]
    [InlineData("web.ingress.consul")]
    [InlineData("web.connect.consul")]
    [InlineData("consul")]
    [InlineData("web.unknown.consul")]
    public void What_does_not_exist_is_NXDOMAIN_with_SOA(string name)
    {
        foreach (string type in (string[])["A", "SRV", "TXT"])
        {
            DnsMessage reply = World().Service("n1", "web", tags: ["v1"]).Ask(name, type);
            Assert.Equal("NXDOMAIN", reply.Code);
            Assert.Equal("SOA", Assert.Single(reply.Authority).Type);
            Assert.Empty(reply.Additional);
        }
    }

    [Fact]
    public void Virtual_names_without_address_are_empty()
    {
        DnsMessage reply = World().Service("n1", "web").Ask("web.virtual.consul");
        Assert.Equal("NOERROR", reply.Code);
        Assert.Equal((0, 0, 0), (reply.Answers.Count, reply.Authority.Count, reply.Additional.Count));
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AAAA")]
    [InlineData("SRV")]
    [InlineData("MX")]
    public void A_virtual_name_has_its_address_whatever_is_asked(string type)
    {
        DnsWorld world = new DnsWorld(new DnsOptions { NodeTtl = TimeSpan.FromSeconds(7) }).Node("n1", "10.0.0.1").Service("n1", "web-proxy", proxyFor: "web");
        DnsMessage reply = world.Ask("v1.WEB.Virtual.Consul", type);
        Assert.Equal("v1.web.virtual.Consul. 7 A 240.0.0.1", Assert.Single(reply.Answers).ToString());
        Assert.Empty(world.Ask("web.virtual.peer1.consul", type).Answers);
    }

    [Fact]
    public void Without_leader_no_virtual_address_is_told()
    {
        DnsWorld world = new DnsWorld().Node("n1", "10.0.0.1").Service("n1", "web-proxy", proxyFor: "web");
        world.HasLeader = world.IsFresh = false;
        Assert.Equal("SERVFAIL", world.Ask("web.virtual.consul").Code);
    }

    [Theory]
    [InlineData("V1.web.service.consul", "10.0.0.1")]
    [InlineData("a.b.web.service.consul", "10.0.0.2")]
    [InlineData("_web._v1.service.consul", "10.0.0.1")]
    public void Tags_filter_without_regard_to_case(string name, string expected) =>
        Assert.Equal([expected], World().Service("n1", "web", tags: ["x", "V1"]).Service("n2", "web", tags: ["a.b"]).Ask(name).AnswerData);

    [Fact]
    public void A_tag_named_udp_is_a_filter_and_tcp_is_none()
    {
        DnsWorld world = World().Service("n1", "web", tags: ["udp"]).Service("n2", "web");
        Assert.Equal(["10.0.0.1"], world.Ask("_web._udp.service.consul").AnswerData);
        Assert.Equal(2, world.Ask("_web._tcp.service.consul").Answers.Count);
    }

    [Theory]
    [InlineData("passing", false, true)]
    [InlineData("warning", false, true)]
    [InlineData("critical", false, false)]
    [InlineData("passing", true, true)]
    [InlineData("warning", true, false)]
    [InlineData("critical", true, false)]
    public void Health_decides_who_is_shown(string status, bool onlyPassing, bool isShown)
    {
        DnsWorld world = World(new DnsOptions { OnlyPassing = onlyPassing }).Service("n1", "web", status: status);
        Assert.Equal(isShown ? "NOERROR" : "NXDOMAIN", world.Ask("web.service.consul").Code);
    }

    [Fact]
    public void A_critical_node_check_hides_all_services_of_the_node()
    {
        DnsWorld world = World().Node("n3", "10.0.0.3", checks: [("serfHealth", "critical")])
            .Service("n3", "web").Service("n3", "db").Service("n1", "web");
        Assert.Equal(["10.0.0.1"], world.Ask("web.service.consul").AnswerData);
        Assert.Equal("NXDOMAIN", world.Ask("db.service.consul").Code);
    }

    [Fact]
    public void A_check_that_turns_critical_shows_at_once()
    {
        DnsWorld world = World().Service("n1", "web", status: "passing");
        Assert.Equal("NOERROR", world.Ask("web.service.consul").Code);
        world.Service("n1", "web", status: "critical");
        Assert.Equal("NXDOMAIN", world.Ask("web.service.consul").Code);
    }

    [Theory]
    [InlineData("", "A", "10.0.0.1")] // node address
    [InlineData("192.0.2.10", "A", "192.0.2.10")]
    [InlineData("2001:db8::10", "A", null)] // no fallback to the node
    [InlineData("2001:db8::10", "AAAA", "2001:db8::10")]
    [InlineData("2001:db8::10", "ANY", "2001:db8::10")]
    [InlineData("::ffff:192.0.2.11", "A", "192.0.2.11")]
    public void The_service_address_comes_first(string address, string type, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], World().Service("n1", "web", address: address).Ask("web.service.consul", type).AnswerData);

    [Theory]
    [InlineData("A", "192.0.2.4")]
    [InlineData("AAAA", "2001:db8::4")]
    [InlineData("ANY", "2001:db8::4")]
    public void Tagged_service_addresses_are_chosen_by_family(string type, string expected)
    {
        DnsWorld world = World().Service("n1", "web", address: "192.0.2.10", tagged: [("lan_ipv4", "192.0.2.4"), ("lan_ipv6", "2001:db8::4")]);
        Assert.Equal([expected], world.Ask("web.service.consul", type).AnswerData);
    }

    [Fact]
    public void Two_ports_on_one_node_are_one_address()
    {
        DnsWorld world = World().Service("n1", "web", 80, id: "a").Service("n1", "web", 81, id: "b");
        Assert.Equal(["10.0.0.1"], world.Ask("web.service.consul").AnswerData);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(9, 5)]
    public void A_record_limit_counts_addresses_but_never_SRV(int limit, int expected)
    {
        DnsWorld world = World(new DnsOptions { ARecordLimit = limit });
        for (int i = 0; i < 5; i++)
            world.Service("n1", "web", address: $"192.0.2.{i}", id: $"web{i}");
        Assert.Equal(expected, world.Ask("web.service.consul", transport: DnsTransport.Tcp).Answers.Count);
        Assert.Equal(5, world.Ask("web.service.consul", "SRV", DnsTransport.Tcp).Answers.Count);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AAAA")]
    [InlineData("MX")]
    public void Of_several_host_names_one_CNAME_is_given(string type)
    {
        DnsMessage reply = World().Service("n1", "web", address: "a.example.com", id: "a").Service("n2", "web", address: "b.example.com").Ask("web.service.consul", type);
        DnsRecord record = Assert.Single(reply.Answers);
        Assert.Equal("CNAME", record.Type);
        Assert.Contains(record.Data, (string[])["a.example.com.", "b.example.com."]);
    }

    [Fact]
    public void An_address_drops_all_CNAMEs()
    {
        DnsWorld world = World().Service("n1", "web", address: "a.example.com").Service("n2", "web");
        for (int i = 0; i < 20; i++)
            Assert.Equal(["10.0.0.2"], world.Ask("web.service.consul").AnswerData);
    }

    [Fact]
    public void A_host_name_in_the_domain_is_followed_with_the_TTL_of_the_service()
    {
        DnsOptions options = new() { NodeTtl = TimeSpan.FromSeconds(7), ServiceTtl = new Dictionary<string, TimeSpan> { ["web"] = TimeSpan.FromSeconds(5) } };
        DnsMessage reply = World(options).Service("n2", "web", address: "n1.node.consul").Ask("web.service.consul");
        Assert.Equal(["web.service.consul. 5 CNAME n1.node.consul.", "n1.node.consul. 5 A 10.0.0.1"], reply.Answers.Select(r => r.ToString()));
    }

    [Theory]
    [InlineData(null, 6)]
    [InlineData(4096, 10)]
    public void A_followed_host_name_adds_five_records_unless_there_is_EDNS(int? edns, int expected)
    {
        DnsWorld world = World(new DnsOptions { UdpAnswerLimit = 8 }).Service("n1", "web", address: "db.service.consul");
        for (int i = 0; i < 9; i++)
            world.Service("n2", "db", address: $"192.0.2.{i}", id: $"db{i}");
        DnsMessage reply = world.Ask(new DnsQuery("web.service.consul") { EdnsSize = (ushort?)edns }, edns is null ? DnsTransport.Tcp : DnsTransport.Udp);
        Assert.Equal(expected, reply.Answers.Count);
    }

    [Fact]
    public void A_service_that_points_to_its_own_name_shows_the_node()
    {
        DnsWorld world = World().Service("n1", "web", address: "web.service.consul");
        Assert.Equal(["10.0.0.1"], world.Ask("web.service.consul").AnswerData);
        Assert.Equal(["CNAME", "A"], world.Ask("WEB.service.consul").Answers.Select(r => r.Type)); // case counts, and then it is followed
    }

    [Fact]
    public void Mesh_endpoints_are_proxies_and_native_instances()
    {
        DnsWorld world = World().Service("n1", "web").Service("n1", "web-proxy", 21000, proxyFor: "Web")
            .Service("n2", "edge-proxy", 21001, address: "192.0.2.7", proxyFor: "web").Service("n2", "other-proxy", proxyFor: "db")
            .Service("n2", "web", native: true, id: "native");
        DnsMessage reply = world.Ask(new DnsQuery("x.web.connect.consul", "SRV") { EdnsSize = 4096 });
        Assert.Equal(["1 1 21000 n1.node.dc1.consul.", "1 1 21001 c0000207.addr.dc1.consul.", "1 1 8080 n2.node.dc1.consul."], Sorted(reply));
        Assert.Equal("NXDOMAIN", world.Ask("nosuch.connect.consul").Code);
    }

    [Fact]
    public void Mesh_endpoints_follow_the_catalog()
    {
        DnsWorld world = World().Service("n1", "web-proxy", proxyFor: "web");
        Assert.Equal(["10.0.0.1"], world.Ask("web.connect.consul").AnswerData);
        world.Service("n2", "web-proxy", proxyFor: "web").Remove("n1", "web-proxy");
        Assert.Equal(["10.0.0.2"], world.Ask("web.connect.consul").AnswerData);
    }

    [Theory]
    [InlineData("web", 5)]
    [InlineData("WEB", 5)]
    [InlineData("db-x", 10)]
    [InlineData("db-master", 3)]
    [InlineData("db", 10)]
    [InlineData("Caps", 5)]
    public void The_TTL_is_that_of_the_exact_key_or_of_the_longest_prefix(string service, uint ttl)
    {
        DnsOptions options = new()
        {
            ServiceTtl = new Dictionary<string, TimeSpan>
            {
                ["*"] = TimeSpan.FromSeconds(5.7),
                ["db*"] = TimeSpan.FromSeconds(10),
                ["db-master"] = TimeSpan.FromSeconds(3),
                ["Caps"] = TimeSpan.FromSeconds(99),
            },
        };
        DnsWorld world = World(options).Service("n1", service);
        Assert.Equal(ttl, world.Ask($"{service}.service.consul").Answers[0].Ttl);
        DnsMessage srv = world.Ask(new DnsQuery($"{service}.service.consul", "SRV") { EdnsSize = 1232 });
        Assert.All(srv.Answers.Concat(srv.Additional), record => Assert.Equal(ttl, record.Ttl));
    }

    [Fact]
    public void Answers_come_in_random_order_and_each_first_place_is_as_likely_as_any()
    {
        DnsWorld world = World();
        for (int i = 0; i < 4; i++)
            world.Service("n1", "web", address: $"192.0.2.{i}", id: $"web{i}");
        const int draws = 4000;
        Dictionary<string, int> first = [];
        for (int i = 0; i < draws; i++)
        {
            string address = world.Ask("web.service.consul").AnswerData.First();
            first[address] = first.GetValueOrDefault(address) + 1;
        }
        Assert.Equal(4, first.Count);
        Assert.All(first.Values, count => Assert.InRange(count, draws / 4 - 150, draws / 4 + 150)); // five sigma; the seed is fixed
    }

    [Fact]
    public void The_same_seed_gives_the_same_order()
    {
        string[] Orders(ulong seed)
        {
            DnsWorld world = new DnsWorld(seed: seed).Node("n1", "10.0.0.1");
            for (int i = 0; i < 8; i++)
                world.Service("n1", "web", address: $"192.0.2.{i}", id: $"web{i}");
            return [.. Enumerable.Range(0, 5).Select(_ => string.Join(' ', world.Ask("web.service.consul", transport: DnsTransport.Tcp).AnswerData))];
        }

        Assert.Equal(Orders(7), Orders(7));
        Assert.NotEqual(Orders(7), Orders(8));
    }

    [Fact]
    public void Reloaded_options_hold_from_the_next_query()
    {
        DnsWorld world = World().Service("n1", "web", status: "warning");
        Assert.Equal("NOERROR", world.Ask("web.service.consul").Code);
        world.Backend.Reload(new DnsOptions { OnlyPassing = true });
        Assert.Equal("NXDOMAIN", world.Ask("web.service.consul").Code);
    }

    [Fact]
    public void Answers_under_the_alternate_domain_stay_there()
    {
        DnsWorld world = new DnsWorld(altDomain: "Test.Alt.").Node("n1", "10.0.0.1").Service("n1", "web");
        DnsMessage reply = world.Ask(new DnsQuery("web.service.Test.alt", "SRV") { EdnsSize = 1232 });
        Assert.Equal(["1 1 8080 n1.node.dc1.Test.alt."], reply.AnswerData);
        Assert.Equal(["n1.node.dc1.Test.alt. 0 A 10.0.0.1"], reply.Additional.Select(r => r.ToString()));
    }
}
