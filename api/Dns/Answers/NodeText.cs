using System.Text;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Answers;

/// <summary>Node metadata as TXT data (dns 3, node TXT; RFC 1464).</summary>
public static class NodeText
{
    private const string RawPrefix = "rfc1035-";

    /// <summary>One TXT record's data per pair, in key order.</summary>
    public static byte[][] Encode(IReadOnlyDictionary<string, string>? meta) =>
        meta is null or { Count: 0 }
            ? []
            : [.. meta.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => ToData(ToText(pair.Key, pair.Value)))];

    /// <summary>
    /// The text of one pair: the value alone for keys that start with <c>rfc1035-</c>, else <c>key=value</c> with backquotes
    /// doubled and, in the key, <c>=</c> and outer spaces quoted by a backquote.
    /// </summary>
    public static string ToText(string key, string value)
    {
        if (key.StartsWith(RawPrefix, StringComparison.OrdinalIgnoreCase))
            return value;
        int leading = key.Length - key.TrimStart(' ').Length;
        int trailingFrom = key.TrimEnd(' ').Length;
        StringBuilder text = new(key.Length + value.Length + 8);
        for (int i = 0; i < key.Length; i++)
        {
            bool isOuterSpace = key[i] == ' ' && (i < leading || i >= trailingFrom);
            if (isOuterSpace || key[i] is '`' or '=')
                text.Append('`');
            text.Append(key[i]);
        }
        return text.Append('=').Append(value.Replace("`", "``", StringComparison.Ordinal)).ToString();
    }

    /// <summary>
    /// Character strings of at most 255 bytes. Longer texts are split, where the original cannot answer at all: a record whose
    /// strings a client joins is worth more than silence.
    /// </summary>
    public static byte[] ToData(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int strings = Math.Max(1, (bytes.Length + DnsLimits.TextBytes - 1) / DnsLimits.TextBytes);
        byte[] data = new byte[bytes.Length + strings];
        for (int i = 0, from = 0, to = 0; i < strings; i++)
        {
            int length = Math.Min(DnsLimits.TextBytes, bytes.Length - from);
            data[to++] = (byte)length;
            bytes.AsSpan(from, length).CopyTo(data.AsSpan(to));
            from += length;
            to += length;
        }
        return data;
    }
}
