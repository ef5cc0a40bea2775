using Praetor.Core.Hcl;

namespace Praetor.Tests.Hcl;

/// <summary>HCL 1 as configuration files use it (config 2).</summary>
public sealed class HclParserTests
{
    [Theory]
    [InlineData("a = 1", "a=1")]
    [InlineData("a=1 b=2", "a=1 b=2")]
    [InlineData("a = 1,\nb = 2,", "a=1 b=2")]
    [InlineData("a = \"x\"\r\nb = true", "a='x' b=true")]
    [InlineData("a { b = 1 }", "a={b=1}")]
    [InlineData("a = { b = 1 }", "a={b=1}")]
    [InlineData("a \"b\" \"c d\" { e = 1 }", "a.b.c d={e=1}")]
    [InlineData("\"quoted key\" = 1", "quoted key=1")]
    [InlineData("a-b_c.d = 1", "a-b_c.d=1")]
    [InlineData("a = [1, \"x\", true, [2], {b = 3},]", "a=[1,'x',true,[2],{b=3}]")]
    [InlineData("a = []", "a=[]")]
    [InlineData("# one\n// two\n/* three\n */ a = 1 # four", "a=1")]
    [InlineData("a = 0x1F b = 017 c = -5 d = 1.5 e = 2e3 f = -0.5", "a=31 b=15 c=-5 d=1.5 e=2000 f=-0.5")]
    [InlineData("a = \"\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\\101\\x41\\u00e9\\U0001F600\"", "a='\a\b\f\n\r\t\v\\\"AA\u00e9\U0001F600'")]
    [InlineData("a = \"${b \"c\"} d\"", "a='${b \"c\"} d'")]
    [InlineData("a = \"x ${ {\\n} } \\n\"", "a='x ${ {\\n} } \n'")]
    [InlineData("a = <<EOF\none\n two\nEOF\nb = 1", "a='one\n two\n' b=1")]
    [InlineData("a = <<EOF\n  EOF", "a=''")]
    [InlineData("a = <<-EOF\n    one\n      two\n    EOF", "a='one\n  two\n'")]
    [InlineData("a = <<-EOF\n  one\n    two\n    EOF", "a='  one\n    two\n'")]
    [InlineData("a = 1\nb =", "a=1")]
    [InlineData("", "")]
    [InlineData("a = 1 a = 2", "a=1 a=2")]
    public void What_is_written_is_read(string text, string expected) => Assert.Equal(expected, Show(HclParser.Parse(text)));

    [Theory]
    [InlineData("server = true\njunk\n", "At 3:1: key 'junk' expected start of object ('{') or assignment ('=')")]
    [InlineData("a { junk }", "At 1:10: key 'junk' expected start of object ('{') or assignment ('=')")]
    [InlineData("a {", "At 1:5: object expected closing RBRACE got: EOF")]
    [InlineData("a = \"x", "At 1:7: literal not terminated")]
    [InlineData("a = \"x\ny\"", "At 1:7: literal not terminated")]
    [InlineData("a = \"\\q\"", "At 1:7: illegal char escape")]
    [InlineData("a = \"\\x4\"", "At 1:9: illegal char escape")]
    [InlineData("a = [1 \"x\"]", "At 1:8: error parsing list, expected comma or list end, got: STRING")]
    [InlineData("a = [1", "At 1:7: error parsing list, expected comma or list end, got: EOF")]
    [InlineData("a = [x]", "At 1:6: unexpected token while parsing list: IDENT")]
    [InlineData("a = yes", "At 1:5: Unknown token: 1:5 IDENT yes")]
    [InlineData("a = 1; b = 2", "At 1:6: illegal char")]
    [InlineData("a \"b\" = 1", "At 1:7: nested object expected: LBRACE got: ASSIGN")]
    [InlineData("= 1", "At 1:1: no object keys found!")]
    [InlineData("{ a = 1 }", "At 1:1: expected: IDENT | STRING got: LBRACE")]
    [InlineData("a = 1 ]", "At 1:7: expected: IDENT | STRING | ASSIGN | LBRACE got: RBRACK")]
    [InlineData("a = 089", "At 1:7: illegal octal number")]
    [InlineData("a = 0x", "At 1:6: illegal hexadecimal number")]
    [InlineData("/* a", "At 1:5: comment not terminated")]
    [InlineData("a = <<EOF\nx", "At 2:2: heredoc not terminated")]
    [InlineData("a\0 = 1", "At 1:2: unexpected null character (0x00)")]
    [InlineData("a = \"\uFFFD\"", "At 1:6: illegal UTF-8 encoding")]
    public void What_is_wrong_is_told_with_its_place(string text, string expected) => Assert.Equal(expected, Assert.Throws<HclException>(() => HclParser.Parse(text)).Message);

    [Fact]
    public void Nesting_has_a_bound()
    {
        Assert.Contains("nested too deeply", Assert.Throws<HclException>(() => HclParser.Parse("a = " + new string('[', 100_000))).Message, StringComparison.Ordinal);
        Assert.Contains("nested too deeply", Assert.Throws<HclException>(() => HclParser.Parse(string.Concat(Enumerable.Repeat("a {", 100_000)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_comes_is_read_or_refused()
    {
        string[] parts = ["a", "b-c", "=", "{", "}", "[", "]", ",", "\"", "\\", "${", "<<EOF\n", "<<-X\n", "EOF", "\n", " ", "1", "0x", "08", ".5", "-", "#", "//", "/*", "*/", "true", "\0", "\u00e9", "\uD83D", "+", ";"];
        var random = new Random(17);
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => parts[random.Next(parts.Length)]));
            try
            {
                HclParser.Parse(text);
            }
            catch (HclException refused)
            {
                Assert.True(refused.Position is { Line: > 0, Column: > 0 }, text);
            }
        }
    }

    private static string Show(HclObject node) => string.Join(' ', node.Items.Select(static item => $"{string.Join('.', item.Keys)}={Show(item.Value)}"));

    private static string Show(HclNode node) => node switch
    {
        HclString text => $"'{text.Value}'",
        HclNumber number => number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        HclBool truth => truth.Value ? "true" : "false",
        HclList list => $"[{string.Join(',', list.Items.Select(Show))}]",
        HclObject inner => $"{{{Show(inner)}}}",
        _ => "?",
    };
}
