using System.Buffers;
using System.Text;
using Praetor.Core.Codec;

namespace Praetor.Api.Http.Json;

/// <summary>
/// Finds the end of the first JSON value of a body and refuses what is not JSON, in one pass without recursion. Bodies are checked
/// whole before anything is decoded, so a syntax error anywhere in the value wins over a wrong type (as clients observe it).
/// </summary>
internal static class GoJsonScanner
{
    /// <summary>Deepest nesting accepted. Readers may recurse this deep safely.</summary>
    internal const int MaxDepth = 1000;

    private static readonly SearchValues<byte> StringStops = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\t\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\"u8);

    /// <summary>Length of the first value with the white space before it.</summary>
    /// <exception cref="GoJsonException">EOF, unexpected EOF, or the first invalid character.</exception>
    internal static int MeasureFirstValue(ReadOnlySpan<byte> json)
    {
        Span<ulong> objectBits = stackalloc ulong[MaxDepth / 64 + 1];
        var depth = 0;
        var position = SkipWhiteSpace(json, 0);
        if (position == json.Length)
            throw new GoJsonException("EOF");
        while (true)
        {
            // A value starts here.
            position = SkipWhiteSpace(json, position);
            var first = At(json, position);
            if (first is (byte)'{' or (byte)'[')
            {
                if (++depth > MaxDepth)
                    throw new GoJsonException("exceeded max depth");
                var isObject = first == '{';
                SetBit(objectBits, depth, isObject);
                position = SkipWhiteSpace(json, position + 1);
                if (At(json, position) != (isObject ? '}' : ']'))
                {
                    if (isObject)
                        position = SkipKey(json, position);
                    continue;
                }
                position++;
                depth--;
            }
            else
            {
                position = SkipScalar(json, position, first);
            }
            position = LeaveContainers(json, position, objectBits, ref depth);
            if (depth == 0)
                return position;
        }
    }

    /// <summary>First position at or after the given one that is not white space.</summary>
    internal static int SkipWhiteSpace(ReadOnlySpan<byte> json, int position)
    {
        while (position < json.Length && json[position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            position++;
        return position;
    }

    /// <summary>Position after the closing quote; the given position is that of the opening quote.</summary>
    internal static int SkipString(ReadOnlySpan<byte> json, int position)
    {
        position++;
        while (true)
        {
            var run = json[position..].IndexOfAny(StringStops);
            if (run < 0)
                throw UnexpectedEnd();
            position += run;
            switch (json[position])
            {
                case (byte)'"':
                    return position + 1;
                case (byte)'\\':
                    position = SkipEscape(json, position + 1);
                    break;
                default:
                    throw Invalid(json[position], "in string literal");
            }
        }
    }

    /// <summary>After a complete value: closes what closes here and stops at the next value or at the end of the first one.</summary>
    private static int LeaveContainers(ReadOnlySpan<byte> json, int position, Span<ulong> objectBits, ref int depth)
    {
        while (depth > 0)
        {
            position = SkipWhiteSpace(json, position);
            var isObject = GetBit(objectBits, depth);
            var next = At(json, position++);
            if (next == ',')
            {
                if (!isObject)
                    return position;
                return SkipKey(json, SkipWhiteSpace(json, position));
            }
            if (next != (isObject ? '}' : ']'))
                throw Invalid(next, isObject ? "after object key:value pair" : "after array element");
            depth--;
        }
        return position;
    }

    private static int SkipKey(ReadOnlySpan<byte> json, int position)
    {
        var quote = At(json, position);
        if (quote != '"')
            throw Invalid(quote, "looking for beginning of object key string");
        position = SkipWhiteSpace(json, SkipString(json, position));
        var colon = At(json, position);
        return colon == ':' ? position + 1 : throw Invalid(colon, "after object key");
    }

    private static int SkipScalar(ReadOnlySpan<byte> json, int position, byte first) => first switch
    {
        (byte)'"' => SkipString(json, position),
        (byte)'t' => SkipLiteral(json, position, "true"),
        (byte)'f' => SkipLiteral(json, position, "false"),
        (byte)'n' => SkipLiteral(json, position, "null"),
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => SkipNumber(json, position),
        _ => throw Invalid(first, "looking for beginning of value"),
    };

    private static int SkipEscape(ReadOnlySpan<byte> json, int position)
    {
        switch (At(json, position))
        {
            case (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' or (byte)'\\' or (byte)'/' or (byte)'"':
                return position + 1;
            case (byte)'u':
                for (var i = 1; i <= 4; i++)
                {
                    var digit = At(json, position + i);
                    if (!char.IsAsciiHexDigit((char)digit))
                        throw Invalid(digit, "in \\u hexadecimal character escape");
                }
                return position + 5;
            case var other:
                throw Invalid(other, "in string escape code");
        }
    }

    private static int SkipLiteral(ReadOnlySpan<byte> json, int position, string literal)
    {
        for (var i = 1; i < literal.Length; i++)
        {
            var next = At(json, position + i);
            if (next != literal[i])
                throw Invalid(next, $"in literal {literal} (expecting '{literal[i]}')");
        }
        return position + literal.Length;
    }

    private static int SkipNumber(ReadOnlySpan<byte> json, int position)
    {
        if (json[position] == '-')
            position++;
        var lead = At(json, position);
        if (!IsDigit(lead))
            throw Invalid(lead, "in numeric literal");
        position = lead == '0' ? position + 1 : SkipDigits(json, position);
        if (position < json.Length && json[position] == '.')
        {
            var digit = At(json, ++position);
            if (!IsDigit(digit))
                throw Invalid(digit, "after decimal point in numeric literal");
            position = SkipDigits(json, position);
        }
        if (position < json.Length && json[position] is (byte)'e' or (byte)'E')
        {
            if (At(json, ++position) is (byte)'+' or (byte)'-')
                position++;
            var digit = At(json, position);
            if (!IsDigit(digit))
                throw Invalid(digit, "in exponent of numeric literal");
            position = SkipDigits(json, position);
        }
        return position;
    }

    private static int SkipDigits(ReadOnlySpan<byte> json, int position)
    {
        while (position < json.Length && IsDigit(json[position]))
            position++;
        return position;
    }

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';

    private static byte At(ReadOnlySpan<byte> json, int position) =>
        position < json.Length ? json[position] : throw UnexpectedEnd();

    private static GoJsonException UnexpectedEnd() => new("unexpected EOF");

    private static GoJsonException Invalid(byte found, string context) =>
        new($"invalid character {GoQuote.QuoteChar(new Rune((char)found))} {context}");

    private static void SetBit(Span<ulong> bits, int index, bool value)
    {
        var mask = 1UL << (index & 63);
        bits[index >> 6] = value ? bits[index >> 6] | mask : bits[index >> 6] & ~mask;
    }

    private static bool GetBit(Span<ulong> bits, int index) => (bits[index >> 6] >> (index & 63) & 1) != 0;
}
