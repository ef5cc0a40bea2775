using System.Text;

namespace Praetor.Runtime.Agent;

/// <summary>Bounds outputs that are given to the agent rather than captured by it (http-agent 3 "TTL").</summary>
internal static class CheckOutput
{
    /// <summary>The first bytes of an output that is too long, cut between characters, and how much that is.</summary>
    public static string Shorten(string output, int maxBytes)
    {
        int sizeBytes = Encoding.UTF8.GetByteCount(output);
        if (sizeBytes <= maxBytes)
            return output;
        byte[] bytes = Encoding.UTF8.GetBytes(output);
        int end = maxBytes;
        while (end > 0 && (bytes[end] & 0xC0) == 0x80)
            end--;
        return $"{Encoding.UTF8.GetString(bytes, 0, end)} ... (captured {maxBytes} of {sizeBytes} bytes)";
    }
}
