using System.Buffers.Binary;

namespace Praetor.Api.Dns.Wire;

/// <summary>Reads a request in place (dns 1). Pure; allocates nothing; never throws, whatever the bytes.</summary>
public static class DnsRequestParser
{
    private const int OpCodeQuery = 0;
    private const int OpCodeNotify = 4;
    private const ushort ResponseFlag = 0x8000;
    private const ushort ClientSubnetOption = 8;

    /// <summary>
    /// Judges a packet. Id and flags of <paramref name="request"/> are set for every verdict but a too short packet;
    /// the question only for <see cref="RequestVerdict.Question"/>.
    /// </summary>
    public static RequestVerdict Parse(ReadOnlySpan<byte> packet, out DnsRequest request)
    {
        request = default;
        if (packet.Length < DnsLimits.HeaderBytes)
            return RequestVerdict.Ignore;

        ushort id = BinaryPrimitives.ReadUInt16BigEndian(packet);
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        request = new DnsRequest { Id = id, Flags = flags };
        if ((flags & ResponseFlag) != 0)
            return RequestVerdict.Ignore;
        if (request.OpCode is not (OpCodeQuery or OpCodeNotify))
            return RequestVerdict.NotImplemented;

        int questions = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        int answers = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        int authorities = BinaryPrimitives.ReadUInt16BigEndian(packet[8..]);
        int additionals = BinaryPrimitives.ReadUInt16BigEndian(packet[10..]);
        if (questions != 1 || answers > 1 || authorities > 1 || additionals > 2)
            return RequestVerdict.Malformed;
        if (packet.Length == DnsLimits.HeaderBytes)
            return RequestVerdict.Empty;

        ReadOnlySpan<byte> body = packet[DnsLimits.HeaderBytes..];
        int nameBytes = WireReader.PlainNameLength(body);
        if (nameBytes < 0 || body.Length < nameBytes + 4)
            return RequestVerdict.Malformed;
        int offset = DnsLimits.HeaderBytes + nameBytes + 4;
        if (!TryReadEdns(packet, offset, answers + authorities, additionals, out EdnsRequest edns))
            return RequestVerdict.Malformed;

        request = new DnsRequest
        {
            Id = id,
            Flags = flags,
            Name = body[..nameBytes],
            Question = body[..(nameBytes + 4)],
            Type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(body[nameBytes..]),
            Edns = edns,
        };
        return RequestVerdict.Question;
    }

    /// <summary>
    /// Walks the records behind the question. A message that ends exactly where a promised record would begin is accepted
    /// (counts lie more often than lengths); a record that is cut in two is not.
    /// </summary>
    private static bool TryReadEdns(ReadOnlySpan<byte> packet, int offset, int skip, int additionals, out EdnsRequest edns)
    {
        edns = default;
        for (int i = 0; i < skip + additionals && offset < packet.Length; i++)
        {
            if (!WireReader.TryReadRecord(packet, ref offset, out RecordType type, out ushort size, out ReadOnlySpan<byte> data))
                return false;
            if (type != RecordType.Opt)
                continue;
            if (!TryReadOptions(data, size, out EdnsRequest found))
                return false;
            if (i >= skip)
                edns = found;
        }
        return true;
    }

    private static bool TryReadOptions(ReadOnlySpan<byte> options, ushort size, out EdnsRequest edns)
    {
        edns = new EdnsRequest { Present = true, UdpSizeBytes = size };
        while (!options.IsEmpty)
        {
            if (options.Length < 4)
                return false;
            ushort code = BinaryPrimitives.ReadUInt16BigEndian(options);
            int length = BinaryPrimitives.ReadUInt16BigEndian(options[2..]);
            options = options[4..];
            if (options.Length < length)
                return false;
            if (code == ClientSubnetOption)
            {
                if (!TryReadSubnet(options[..length], size, out EdnsRequest withSubnet))
                    return false;
                if (!edns.HasSubnet)
                    edns = withSubnet;
            }
            options = options[length..];
        }
        return true;
    }

    private static bool TryReadSubnet(ReadOnlySpan<byte> option, ushort size, out EdnsRequest edns)
    {
        edns = default;
        if (option.Length < 4)
            return false;
        ushort family = BinaryPrimitives.ReadUInt16BigEndian(option);
        int prefixBits = option[2], scopeBits = option[3];
        int addressBits = family switch { 0 => 0, 1 => 32, 2 => 128, _ => -1 };
        if (prefixBits > addressBits || (addressBits > 0 && scopeBits > addressBits))
            return false;
        edns = new EdnsRequest
        {
            Present = true,
            UdpSizeBytes = size,
            HasSubnet = true,
            SubnetFamily = family,
            SubnetPrefixBits = (byte)prefixBits,
            SubnetAddress = option[4..],
        };
        return true;
    }
}
