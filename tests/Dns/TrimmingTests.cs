using System.Globalization;
using Praetor.Api.Dns;
using Praetor.Api.Dns.Answers;

namespace Praetor.Tests.Dns;

/// <summary>dns 6 (EDNS) and 7: size limits and what is cut.</summary>
public class TrimmingTests
{
    private static DnsWorld World(int instances, DnsOptions? options = null, bool ownAddress = false, int meta = 2)
    {
        DnsWorld world = new(options ?? new DnsOptions { EnableTruncate = true });
        for (int i = 1; i <= instances; i++)
        {
            string n = i.ToString(CultureInfo.InvariantCulture), address = $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}";
            world.Node($"n{n}", address, meta: [.. Enumerable.Range(0, meta).Select(m => ($"key{m}", "value"))]);
            world.Service($"n{n}", "web", address: ownAddress ? address : "");
        }
        return world;
    }

    private static DnsMessage Ask(DnsWorld world, string type, ushort? edns = null, DnsTransport transport = DnsTransport.Udp) =>
        world.Ask(new DnsQuery("web.service.consul", type) { EdnsSize = edns }, transport);

    [Theory]
    [InlineData("A", null, 3, 0, true)]
    [InlineData("SRV", null, 3, 3, true)]
    [InlineData("A", 512, 3, 0, true)] // sizes up to 512 count as none
    [InlineData("SRV", 600, 10, 10, true)]
    [InlineData("A", 600, 12, 0, false)]
    [InlineData("SRV", 4096, 12, 36, false)]
    public void The_example_of_the_reference_over_UDP(string type, int? edns, int answers, int additional, bool isCut)
    {
        DnsMessage reply = Ask(World(12), type, (ushort?)edns);
        Assert.Equal((answers, additional, isCut), (reply.Answers.Count, reply.Additional.Count, reply.TC));
        Assert.Equal(isCut ? null : (ushort?)edns, reply.EdnsSize); // OPT is lost when trimming
        Assert.True(reply.Length <= Math.Max(512, edns ?? 0));
        if (isCut)
            Assert.All(reply.Additional, record => Assert.Equal("A", record.Type));
    }

    [Fact]
    public void The_example_of_the_reference_over_TCP()
    {
        DnsMessage reply = Ask(World(12), "SRV", transport: DnsTransport.Tcp);
        Assert.Equal((12, 36, false), (reply.Answers.Count, reply.Additional.Count, reply.TC));
    }

    [Fact]
    public void Rebuilt_additional_records_are_those_of_the_answers_left()
    {
        DnsMessage reply = Ask(World(12), "SRV", 600);
        Assert.Equal(reply.AnswerData.Select(a => a.Split(' ')[3]), reply.Additional.Select(a => a.Owner));
    }

    [Fact]
    public void One_target_of_two_ports_is_kept_once()
    {
        DnsWorld world = new DnsWorld().Node("n1", "10.0.0.1");
        for (int i = 0; i < 5; i++)
            world.Service("n1", "web", 80 + i, id: $"web{i}");
        DnsMessage reply = Ask(world, "SRV");
        Assert.Equal((3, 1), (reply.Answers.Count, reply.Additional.Count));
    }

    [Theory]
    [InlineData(3, 4, 3)]
    [InlineData(0, 4, 0)]
    [InlineData(8, 12, 8)]
    [InlineData(100, 12, 8)]
    [InlineData(5, 2, 2)]
    public void Without_EDNS_UDP_answers_are_limited(int limit, int instances, int expected)
    {
        DnsMessage reply = Ask(World(instances, new DnsOptions { UdpAnswerLimit = limit, EnableTruncate = true }), "A");
        Assert.Equal(expected, reply.Answers.Count);
        Assert.Equal(expected < instances, reply.TC);
    }

    [Fact]
    public void TC_is_silent_unless_enabled()
    {
        DnsMessage reply = Ask(World(4, new DnsOptions()), "A");
        Assert.Equal((3, false), (reply.Answers.Count, reply.TC));
        Assert.Equal(4, Ask(World(4, new DnsOptions()), "A", transport: DnsTransport.Tcp).Answers.Count);
    }

    [Fact]
    public void After_the_count_limit_sizes_are_measured_without_compression()
    {
        // 8 SRV with glue compress into 512 bytes, but only 5 fit in full.
        DnsMessage reply = Ask(World(9, new DnsOptions { UdpAnswerLimit = 8, EnableTruncate = true }), "SRV");
        Assert.Equal((5, 5), (reply.Answers.Count, reply.Additional.Count));
        Assert.True(reply.Length < 350);
    }

    [Fact]
    public void One_answer_stays_even_if_it_is_too_big()
    {
        DnsWorld world = new DnsWorld().Node("n1", "10.0.0.1", meta: [("a", new string('x', 500)), ("b", new string('y', 500))]).Service("n1", "web");
        DnsMessage reply = Ask(world, "SRV");
        Assert.Equal((1, 3), (reply.Answers.Count, reply.Additional.Count));
        Assert.True(reply.Length > 1000);
        Assert.Single(world.Ask("n1.node.consul", "TXT").Answers);
    }

    [Fact]
    public void Metadata_and_OPT_go_before_answers_do()
    {
        DnsMessage reply = Ask(World(5, meta: 8), "SRV", 700);
        Assert.Equal((5, 5, false), (reply.Answers.Count, reply.Additional.Count, reply.TC));
        Assert.Null(reply.EdnsSize);
    }

    [Fact]
    public void Without_compression_less_fits()
    {
        DnsMessage plain = Ask(World(30, new DnsOptions { DisableCompression = true }, meta: 0), "A", 600);
        DnsMessage compressed = Ask(World(30, new DnsOptions(), meta: 0), "A", 600);
        Assert.True(plain.Answers.Count < compressed.Answers.Count);
        Assert.InRange(plain.Length, 500, 592);
        Assert.InRange(compressed.Length, 500, 592);
    }

    [Theory]
    [InlineData("A", 5000, false, 4080, 4094, true)] // 4096 first, and of those what fits at 16 bytes each
    [InlineData("SRV", 1500, true, 980, 1023, true)] // 1024 first, which do not fit with long targets
    [InlineData("SRV", 1500, false, 1024, 1024, false)] // the cut to 1024 alone is no truncation
    public void TCP_answers_fit_64_KiB(string type, int instances, bool ownAddress, int atLeast, int atMost, bool isCut)
    {
        DnsMessage reply = Ask(World(instances, ownAddress: ownAddress, meta: 0), type, transport: DnsTransport.Tcp);
        Assert.InRange(reply.Answers.Count, atLeast, atMost);
        Assert.Equal(isCut, reply.TC);
        Assert.InRange(reply.Length, 50_000, 65_523);
    }

    [Fact]
    public void UDP_never_exceeds_what_a_datagram_can_carry()
    {
        DnsMessage reply = Ask(World(5000, ownAddress: true, meta: 0), "A", 65_535);
        Assert.InRange(reply.Length, 65_000, 65_467);
    }

    [Fact]
    public void Names_beyond_the_reach_of_pointers_are_written_in_full()
    {
        DnsMessage reply = Ask(World(600, ownAddress: true, meta: 0), "SRV", transport: DnsTransport.Tcp);
        Assert.Equal(600, reply.Answers.Count);
        Assert.Equal(reply.AnswerData.Select(a => a.Split(' ')[3]), reply.Additional.Select(a => a.Owner));
    }

    [Theory]
    [InlineData(1232)]
    [InlineData(12345)]
    [InlineData(100)]
    [InlineData(0)]
    public void EDNS_echoes_the_size_of_the_request_and_clears_its_flags(int size)
    {
        DnsMessage reply = World(1).Ask(new DnsQuery("n1.node.consul") { EdnsSize = (ushort)size, HasCookie = true });
        Assert.Equal((ushort)size, reply.EdnsSize);
        Assert.Equal(0u, reply.EdnsFlags);
    }

    [Theory]
    [InlineData("192.0.2.55/24", "1 192.0.2.0/24/0")]
    [InlineData("192.0.2.55/25", "1 192.0.2.0/25/0")]
    [InlineData("192.0.2.255/29", "1 192.0.2.248/29/0")]
    [InlineData("192.0.2.55/0", "1 0.0.0.0/0/0")]
    [InlineData("2001:db8:ffff::1/33", "2 2001:db8:8000::/33/0")]
    public void The_client_subnet_is_echoed_with_scope_zero(string sent, string expected)
    {
        foreach (string name in (string[])["web.service.consul", "nosuch.service.consul"])
            Assert.Equal(expected, World(1).Ask(new DnsQuery(name) { EdnsSize = 4096, Subnet = sent }).Subnet);
    }

    [Theory]
    [InlineData(new byte[] { 0, 8, 0, 3, 0, 1, 24 })] // too short
    [InlineData(new byte[] { 0, 8, 0, 4, 0, 1, 33, 0 })] // prefix of 33 bits
    [InlineData(new byte[] { 0, 8, 0, 4, 0, 3, 0, 0 })] // unknown family
    [InlineData(new byte[] { 0, 8, 0, 4, 0, 0, 8, 0 })] // no family, but a prefix
    [InlineData(new byte[] { 0, 10, 0, 9, 1 })] // longer than the record
    [InlineData(new byte[] { 0, 10, 0 })]
    public void Options_that_do_not_parse_are_FORMERR(byte[] options)
    {
        byte[] packet = new DnsQuery("n1.node.consul") { EdnsSize = 512 }.ToBytes();
        packet[^1] = (byte)options.Length;
        Assert.Equal("FORMERR", DnsMessage.Parse(World(1).AskRaw([.. packet, .. options])).Code);
    }

    [Fact]
    public void Higher_EDNS_versions_are_not_rejected()
    {
        byte[] packet = new DnsQuery("n1.node.consul") { EdnsSize = 1232 }.ToBytes();
        packet[^5] = 1; // version
        DnsMessage reply = DnsMessage.Parse(World(1).AskRaw(packet));
        Assert.Equal("NOERROR", reply.Code);
        Assert.Equal(0u, reply.EdnsFlags);
    }

    [Theory]
    [InlineData(5, 592, 5)] // just fits
    [InlineData(5, 593, 4)] // a little too long: one answer less
    [InlineData(12, 900, 11)] // much too long: searched; 11 fit with 590
    public void With_a_limit_of_600_and_8_to_spare(int answers, int length, int expected)
    {
        int[] trimmed = [.. Enumerable.Range(0, answers + 1).Select(i => 40 + 50 * i)];
        int kept = new Trimming(int.MaxValue, 600, 8, false).Keep(answers, length, trimmed);
        Assert.Equal(expected, kept);
    }

    [Fact]
    public void The_search_may_use_the_spare_bytes_but_the_loop_takes_them_back()
    {
        int[] trimmed = [0, 100, 200, 300, 400, 500, 595, 700, 800];
        Assert.Equal(5, new Trimming(int.MaxValue, 600, 8, false).Keep(8, 800, trimmed));
    }

    [Fact]
    public void Nothing_fits_and_yet_one_answer_stays() =>
        Assert.Equal(1, new Trimming(int.MaxValue, 600, 8, false).Keep(3, 5000, [40, 2000, 4000, 5000]));
}
