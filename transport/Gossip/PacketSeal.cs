using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Praetor.Transport.Gossip;

/// <summary>What a sealed form carries. On the wire: values are frozen, new ones are only added.</summary>
internal enum SealKind : byte
{
    Packet = 1,
    Request = 2,
    Answer = 3,
}

/// <summary>
/// The outer form of everything that gossip sends: sealed with the key ring, or plain with a checksum.
/// <code>
///  plain:   | kind        | CRC-32C | bytes      |
///           0             1         5
///  sealed:  | kind + 0x80 | key id  | nonce | sealed bytes | tag (16) |
///           0             1         5       17
/// </code>
/// What is sealed for one pool or kind does not open as another. Thread-safe.
/// </summary>
public sealed class PacketSeal
{
    /// <summary>Most bytes that the form adds.</summary>
    public const int MaxOverheadBytes = KindBytes + KeyRing.OverheadBytes;

    private const int KindBytes = 1;
    private const int ChecksumBytes = sizeof(uint);
    private const byte SealedMark = 0x80;

    private readonly KeyRing _ring;
    private readonly byte[][] _contexts;

    /// <summary>The form of one pool, such as "lan".</summary>
    public PacketSeal(string pool, KeyRing ring)
    {
        _ring = ring;
        _contexts = [.. Enumerable.Range(0, (int)SealKind.Answer + 1).Select(kind => (byte[])[(byte)kind, .. Encoding.UTF8.GetBytes(pool)])];
    }

    /// <summary>encrypt_verify_incoming: with a key, plain messages are refused.</summary>
    public bool VerifyIncoming { get; set; } = true;

    /// <summary>encrypt_verify_outgoing: with a key, what is sent is sealed.</summary>
    public bool VerifyOutgoing { get; set; } = true;

    /// <summary>Bytes that the form adds to what is sent now.</summary>
    public int OverheadBytes => IsSealing ? MaxOverheadBytes : KindBytes + ChecksumBytes;

    private bool IsSealing => VerifyOutgoing && _ring.IsEnabled;

    /// <summary>Writes the form of <paramref name="bytes"/>; returns its length. <paramref name="output"/> holds <see cref="MaxOverheadBytes"/> more.</summary>
    internal int Seal(SealKind kind, ReadOnlySpan<byte> bytes, Span<byte> output)
    {
        if (VerifyOutgoing && _ring.TrySeal(bytes, _contexts[(int)kind], output[KindBytes..]))
        {
            output[0] = (byte)((byte)kind | SealedMark);
            return MaxOverheadBytes + bytes.Length;
        }

        output[0] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(output[KindBytes..], Checksum(bytes));
        bytes.CopyTo(output[(KindBytes + ChecksumBytes)..]);
        return KindBytes + ChecksumBytes + bytes.Length;
    }

    /// <summary>Takes the bytes out of their form. Null if that is done, else why not. <paramref name="bytes"/> lies in the input or in <paramref name="scratch"/>, which is as long as the input.</summary>
    internal PacketDrop? TryOpen(SealKind kind, ReadOnlySpan<byte> form, Span<byte> scratch, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (form.Length < KindBytes + ChecksumBytes)
            return PacketDrop.TooShort;
        if ((form[0] & ~SealedMark) != (byte)kind)
            return PacketDrop.UnknownKind;
        return (form[0] & SealedMark) != 0 ? TryOpenSealed(kind, form, scratch, out bytes) : TryOpenPlain(form, out bytes);
    }

    /// <summary>Why an exchange was refused, as operators see it (gossip-raft 3.4).</summary>
    internal static string Text(PacketDrop drop) => drop switch
    {
        PacketDrop.NotEncrypted => "encryption is configured but remote state is not encrypted",
        PacketDrop.NoKey => "remote state is encrypted and encryption is not configured",
        PacketDrop.Undecryptable => "no installed keys could decrypt the message",
        PacketDrop.Checksum => "invalid checksum for push/pull state",
        PacketDrop.ExchangeTooLong => "remote state is larger than limit",
        PacketDrop.TooManyExchanges => "too many pending push/pull requests",
        _ => $"remote state is malformed ({drop})",
    };

    private PacketDrop? TryOpenSealed(SealKind kind, ReadOnlySpan<byte> form, Span<byte> scratch, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!_ring.IsEnabled)
            return PacketDrop.NoKey;
        if (form.Length < MaxOverheadBytes)
            return PacketDrop.TooShort;
        Span<byte> plain = scratch[..(form.Length - MaxOverheadBytes)];
        if (!_ring.TryOpen(form[KindBytes..], _contexts[(int)kind], plain))
            return PacketDrop.Undecryptable;
        bytes = plain;
        return null;
    }

    private PacketDrop? TryOpenPlain(ReadOnlySpan<byte> form, out ReadOnlySpan<byte> bytes)
    {
        bytes = form[(KindBytes + ChecksumBytes)..];
        if (VerifyIncoming && _ring.IsEnabled)
            return PacketDrop.NotEncrypted;
        return BinaryPrimitives.ReadUInt32LittleEndian(form[KindBytes..]) == Checksum(bytes) ? null : PacketDrop.Checksum;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte left in bytes)
            crc = BitOperations.Crc32C(crc, left);
        return ~crc;
    }
}
