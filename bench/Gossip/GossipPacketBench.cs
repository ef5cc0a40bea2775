using System.Net;
using BenchmarkDotNet.Attributes;
using Praetor.Core.Gossip;

namespace Praetor.Bench.Gossip;

/// <summary>
/// What a member of a settled pool of 1,000 does all day: takes a probe with rumours that it knows, and answers it.
/// Budget: 0 bytes allocated.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class GossipPacketBench
{
    private const int Members = 1000;
    private const int Rumours = 12;

    private readonly GossipEffects _effects = new();
    private readonly IPEndPoint _from = new(IPAddress.Parse("10.0.0.7"), 8301);
    private readonly byte[] _room = new byte[1400];
    private readonly Peer[] _told = [.. Enumerable.Range(1, Rumours).Select(PeerOf)];
    private GossipPool _pool = null!;
    private byte[] _packet = [];

    [GlobalSetup]
    public void Setup()
    {
        _pool = new GossipPool(Identity(0), GossipProfile.Lan, new Random(1));
        _pool.Start(0, _effects);
        _effects.Clear();
        for (int member = 1; member < Members; member++)
        {
            var writer = new PacketWriter(_room);
            writer.Alive(PeerOf(member));
            _pool.ReceivePacket(0, _from, _room.AsSpan(0, writer.Length), _effects);
            _effects.Clear();
        }

        _packet = Packet();
    }

    [Benchmark]
    public int Receive_a_probe_with_twelve_known_rumours_and_answer()
    {
        _effects.Clear();
        _pool.ReceivePacket(0, _from, _packet, _effects);
        return _effects.Packets.Count;
    }

    [Benchmark(OperationsPerInvoke = Rumours + 1)]
    public int Encode() => Write(_room);

    [Benchmark(OperationsPerInvoke = Rumours + 1)]
    public int Decode()
    {
        var reader = new PacketReader(_packet.AsSpan(1));
        int messages = 0;
        while (reader.TryNext(out _, out _))
            messages++;
        return messages;
    }

    private static GossipIdentity Identity(int member) => new()
    {
        Pool = PoolKind.Lan,
        Name = $"node-{member:000}",
        EndPoint = new IPEndPoint(new IPAddress([10, 0, (byte)(member / 250), (byte)((member % 250) + 1)]), 8301),
        Tags = new SortedList<string, string> { ["dc"] = "dc1", ["role"] = "node", ["id"] = $"{member:00000000}-0000-0000-0000-000000000000", ["build"] = "1.21.4:" },
    };

    private static Peer PeerOf(int member)
    {
        GossipIdentity identity = Identity(member);
        return new Peer(identity.Name, new PeerFacts(identity.EndPoint, TagCodec.Encode(identity.Tags))) { Incarnation = 1 };
    }

    private byte[] Packet() => _room.AsSpan(0, Write(_room)).ToArray();

    private int Write(Span<byte> room)
    {
        var writer = new PacketWriter(room);
        writer.Ping(77, "node-000"u8);
        for (int i = 0; i < _told.Length; i++)
        {
            if (i % 2 == 0)
                writer.Accuse(GossipMessage.Suspect, 0, _told[i].NameBytes, "node-007"u8);
            else
                writer.Alive(_told[i]);
        }

        return writer.Length;
    }
}
