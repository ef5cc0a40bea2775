using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Answers;

/// <summary>One record of a reply before it is written. Points to prepared, immutable data.</summary>
public struct AnswerRecord
{
    /// <summary>Owner name; null means the question name as the client spelled it.</summary>
    public WireName? Owner { get; set; }

    /// <summary>Name in the data of CNAME, NS, PTR and SRV.</summary>
    public WireName? Target { get; set; }

    /// <summary>Data in wire form of A, AAAA and TXT.</summary>
    public byte[]? Data { get; set; }

    /// <summary>Time to live in seconds.</summary>
    public uint TtlS { get; set; }

    /// <summary>Record type. SOA records carry no data here: there is one per reply, see <see cref="Reply.Authority"/>.</summary>
    public RecordType Type { get; set; }

    /// <summary>SRV weight.</summary>
    public ushort Weight { get; set; }

    /// <summary>SRV port.</summary>
    public ushort Port { get; set; }

    /// <summary>
    /// For SRV: position in the additional section of the first record owned by <see cref="Target"/>, or -1.
    /// Trimming keeps that record and whatever its CNAME leads to.
    /// </summary>
    public int Glue { get; set; }

    /// <summary>Priority of every SRV record.</summary>
    public const ushort SrvPriority = 1;
}
