using System.Globalization;
using System.Text;

namespace Praetor.Core.Codec;

/// <summary>Quoted text as error messages show it (Go's <c>%q</c> and <c>strconv.Quote</c>). Thread-safe, no state.</summary>
public static class GoQuote
{
    /// <summary>The text in double quotes; printable Unicode stays, the rest is escaped. A lone surrogate reads as U+FFFD.</summary>
    public static string Quote(string text) => Quote(text, '"');

    /// <summary>One character in single quotes, as JSON syntax errors show it.</summary>
    public static string QuoteChar(Rune value) => Quote(value.ToString(), '\'');

    private static string Quote(string text, char quote)
    {
        var quoted = new StringBuilder(text.Length + 2).Append(quote);
        foreach (var rune in text.EnumerateRunes())
            AppendEscaped(quoted, rune, quote);
        return quoted.Append(quote).ToString();
    }

    private static void AppendEscaped(StringBuilder output, Rune rune, char quote)
    {
        var code = rune.Value;
        if (code == quote || code == '\\')
            output.Append('\\').Append((char)code);
        else if (IsPrintable(rune))
            output.Append(rune.ToString());
        else if (ShortEscape(code) is var letter and not '\0')
            output.Append('\\').Append(letter);
        else if (code is < 0x20 or 0x7f)
            output.Append("\\x").Append(code.ToString("x2", CultureInfo.InvariantCulture));
        else if (code < 0x10000)
            output.Append("\\u").Append(code.ToString("x4", CultureInfo.InvariantCulture));
        else
            output.Append("\\U").Append(code.ToString("x8", CultureInfo.InvariantCulture));
    }

    private static char ShortEscape(int code) => code switch
    {
        7 => 'a',
        8 => 'b',
        9 => 't',
        10 => 'n',
        11 => 'v',
        12 => 'f',
        13 => 'r',
        _ => '\0',
    };

    /// <summary>Letters, marks, numbers, punctuation, symbols and the plain space.</summary>
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator => false,
        _ => true,
    };
}
