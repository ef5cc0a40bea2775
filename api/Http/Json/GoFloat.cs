using System.Globalization;

namespace Praetor.Api.Http.Json;

/// <summary>
/// Floating-point numbers as Go's JSON shows them: shortest digits, plain notation from 1e-6 up to below 1e21, else an exponent
/// without padding ("1e-7", "1e+21"). No state.
/// </summary>
internal static class GoFloat
{
    private const int MaxDigits = 17;

    /// <summary>Writes the number; returns its length (at most 25 bytes).</summary>
    /// <exception cref="ArgumentException">The number is NaN or infinite, which JSON cannot say.</exception>
    internal static int Format(double value, Span<byte> target)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException("json: unsupported value: " + value.ToString(CultureInfo.InvariantCulture));
        Span<byte> shortest = stackalloc byte[32];
        value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        var magnitude = Math.Abs(value);
        return Layout(shortest[..length], magnitude != 0 && magnitude is < 1e-6 or >= 1e21, target);
    }

    /// <summary>Writes the number; returns its length (at most 25 bytes).</summary>
    /// <exception cref="ArgumentException">The number is NaN or infinite, which JSON cannot say.</exception>
    internal static int Format(float value, Span<byte> target)
    {
        if (!float.IsFinite(value))
            throw new ArgumentException("json: unsupported value: " + value.ToString(CultureInfo.InvariantCulture));
        Span<byte> shortest = stackalloc byte[32];
        value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        var magnitude = MathF.Abs(value);
        return Layout(shortest[..length], magnitude != 0 && magnitude is < 1e-6f or >= 1e21f, target);
    }

    /// <summary>From .NET's shortest form ("-1.25E-07", "0.001") to Go's.</summary>
    private static int Layout(ReadOnlySpan<byte> shortest, bool exponential, Span<byte> target)
    {
        Span<byte> digits = stackalloc byte[MaxDigits + 8];
        var count = 0;
        var pointAt = -1;
        var exponent = 0;
        var length = 0;
        for (var i = 0; i < shortest.Length; i++)
        {
            switch (shortest[i])
            {
                case (byte)'-':
                    target[length++] = (byte)'-';
                    break;
                case (byte)'.':
                    pointAt = count;
                    break;
                case (byte)'E':
                    exponent = int.Parse(shortest[(i + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                    i = shortest.Length;
                    break;
                case var digit:
                    digits[count++] = digit;
                    break;
            }
        }
        // Value = 0.d1d2d3... * 10^point, without leading or trailing zeros among the digits.
        var point = (pointAt < 0 ? count : pointAt) + exponent;
        var significant = digits[..count].TrimEnd((byte)'0');
        var leadingZeros = significant.Length - significant.TrimStart((byte)'0').Length;
        significant = significant[leadingZeros..];
        point -= leadingZeros;
        if (significant.IsEmpty)
        {
            target[length++] = (byte)'0';
            return length;
        }
        return length + (exponential
            ? WriteExponential(significant, point - 1, target[length..])
            : WritePlain(significant, point, target[length..]));
    }

    private static int WriteExponential(ReadOnlySpan<byte> digits, int exponent, Span<byte> target)
    {
        var length = 0;
        target[length++] = digits[0];
        if (digits.Length > 1)
        {
            target[length++] = (byte)'.';
            digits[1..].CopyTo(target[length..]);
            length += digits.Length - 1;
        }
        target[length++] = (byte)'e';
        target[length++] = (byte)(exponent < 0 ? '-' : '+');
        Math.Abs(exponent).TryFormat(target[length..], out var written, default, CultureInfo.InvariantCulture);
        // Go pads a positive exponent to two digits and takes the padding of a negative one away; positive ones start at 21.
        return length + written;
    }

    private static int WritePlain(ReadOnlySpan<byte> digits, int point, Span<byte> target)
    {
        var length = 0;
        if (point <= 0)
        {
            "0."u8.CopyTo(target);
            target.Slice(2, -point).Fill((byte)'0');
            digits.CopyTo(target[(2 - point)..]);
            return 2 - point + digits.Length;
        }
        for (var i = 0; i < Math.Max(point, digits.Length); i++)
        {
            if (i == point)
                target[length++] = (byte)'.';
            target[length++] = i < digits.Length ? digits[i] : (byte)'0';
        }
        return length;
    }
}
