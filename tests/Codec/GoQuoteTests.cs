using System.Text;
using Praetor.Core.Codec;

namespace Praetor.Tests.Codec;

public class GoQuoteTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("a\"b\\c'", "\"a\\\"b\\\\c'\"")]
    [InlineData("\a\b\t\n\v\f\r", "\"\\a\\b\\t\\n\\v\\f\\r\"")]
    [InlineData("\0\u001b\u007f", "\"\\x00\\x1b\\x7f\"")]
    [InlineData("\u00e9\u4e16", "\"\u00e9\u4e16\"")]
    [InlineData("\u00a0\u200b\ufeff", "\"\\u00a0\\u200b\\ufeff\"")]
    [InlineData("\ud83d\ude00", "\"\ud83d\ude00\"")]
    [InlineData("\udb40\udc01", "\"\\U000e0001\"")]
    public void Text_is_quoted_as_error_messages_show_it(string text, string expected) =>
        Assert.Equal(expected, GoQuote.Quote(text));

    [Fact]
    public void Half_a_surrogate_pair_reads_as_the_replacement_character() =>
        Assert.Equal("\"\ufffdx\"", GoQuote.Quote("\ud800x"));

    [Theory]
    [InlineData('x', "'x'")]
    [InlineData('\'', "'\\''")]
    [InlineData('"', "'\"'")]
    [InlineData('\\', "'\\\\'")]
    [InlineData('\n', "'\\n'")]
    [InlineData('\u00ff', "'\u00ff'")]
    public void One_character_is_quoted_in_single_quotes(char value, string expected) =>
        Assert.Equal(expected, GoQuote.QuoteChar(new Rune(value)));
}
