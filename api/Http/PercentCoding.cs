namespace Praetor.Api.Http;

/// <summary>Percent-encoding of request targets. No state.</summary>
internal static class PercentCoding
{
    /// <summary>
    /// Decodes into bytes; false if an escape is broken or a character is not ASCII. The destination needs as many bytes as there are
    /// characters.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> encoded, Span<byte> destination, bool plusIsSpace, out int written)
    {
        written = 0;
        for (int i = 0; i < encoded.Length; i++)
        {
            char c = encoded[i];
            if (c == '%')
            {
                if (i + 2 >= encoded.Length || !char.IsAsciiHexDigit(encoded[i + 1]) || !char.IsAsciiHexDigit(encoded[i + 2]))
                    return false;
                destination[written++] = (byte)(HexValue(encoded[i + 1]) << 4 | HexValue(encoded[i + 2]));
                i += 2;
                continue;
            }
            if (c > 0x7f)
                return false;
            destination[written++] = (byte)(plusIsSpace && c == '+' ? ' ' : c);
        }
        return true;
    }

    private static int HexValue(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
