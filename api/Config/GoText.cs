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

    /// <summary>The <c>%v</c> form of a float64: shortest digits, exponent form below 1e-4 and from 1e21 on.</summary>
    public static string Float(double value)
    {
        if (double.IsPositiveInfinity(value))
            return "+Inf";
        if (double.IsNegativeInfinity(value))
            return "-Inf";
        if (value == 0)
            return "0";
        var magnitude = Math.Abs(value);
        var text = value.ToString(magnitude is < 1e-4 or >= 1e21 ? "e16" : "R", CultureInfo.InvariantCulture);
        if (magnitude is < 1e-4 or >= 1e21)
            return ShortestExponent(value);
        return text.Contains('E', StringComparison.Ordinal) ? ((decimal)value).ToString(CultureInfo.InvariantCulture) : text;
    }

    private static string ShortestExponent(double value)
    {
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        for (var digits = 0; digits <= 17; digits++)
        {
            var candidate = value.ToString("e" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.Parse(candidate, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture) != shortest)
                continue;
            var mark = candidate.IndexOf('e', StringComparison.Ordinal);
            var exponent = candidate[(mark + 2)..].TrimStart('0').PadLeft(2, '0');
            return candidate[..(mark + 2)] + exponent;
        }

        return shortest;
    }
}
