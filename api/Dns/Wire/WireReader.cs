using System.Buffers.Binary;

namespace Praetor.Api.Dns.Wire;

/// <summary>Reads names and records from hostile bytes: every length is checked, every pointer chain is bounded.</summary>
public static class WireReader
{
    private const byte LabelKindMask = 0xC0;

    /// <summary>Fixed fields behind a record's owner: type, class, TTL, data length.</summary>
    public const int RecordFixedBytes = 10;

    /// <summary>
    /// Length in bytes (root included) of the uncompressed name at the start of <paramref name="bytes"/>, or -1 if it is cut
    /// short, longer than 255 bytes, or holds a pointer or reserved label kind.
    /// </summary>
    public static int PlainNameLength(ReadOnlySpan<byte> bytes)
    {
        int offset = 0;
        while ((uint)offset < (uint)bytes.Length)
        {
            int label = bytes[offset];
            if (label == 0)
                return offset + 1;
            if (label > DnsLimits.LabelBytes)
                return -1;
            offset += 1 + label;
            if (offset >= DnsLimits.NameBytes)
                return -1;
        }
        return -1;
    }

    /// <summary>
    /// Steps over a name that may be compressed. True if the name, with everything it points to, is valid; then
    /// <paramref name="offset"/> stands behind it.
    /// </summary>
    public static bool TrySkipName(ReadOnlySpan<byte> message, scoped ref int offset)
    {
        int at = offset, end = -1, hops = 0, nameBytes = 0;
        while ((uint)at < (uint)message.Length)
        {
            int length = message[at];
            switch (length & LabelKindMask)
            {
                case 0 when length == 0:
                    offset = end < 0 ? at + 1 : end;
                    return true;
                case 0:
                    nameBytes += 1 + length;
                    if (nameBytes >= DnsLimits.NameBytes)
                        return false;
                    at += 1 + length;
                    break;
                case LabelKindMask:
                    if (at + 1 >= message.Length || ++hops > DnsLimits.PointerHops)
                        return false;
                    if (end < 0)
                        end = at + 2;
                    at = ((length & ~LabelKindMask) << 8) | message[at + 1];
                    break;
                default:
                    return false;
            }
        }
        return false;
    }

    /// <summary>The name at an offset, which may be compressed, in plain wire form; null if it is not valid.</summary>
    public static byte[]? ReadName(ReadOnlySpan<byte> message, int offset)
    {
        int end = offset;
        if (!TrySkipName(message, ref end))
            return null;
        Span<byte> name = stackalloc byte[DnsLimits.NameBytes];
        int written = 0;
        for (int at = offset; message[at] != 0;)
        {
            int length = message[at];
            if ((length & LabelKindMask) == LabelKindMask)
            {
                at = ((length & ~LabelKindMask) << 8) | message[at + 1];
                continue;
            }

            message.Slice(at, 1 + length).CopyTo(name[written..]);
            written += 1 + length;
            at += 1 + length;
        }

        name[written++] = 0;
        return name[..written].ToArray();
    }

    /// <summary>
    /// Steps over one record. True if it is whole; then <paramref name="type"/>, <paramref name="classWord"/> and
    /// <paramref name="data"/> describe it and <paramref name="offset"/> stands behind it.
    /// </summary>
    public static bool TryReadRecord(ReadOnlySpan<byte> message, scoped ref int offset, out RecordType type, out ushort classWord,
        out ReadOnlySpan<byte> data)
    {
        type = RecordType.None;
        classWord = 0;
        data = default;
        if (!TrySkipName(message, ref offset) || message.Length - offset < RecordFixedBytes)
            return false;
        type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(message[offset..]);
        classWord = BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 2)..]);
        int dataBytes = BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 8)..]);
        offset += RecordFixedBytes;
        if (message.Length - offset < dataBytes)
            return false;
        data = message.Slice(offset, dataBytes);
        offset += dataBytes;
        return true;
    }
}
