using Praetor.Core.Codec;

namespace Praetor.Tests.Codec;

public class GoStrconvTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("10", 10)]
    [InlineData("-1", -1)]
    [InlineData("+7", 7)]
    [InlineData("0x50", 80)]
    [InlineData("0X5f", 95)]
    [InlineData("-0x1", -1)]
    [InlineData("017", 15)]
    [InlineData("0o17", 15)]
    [InlineData("0b101", 5)]
    [InlineData("1_000", 1000)]
    [InlineData("0x_5_0", 80)]
    [InlineData("0_7", 7)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Integers_are_read_as_go_literals(string text, long expected)
    {
        Assert.True(GoStrconv.TryParseIntLiteral(text, out var value, out var error), error);
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("", "invalid syntax")]
    [InlineData("abc", "invalid syntax")]
    [InlineData("-", "invalid syntax")]
    [InlineData("--1", "invalid syntax")]
    [InlineData("1.5", "invalid syntax")]
    [InlineData(" 1", "invalid syntax")]
    [InlineData("08", "invalid syntax")]
    [InlineData("0x", "invalid syntax")]
    [InlineData("0b2", "invalid syntax")]
    [InlineData("_1", "invalid syntax")]
    [InlineData("1_", "invalid syntax")]
    [InlineData("1__0", "invalid syntax")]
    [InlineData("9223372036854775808", "value out of range")]
    [InlineData("-9223372036854775809", "value out of range")]
    public void What_is_no_integer_is_refused(string text, string cause)
    {
        Assert.False(GoStrconv.TryParseIntLiteral(text, out _, out var error));
        Assert.Equal($"strconv.ParseInt: parsing {GoQuote.Quote(text)}: {cause}", error);
    }

    [Theory]
    [InlineData("255", 8, null)]
    [InlineData("256", 8, "value out of range")]
    [InlineData("-1", 8, "invalid syntax")]
    [InlineData("18446744073709551615", 64, null)]
    [InlineData("18446744073709551616", 64, "value out of range")]
    public void Unsigned_integers_are_held_to_their_size(string text, int bits, string? cause)
    {
        Assert.Equal(cause is null, GoStrconv.TryParseUintLiteral(text, bits, out _, out var error));
        Assert.Equal(cause is null ? null : $"strconv.ParseUint: parsing \"{text}\": {cause}", error);
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("007", null)]
    [InlineData("18446744073709551615", null)]
    [InlineData("", "strconv.ParseUint: parsing \"\": invalid syntax")]
    [InlineData("abc", "strconv.ParseUint: parsing \"abc\": invalid syntax")]
    [InlineData("+1", "strconv.ParseUint: parsing \"+1\": invalid syntax")]
    [InlineData("-1", "strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("1_0", "strconv.ParseUint: parsing \"1_0\": invalid syntax")]
    [InlineData("18446744073709551616", "strconv.ParseUint: parsing \"18446744073709551616\": value out of range")]
    public void Query_numbers_are_plain_digits(string text, string? expected)
    {
        GoStrconv.TryParseUint(text, out _, out var error);
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("1 t T TRUE true True", true)]
    [InlineData("0 f F FALSE false False", false)]
    public void Booleans_have_twelve_spellings(string spellings, bool expected)
    {
        foreach (var text in spellings.Split(' '))
        {
            Assert.True(GoStrconv.TryParseBool(text, out var value, out _));
            Assert.Equal(expected, value);
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("tRUE")]
    [InlineData("yes")]
    public void Other_spellings_of_booleans_are_refused(string text)
    {
        Assert.False(GoStrconv.TryParseBool(text, out _, out var error));
        Assert.Equal($"strconv.ParseBool: parsing \"{text}\": invalid syntax", error);
    }

    [Theory]
    [InlineData("1.5", 1.5)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("-1e3", -1000)]
    [InlineData("+Inf", double.PositiveInfinity)]
    [InlineData("-infinity", double.NegativeInfinity)]
    [InlineData("nan", double.NaN)]
    public void Floats_are_read(string text, double expected)
    {
        Assert.True(GoStrconv.TryParseFloat(text, out var value, out _));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("", "invalid syntax")]
    [InlineData("x", "invalid syntax")]
    [InlineData("1,5", "invalid syntax")]
    [InlineData("\u221e", "invalid syntax")]
    [InlineData("1e999", "value out of range")]
    public void What_is_no_float_is_refused(string text, string cause)
    {
        Assert.False(GoStrconv.TryParseFloat(text, out _, out var error));
        Assert.Equal($"strconv.ParseFloat: parsing \"{text}\": {cause}", error);
    }

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"a b\"", "a b")]
    [InlineData("\"\\a\\b\\t\\n\\v\\f\\r\\\\\"", "\a\b\t\n\v\f\r\\")]
    [InlineData("\"\\x41\\101\\u00e9\\U0001f600\"", "AA\u00e9\ud83d\ude00")]
    [InlineData("\"\\xc3\\xa9\"", "\u00e9")]
    [InlineData("\"\\xff\"", "\ufffd")]
    [InlineData("`a\\n\"b\r`", "a\\n\"b")]
    public void Quoted_literals_are_understood(string literal, string expected)
    {
        Assert.True(GoStrconv.TryUnquote(literal, out var text));
        Assert.Equal(expected, text);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("abc")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"a\\\"")]
    [InlineData("\"\\'\"")]
    [InlineData("\"\\q\"")]
    [InlineData("\"\\x4\"")]
    [InlineData("\"\\400\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\U00110000\"")]
    [InlineData("`a`b`")]
    public void Broken_literals_are_refused(string literal) => Assert.False(GoStrconv.TryUnquote(literal, out _));
}
