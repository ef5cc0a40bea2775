using System.Net;
using Praetor.Core.Gossip;

namespace Praetor.Tests.Gossip;

/// <summary>Bytes of anybody's making: dropped with a reason, and the pool goes on as before.</summary>
public sealed class HostileGossipTests
{
    private static readonly IPEndPoint Stranger = new(IPAddress.Parse("192.0.2.1"), 8301);

    [Fact]
    public void Random_bytes_are_dropped_and_counted()
    {
        var pool = VirtualPool.Of(3, seed: 61);
        var random = new Random(61);
        byte[] packet = new byte[1400];

        for (int i = 0; i < 1_000_000; i++)
        {
            Span<byte> bytes = packet.AsSpan(0, random.Next(packet.Length / (1 + (i % 40))) + 1);
            random.NextBytes(bytes);
            // Half of them get past the version, and every kind of message is met.
            if (i % 2 == 0)
                bytes[0] = 1;
            if (i % 4 == 0 && bytes.Length > 4)
            {
                bytes[1] = (byte)random.Next(1, 11);
                bytes[2] = (byte)random.Next(Math.Min(256, bytes.Length - 3));
                bytes[3] = 0;
            }

            Feed(pool, bytes);
        }

        GossipPool victim = pool.Members[0].Pool;
        Assert.True(victim.Drops(GossipDrop.UnknownVersion) > 400_000);
        Assert.True(victim.Drops(GossipDrop.Malformed) > 100_000);
        pool.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(3, victim.UpCount);
    }

    [Fact]
    public void Mutated_packets_of_a_living_pool_break_nothing()
    {
        var recorded = new List<byte[]>();
        var pool = VirtualPool.Of(5, seed: 62);
        foreach (VirtualMember member in pool.Members)
            member.Do((gossip, _, effects) => gossip.FireEvent("e", new byte[100], effects));
        pool.OnPacket = recorded.Add;
        pool.Members[3].Kill();
        pool.Run(TimeSpan.FromSeconds(20));
        pool.OnPacket = null;
        var random = new Random(62);

        for (int i = 0; i < 500_000; i++)
        {
            byte[] bytes = [.. recorded[random.Next(recorded.Count)]];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            Feed(pool, bytes.AsSpan(0, random.Next(8) == 0 ? random.Next(1, bytes.Length + 1) : bytes.Length));
        }

        // Forged members and accusations may have come in: what is true wins in the end.
        Assert.True(pool.RunUntil(() => pool.Members.Where(member => member.IsUp).All(member =>
            pool.Members.Where(other => other.IsUp).All(other => member.StatusOf(other.Name) == MemberStatus.Alive)), TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public void Mutated_exchanges_are_refused_or_harmless()
    {
        var pool = VirtualPool.Of(3, seed: 63);
        byte[]? valid = null;
        pool.Members[1].Do((gossip, _, effects) =>
        {
            gossip.Join(pool.Members[0].EndPoint, effects);
            valid = effects.Exchanges[0].Request;
        });
        var random = new Random(63);
        int refused = 0;

        for (int i = 0; i < 300_000; i++)
        {
            byte[] bytes = [.. valid!];
            for (int flips = random.Next(1, 6); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            pool.Members[0].Do((gossip, now, effects) =>
            {
                if (gossip.ReceiveExchange(now, Stranger, bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length), effects).Refusal is not null)
                    refused++;
            });
        }

        Assert.True(refused > 100_000, $"{refused} refused");
    }

    [Theory]
    [InlineData(new byte[] { 9, 1 }, "gossip protocol version 9 is not understood, this node speaks 1")]
    [InlineData(new byte[] { 1, 77 }, "an exchange of an unknown kind")]
    [InlineData(new byte[] { 1 }, "an exchange of no length")]
    public void An_exchange_of_another_version_or_kind_is_refused_with_what_is_wrong(byte[] request, string refusal)
    {
        var pool = VirtualPool.Of(2, seed: 64);

        pool.Members[0].Do((gossip, now, effects) => Assert.Equal(refusal, gossip.ReceiveExchange(now, Stranger, request, effects).Refusal));
    }

    private static void Feed(VirtualPool pool, ReadOnlySpan<byte> bytes)
    {
        byte[] packet = bytes.ToArray();
        pool.Members[0].Do((gossip, now, effects) => gossip.ReceivePacket(now, Stranger, packet, effects));
    }
}
