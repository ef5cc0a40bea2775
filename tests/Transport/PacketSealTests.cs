using System.Text;
using Praetor.Transport.Gossip;

namespace Praetor.Tests.Transport;

public class PacketSealTests
{
    private static readonly byte[] s_text = Encoding.UTF8.GetBytes("a rumour");

    private static byte[] Key(byte first) => [first, .. new byte[15]];

    private static PacketSeal SealOf(string keys, string pool = "lan", bool incoming = true, bool outgoing = true)
    {
        var ring = new KeyRing();
        foreach (char key in keys)
            ring.Install(Key((byte)key));
        return new PacketSeal(pool, ring) { VerifyIncoming = incoming, VerifyOutgoing = outgoing };
    }

    private static byte[] Seal(PacketSeal seal, byte[] bytes, SealKind kind = SealKind.Packet)
    {
        byte[] form = new byte[bytes.Length + PacketSeal.MaxOverheadBytes];
        return form[..seal.Seal(kind, bytes, form)];
    }

    private static (PacketDrop? Drop, byte[] Bytes) Open(PacketSeal seal, byte[] form)
    {
        PacketDrop? drop = seal.TryOpen(SealKind.Packet, form, new byte[form.Length], out ReadOnlySpan<byte> bytes);
        return (drop, bytes.ToArray());
    }

    /// <summary>gossip-raft 3.4: who understands whom. Keys are letters, the first is the primary; -i and -o turn a verification off.</summary>
    [Theory]
    [InlineData("", "", null)]
    [InlineData("a", "a", null)]
    [InlineData("a", "ba", null)]
    [InlineData("ba", "ab", null)]
    [InlineData("a", "b", PacketDrop.Undecryptable)]
    [InlineData("a", "", PacketDrop.NoKey)]
    [InlineData("", "a", PacketDrop.NotEncrypted)]
    [InlineData("", "a-i", null)]
    [InlineData("a-o", "", null)]
    [InlineData("a-o", "a", PacketDrop.NotEncrypted)]
    [InlineData("a-o", "a-i", null)]
    [InlineData("a", "a-i", null)]
    public void Keys_and_verification_decide_who_understands_whom(string sender, string receiver, PacketDrop? expected)
    {
        PacketSeal from = SealOf(sender.Replace("-o", "", StringComparison.Ordinal), outgoing: !sender.Contains("-o", StringComparison.Ordinal));
        PacketSeal to = SealOf(receiver.Replace("-i", "", StringComparison.Ordinal), incoming: !receiver.Contains("-i", StringComparison.Ordinal));
        (PacketDrop? drop, byte[] bytes) = Open(to, Seal(from, s_text));
        Assert.Equal(expected, drop);
        if (expected is null)
            Assert.Equal(s_text, bytes);
    }

    [Fact]
    public void Every_changed_bit_of_a_sealed_packet_is_noticed()
    {
        PacketSeal seal = SealOf("a");
        byte[] form = Seal(seal, s_text);
        for (int bit = 0; bit < form.Length * 8; bit++)
        {
            byte[] changed = form.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(Open(seal, changed).Drop);
        }
    }

    [Fact]
    public void Every_changed_bit_of_a_plain_packet_is_noticed()
    {
        PacketSeal seal = SealOf("");
        byte[] form = Seal(seal, s_text);
        for (int bit = 0; bit < form.Length * 8; bit++)
        {
            byte[] changed = form.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(Open(seal, changed).Drop);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    public void Every_shortened_packet_is_refused(string keys)
    {
        PacketSeal seal = SealOf(keys);
        byte[] form = Seal(seal, s_text);
        for (int length = 0; length < form.Length; length++)
            Assert.NotNull(Open(seal, form[..length]).Drop);
    }

    [Fact]
    public void A_packet_of_one_pool_does_not_open_in_another() =>
        Assert.Equal(PacketDrop.Undecryptable, Open(SealOf("a", "wan"), Seal(SealOf("a", "lan"), s_text)).Drop);

    [Fact]
    public void What_was_sealed_as_one_kind_does_not_open_as_another()
    {
        PacketSeal seal = SealOf("a");
        byte[] form = Seal(seal, s_text, SealKind.Request);
        Assert.Equal(PacketDrop.UnknownKind, Open(seal, form).Drop);
        form[0] = Seal(seal, s_text)[0];
        Assert.Equal(PacketDrop.Undecryptable, Open(seal, form).Drop);
    }

    [Fact]
    public void The_same_packet_never_looks_the_same_twice()
    {
        PacketSeal seal = SealOf("a");
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => Convert.ToHexString(Seal(seal, s_text))).Distinct().Count());
    }

    [Fact]
    public void Random_bytes_never_open()
    {
        var random = new Random(42);
        PacketSeal sealing = SealOf("ab");
        PacketSeal plain = SealOf("");
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = new byte[random.Next(80)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && i % 2 == 0)
                bytes[0] = (byte)(i % 4 == 0 ? 0x81 : 0x01);
            Assert.NotNull(Open(sealing, bytes).Drop);
            Assert.NotNull(Open(plain, bytes).Drop);
        }
    }

    [Fact]
    public void Sealing_and_opening_allocate_nothing()
    {
        PacketSeal seal = SealOf("ba");
        PacketSeal receiver = SealOf("ab");
        byte[] packet = new byte[1000];
        byte[] form = new byte[packet.Length + PacketSeal.MaxOverheadBytes];
        byte[] scratch = new byte[form.Length];
        Assert.Null(receiver.TryOpen(SealKind.Packet, form.AsSpan(0, seal.Seal(SealKind.Packet, packet, form)), scratch, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            receiver.TryOpen(SealKind.Packet, form.AsSpan(0, seal.Seal(SealKind.Packet, packet, form)), scratch, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
