using System.Globalization;
using Praetor.Core.Codec;

namespace Praetor.Api.Cli.Flags;

/// <summary>strconv.Atoi: decimal digits with an optional sign, 64 bits.</summary>
internal static class GoDecimal
{
    /// <summary>Null if the text is a decimal integer that fits, else strconv's text.</summary>
    public static string? Check(string text)
    {
        var digits = text.AsSpan(text.StartsWith('-') || text.StartsWith('+') ? 1 : 0);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
            return $"strconv.Atoi: parsing {GoQuote.Quote(text)}: invalid syntax";
        return TryParse(text, out _) ? null : $"strconv.Atoi: parsing {GoQuote.Quote(text)}: value out of range";
    }

    /// <summary>The integer of a checked text.</summary>
    public static long Parse(string text) => TryParse(text, out var value) ? value : 0;

    private static bool TryParse(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
