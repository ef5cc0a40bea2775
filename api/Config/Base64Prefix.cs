namespace Praetor.Api.Config;

/// <summary>Base64 as Go decodes it: line breaks are skipped, and what precedes an error is still there.</summary>
internal static class Base64Prefix
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>Decodes; tells the first error and returns the whole quanta before it.</summary>
    public static byte[] Decode(byte[] text, Action<string> onError)
    {
        var decoded = new List<byte>(text.Length / 4 * 3);
        Span<int> quantum = stackalloc int[4];
        var position = 0;
        while (true)
        {
            var filled = 0;
            while (filled < 4)
            {
                SkipLineBreaks(text, ref position);
                if (position == text.Length)
                {
                    if (filled > 0)
                        onError($"illegal base64 data at input byte {position - filled}");
                    return [.. decoded];
                }

                var value = Alphabet.IndexOf((char)text[position], StringComparison.Ordinal);
                if (value < 0 && !(text[position] == '=' && filled >= 2))
                {
                    onError($"illegal base64 data at input byte {position}");
                    return [.. decoded];
                }

                if (value < 0)
                    break;
                position++;
                quantum[filled++] = value;
            }

            Append(decoded, quantum[..filled]);
            if (filled < 4)
            {
                if (FindBadPadding(text, position, filled) is { } bad)
                    onError($"illegal base64 data at input byte {bad}");
                return [.. decoded];
            }
        }
    }

    private static void Append(List<byte> decoded, ReadOnlySpan<int> quantum)
    {
        decoded.Add((byte)((quantum[0] << 2) | (quantum[1] >> 4)));
        if (quantum.Length > 2)
            decoded.Add((byte)((quantum[1] << 4) | (quantum[2] >> 2)));
        if (quantum.Length > 3)
            decoded.Add((byte)((quantum[2] << 6) | quantum[3]));
    }

    /// <summary>After a short quantum: the missing characters must be padding, and nothing may follow.</summary>
    private static int? FindBadPadding(byte[] text, int position, int filled)
    {
        for (var missing = 4 - filled; missing > 0; missing--)
        {
            SkipLineBreaks(text, ref position);
            if (position == text.Length || text[position] != '=')
                return position;
            position++;
        }

        SkipLineBreaks(text, ref position);
        return position < text.Length ? position : null;
    }

    private static void SkipLineBreaks(byte[] text, ref int position)
    {
        while (position < text.Length && text[position] is (byte)'\r' or (byte)'\n')
            position++;
    }
}
