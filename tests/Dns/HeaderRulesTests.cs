using System.Buffers.Binary;

namespace Praetor.Tests.Dns;

/// <summary>dns 1: what happens before any name is looked at.</summary>
public class HeaderRulesTests
{
    private readonly DnsWorld _world = new DnsWorld().Node("n1", "10.0.0.1");

    private static byte[] Packet(ushort flags = 0x0100, int qd = 1, int an = 0, int ns = 0, int ar = 0)
    {
        byte[] packet = new DnsQuery("n1.node.consul") { Flags = flags }.ToBytes();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)qd);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)an);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(8), (ushort)ns);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)ar);
        return packet;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(11)]
    public void A_packet_shorter_than_a_header_gets_silence(int length) => Assert.Empty(_world.AskRaw(Packet().AsSpan(0, length)));

    [Fact]
    public void A_response_gets_silence() => Assert.Empty(_world.AskRaw(Packet(flags: 0x8180)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(15)]
    public void Other_opcodes_are_NOTIMP_with_flags_echoed_and_no_question(int opcode)
    {
        ushort flags = (ushort)((opcode << 11) | 0x0100 | 0x0020 | 0x0010);
        DnsMessage reply = DnsMessage.Parse(_world.AskRaw(Packet(flags)));
        Assert.Equal("NOTIMP", reply.Code);
        Assert.Equal(0x8000 | flags | 4, reply.Flags);
        Assert.Equal(0x1234, reply.Id);
        Assert.Equal(12, reply.Length);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(2, 0, 0, 0)]
    [InlineData(1, 2, 0, 0)]
    [InlineData(1, 0, 2, 0)]
    [InlineData(1, 0, 0, 3)]
    public void Counts_out_of_range_are_FORMERR(int qd, int an, int ns, int ar)
    {
        DnsMessage reply = DnsMessage.Parse(_world.AskRaw(Packet(flags: 0x2100, qd, an, ns, ar)));
        Assert.Equal(0x8000 | 0x0100 | 1, reply.Flags); // opcode is QUERY again, AA is clear
        Assert.Equal(12, reply.Length);
    }

    [Fact]
    public void A_cut_question_is_FORMERR() => Assert.Equal("FORMERR", DnsMessage.Parse(_world.AskRaw(Packet().AsSpan(0, 20))).Code);

    [Fact]
    public void A_label_of_64_bytes_is_FORMERR()
    {
        byte[] packet = [.. Packet()[..12], 64, .. new byte[64], 0, 0, 1, 0, 1];
        Assert.Equal("FORMERR", DnsMessage.Parse(_world.AskRaw(packet)).Code);
    }

    [Fact]
    public void A_name_of_more_than_255_bytes_is_FORMERR()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'a', 63)];
        byte[] packet = [.. Packet()[..12], .. label, .. label, .. label, .. label, 0, 0, 1, 0, 1];
        Assert.Equal("FORMERR", DnsMessage.Parse(_world.AskRaw(packet)).Code);
    }

    [Fact]
    public void A_question_that_points_at_itself_is_FORMERR()
    {
        byte[] packet = [.. Packet()[..12], 0xC0, 12, 0, 1, 0, 1];
        Assert.Equal("FORMERR", DnsMessage.Parse(_world.AskRaw(packet)).Code);
    }

    [Fact]
    public void A_pointer_loop_in_an_additional_record_is_FORMERR()
    {
        byte[] query = Packet(ar: 1);
        byte[] packet = [.. query, 0xC0, (byte)query.Length, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];
        Assert.Equal("FORMERR", DnsMessage.Parse(_world.AskRaw(packet)).Code);
    }

    [Fact]
    public void A_compressed_owner_of_an_additional_record_is_fine()
    {
        byte[] packet = [.. Packet(ar: 1), 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];
        Assert.Equal("NOERROR", DnsMessage.Parse(_world.AskRaw(packet)).Code);
    }

    [Fact]
    public void A_promised_record_that_is_missing_altogether_is_forgiven() =>
        Assert.Equal("NOERROR", DnsMessage.Parse(_world.AskRaw(Packet(ar: 1))).Code);

    [Fact]
    public void A_header_without_body_is_REFUSED()
    {
        DnsMessage reply = DnsMessage.Parse(_world.AskRaw(Packet().AsSpan(0, 12)));
        Assert.Equal("REFUSED", reply.Code);
        Assert.Equal(12, reply.Length);
    }

    [Fact]
    public void Bytes_behind_a_valid_message_are_ignored() =>
        Assert.Equal("NOERROR", DnsMessage.Parse(_world.AskRaw([.. Packet(), 1, 2, 3])).Code);

    [Fact]
    public void NOTIFY_is_answered_like_a_query_but_RD_is_not_copied()
    {
        DnsMessage reply = _world.Ask(new DnsQuery("n1.node.consul") { Flags = 0x2100 });
        Assert.Equal(4, reply.OpCode);
        Assert.False(reply.RD);
        Assert.Equal(["10.0.0.1"], reply.AnswerData);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(255)]
    public void The_class_is_echoed_and_otherwise_ignored(ushort @class)
    {
        DnsMessage reply = _world.Ask(new DnsQuery("n1.node.consul") { Class = @class });
        Assert.Equal($"n1.node.consul. A {@class}", reply.Question);
        Assert.Equal(["10.0.0.1"], reply.AnswerData); // whose class the decoder checks to be IN
    }

    [Theory]
    [InlineData("n1.node.consul", "NOERROR")]
    [InlineData("nosuch.node.consul", "NXDOMAIN")]
    public void Replies_from_the_domain_are_authoritative_and_copy_RD_and_CD(string name, string code)
    {
        DnsMessage reply = _world.Ask(new DnsQuery(name) { Flags = 0x0100 | 0x0020 | 0x0010 | 0x0040 });
        Assert.Equal(code, reply.Code);
        Assert.True(reply.AA && reply.RD);
        Assert.False(reply.RA);
        Assert.Equal(0x0010, reply.Flags & 0x0070); // CD stays, AD and Z are cleared
    }

    [Fact]
    public void RD_that_was_not_set_stays_clear() => Assert.False(_world.Ask(new DnsQuery("n1.node.consul") { Flags = 0 }).RD);

    [Fact]
    public void Names_elsewhere_are_REFUSED_without_AA_and_OPT()
    {
        DnsMessage reply = _world.Ask(new DnsQuery("example.com") { EdnsSize = 1232 });
        Assert.Equal("REFUSED", reply.Code);
        Assert.Equal("example.com. A 1", reply.Question);
        Assert.True(reply.RD);
        Assert.False(reply.AA || reply.RA);
        Assert.Null(reply.EdnsSize);
        Assert.Equal((0, 0, 0), (reply.Answers.Count, reply.Authority.Count, reply.Additional.Count));
    }

    [Theory]
    [InlineData("notconsul")]
    [InlineData("n1.node.xconsul")]
    [InlineData(".")]
    public void A_name_that_only_looks_like_the_domain_is_elsewhere(string name) => Assert.Equal("REFUSED", _world.Ask(name).Code);

    [Fact]
    public void AXFR_is_NOTIMP_with_the_question()
    {
        DnsMessage reply = _world.Ask("consul", "AXFR");
        Assert.Equal("NOTIMP", reply.Code);
        Assert.True(reply.AA);
        Assert.Equal("consul. AXFR 1", reply.Question);
        Assert.Empty(reply.Authority);
    }
}
