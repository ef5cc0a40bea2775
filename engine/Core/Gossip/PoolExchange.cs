using System.Buffers;
using System.Net;
using Praetor.Core.Codec;

namespace Praetor.Core.Gossip;

/// <summary>What the first bytes of an exchange say it is. On the wire: values are frozen.</summary>
public enum ExchangeKind : byte
{
    /// <summary>Both tell all they know.</summary>
    State = 1,

    /// <summary>A probe where datagrams do not pass.</summary>
    Probe = 2,

    /// <summary>An operation on the key ring; not the pool's business, but of the same form.</summary>
    KeyRing = 3,
}

/// <summary>The whole state of a pool as one member tells it to another.</summary>
internal sealed record PoolState
{
    public required PoolKind Pool { get; init; }

    public required string Sender { get; init; }

    public required string Datacenter { get; init; }

    /// <summary>The sender has just come and wants to know what happened without living through it.</summary>
    public bool IsJoin { get; init; }

    public ulong MemberTime { get; init; }

    public ulong EventTime { get; init; }

    public IReadOnlyList<PeerState> Peers { get; init; } = [];

    public IReadOnlyList<(ulong Time, byte[] Name, byte[] Payload)> Events { get; init; } = [];
}

/// <summary>One member in it.</summary>
internal readonly record struct PeerState(byte[] Name, long Incarnation, SwimState State, MemberStatus Status, ulong IntentTime, PeerFacts Facts);

/// <summary>The bytes of exchanges: <c>version 1 | kind 1 | fields</c>.</summary>
public static class PoolExchange
{
    /// <summary>The version that is spoken.</summary>
    public const byte Version = 1;

    private const int MinPeerBytes = 12;

    /// <summary>What an exchange is; the rest is <paramref name="body"/>.</summary>
    /// <exception cref="InvalidDataException">Another version or no exchange at all; the text goes to the other side.</exception>
    public static ExchangeKind KindOf(ReadOnlySpan<byte> exchange, out ReadOnlySpan<byte> body)
    {
        if (exchange.Length < 2)
            throw new InvalidDataException("an exchange of no length");
        if (exchange[0] != Version)
            throw new InvalidDataException($"gossip protocol version {exchange[0]} is not understood, this node speaks {Version}");
        body = exchange[2..];
        return (ExchangeKind)exchange[1];
    }

    internal static byte[] EncodeProbe(byte[] target)
    {
        var bytes = new ArrayBufferWriter<byte>(target.Length + 8);
        var writer = Head(bytes, ExchangeKind.Probe);
        writer.Bytes(target);
        return bytes.WrittenSpan.ToArray();
    }

    internal static byte[] Encode(PoolState state)
    {
        var bytes = new ArrayBufferWriter<byte>(1024 + (state.Peers.Count * 256));
        var writer = Head(bytes, ExchangeKind.State);
        writer.Byte((byte)state.Pool);
        writer.Text(state.Sender);
        writer.Text(state.Datacenter);
        writer.Bool(state.IsJoin);
        writer.UInt(state.MemberTime);
        writer.UInt(state.EventTime);
        writer.UInt((ulong)state.Peers.Count + 1);
        foreach (PeerState peer in state.Peers)
            WritePeer(writer, peer);
        writer.UInt((ulong)state.Events.Count + 1);
        foreach ((ulong time, byte[] name, byte[] payload) in state.Events)
        {
            writer.UInt(time);
            writer.Bytes(name);
            writer.Bytes(payload);
        }

        return bytes.WrittenSpan.ToArray();
    }

    internal static PoolState Decode(ReadOnlySpan<byte> body)
    {
        var reader = new FieldReader(body);
        var pool = (PoolKind)reader.Byte();
        string sender = GossipFields.Text(GossipFields.Name(ref reader));
        var state = new PoolState
        {
            Pool = pool,
            Sender = sender,
            Datacenter = reader.Text(),
            IsJoin = reader.Bool(),
            MemberTime = reader.UInt(),
            EventTime = reader.UInt(),
            Peers = ReadPeers(ref reader),
            Events = ReadEvents(ref reader),
        };
        return reader.AtEnd ? state : throw new InvalidDataException("bytes beyond the end of a state");
    }

    private static FieldWriter Head(ArrayBufferWriter<byte> bytes, ExchangeKind kind)
    {
        var writer = new FieldWriter(bytes);
        writer.Byte(Version);
        writer.Byte((byte)kind);
        return writer;
    }

    private static void WritePeer(FieldWriter writer, in PeerState peer)
    {
        writer.Bytes(peer.Name);
        writer.UInt((ulong)peer.Incarnation);
        writer.Byte((byte)peer.State);
        writer.Byte((byte)peer.Status);
        writer.UInt(peer.IntentTime);
        writer.Bytes(peer.Facts.EndPoint.Address.GetAddressBytes());
        writer.UInt((ulong)peer.Facts.EndPoint.Port);
        writer.Bytes(peer.Facts.Meta);
    }

    private static PeerState[] ReadPeers(ref FieldReader reader)
    {
        var peers = new PeerState[Math.Max(0, reader.OptionalCount(MinPeerBytes))];
        for (int i = 0; i < peers.Length; i++)
        {
            byte[] name = GossipFields.Name(ref reader).ToArray();
            long incarnation = GossipFields.Incarnation(ref reader);
            byte state = reader.Byte();
            byte status = reader.Byte();
            if (state > (byte)SwimState.Left || status > (byte)MemberStatus.Failed)
                throw new InvalidDataException("a member state that does not exist");
            ulong time = reader.UInt();
            IPEndPoint endPoint = GossipFields.EndPoint(ref reader);
            peers[i] = new PeerState(name, incarnation, (SwimState)state, (MemberStatus)status, time, new PeerFacts(endPoint, GossipFields.Meta(ref reader)));
        }

        return peers;
    }

    private static (ulong Time, byte[] Name, byte[] Payload)[] ReadEvents(ref FieldReader reader)
    {
        var events = new (ulong Time, byte[] Name, byte[] Payload)[Math.Max(0, reader.OptionalCount(3))];
        for (int i = 0; i < events.Length; i++)
            events[i] = (reader.UInt(), reader.Bytes().ToArray(), reader.Bytes().ToArray());
        return events;
    }
}
