using System.Text.RegularExpressions;
using Praetor.Core.Filtering;

namespace Praetor.Tests.Filtering;

public class GoRegexTests
{
    [Theory]
    [InlineData("", "anything", true)]
    [InlineData("web", "a-web-b", true)]
    [InlineData("^web$", "web", true)]
    [InlineData("^web$", "web\n", false)]
    [InlineData("^b$", "a\nb\nc", false)]
    [InlineData("(?m)^b$", "a\nb\nc", true)]
    [InlineData("a.c", "a\nc", false)]
    [InlineData("(?s)a.c", "a\nc", true)]
    [InlineData("(?s-s)a.c", "a\nc", false)]
    [InlineData("^.$", "\ud83d\ude00", true)]
    [InlineData("^..$", "\ud83d\ude00", false)]
    [InlineData("^[^a]$", "\ud83d\ude00", true)]
    [InlineData("^[\\x{1f600}-\\x{1f64f}]$", "\ud83d\ude00", true)]
    [InlineData("^[^\\x{1f600}-\\x{1f64f}]$", "\ud83d\ude00", false)]
    [InlineData("^[\\x{ffff}-\\x{10ffff}]$", "\ud83d\ude00", true)]
    [InlineData("^[\\x{10000}-\\x{1f5ff}\\x{1f650}-\\x{10ffff}]$", "\ud83d\ude00", false)]
    [InlineData("^\ud83d\ude00+$", "\ud83d\ude00\ud83d\ude00", true)]
    [InlineData("(?i)wEb", "WeB", true)]
    [InlineData("(?i:w)eb", "WEB", false)]
    [InlineData("a(?i)b|c", "C", true)]
    [InlineData("(a(?i)b)c", "ABC", false)]
    [InlineData("(?i)\u00e9", "\u00c9", true)]
    [InlineData("(?i)k", "\u212a", true)]
    [InlineData("(?i)\\W", "\u212a", false)]
    [InlineData("(?i)[^k]", "K", false)]
    [InlineData("(?i)[a-c]", "B", true)]
    [InlineData("\\d\\s\\w", "1 _", true)]
    [InlineData("\\d", "\u0661", false)]
    [InlineData("\\w", "\u00e9", false)]
    [InlineData("\\s", "\u00a0", false)]
    [InlineData("\\s", "\v", false)]
    [InlineData("[[:space:]]", "\v", true)]
    [InlineData("^\\D\\S\\W$", "aa-", true)]
    [InlineData("^[\\D]$", "1", false)]
    [InlineData("[[:alpha:]]", "1", false)]
    [InlineData("[[:^alpha:]]", "1", true)]
    [InlineData("^[[:alpha:]-]+$", "a-b", true)]
    [InlineData("[a:]", ":", true)]
    [InlineData("[]a]", "]", true)]
    [InlineData("[^]a]", "]", false)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[-a]", "-", true)]
    [InlineData("[a\\]]", "]", true)]
    [InlineData("\\pN", "7", true)]
    [InlineData("\\p{Lu}", "a", false)]
    [InlineData("\\p{^Lu}", "a", true)]
    [InlineData("^\\P{Lu}$", "\ud83d\ude00", true)]
    [InlineData("^[\\pL\\d]+$", "\u00e9\u4e167", true)]
    [InlineData("^[^\\pL]$", "a", false)]
    [InlineData("^\\p{Any}$", "\ud83d\ude00", true)]
    [InlineData("\\Qa.b\\E.", "a.bc", true)]
    [InlineData("\\Qa.b", "aXb", false)]
    [InlineData("\\A(a|b)\\z", "b", true)]
    [InlineData("\\bweb\\b", "a-web", true)]
    [InlineData("\\Bweb", "a-web", false)]
    [InlineData("\\x41\\x{42}\\103\\07\\0", "ABC\a\0", true)]
    [InlineData("\\a\\f\\n\\r\\t\\v", "\a\f\n\r\t\v", true)]
    [InlineData("\\.\\_\\-\\ ", "._- ", true)]
    [InlineData("^a{2}$", "aa", true)]
    [InlineData("^a{2,}$", "aaaa", true)]
    [InlineData("^a{1,2}$", "aaa", false)]
    [InlineData("a{", "a{", true)]
    [InlineData("a{,2}", "a{,2}", true)]
    [InlineData("a{01}", "a{01}", true)]
    [InlineData("a{1", "a{1", true)]
    [InlineData("a}", "a}", true)]
    [InlineData("a]", "a]", true)]
    [InlineData("^(|a)*$", "aa", true)]
    [InlineData("^*", "x", true)]
    [InlineData("^(?:)+$", "", true)]
    [InlineData("a||b", "x", true)]
    [InlineData("()", "x", true)]
    [InlineData("(?P<n>a)(?<m>b)", "ab", true)]
    [InlineData("(?P<n>a)(?P<n>b)", "ab", true)]
    [InlineData("a*?b+?c??", "ab", true)]
    [InlineData("(?U)a+", "aa", true)]
    [InlineData("a(?i)*", "", true)]
    [InlineData("a*(?i)*b", "aab", true)]
    [InlineData("#x y", "#x y", true)]
    [InlineData("a$b", "a$b", false)]
    public void Expressions_mean_what_they_mean_in_re2(string expression, string text, bool expected) =>
        Assert.Equal(expected, Compile(expression).IsMatch(text));

    [Theory]
    [InlineData("n[", "missing closing ]: `[`")]
    [InlineData("a[b-", "missing closing ]: `[b-`")]
    [InlineData("a[]", "missing closing ]: `[]`")]
    [InlineData("[a[:alpha:]", "missing closing ]: `[a[:alpha:]`")]
    [InlineData("(", "missing closing ): `(`")]
    [InlineData("a(b|c", "missing closing ): `a(b|c`")]
    [InlineData("a)b", "unexpected ): `a)b`")]
    [InlineData("(?i)(?s", "invalid or unsupported Perl syntax: `(?s`")]
    [InlineData("(?=x)", "invalid or unsupported Perl syntax: `(?=`")]
    [InlineData("a(?!x)", "invalid or unsupported Perl syntax: `(?!`")]
    [InlineData("(?<=x)y", "invalid named capture: `(?<=x)y`")]
    [InlineData("(?<!x)y", "invalid named capture: `(?<!x)y`")]
    [InlineData("(?>x)", "invalid or unsupported Perl syntax: `(?>`")]
    [InlineData("(?#x)", "invalid or unsupported Perl syntax: `(?#`")]
    [InlineData("(?i-)x", "invalid or unsupported Perl syntax: `(?i-)`")]
    [InlineData("(?i--m)x", "invalid or unsupported Perl syntax: `(?i--`")]
    [InlineData("(?P=n)", "invalid or unsupported Perl syntax: `(?P`")]
    [InlineData("(?P<n", "invalid named capture: `(?P<n`")]
    [InlineData("(?P<>a)", "invalid named capture: `(?P<>`")]
    [InlineData("(?P<x y>a)", "invalid named capture: `(?P<x y>`")]
    [InlineData("*", "missing argument to repetition operator: `*`")]
    [InlineData("a|+b", "missing argument to repetition operator: `+`")]
    [InlineData("(*)", "missing argument to repetition operator: `*`")]
    [InlineData("(?i)??", "missing argument to repetition operator: `??`")]
    [InlineData("{2}", "missing argument to repetition operator: `{2}`")]
    [InlineData("a**", "invalid nested repetition operator: `**`")]
    [InlineData("a+{2}?", "invalid nested repetition operator: `+{2}?`")]
    [InlineData("a*??", "invalid nested repetition operator: `*??`")]
    [InlineData("a{1001}", "invalid repeat count: `{1001}`")]
    [InlineData("a{2,1}", "invalid repeat count: `{2,1}`")]
    [InlineData("a{9999999999}", "invalid repeat count: `{9999999999}`")]
    [InlineData("(a{100}){11}", "invalid repeat count: `{11}`")]
    [InlineData("a\\", "trailing backslash at end of expression: ``")]
    [InlineData("[\\", "trailing backslash at end of expression: ``")]
    [InlineData("(a)\\1", "invalid escape sequence: `\\1`")]
    [InlineData("\\8", "invalid escape sequence: `\\8`")]
    [InlineData("\\C", "invalid escape sequence: `\\C`")]
    [InlineData("\\Z", "invalid escape sequence: `\\Z`")]
    [InlineData("\\k<n>", "invalid escape sequence: `\\k`")]
    [InlineData("\\u0041", "invalid escape sequence: `\\u`")]
    [InlineData("\\\u00e9", "invalid escape sequence: `\\\u00e9`")]
    [InlineData("\\x4", "invalid escape sequence: `\\x4`")]
    [InlineData("\\xzz", "invalid escape sequence: `\\xzz`")]
    [InlineData("\\x{}", "invalid escape sequence: `\\x{}`")]
    [InlineData("\\x{110000}", "invalid escape sequence: `\\x{110000`")]
    [InlineData("[\\b]", "invalid escape sequence: `\\b`")]
    [InlineData("[b-a]", "invalid character class range: `b-a`")]
    [InlineData("[a-\\d]", "invalid escape sequence: `\\d`")]
    [InlineData("[[:word:][:foo:]]", "invalid character class range: `[:foo:]`")]
    [InlineData("\\pX", "invalid character class range: `\\pX`")]
    [InlineData("\\p{Foo}x", "invalid character class range: `\\p{Foo}`")]
    [InlineData("\\p{Lu", "invalid character class range: `\\p{Lu`")]
    [InlineData("[\\pX]", "invalid character class range: `\\pX`")]
    public void What_re2_refuses_is_refused_with_its_text(string expression, string expected)
    {
        Assert.False(GoRegex.TryCompile(expression, out _, out var error));
        Assert.Equal("error parsing regexp: " + expected, error);
    }

    [Fact]
    public void Groups_are_numbered_as_written()
    {
        var match = Compile("(?P<first>a)(b)(?:x)(?<last>c)").Match("abxc");
        Assert.Equal(["abxc", "a", "b", "c"], match.Groups.Cast<Group>().Select(static g => g.Value));
    }

    [Fact]
    public void Hostile_expressions_neither_crash_nor_hang()
    {
        var text = new string('a', 20_000);
        Assert.DoesNotMatch(Compile("(a*)*b"), text);
        Assert.DoesNotMatch(Compile("(a|aa)+$b"), text);
        Assert.Matches(Compile(new string('(', 200) + new string(')', 200)), "");
        AssertRefused(new string('(', 201) + new string(')', 201), "expression nests too deeply");
        AssertRefused(string.Concat(Enumerable.Repeat("a{1000}", 11)), "expression too large");
        AssertRefused(new string('a', 8193), "expression too large");
        AssertRefused(string.Concat(Enumerable.Repeat("\\pL", 257)), "expression too large");
        AssertRefused(new string('[', 8000), "missing closing ]");

        static void AssertRefused(string expression, string cause)
        {
            Assert.False(GoRegex.TryCompile(expression, out _, out var error));
            Assert.StartsWith("error parsing regexp: " + cause, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Any_text_is_an_expression_or_refused()
    {
        string[] parts = ["a", "b", "(", ")", "(?:", "(?i)", "(?P<n>", "[", "]", "^", "-", "|", "*", "+", "?", "{2}", "{1,3}", "{", "\\d", "\\W", "\\pL", "\\P{Lu}", "[:alpha:]", "\\", "\\b", "\\Q", "\\E", ".", "$", "\ud83d\ude00", "\ud800", "\u00e9", "K"];
        var random = new Random(31);
        var accepted = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var expression = string.Concat(random.GetItems(parts, random.Next(1, 10)));
            if (GoRegex.TryCompile(expression, out var regex, out var error))
            {
                regex.IsMatch("ab-7\u00e9\ud83d\ude00K");
                accepted++;
            }
            else
            {
                Assert.StartsWith("error parsing regexp: ", error, StringComparison.Ordinal);
            }
        }
        Assert.NotEqual(0, accepted);
    }

    private static Regex Compile(string expression)
    {
        Assert.True(GoRegex.TryCompile(expression, out var regex, out var error), error);
        return regex;
    }
}
