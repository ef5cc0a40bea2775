using System.Globalization;

namespace Praetor.Api.Config;

/// <summary>How Go prints values that show up in error texts. Pure.</summary>
public static class GoText
{
    /// <summary>The <c>%v</c> form of a finite float64: shortest digits, exponent form below 1e-4 and from 1e21 on.</summary>
    public static string Float(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        if (!text.Contains('E', StringComparison.Ordinal))
            return text;
        // .NET turns to exponents at 1e15 already; below 1e21 a decimal holds the shortest digits exactly.
        return Math.Abs(value) is >= 1 and < 1e21
            ? decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : text.Replace('E', 'e');
    }
}
