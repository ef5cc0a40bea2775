namespace Praetor.Api.Dns.Wire;

/// <summary>What the header and shape of a packet ask for, before any name is looked at (dns 1).</summary>
public enum RequestVerdict : byte
{
    /// <summary>A question to answer.</summary>
    Question,

    /// <summary>Say nothing: too short, or itself a response.</summary>
    Ignore,

    /// <summary>Opcode other than QUERY and NOTIFY.</summary>
    NotImplemented,

    /// <summary>Counts out of range, or a body that does not parse.</summary>
    Malformed,

    /// <summary>The header promises a question and nothing follows.</summary>
    Empty,
}

/// <summary>
/// A parsed request. It points into the packet it was parsed from and owns nothing; it lives as long as the packet's buffer.
/// </summary>
public readonly ref struct DnsRequest
{
    /// <summary>Message id, to be echoed.</summary>
    public ushort Id { get; init; }

    /// <summary>Second header word: QR, opcode, AA, TC, RD, RA, Z, AD, CD, RCODE.</summary>
    public ushort Flags { get; init; }

    /// <summary>The question name in wire form, root included, in the client's spelling.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>Name, type and class as sent: what every reply echoes.</summary>
    public ReadOnlySpan<byte> Question { get; init; }

    /// <summary>Question type.</summary>
    public RecordType Type { get; init; }

    /// <summary>EDNS0 data; not <see cref="EdnsRequest.Present"/> if the request had none.</summary>
    public EdnsRequest Edns { get; init; }

    /// <summary>0 = QUERY, 4 = NOTIFY.</summary>
    public int OpCode => (Flags >> 11) & 0xF;
}

/// <summary>The OPT record of a request (RFC 6891).</summary>
public readonly ref struct EdnsRequest
{
    /// <summary>True if the request carried an OPT record.</summary>
    public bool Present { get; init; }

    /// <summary>UDP payload size the client offers, as sent.</summary>
    public ushort UdpSizeBytes { get; init; }

    /// <summary>Client subnet (RFC 7871): family 0, 1 or 2. Meaningful only with <see cref="HasSubnet"/>.</summary>
    public ushort SubnetFamily { get; init; }

    /// <summary>Source prefix length in bits.</summary>
    public byte SubnetPrefixBits { get; init; }

    /// <summary>Address bytes as sent: as many as the client chose to send, possibly fewer than the prefix needs.</summary>
    public ReadOnlySpan<byte> SubnetAddress { get; init; }

    /// <summary>True if a client subnet option was sent.</summary>
    public bool HasSubnet { get; init; }
}
