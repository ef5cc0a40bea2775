using System.Globalization;
using System.Text;

namespace Praetor.Api.Http.Kv;

/// <summary>Parameters that exclude each other (http-core 5.2, 5.3). No state.</summary>
internal static class KvConflicts
{
    /// <summary>True if two of the flags are given; the refusal shows the whole query, sorted by name and encoded anew.</summary>
    public static bool Has(QueryParameters query, ReadOnlySpan<string> flags, out Refusal refusal)
    {
        int given = 0;
        foreach (string flag in flags)
            given += query.Has(flag) ? 1 : 0;
        refusal = given > 1 ? new Refusal(400, $"Conflicting flags: {Encode(query)}\n") : default;
        return given > 1;
    }

    private static string Encode(QueryParameters query)
    {
        var pairs = new KeyValuePair<string, string>[query.Count];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = query.At(i);
        var text = new StringBuilder();
        foreach (KeyValuePair<string, string> pair in pairs.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (text.Length > 0)
                text.Append('&');
            Escape(text, pair.Key);
            text.Append('=');
            Escape(text, pair.Value);
        }
        return text.ToString();
    }

    private static void Escape(StringBuilder text, string value)
    {
        foreach (byte b in Encoding.UTF8.GetBytes(value))
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~')
                text.Append(c);
            else if (c == ' ')
                text.Append('+');
            else
                text.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
    }
}
