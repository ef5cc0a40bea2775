using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Answers;

/// <summary>Which transport a reply goes out on; the limits differ (dns 7).</summary>
public enum DnsTransport : byte
{
    /// <summary>Datagram.</summary>
    Udp,

    /// <summary>Stream with 2-byte frames.</summary>
    Tcp,
}

/// <summary>The limits of one reply and how many answers they leave (dns 7). Pure.</summary>
/// <param name="MaxAnswers">Answers kept before anything is measured.</param>
/// <param name="MaxBytes">L of the reference.</param>
/// <param name="SpareBytes">The message must stay this far below <paramref name="MaxBytes"/>, while the binary search may use all of it.</param>
/// <param name="IsPlainUdp">UDP without EDNS: cutting to <paramref name="MaxAnswers"/> sets TC, and sizes count uncompressed from there.</param>
public readonly record struct Trimming(int MaxAnswers, int MaxBytes, int SpareBytes, bool IsPlainUdp)
{
    /// <summary>Overshoot above which a binary search replaces dropping one answer at a time.</summary>
    public const int SearchThresholdBytes = 100;

    /// <summary>The search stops early when a message is this close below the limit.</summary>
    private const int CloseEnoughBytes = 10;

    private const int UdpSpareBytes = 8;

    /// <summary>The limits for a request.</summary>
    public static Trimming For(DnsTransport transport, scoped in DnsRequest request, int udpAnswerLimit)
    {
        if (transport == DnsTransport.Tcp)
        {
            int max = request.Type == RecordType.Srv ? DnsLimits.TcpSrvAnswers : DnsLimits.TcpAnswers;
            return new Trimming(max, DnsLimits.TcpBytes, 0, false);
        }
        int size = request.Edns.Present ? request.Edns.UdpSizeBytes : 0;
        return size <= DnsLimits.PlainUdpBytes
            ? new Trimming(Math.Min(DnsLimits.PlainUdpAnswers, udpAnswerLimit), DnsLimits.PlainUdpBytes, UdpSpareBytes, true)
            : new Trimming(int.MaxValue, Math.Min(size, DnsLimits.EdnsUdpBytes), UdpSpareBytes, false);
    }

    /// <summary>True if a message of that length with that many answers must lose some.</summary>
    public bool Exceeds(int answers, int lengthBytes) => answers > 1 && lengthBytes > MaxBytes - SpareBytes;

    /// <summary>How many answers are kept.</summary>
    /// <param name="answers">Answers in the message.</param>
    /// <param name="lengthBytes">Its length as it is, with all its additional records.</param>
    /// <param name="trimmedBytes">Length by number of answers, with the additional section rebuilt; <paramref name="answers"/> + 1 entries.</param>
    public int Keep(int answers, int lengthBytes, ReadOnlySpan<int> trimmedBytes)
    {
        while (Exceeds(answers, lengthBytes))
        {
            // One answer always stays, even if it is too big for the limit.
            answers = lengthBytes - MaxBytes > SearchThresholdBytes
                ? Math.Max(1, LargestFitting(trimmedBytes[..(answers + 1)]))
                : answers - 1;
            lengthBytes = trimmedBytes[answers];
        }
        return answers;
    }

    private int LargestFitting(ReadOnlySpan<int> trimmedBytes)
    {
        int low = 0, high = trimmedBytes.Length;
        while (high - low > 1)
        {
            int middle = low + (high - low) / 2;
            int spare = MaxBytes - trimmedBytes[middle];
            if (spare < 0)
                high = middle;
            else if (spare < CloseEnoughBytes)
                return middle;
            else
                low = middle;
        }
        return low;
    }
}
