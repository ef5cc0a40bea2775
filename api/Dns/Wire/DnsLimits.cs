namespace Praetor.Api.Dns.Wire;

/// <summary>Every bound of the DNS room in one place, each with its reason.</summary>
public static class DnsLimits
{
    /// <summary>Fixed header of every message (RFC 1035 4.1.1).</summary>
    public const int HeaderBytes = 12;

    /// <summary>Longest name in wire form, root included (RFC 1035 2.3.4).</summary>
    public const int NameBytes = 255;

    /// <summary>Longest label (RFC 1035 2.3.4).</summary>
    public const int LabelBytes = 63;

    /// <summary>Characters of the longest name as text: every byte may become a four-character escape.</summary>
    public const int NameChars = 4 * NameBytes;

    /// <summary>Longest character string inside a TXT record (RFC 1035 3.3).</summary>
    public const int TextBytes = 255;

    /// <summary>Pointers followed in one name. A name of 255 bytes holds at most 127 labels, so honest names need fewer.</summary>
    public const int PointerHops = 126;

    /// <summary>Highest offset that a compression pointer can name (14 bits).</summary>
    public const int PointerReach = 0x3FFF;

    /// <summary>Longest message: TCP frames it with 16 bits.</summary>
    public const int MessageBytes = 65_535;

    /// <summary>UDP answers without EDNS (dns 7).</summary>
    public const int PlainUdpBytes = 512;

    /// <summary>UDP answers with EDNS never exceed this, whatever the client offers (dns 7).</summary>
    public const int EdnsUdpBytes = 65_467;

    /// <summary>TCP answers are trimmed to this (dns 7).</summary>
    public const int TcpBytes = 65_523;

    /// <summary>Answers over UDP without EDNS, whatever udp_answer_limit says (dns 7).</summary>
    public const int PlainUdpAnswers = 8;

    /// <summary>Answers over TCP before anything is measured (dns 7).</summary>
    public const int TcpAnswers = 4096;

    /// <summary>SRV answers over TCP before anything is measured: more do not fit in 64 KiB (dns 7).</summary>
    public const int TcpSrvAnswers = 1024;
}
