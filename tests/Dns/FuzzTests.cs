using Praetor.Api.Dns;
using Praetor.Api.Dns.Answers;

namespace Praetor.Tests.Dns;

/// <summary>Whatever arrives: no exception, no endless loop, and every reply is a message that a strict client accepts.</summary>
public class FuzzTests
{
    private static readonly string[] Names =
    [
        "web.service.consul", "v1.web.service.consul", "_web._tcp.consul", "n1.node.consul", "0a000001.addr.consul", "alias.service.consul",
        "1.0.0.10.in-addr.arpa", "web.connect.consul", "consul", "x.query.consul", "web.service.test.alt", "example.com", "loop.service.consul",
    ];

    private static DnsWorld World()
    {
        DnsWorld world = new DnsWorld(new DnsOptions { EnableTruncate = true }, altDomain: "test.alt")
            .Node("n1", "10.0.0.1", meta: [("k", new string('v', 300))]).Service("n1", "consul")
            .Node("n2", "2001:db8::2").Service("n2", "alias", address: "web.service.consul").Service("n2", "loop", address: "loop2.service.consul")
            .Service("n1", "loop2", address: "loop.service.consul").Service("n1", "web-proxy", proxyFor: "web");
        for (int i = 0; i < 30; i++)
            world.Service(i % 2 == 0 ? "n1" : "n2", "web", 8000 + i, address: i % 3 == 0 ? "" : $"192.0.2.{i}", id: $"web{i}", tags: ["v1"]);
        return world;
    }

    private static byte[] ValidPacket(Random random)
    {
        string[] types = [.. DnsQuery.Types.Keys];
        return new DnsQuery(Names[random.Next(Names.Length)], types[random.Next(types.Length)])
        {
            EdnsSize = random.Next(3) == 0 ? null : (ushort)random.Next(65_536),
            Subnet = random.Next(4) == 0 ? "192.0.2.1/24" : null,
            HasCookie = random.Next(4) == 0,
            Id = (ushort)random.Next(65_536),
            Flags = (ushort)random.Next(65_536),
        }.ToBytes();
    }

    private static void Check(DnsWorld world, byte[] packet, Random random)
    {
        DnsTransport transport = random.Next(2) == 0 ? DnsTransport.Udp : DnsTransport.Tcp;
        byte[] reply = world.AskRaw(packet, transport);
        if (reply.Length == 0)
        {
            Assert.True(packet.Length < 12 || (packet[2] & 0x80) != 0, $"silence for {Convert.ToHexString(packet)}");
            return;
        }
        try
        {
            DnsMessage message = DnsMessage.Parse(reply);
            Assert.True(message.IsResponse);
            Assert.Equal(packet[0] << 8 | packet[1], message.Id);
        }
        catch (FormatException e)
        {
            Assert.Fail($"{e.Message}: {Convert.ToHexString(packet)} got {Convert.ToHexString(reply)}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_bytes(int seed)
    {
        Random random = new(seed);
        DnsWorld world = World();
        for (int i = 0; i < 20_000; i++)
        {
            byte[] packet = new byte[random.Next(80)];
            random.NextBytes(packet);
            if (packet.Length >= 12 && random.Next(2) == 0)
                new byte[] { 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)random.Next(3) }.CopyTo(packet, 2); // reach the body more often
            Check(world, packet, random);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Valid_packets_with_damage(int seed)
    {
        Random random = new(seed);
        DnsWorld world = World();
        for (int i = 0; i < 20_000; i++)
        {
            byte[] packet = ValidPacket(random);
            for (int damage = random.Next(4); damage > 0; damage--)
            {
                int at = random.Next(packet.Length);
                switch (random.Next(4))
                {
                    case 0:
                        packet[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        packet[at] ^= (byte)(1 << random.Next(8));
                        break;
                    case 2:
                        packet = packet[..Math.Max(1, at)];
                        break;
                    default:
                        packet = [.. packet.AsSpan(0, at), 0xC0, (byte)random.Next(packet.Length), .. packet.AsSpan(at)];
                        break;
                }
            }
            Check(world, packet, random);
        }
    }

    [Fact]
    public void Valid_packets_keep_every_rule_of_their_transport()
    {
        Random random = new(4);
        DnsWorld world = World();
        for (int i = 0; i < 5_000; i++)
        {
            byte[] packet = ValidPacket(random);
            packet[2] &= 0x07; // a QUERY
            byte[] reply = world.AskRaw(packet);
            DnsMessage message = DnsMessage.Parse(reply);
            Assert.Equal(1, message.QuestionCount);
            if (message.EdnsSize is null && message.Answers.Count > 1)
                Assert.True(message.Answers.Count <= 8 || reply.Length > 512);
            Assert.InRange(reply.Length, 12, 65_467);
        }
    }
}
