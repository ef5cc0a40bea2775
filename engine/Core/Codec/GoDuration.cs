using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Praetor.Core.Codec;

/// <summary>
/// Durations as clients write and read them: "300ms", "1.5h", "1h30m0s". Values are nanoseconds in a <see cref="long"/>.
/// Accepts, prints and refuses exactly what Go's time package does (http-core 1.4 "Durations"). Thread-safe, no state.
/// </summary>
public static class GoDuration
{
    /// <summary>Nanoseconds per second.</summary>
    public const long Second = 1_000_000_000;

    private const ulong MagnitudeLimit = 1UL << 63;
    private const int NanosecondsPerTick = 100;
    private static readonly SearchValues<char> UnitEnds = SearchValues.Create(".0123456789");

    /// <summary>Nanoseconds of the text.</summary>
    /// <exception cref="FormatException">With the text a client expects, such as <c>time: invalid duration "abc"</c>.</exception>
    public static long Parse(string text) =>
        TryParse(text, out var nanoseconds, out var error) ? nanoseconds : throw new FormatException(error);

    /// <summary>Nanoseconds of the text, or the exact refusal.</summary>
    public static bool TryParse(string text, out long nanoseconds, [NotNullWhen(false)] out string? error)
    {
        nanoseconds = 0;
        var rest = text.AsSpan();
        var negative = false;
        if (!rest.IsEmpty && rest[0] is '-' or '+')
        {
            negative = rest[0] == '-';
            rest = rest[1..];
        }
        if (rest is "0")
        {
            error = null;
            return true;
        }
        ulong total = 0;
        if (rest.IsEmpty)
            return Refuse($"time: invalid duration {Quote(text)}", out error);
        while (!rest.IsEmpty)
        {
            if (!TryParseTerm(text, ref rest, out var term, out error))
                return false;
            total += term;
            if (total > MagnitudeLimit)
                return Refuse($"time: invalid duration {Quote(text)}", out error);
        }
        if (total == MagnitudeLimit && !negative)
            return Refuse($"time: invalid duration {Quote(text)}", out error);
        nanoseconds = negative ? unchecked(-(long)total) : (long)total;
        error = null;
        return true;
    }

    /// <summary>The one spelling of a duration: "1h30m0s", "10s", "1.5s", "100ms", "0s".</summary>
    public static string Format(long nanoseconds)
    {
        if (nanoseconds == 0)
            return "0s";
        var magnitude = nanoseconds < 0 ? unchecked((ulong)-nanoseconds) : (ulong)nanoseconds;
        var text = new StringBuilder(24);
        if (nanoseconds < 0)
            text.Append('-');
        if (magnitude < (ulong)Second)
            return AppendSubSecond(text, magnitude).ToString();
        var seconds = magnitude / (ulong)Second;
        if (seconds >= 3600)
            text.Append(seconds / 3600).Append('h');
        if (seconds >= 60)
            text.Append(seconds / 60 % 60).Append('m');
        text.Append(seconds % 60);
        AppendFraction(text, magnitude % (ulong)Second, 9);
        return text.Append('s').ToString();
    }

    /// <summary>Nearest span towards zero: a tick is 100 ns.</summary>
    public static TimeSpan ToTimeSpan(long nanoseconds) => new(nanoseconds / NanosecondsPerTick);

    /// <summary>Nanoseconds, held within what 64 bits can say (about 292 years).</summary>
    public static long FromTimeSpan(TimeSpan span) => span.Ticks switch
    {
        > long.MaxValue / NanosecondsPerTick => long.MaxValue,
        < long.MinValue / NanosecondsPerTick => long.MinValue,
        var ticks => ticks * NanosecondsPerTick,
    };

    /// <summary>One number with its unit, such as "1.5h".</summary>
    private static bool TryParseTerm(string text, ref ReadOnlySpan<char> rest, out ulong term, [NotNullWhen(false)] out string? error)
    {
        term = 0;
        var digits = CountDigits(rest);
        if (!TryParseWhole(rest[..digits], out var whole))
            return Refuse($"time: invalid duration {Quote(text)}", out error);
        rest = rest[digits..];
        ulong fraction = 0;
        double scale = 1;
        var fractionDigits = 0;
        if (!rest.IsEmpty && rest[0] == '.')
        {
            fractionDigits = CountDigits(rest[1..]);
            ParseFraction(rest.Slice(1, fractionDigits), out fraction, out scale);
            rest = rest[(1 + fractionDigits)..];
        }
        if (digits + fractionDigits == 0)
            return Refuse($"time: invalid duration {Quote(text)}", out error);
        var unitLength = rest.IndexOfAny(UnitEnds);
        var unitText = unitLength < 0 ? rest : rest[..unitLength];
        if (unitText.IsEmpty)
            return Refuse($"time: missing unit in duration {Quote(text)}", out error);
        var unit = UnitNanoseconds(unitText);
        if (unit == 0)
            return Refuse($"time: unknown unit {Quote(unitText.ToString())} in duration {Quote(text)}", out error);
        rest = rest[unitText.Length..];
        if (whole > MagnitudeLimit / unit)
            return Refuse($"time: invalid duration {Quote(text)}", out error);
        term = whole * unit;
        if (fraction > 0)
            term += (ulong)(fraction * (unit / scale));
        error = null;
        return term <= MagnitudeLimit || Refuse($"time: invalid duration {Quote(text)}", out error);
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    private static bool TryParseWhole(ReadOnlySpan<char> digits, out ulong value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (value > MagnitudeLimit / 10)
                return false;
            value = value * 10 + (ulong)(digit - '0');
            if (value > MagnitudeLimit)
                return false;
        }
        return true;
    }

    /// <summary>Digits that no longer fit are without weight and are dropped, not refused.</summary>
    private static void ParseFraction(ReadOnlySpan<char> digits, out ulong value, out double scale)
    {
        value = 0;
        scale = 1;
        foreach (var digit in digits)
        {
            if (value > (MagnitudeLimit - 1) / 10)
                return;
            var next = value * 10 + (ulong)(digit - '0');
            if (next > MagnitudeLimit)
                return;
            value = next;
            scale *= 10;
        }
    }

    private static ulong UnitNanoseconds(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1,
        "us" or "\u00b5s" or "\u03bcs" => 1_000,
        "ms" => 1_000_000,
        "s" => (ulong)Second,
        "m" => 60 * (ulong)Second,
        "h" => 3600 * (ulong)Second,
        _ => 0,
    };

    private static StringBuilder AppendSubSecond(StringBuilder text, ulong nanoseconds)
    {
        var (unit, digits, name) = nanoseconds switch
        {
            < 1_000 => (1UL, 0, "ns"),
            < 1_000_000 => (1_000UL, 3, "\u00b5s"),
            _ => (1_000_000UL, 6, "ms"),
        };
        text.Append(nanoseconds / unit);
        AppendFraction(text, nanoseconds % unit, digits);
        return text.Append(name);
    }

    private static void AppendFraction(StringBuilder text, ulong fraction, int digits)
    {
        if (fraction == 0)
            return;
        text.Append('.').Append(fraction.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0').AsSpan().TrimEnd('0'));
    }

    private static bool Refuse(string text, out string error)
    {
        error = text;
        return false;
    }

    /// <summary>Go's time package quotes by its own rule: everything outside printable ASCII is shown as bytes.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var unit in Encoding.UTF8.GetBytes(text))
        {
            if (unit is < 0x20 or >= 0x80)
            {
                quoted.Append("\\x").Append(unit.ToString("x2", CultureInfo.InvariantCulture));
                continue;
            }
            if (unit is (byte)'"' or (byte)'\\')
                quoted.Append('\\');
            quoted.Append((char)unit);
        }
        return quoted.Append('"').ToString();
    }
}
