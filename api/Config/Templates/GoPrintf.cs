using System.Globalization;
using System.Text;
using Praetor.Core.Codec;

namespace Praetor.Api.Config.Templates;

/// <summary>Go's Printf for the values that templates have: verbs v s q d x X o b c t %, with flags, width and precision.</summary>
internal static class GoPrintf
{
    /// <summary>Wider is no address.</summary>
    private const int MaxWidth = 1000;

    /// <summary>Formats; what does not fit is told inside the text, as Go does it.</summary>
    public static string Format(string format, IReadOnlyList<object?> arguments)
    {
        var text = new StringBuilder();
        int next = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            Verb verb = Read(format, ref i);
            if (verb.Letter == '\0')
                text.Append("%!(NOVERB)");
            else if (verb.Letter == '%')
                text.Append('%');
            else
                text.Append(next < arguments.Count ? One(verb, arguments[next++]) : $"%!{verb.Letter}(MISSING)");
        }

        if (next < arguments.Count)
            text.Append("%!(EXTRA ").AppendJoin(", ", arguments.Skip(next).Select(static each => $"{TemplateValues.TypeOf(each)}={TemplateValues.Print(each)}")).Append(')');
        return text.ToString();
    }

    private readonly record struct Verb(char Letter, bool IsLeft, bool IsZero, bool HasPlus, int Width, int Precision);

    private static Verb Read(string format, ref int at)
    {
        (bool left, bool zero, bool plus) = (false, false, false);
        for (at++; at < format.Length && format[at] is '-' or '0' or '+' or ' ' or '#'; at++)
            (left, zero, plus) = (left || format[at] == '-', zero || format[at] == '0', plus || format[at] == '+');
        int width = Number(format, ref at);
        int precision = -1;
        if (at < format.Length && format[at] == '.')
        {
            at++;
            precision = Math.Max(0, Number(format, ref at));
        }

        return new Verb(at < format.Length ? format[at] : '\0', left, zero && !left, plus, width, precision);
    }

    private static int Number(string format, ref int at)
    {
        int number = -1;
        for (; at < format.Length && char.IsAsciiDigit(format[at]); at++)
            number = Math.Min(MaxWidth, (Math.Max(number, 0) * 10) + (format[at] - '0'));
        return number;
    }

    private static string One(in Verb verb, object? value)
    {
        string? text = value switch
        {
            long number => OfNumber(verb, number),
            bool flag when verb.Letter is 'v' or 't' => flag ? "true" : "false",
            bool => null,
            _ => OfText(verb, TemplateValues.Print(value)),
        };
        if (text is null)
            return $"%!{verb.Letter}({TemplateValues.TypeOf(value)}={TemplateValues.Print(value)})";
        if (text.Length >= verb.Width)
            return text;
        if (!verb.IsZero || value is not long)
            return verb.IsLeft ? text.PadRight(verb.Width) : text.PadLeft(verb.Width);
        // Zeros go behind the sign.
        return text[0] is '-' or '+' ? text[0] + text[1..].PadLeft(verb.Width - 1, '0') : text.PadLeft(verb.Width, '0');
    }

    private static string? OfNumber(in Verb verb, long number)
    {
        string? digits = verb.Letter switch
        {
            'v' or 'd' => Math.Abs((decimal)number).ToString(CultureInfo.InvariantCulture),
            'x' => Magnitude(number).ToString("x", CultureInfo.InvariantCulture),
            'X' => Magnitude(number).ToString("X", CultureInfo.InvariantCulture),
            'b' => Magnitude(number).ToString("b", CultureInfo.InvariantCulture),
            'o' => Convert.ToString((long)Magnitude(number), 8),
            'c' when Rune.IsValid((int)Math.Clamp(number, -1, int.MaxValue)) => new Rune((int)number).ToString(),
            'q' when Rune.IsValid((int)Math.Clamp(number, -1, int.MaxValue)) => $"'{new Rune((int)number)}'",
            _ => null,
        };
        return digits is null || verb.Letter is 'c' or 'q' ? digits : (number < 0 ? "-" : verb.HasPlus ? "+" : "") + digits;
    }

    private static ulong Magnitude(long number) => number < 0 ? (ulong)-(Int128)number : (ulong)number;

    private static string? OfText(in Verb verb, string text)
    {
        string cut = verb.Precision >= 0 && verb.Precision < text.Length ? text[..verb.Precision] : text;
        return verb.Letter switch
        {
            'v' or 's' => cut,
            'q' => GoQuote.Quote(cut),
            'x' => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(cut)),
            'X' => Convert.ToHexString(Encoding.UTF8.GetBytes(cut)),
            _ => null,
        };
    }
}
