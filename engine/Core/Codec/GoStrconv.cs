using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Praetor.Core.Codec;

/// <summary>
/// Numbers, booleans and quoted text as query parameters and filters spell them, refused with Go's strconv texts. Thread-safe, no state.
/// </summary>
public static class GoStrconv
{
    private static readonly SearchValues<char> FloatChars = SearchValues.Create("0123456789+-.eE");

    /// <summary>
    /// A signed 64-bit integer as a Go literal: decimal, 0x, 0b, 0o or a leading 0 for octal, underscores between digits.
    /// </summary>
    public static bool TryParseIntLiteral(string text, out long value, [NotNullWhen(false)] out string? error)
    {
        const string Function = "ParseInt";
        value = 0;
        var negative = text.StartsWith('-');
        var digits = negative || text.StartsWith('+') ? text.AsSpan(1) : text;
        var limit = negative ? 1UL << 63 : long.MaxValue;
        if (!TryParseDigits(digits, limit, out var magnitude, out var outOfRange) && !outOfRange)
            return Refuse(Function, text, "invalid syntax", out error);
        if (outOfRange)
            return Refuse(Function, text, "value out of range", out error);
        value = negative ? unchecked(-(long)magnitude) : (long)magnitude;
        error = null;
        return true;
    }

    /// <summary>An unsigned integer of at most that many bits, as a Go literal (no sign).</summary>
    public static bool TryParseUintLiteral(string text, int bits, out ulong value, [NotNullWhen(false)] out string? error)
    {
        const string Function = "ParseUint";
        var limit = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        if (!TryParseDigits(text, limit, out value, out var outOfRange))
            return Refuse(Function, text, outOfRange ? "value out of range" : "invalid syntax", out error);
        error = null;
        return true;
    }

    /// <summary>An unsigned 64-bit integer in plain decimal digits (query parameters such as <c>cas</c> and <c>flags</c>).</summary>
    public static bool TryParseUint(string text, out ulong value, [NotNullWhen(false)] out string? error)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            error = null;
            return true;
        }
        var onlyDigits = text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
        return Refuse("ParseUint", text, onlyDigits ? "value out of range" : "invalid syntax", out error);
    }

    /// <summary>A signed integer in plain decimal digits (Go's Atoi); what does not fit 32 bits is cut to the nearest that does.</summary>
    public static bool TryParseAtoi(string text, out int value, [NotNullWhen(false)] out string? error)
    {
        error = null;
        bool parses = Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 wide);
        value = (int)Int128.Clamp(wide, int.MinValue, int.MaxValue);
        if (parses && wide >= long.MinValue && wide <= long.MaxValue)
            return true;
        bool onlyDigits = text.AsSpan().TrimStart("+-") is { IsEmpty: false } digits && !digits.ContainsAnyExceptInRange('0', '9');
        return Refuse("Atoi", text, onlyDigits ? "value out of range" : "invalid syntax", out error);
    }

    /// <summary>1 t T TRUE true True 0 f F FALSE false False.</summary>
    public static bool TryParseBool(string text, out bool value, [NotNullWhen(false)] out string? error)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        if (value || text is "0" or "f" or "F" or "false" or "FALSE" or "False")
        {
            error = null;
            return true;
        }
        return Refuse("ParseBool", text, "invalid syntax", out error);
    }

    /// <summary>A decimal floating-point number, or inf, infinity, nan in any case.</summary>
    public static bool TryParseFloat(string text, out double value, [NotNullWhen(false)] out string? error)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        error = null;
        switch (text.TrimStart('+').ToLowerInvariant())
        {
            case "inf" or "infinity":
                value = double.PositiveInfinity;
                return true;
            case "-inf" or "-infinity":
                value = double.NegativeInfinity;
                return true;
            case "nan":
                value = double.NaN;
                return true;
        }
        // The runtime also reads its own names of infinity and NaN: only digits, sign, point and exponent may reach it.
        var plain = text.AsSpan().ContainsAnyInRange('0', '9') && !text.AsSpan().ContainsAnyExcept(FloatChars);
        if (!plain || !double.TryParse(text, Style, CultureInfo.InvariantCulture, out value))
        {
            value = 0;
            return Refuse("ParseFloat", text, "invalid syntax", out error);
        }
        return double.IsFinite(value) || Refuse("ParseFloat", text, "value out of range", out error);
    }

    /// <summary>What a quoted literal means: back-quoted text is raw, double-quoted text has Go's escapes.</summary>
    /// <param name="literal">With its quotes.</param>
    /// <param name="text">The meaning; empty if refused.</param>
    public static bool TryUnquote(ReadOnlySpan<char> literal, out string text)
    {
        text = "";
        if (literal.Length < 2 || literal[0] != literal[^1])
            return false;
        var body = literal[1..^1];
        if (literal[0] == '`')
        {
            text = body.ToString().Replace("\r", "", StringComparison.Ordinal);
            return !body.Contains('`');
        }
        if (literal[0] != '"' || body.ContainsAny('"', '\n'))
            return false;
        if (!body.Contains('\\'))
        {
            text = body.ToString();
            return true;
        }
        // Escapes may spell single bytes, so the text is put together in UTF-8.
        var utf8 = new ArrayBufferWriter<byte>(body.Length);
        while (!body.IsEmpty)
        {
            var run = body.IndexOf('\\');
            Encoding.UTF8.GetBytes(run < 0 ? body : body[..run], utf8);
            if (run < 0)
                break;
            body = body[run..];
            if (!TryUnescape(ref body, utf8))
                return false;
        }
        text = Encoding.UTF8.GetString(utf8.WrittenSpan);
        return true;
    }

    /// <summary>Digits with an optional radix prefix. Reads up to the first digit that is wrong or too much, as Go does.</summary>
    private static bool TryParseDigits(ReadOnlySpan<char> text, ulong limit, out ulong value, out bool outOfRange)
    {
        value = 0;
        outOfRange = false;
        if (text.IsEmpty)
            return false;
        var digits = SkipRadix(text, out var radix);
        UInt128 total = 0;
        foreach (var c in digits)
        {
            if (c == '_')
                continue;
            var digit = DigitValue(c);
            if (digit >= radix)
                return false;
            total = total * radix + digit;
            if (total > limit)
            {
                outOfRange = true;
                return false;
            }
        }
        value = (ulong)total;
        return !text.Contains('_') || UnderscoresSeparateDigits(text);
    }

    private static ReadOnlySpan<char> SkipRadix(ReadOnlySpan<char> text, out uint radix)
    {
        radix = 10;
        if (text[0] != '0')
            return text;
        radix = text.Length < 3 ? 8u : text[1] switch
        {
            'x' or 'X' => 16,
            'b' or 'B' => 2,
            _ => 8,
        };
        return text.Length >= 3 && text[1] is 'x' or 'X' or 'b' or 'B' or 'o' or 'O' ? text[2..] : text[1..];
    }

    private static uint DigitValue(char c) => char.ToLowerInvariant(c) switch
    {
        >= '0' and <= '9' => (uint)(c - '0'),
        var letter and >= 'a' and <= 'f' => (uint)(letter - 'a' + 10),
        _ => uint.MaxValue,
    };

    /// <summary>Each underscore stands between two digits; a radix prefix counts as one.</summary>
    private static bool UnderscoresSeparateDigits(ReadOnlySpan<char> text)
    {
        var afterDigit = false;
        var afterUnderscore = false;
        foreach (var c in text)
        {
            if (c == '_' && !afterDigit)
                return false;
            afterUnderscore = c == '_';
            afterDigit = c != '_';
        }
        return !afterUnderscore;
    }

    private static bool TryUnescape(ref ReadOnlySpan<char> body, ArrayBufferWriter<byte> utf8)
    {
        if (body.Length < 2)
            return false;
        var letter = body[1];
        var plain = letter switch
        {
            'a' => 7,
            'b' => 8,
            't' => 9,
            'n' => 10,
            'v' => 11,
            'f' => 12,
            'r' => 13,
            '\\' => '\\',
            _ => -1,
        };
        if (plain >= 0)
        {
            utf8.Write([(byte)plain]);
            body = body[2..];
            return true;
        }
        var (start, length, radix) = letter switch
        {
            'x' => (2, 2, 16u),
            'u' => (2, 4, 16u),
            'U' => (2, 8, 16u),
            >= '0' and <= '7' => (1, 3, 8u),
            _ => (0, 0, 0u),
        };
        if (length == 0 || body.Length < start + length || !TryReadCode(body.Slice(start, length), radix, out var code))
            return false;
        body = body[(start + length)..];
        return letter is 'u' or 'U' ? TryWriteRune(code, utf8) : TryWriteByte(code, utf8);
    }

    private static bool TryReadCode(ReadOnlySpan<char> digits, uint radix, out uint code)
    {
        code = 0;
        foreach (var c in digits)
        {
            var digit = DigitValue(c);
            if (digit >= radix)
                return false;
            code = code * radix + digit;
        }
        return true;
    }

    private static bool TryWriteByte(uint code, ArrayBufferWriter<byte> utf8)
    {
        if (code > byte.MaxValue)
            return false;
        utf8.Write([(byte)code]);
        return true;
    }

    private static bool TryWriteRune(uint code, ArrayBufferWriter<byte> utf8)
    {
        if (!Rune.TryCreate(code, out var rune))
            return false;
        utf8.Advance(rune.EncodeToUtf8(utf8.GetSpan(4)));
        return true;
    }

    private static bool Refuse(string function, string text, string cause, out string error)
    {
        error = $"strconv.{function}: parsing {GoQuote.Quote(text)}: {cause}";
        return false;
    }
}
