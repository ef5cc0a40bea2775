using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.Unicode;
using Praetor.Core.Codec;
using Praetor.Core.Gossip.Coordinates;

namespace Praetor.Core.Gossip;

/// <summary>Messages of a packet. On the wire: values are frozen, new ones are only added; unknown ones are skipped.</summary>
internal enum GossipMessage : byte
{
    Ping = 1,
    PingRequest = 2,
    Ack = 3,
    Nack = 4,
    Alive = 5,
    Suspect = 6,
    Dead = 7,
    JoinIntent = 8,
    LeaveIntent = 9,
    UserEvent = 10,
}

/// <summary>
/// Writes a packet in place: <c>version 1 | (kind 1 | length 2 | body)*</c>, numbers as LEB128, names with their length. Allocates nothing.
/// </summary>
internal ref struct PacketWriter
{
    public const byte Version = 1;
    public const int HeaderBytes = 3;

    private readonly Span<byte> _packet;
    private int _start;

    public PacketWriter(Span<byte> packet)
    {
        _packet = packet;
        _packet[0] = Version;
        Length = 1;
    }

    private PacketWriter(Span<byte> packet, bool isBare)
    {
        _packet = packet;
        Length = isBare ? 0 : 1;
    }

    public int Length { get; private set; }

    public readonly Span<byte> Rest => _packet[Length..];

    public void Advance(int bytes) => Length += bytes;

    public void Ping(uint seq, scoped ReadOnlySpan<byte> target)
    {
        Begin(GossipMessage.Ping);
        UInt(seq);
        Bytes(target);
        End();
    }

    public void PingRequest(uint seq, scoped ReadOnlySpan<byte> target, IPEndPoint endPoint)
    {
        Begin(GossipMessage.PingRequest);
        UInt(seq);
        Bytes(target);
        EndPoint(endPoint);
        End();
    }

    public void Ack(uint seq, Coordinate coordinate)
    {
        Begin(GossipMessage.Ack);
        UInt(seq);
        Length += coordinate.Encode(_packet[Length..]);
        End();
    }

    public void Nack(uint seq)
    {
        Begin(GossipMessage.Nack);
        UInt(seq);
        End();
    }

    public void Accuse(GossipMessage kind, long incarnation, scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> from)
    {
        Begin(kind);
        UInt((ulong)incarnation);
        Bytes(name);
        Bytes(from);
        End();
    }

    /// <summary>A message on its own, as the rumour queue keeps it.</summary>
    public static byte[] Rumour<TState>(TState state, Writing<TState> write)
    {
        Span<byte> room = stackalloc byte[2048];
        var writer = new PacketWriter(room, isBare: true);
        write(ref writer, state);
        return room[..writer.Length].ToArray();
    }

    public delegate void Writing<in TState>(ref PacketWriter writer, TState state);

    public void Alive(Peer peer)
    {
        Begin(GossipMessage.Alive);
        UInt((ulong)peer.Incarnation);
        Bytes(peer.NameBytes);
        EndPoint(peer.EndPoint);
        Bytes(peer.Facts.Meta);
        End();
    }

    public void Intent(GossipMessage kind, ulong time, scoped ReadOnlySpan<byte> name, bool prune)
    {
        Begin(kind);
        UInt(time);
        Bytes(name);
        Byte(prune ? (byte)1 : (byte)0);
        End();
    }

    public void UserEvent(ulong time, scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> payload)
    {
        Begin(GossipMessage.UserEvent);
        UInt(time);
        Bytes(name);
        Bytes(payload);
        End();
    }

    private void Begin(GossipMessage kind)
    {
        _start = Length;
        _packet[Length] = (byte)kind;
        Length += HeaderBytes;
    }

    private readonly void End() => BinaryPrimitives.WriteUInt16LittleEndian(_packet[(_start + 1)..], (ushort)(Length - _start - HeaderBytes));

    private void Byte(byte value) => _packet[Length++] = value;

    private void UInt(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    private void Bytes(scoped ReadOnlySpan<byte> value)
    {
        UInt((ulong)value.Length);
        value.CopyTo(_packet[Length..]);
        Length += value.Length;
    }

    private void EndPoint(IPEndPoint endPoint)
    {
        int addressBytes = endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 4 : 16;
        UInt((ulong)addressBytes);
        endPoint.Address.TryWriteBytes(_packet[Length..], out int written);
        Length += written;
        UInt((ulong)endPoint.Port);
    }
}

/// <summary>Walks over the messages of a packet.</summary>
internal ref struct PacketReader(ReadOnlySpan<byte> packet)
{
    private ReadOnlySpan<byte> _rest = packet;

    public static bool IsKnownVersion(scoped ReadOnlySpan<byte> packet) => packet.Length > 0 && packet[0] == PacketWriter.Version;

    /// <summary>The next message; false at the end.</summary>
    /// <exception cref="InvalidDataException">A length that is not there.</exception>
    public bool TryNext(out GossipMessage kind, out ReadOnlySpan<byte> body)
    {
        kind = default;
        body = default;
        if (_rest.IsEmpty)
            return false;
        if (_rest.Length < PacketWriter.HeaderBytes)
            throw new InvalidDataException("a message header that ends early");
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest[1..]);
        if (length > _rest.Length - PacketWriter.HeaderBytes)
            throw new InvalidDataException("a message that ends early");
        kind = (GossipMessage)_rest[0];
        body = _rest.Slice(PacketWriter.HeaderBytes, length);
        _rest = _rest[(PacketWriter.HeaderBytes + length)..];
        return true;
    }
}

/// <summary>Fields that packets and exchanges share.</summary>
internal static class GossipFields
{
    public const int MaxNameBytes = 255;

    public static ReadOnlySpan<byte> Name(scoped ref FieldReader reader)
    {
        ReadOnlySpan<byte> name = reader.Bytes();
        if (name.Length is 0 or > MaxNameBytes)
            throw new InvalidDataException("a name of a forbidden length");
        // Names are looked up by their bytes: two forms of one text would be two members.
        return Utf8.IsValid(name) ? name : throw new InvalidDataException("a name that is no text");
    }

    public static uint Sequence(scoped ref FieldReader reader)
    {
        ulong value = reader.UInt();
        return value <= uint.MaxValue ? (uint)value : throw new InvalidDataException("a sequence number out of range");
    }

    /// <summary>An incarnation. The upper half of the range is refused: nobody could refute it.</summary>
    public static long Incarnation(scoped ref FieldReader reader)
    {
        ulong value = reader.UInt();
        return value < long.MaxValue / 2 ? (long)value : throw new InvalidDataException("an incarnation out of range");
    }

    public static IPEndPoint EndPoint(scoped ref FieldReader reader)
    {
        ReadOnlySpan<byte> address = reader.Bytes();
        ulong port = reader.UInt();
        if (address.Length is not (4 or 16) || port > IPEndPoint.MaxPort)
            throw new InvalidDataException("an address that is none");
        return new IPEndPoint(new IPAddress(address), (int)port);
    }

    public static byte[] Meta(scoped ref FieldReader reader)
    {
        ReadOnlySpan<byte> meta = reader.Bytes();
        return meta.Length <= TagCodec.MaxBytes ? meta.ToArray() : throw new InvalidDataException("metadata beyond its bound");
    }

    public static string Text(scoped ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>True if the bytes of the end point are the same, without making one.</summary>
    public static bool Same(IPEndPoint left, IPEndPoint right) => left.Port == right.Port && left.Address.Equals(right.Address);
}
