using System.Globalization;

namespace Praetor.Api.Config;

/// <summary>How Go writes and reads the values that show up in the texts of the command line, the configuration and the log. Pure.</summary>
public static class GoText
{
    /// <summary>strconv.ParseBool: 1 t T TRUE true True 0 f F FALSE false False.</summary>
    public static bool TryParseBool(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "TRUE" or "true" or "True";
        return value || text is "0" or "f" or "F" or "FALSE" or "false" or "False";
    }

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
