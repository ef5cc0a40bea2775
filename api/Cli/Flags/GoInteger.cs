using System.Globalization;

namespace Praetor.Api.Cli.Flags;

/// <summary>Integers as Go's flag package reads them (strconv with base 0), with its two error words.</summary>
internal static class GoInteger
{
    private const string SyntaxError = "parse error";
    private const string RangeError = "value out of range";

    /// <summary>Reads an unsigned 64-bit integer: prefixes 0x 0b 0o 0 and digit separators are understood.</summary>
    /// <returns>Null, or the error word.</returns>
    public static string? Parse(string text, out ulong value)
    {
        value = 0;
        if (!TrySplit(text, out var digits, out var radix))
            return SyntaxError;
        foreach (var c in digits)
        {
            var digit = DigitOf(c);
            if (digit < 0 || digit >= radix)
                return SyntaxError;
            var high = Math.BigMul(value, (ulong)radix, out var low);
            if (high != 0 || low > ulong.MaxValue - (ulong)digit)
                return IsAllDigits(digits, radix) ? RangeError : SyntaxError;
            value = low + (ulong)digit;
        }

        return null;
    }

    /// <summary>Reads a signed 64-bit integer.</summary>
    /// <returns>Null, or the error word.</returns>
    public static string? Parse(string text, out long value)
    {
        value = 0;
        var negative = text.StartsWith('-');
        var error = Parse(negative || text.StartsWith('+') ? text[1..] : text, out ulong magnitude);
        if (error is not null)
            return error;
        if (magnitude > (negative ? 1UL << 63 : long.MaxValue))
            return RangeError;
        value = negative ? unchecked(-(long)magnitude) : (long)magnitude;
        return null;
    }

    /// <summary>Takes prefix and separators off; a separator must stand between digits (or after the prefix).</summary>
    private static bool TrySplit(string text, out string digits, out int radix)
    {
        var lower = text.ToLowerInvariant();
        (radix, var start) = lower switch
        {
            ['0', 'x', ..] => (16, 2),
            ['0', 'b', ..] => (2, 2),
            ['0', 'o', ..] => (8, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        digits = lower[start..];
        if (digits.Contains('_', StringComparison.Ordinal))
        {
            if (start == 0 || digits.EndsWith('_') || digits.Contains("__", StringComparison.Ordinal))
                return false;
            digits = digits.Replace("_", "", StringComparison.Ordinal);
        }

        return digits.Length > 0;
    }

    private static int DigitOf(char c) => char.IsAsciiHexDigitLower(c) ? int.Parse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : -1;

    private static bool IsAllDigits(string digits, int radix) => digits.All(c => DigitOf(c) is var digit && digit >= 0 && digit < radix);
}
