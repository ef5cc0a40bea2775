using System.Text;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;

namespace Praetor.Tests.Dns;

/// <summary>dns 2 as a table: what a name asks for.</summary>
public class QueryNameTests
{
    private static readonly DnsZone Zone = new("consul.", "test.consul", "dc1");

    /// <summary>kind subject [#tag] [@datacenter] [%peer]</summary>
    private static string Describe(string name, RecordType type)
    {
        byte[] wire = DnsQuery.WireName(name), lower = new byte[wire.Length];
        NameText.ToLower(wire, lower);
        QueryName query = QueryNameParser.Parse(lower, type, Zone);
        if (query.Zone != ZoneKind.Catalog)
            return query.Zone.ToString();
        if (query.Kind == NameKind.Invalid)
            return "Invalid";
        StringBuilder text = new($"{query.Kind} {Text(lower, query.Subject)}");
        if (!query.Tag.IsEmpty)
            text.Append(" #").Append(Text(lower, query.Tag));
        if (!query.Datacenter.IsEmpty)
            text.Append(" @").Append(Text(lower, query.Datacenter));
        if (!query.Peer.IsEmpty)
            text.Append(" %").Append(Text(lower, query.Peer));
        return text.ToString();
    }

    private static string Text(byte[] name, LabelRun run)
    {
        char[] buffer = new char[DnsLimits.NameChars];
        return new string(buffer, 0, NameText.Write(name, run, buffer));
    }

    [Theory]
    [InlineData("n1.node.consul", "Node n1")]
    [InlineData("N1.Node.CONSUL", "Node n1")]
    [InlineData("a.b.c.node.consul", "Node a.b.c")]
    [InlineData("web.service.consul", "Service web")]
    [InlineData("v1.web.service.consul", "Service web #v1")]
    [InlineData("v1.2.web.service.consul", "Service web #v1.2")]
    [InlineData("_web._tcp.service.consul", "Service web")]
    [InlineData("_web._udp.service.consul", "Service web #udp")]
    [InlineData("_web._v1.service.consul", "Service web #v1")]
    [InlineData("x._web._tcp.service.consul", "Service _tcp #x._web")]
    [InlineData("_web.v1.service.consul", "Service v1 #_web")]
    [InlineData("web.connect.consul", "Connect web")]
    [InlineData("x.web.connect.consul", "Connect web")]
    [InlineData("web.ingress.consul", "Ingress web")]
    [InlineData("web.virtual.consul", "Virtual web")]
    [InlineData("q.query.consul", "Query q")]
    [InlineData("a.b.query.consul", "Query a.b")]
    [InlineData("_q._tcp.query.consul", "Query q")]
    [InlineData("_a.b._tcp.query.consul", "Query a.b")]
    [InlineData("7f000001.addr.consul", "Address 7f000001")]
    [InlineData("7f000001.addr.any.thing.at.all.here.consul", "Address 7f000001")]
    [InlineData("service.service.consul", "Service service")]
    [InlineData("node.service.consul", "Service node")]
    [InlineData("web.service.node.consul", "Node web.service")]
    [InlineData("web.service.test.consul", "Service web")]
    [InlineData("web.service.dc2.test.consul", "Service web @dc2")]
    public void Kinds_and_parts(string name, string expected) => Assert.Equal(expected, Describe(name, RecordType.A));

    [Theory]
    [InlineData("consul")]
    [InlineData("node.consul")]
    [InlineData("service.consul")]
    [InlineData("web.consul")]
    [InlineData("web.dc1.consul")]
    [InlineData("_web._tcp.consul")]
    [InlineData("a.7f000001.addr.consul")]
    public void Names_without_kind_or_parts_are_invalid(string name) => Assert.Equal("Invalid", Describe(name, RecordType.A));

    [Theory]
    [InlineData("_web._tcp.consul", "Service web")]
    [InlineData("_web._v1.consul", "Service web #v1")]
    [InlineData("_web._tcp.dc1.consul", "Service web @dc1")]
    [InlineData("_web._tcp.service.consul", "Service web")]
    [InlineData("_web.consul", "Service _web")]
    [InlineData("web.consul", "Invalid")]
    public void Only_SRV_may_leave_out_the_service_label(string name, string expected) => Assert.Equal(expected, Describe(name, RecordType.Srv));

    [Theory]
    [InlineData("web.service.dc2.consul", "Service web @dc2")]
    [InlineData("web.service.dc2.dc.consul", "Service web @dc2")]
    [InlineData("web.service.p1.peer.consul", "Service web %p1")]
    [InlineData("n1.node.p1.peer.consul", "Node n1 %p1")]
    [InlineData("n1.node.dc2.consul", "Node n1 @dc2")]
    [InlineData("web.service.dc2.dc.dc3.dc.consul", "Service web @dc3")]
    [InlineData("web.service.p1.peer.p2.peer.consul", "Service web %p2")]
    [InlineData("web.service.p1.peer.dc2.dc.consul", "Invalid")]
    [InlineData("web.service.dc2.dc.p1.peer.consul", "Invalid")]
    [InlineData("web.service.dc1.extra.consul", "Invalid")]
    [InlineData("web.service.default.ns.consul", "Invalid")]
    [InlineData("web.service.default.ap.consul", "Invalid")]
    [InlineData("web.service.a.b.c.consul", "Invalid")]
    [InlineData("web.service.a.dc.b.dc.c.consul", "Invalid")]
    [InlineData("web.service.a.dc.b.ns.consul", "Invalid")]
    [InlineData("web.connect.p1.peer.consul", "Connect web")]
    [InlineData("web.ingress.p1.peer.consul", "Ingress web")]
    [InlineData("web.connect.dc2.consul", "Connect web @dc2")]
    [InlineData("web.virtual.p1.consul", "Virtual web %p1")]
    [InlineData("web.virtual.dc2.dc.consul", "Virtual web")]
    [InlineData("web.virtual.p1.peer.consul", "Virtual web %p1")]
    [InlineData("q.query.dc2.consul", "Query q @dc2")]
    [InlineData("q.query.dc2.dc.consul", "Invalid")]
    public void Locality(string name, string expected) => Assert.Equal(expected, Describe(name, RecordType.A));

    [Theory]
    [InlineData("1.0.0.10.in-addr.arpa", "Reverse")]
    [InlineData("ARPA", "Reverse")]
    [InlineData("example.com", "Elsewhere")]
    [InlineData("consul.example.com", "Elsewhere")]
    public void Other_zones(string name, string expected) => Assert.Equal(expected, Describe(name, RecordType.A));

    [Theory]
    [InlineData(@"a\032b.node.consul", @"Node a\ b")]
    [InlineData(@"a\.b.node.consul", @"Node a\.b")]
    [InlineData(@"a\195\164.node.consul", @"Node a\195\164")]
    [InlineData("a_b.node.consul", "Node a_b")]
    public void Special_bytes_arrive_escaped(string name, string expected) => Assert.Equal(expected, Describe(name, RecordType.A));

    [Fact]
    public void Of_two_domains_the_longer_one_matches()
    {
        QueryName query = QueryNameParser.Parse(DnsQuery.WireName("web.service.test.consul"), RecordType.A, Zone);
        Assert.Same(Zone.Alternate, query.Domain);
        query = QueryNameParser.Parse(DnsQuery.WireName("web.service.consul"), RecordType.A, Zone);
        Assert.Same(Zone.Primary, query.Domain);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_domain_that_has_no_wire_form_is_refused_at_start(string domain) =>
        Assert.Throws<ArgumentException>(() => new DnsZone(domain, null, "dc1"));
}
