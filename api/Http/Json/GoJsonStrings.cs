using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Praetor.Api.Http.Json;

/// <summary>Text of JSON strings: escapes and broken UTF-8 read as Go reads them. No state.</summary>
internal static class GoJsonStrings
{
    /// <summary>UTF-8 to text; every byte that is not part of a character becomes one U+FFFD.</summary>
    internal static string Decode(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return "";
        if (Utf8.IsValid(utf8))
            return Encoding.UTF8.GetString(utf8);
        var text = new StringBuilder(utf8.Length);
        AppendUtf8(text, utf8);
        return text.ToString();
    }

    /// <summary>What stands between the quotes of a valid JSON string, with its escapes resolved.</summary>
    internal static string Unescape(ReadOnlySpan<byte> body)
    {
        var text = new StringBuilder(body.Length);
        while (true)
        {
            var run = body.IndexOf((byte)'\\');
            if (run < 0)
            {
                AppendUtf8(text, body);
                return text.ToString();
            }
            AppendUtf8(text, body[..run]);
            body = body[(run + AppendEscape(text, body[run..]))..];
        }
    }

    private static void AppendUtf8(StringBuilder text, ReadOnlySpan<byte> utf8)
    {
        Span<char> units = stackalloc char[2];
        while (!utf8.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(utf8, out var rune, out var consumed);
            if (status != OperationStatus.Done)
                consumed = 1;
            text.Append(units[..rune.EncodeToUtf16(units)]);
            utf8 = utf8[consumed..];
        }
    }

    /// <summary>Resolves the escape at the start; returns its length in bytes.</summary>
    private static int AppendEscape(StringBuilder text, ReadOnlySpan<byte> escape)
    {
        var letter = (char)escape[1];
        if (letter != 'u')
        {
            text.Append(letter switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                _ => letter,
            });
            return 2;
        }
        var unit = HexUnit(escape);
        if (!char.IsSurrogate(unit))
        {
            text.Append(unit);
            return 6;
        }
        // A pair is one character; a lone half is U+FFFD and what follows it stands for itself.
        if (escape.Length >= 12 && escape[6] == '\\' && escape[7] == 'u' && char.IsSurrogatePair(unit, HexUnit(escape[6..])))
        {
            text.Append(unit).Append(HexUnit(escape[6..]));
            return 12;
        }
        text.Append('\ufffd');
        return 6;
    }

    private static char HexUnit(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
