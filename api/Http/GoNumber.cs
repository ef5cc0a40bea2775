using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Praetor.Core.Codec;

namespace Praetor.Api.Http;

/// <summary>Numbers in parameters, accepted and refused as clients know it (http-core 5.2). No state.</summary>
public static class GoNumber
{
    /// <summary>Decimal digits only; else the text <c>strconv.ParseUint: parsing "abc": invalid syntax</c> or <c>... value out of range</c>.</summary>
    public static bool TryParseUint(string text, out ulong value, [NotNullWhen(false)] out string? error)
    {
        value = 0;
        error = null;
        if (text.Length == 0 || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
            error = $"strconv.ParseUint: parsing {GoQuote.Quote(text)}: invalid syntax";
        else if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value))
            error = $"strconv.ParseUint: parsing {GoQuote.Quote(text)}: value out of range";
        return error is null;
    }
}
