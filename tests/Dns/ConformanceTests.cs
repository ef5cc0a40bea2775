using Praetor.Api.Dns;
using Praetor.Api.Dns.Answers;
using Praetor.Core.State.Queries;

namespace Praetor.Tests.Dns;

/// <summary>
/// The checklist of dns 14, row by row. Each row: name and type asked, then code, answers, authority types and additional types.
/// Row 16 has real recursors: <see cref="RecursionTests"/>.
/// </summary>
public class ConformanceTests
{
    private static readonly DnsOptions Options = new()
    {
        ServiceTtl = new Dictionary<string, TimeSpan>
        {
            ["*"] = TimeSpan.FromSeconds(5),
            ["db*"] = TimeSpan.FromSeconds(10),
            ["db-master"] = TimeSpan.FromSeconds(3),
        },
    };

    private readonly DnsWorld _world = new DnsWorld(Options, altDomain: "alt")
        .Node("n1", "10.0.0.1", id: "5fbcf7e1-aaaa-bbbb-cccc-000000000001", meta: [("k", "v")])
        .Node("n2", "10.0.0.2", checks: [("serfHealth", "critical")])
        .Service("n1", "web", 80, tags: ["udp"])
        .Service("n1", "plain", 80)
        .Service("n1", "ip", 80, "192.0.2.10")
        .Service("n1", "names", 80, "a.example.com", "names1").Service("n1", "names", 81, "b.example.com", "names2")
        .Service("n1", "mixed", 80, "a.example.com", "mixed1").Service("n1", "mixed", 81, "192.0.2.11", "mixed2")
        .Service("n1", "ports", 80, id: "ports1").Service("n1", "ports", 81, id: "ports2")
        .Service("n1", "warned", 80, status: "warning")
        .Service("n2", "hidden", 80)
        .Service("n1", "db-x").Service("n1", "db-master")
        .Query(new PreparedQuery { Name = "a.b", Service = new QueriedService { Name = "web" } });

    [Theory]
    [InlineData("1", "WEB.Service.CONSUL", "A", "NOERROR", "WEB.Service.CONSUL. 5 A 10.0.0.1", "", "")]
    [InlineData("2", "web.service.consul", "AAAA", "NOERROR", "", "SOA", "")]
    [InlineData("2", "n1.node.consul", "AAAA", "NOERROR", "", "", "TXT")]
    [InlineData("3", "n1.node.consul", "MX", "NOERROR", "", "", "")]
    [InlineData("3", "nosuch.node.consul", "SRV", "NOERROR", "", "", "")]
    [InlineData("4", "_web._udp.service.consul", "A", "NOERROR", "_web._udp.service.consul. 5 A 10.0.0.1", "", "")]
    [InlineData("4", "_plain._udp.service.consul", "A", "NXDOMAIN", "", "SOA", "")]
    [InlineData("4", "_plain._tcp.service.consul", "A", "NOERROR", "_plain._tcp.service.consul. 5 A 10.0.0.1", "", "")]
    [InlineData("5", "_web._tcp.consul", "SRV", "NOERROR", "_web._tcp.consul. 5 SRV 1 1 80 n1.node.dc1.consul.", "", "A TXT")]
    [InlineData("5", "_web._tcp.consul", "A", "NXDOMAIN", "", "SOA", "")]
    [InlineData("6", "ip.service.consul", "SRV", "NOERROR", "ip.service.consul. 5 SRV 1 1 80 c000020a.addr.dc1.consul.", "", "A TXT")]
    [InlineData("6", "c000020a.addr.dc1.consul", "A", "NOERROR", "c000020a.addr.dc1.consul. 0 A 192.0.2.10", "", "")]
    [InlineData("7", "web.service.dc1.extra.consul", "A", "NXDOMAIN", "", "SOA", "")]
    [InlineData("7", "web.service.a.b.c.consul", "A", "NXDOMAIN", "", "SOA", "")]
    [InlineData("8", "web.service.nodc.consul", "A", "NXDOMAIN", "", "SOA", "")]
    [InlineData("9", "mixed.service.consul", "A", "NOERROR", "mixed.service.consul. 5 A 192.0.2.11", "", "")]
    [InlineData("10", "ports.service.consul", "A", "NOERROR", "ports.service.consul. 5 A 10.0.0.1", "", "")]
    [InlineData("11", "warned.service.consul", "A", "NOERROR", "warned.service.consul. 5 A 10.0.0.1", "", "")]
    [InlineData("11", "hidden.service.consul", "A", "NXDOMAIN", "", "SOA", "")]
    [InlineData("12", "db-x.service.consul", "A", "NOERROR", "db-x.service.consul. 10 A 10.0.0.1", "", "")]
    [InlineData("12", "db-master.service.consul", "A", "NOERROR", "db-master.service.consul. 3 A 10.0.0.1", "", "")]
    [InlineData("15", "ip.service.alt", "SRV", "NOERROR", "ip.service.alt. 5 SRV 1 1 80 c000020a.addr.dc1.alt.", "", "A TXT")]
    [InlineData("15", "1.0.0.10.in-addr.arpa", "PTR", "NOERROR", "1.0.0.10.in-addr.arpa. 0 PTR n1.node.dc1.consul.", "", "")]
    [InlineData("17", "example.com", "A", "REFUSED", "", "", "")]
    [InlineData("18", "5fbcf7e1.node.consul", "A", "NOERROR", "5fbcf7e1.node.consul. 0 A 10.0.0.1", "", "TXT")]
    [InlineData("19", "a.b.query.consul", "A", "NOERROR", "a.b.query.consul. 5 A 10.0.0.1", "", "")]
    [InlineData("20", "web-proxy.service.peer1.peer.consul", "SRV", "NXDOMAIN", "", "SOA", "")] // no such peer: nothing to target
    public void Row(string row, string name, string type, string code, string answers, string authority, string additional)
    {
        DnsMessage reply = _world.Ask(name, type);
        string Types(IEnumerable<DnsRecord> records) => string.Join(' ', records.Select(r => r.Type));
        Assert.Equal(
            (row, code, answers, authority, additional),
            (row, reply.Code, string.Join(" | ", reply.Answers), Types(reply.Authority), Types(reply.Additional)));
        Assert.Equal(code != "REFUSED", reply.AA);
    }

    [Fact]
    public void Row_9_two_names_are_one_CNAME() => Assert.Equal("CNAME", Assert.Single(_world.Ask("names.service.consul").Answers).Type);

    [Fact]
    public void Row_10_two_ports_are_two_SRV() => Assert.Equal(2, _world.Ask("ports.service.consul", "SRV").Answers.Count);

    [Fact]
    public void Row_11_a_warning_is_hidden_with_only_passing()
    {
        _world.Backend.Reload(Options with { OnlyPassing = true });
        Assert.Equal("NXDOMAIN", _world.Ask("warned.service.consul").Code);
    }

    [Theory]
    [InlineData(false, DnsTransport.Udp, 3, false)]
    [InlineData(true, DnsTransport.Udp, 3, true)]
    [InlineData(true, DnsTransport.Tcp, 4, false)]
    public void Row_13_four_instances(bool enableTruncate, DnsTransport transport, int answers, bool isTruncated)
    {
        for (int i = 0; i < 4; i++)
            _world.Service("n1", "four", 80, $"192.0.2.{i}", $"four{i}");
        _world.Backend.Reload(Options with { EnableTruncate = enableTruncate });
        DnsMessage reply = _world.Ask("four.service.consul", "A", transport);
        Assert.Equal((answers, isTruncated), (reply.Answers.Count, reply.TC));
    }

    [Fact]
    public void Row_14_EDNS_size_and_subnet_scope()
    {
        DnsMessage reply = _world.Ask(new DnsQuery("web.service.consul") { EdnsSize = 12345, Subnet = "192.0.2.0/24" });
        Assert.Equal((ushort)12345, reply.EdnsSize);
        Assert.Equal("1 192.0.2.0/24/0", reply.Subnet);
        Assert.Equal("1 192.0.2.0/24/24", _world.Ask(new DnsQuery("a.b.query.consul") { EdnsSize = 12345, Subnet = "192.0.2.0/24" }).Subnet);
    }
}
