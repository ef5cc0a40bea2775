namespace Praetor.Api.Dns.Names;

/// <summary>Between wire form and presentation form of names.</summary>
public static class NameText
{
    /// <summary>Copies a wire-form name, letters in lower case. Both spans have the same length.</summary>
    public static void ToLower(ReadOnlySpan<byte> name, Span<byte> destination)
    {
        // A length byte is at most 63 and so never looks like a capital letter (65-90).
        for (int i = 0; i < name.Length; i++)
        {
            byte b = name[i];
            destination[i] = (uint)(b - 'A') <= 'Z' - 'A' ? (byte)(b | 0x20) : b;
        }
    }

    /// <summary>
    /// Writes labels as text, joined by dots. Bytes that are special in presentation form get a backslash, unprintable ones become
    /// <c>\DDD</c>: that is the text catalog names are compared with, so names that hold such bytes cannot be found (dns 2).
    /// </summary>
    /// <param name="name">Wire-form name.</param>
    /// <param name="run">Which labels of it.</param>
    /// <param name="destination">At least <see cref="Wire.DnsLimits.NameChars"/> characters.</param>
    /// <returns>Characters written.</returns>
    public static int Write(ReadOnlySpan<byte> name, LabelRun run, Span<char> destination)
    {
        int written = 0, skip = run.Skip;
        for (int at = run.Start; at < run.End;)
        {
            if (at > run.Start)
                destination[written++] = '.';
            int length = name[at];
            foreach (byte b in name.Slice(at + 1 + skip, length - skip))
                written += WriteByte(b, destination[written..]);
            skip = 0;
            at += 1 + length;
        }
        return written;
    }

    /// <summary>The whole name with its final dot, for logs. Allocates.</summary>
    public static string ToText(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[Wire.DnsLimits.NameChars];
        int written = Write(name, new LabelRun(0, name.Length - 1), text);
        text[written++] = '.';
        return new string(text[..written]);
    }

    private static int WriteByte(byte b, Span<char> destination)
    {
        switch (b)
        {
            case (byte)'.' or (byte)' ' or (byte)'\'' or (byte)'@' or (byte)';' or (byte)'(' or (byte)')' or (byte)'"' or (byte)'\\':
                destination[0] = '\\';
                destination[1] = (char)b;
                return 2;
            case < (byte)' ' or > (byte)'~':
                destination[0] = '\\';
                destination[1] = (char)('0' + b / 100);
                destination[2] = (char)('0' + b / 10 % 10);
                destination[3] = (char)('0' + b % 10);
                return 4;
            default:
                destination[0] = (char)b;
                return 1;
        }
    }
}
