using System.Globalization;
using System.Text;

namespace Praetor.Core.Hcl;

/// <summary>What literals stand for. Pure; works on what <see cref="HclScanner"/> has let through.</summary>
internal static class HclText
{
    /// <summary>A quoted text: escapes are what they stand for, <c>${...}</c> is copied as it is.</summary>
    public static string Unquote(string literal)
    {
        ReadOnlySpan<char> inner = literal.AsSpan(1, literal.Length - 2);
        if (!inner.Contains('\\'))
            return inner.ToString();
        var text = new StringBuilder(inner.Length);
        for (int i = 0; i < inner.Length;)
        {
            if (inner[i] == '$' && i + 1 < inner.Length && inner[i + 1] == '{')
                i = Copy(inner, i, text);
            else if (inner[i] == '\\')
                i = Escape(inner, i + 1, text);
            else
                text.Append(inner[i++]);
        }

        return text.ToString();
    }

    /// <summary>The lines of a heredoc with their final newline; of <c>&lt;&lt;-</c> without the indentation of the last line, if all lines have it.</summary>
    public static string Heredoc(string literal)
    {
        int firstEnd = literal.IndexOf('\n', StringComparison.Ordinal);
        int lastBegin = literal.LastIndexOf('\n') + 1;
        string body = literal[(firstEnd + 1)..Math.Max(firstEnd + 1, lastBegin)].Replace("\r\n", "\n", StringComparison.Ordinal);
        if (literal[2] != '-')
            return body;
        string last = literal[lastBegin..];
        string indent = last[..(last.Length - last.TrimStart(' ', '\t').Length)];
        string[] lines = body.Split('\n');
        bool allHaveIt = lines.SkipLast(1).All(line => line.StartsWith(indent, StringComparison.Ordinal));
        return allHaveIt ? string.Join('\n', lines.Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line)) : body;
    }

    /// <summary>A number as Go reads it: decimal, hexadecimal, octal with a leading zero. False if it does not fit.</summary>
    public static bool TryNumber(string literal, out double value)
    {
        bool isNegative = literal.StartsWith('-');
        string digits = isNegative ? literal[1..] : literal;
        bool fits = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? TryBase(digits.AsSpan(2), 16, out long number)
            : digits is ['0', _, ..] ? TryBase(digits.AsSpan(1), 8, out number)
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        value = isNegative ? -(double)number : number;
        return fits;
    }

    /// <summary>A number with point or exponent. False if it is none.</summary>
    public static bool TryFloat(string literal, out double value) => double.TryParse(literal, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static bool TryBase(ReadOnlySpan<char> digits, int radix, out long value)
    {
        value = 0;
        foreach (char digit in digits)
        {
            int worth = Convert.ToInt32(digit.ToString(), 16);
            if (worth >= radix || value > (long.MaxValue - worth) / radix)
                return false;
            value = (value * radix) + worth;
        }

        return digits.Length > 0;
    }

    private static int Copy(ReadOnlySpan<char> inner, int at, StringBuilder text)
    {
        int braces = 0;
        do
        {
            braces += inner[at] switch { '{' => 1, '}' => -1, _ => 0 };
            text.Append(inner[at++]);
        }
        while (at < inner.Length && (braces > 0 || inner[at - 1] == '$'));
        return at;
    }

    private static int Escape(ReadOnlySpan<char> inner, int at, StringBuilder text)
    {
        char c = inner[at++];
        int digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, >= '0' and <= '7' => 3, _ => 0 };
        if (digits == 0)
        {
            text.Append(c switch { 'a' => '\a', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', _ => c });
            return at;
        }

        bool isOctal = digits == 3;
        int from = isOctal ? at - 1 : at;
        int code = Convert.ToInt32(inner.Slice(from, digits).ToString(), isOctal ? 8 : 16);
        text.Append(Rune.IsValid(code) ? new Rune(code).ToString() : "\uFFFD");
        return from + digits;
    }
}
