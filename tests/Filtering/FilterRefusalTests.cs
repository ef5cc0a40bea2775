using Praetor.Core.Filtering;

namespace Praetor.Tests.Filtering;

public class FilterRefusalTests
{
    private const string ValueStart = "\"-\", \"0\", \"\\\"\", \"`\", ";
    private const string TermStart = "\"(\", \"-\", \"0\", \"\\\"\", \"`\", \"not\", [ \\t\\r\\n], [1-9] or [a-zA-Z]";

    [Theory]
    [InlineData("Node = x", "1:6 (5): no match found, expected: \"!=\", \"==\", \"contains\", \"in\", \"is\", \"matches\", \"not\" or [ \\t\\r\\n]")]
    [InlineData(" ", "1:2 (1): no match found, expected: " + TermStart)]
    [InlineData("Name", "1:5 (4): no match found, expected: \"!=\", \".\", \"==\", \"[\", [ \\t\\r\\n] or [a-zA-Z0-9_]")]
    [InlineData("Name ==", "1:8 (7): no match found, expected: " + ValueStart + "[ \\t\\r\\n], [1-9] or [a-zA-Z]")]
    [InlineData("Name is", "1:8 (7): no match found, expected: [ \\t\\r\\n]")]
    [InlineData("Name is x", "1:9 (8): no match found, expected: \"empty\", \"not\" or [ \\t\\r\\n]")]
    [InlineData("32 == 32", "1:4 (3): no match found, expected: \"in\", \"not\" or [ \\t\\r\\n]")]
    [InlineData("x in foo abc", "1:10 (9): no match found, expected: \"and\", \"or\", [ \\t\\r\\n] or EOF")]
    [InlineData("x in foo and ", "1:14 (13): no match found, expected: " + TermStart)]
    [InlineData("x in foo or ", "1:13 (12): no match found, expected: " + TermStart)]
    [InlineData("x in foo or not ", "1:17 (16): no match found, expected: \"!=\", \"(\", \"-\", \"0\", \"==\", \"\\\"\", \"`\", \"contains\", \"in\", \"is\", \"matches\", \"not\", [ \\t\\r\\n], [1-9] or [a-zA-Z]")]
    [InlineData("not(Name == x)", "1:4 (3): no match found, expected: \"!=\", \".\", \"==\", \"[\", [ \\t\\r\\n] or [a-zA-Z0-9_]")]
    [InlineData("Name == x AND Port == 1", "1:11 (10): no match found, expected: \"and\", \"or\", [ \\t\\r\\n] or EOF")]
    [InlineData("Name == \"a\" \"b\"", "1:13 (12): no match found, expected: \"and\", \"or\", [ \\t\\r\\n] or EOF")]
    [InlineData("Tags[0] is empty", "1:6 (5): rule \"index\": Invalid index")]
    [InlineData("Node == \"bar", "1:13 (12): rule \"string\": Unterminated string literal")]
    [InlineData("Node == `bar", "1:13 (12): rule \"string\": Unterminated string literal")]
    [InlineData("(Node == \"bar\"", "1:15 (14): rule \"grouping\": Unmatched parentheses")]
    [InlineData("((Node == x)", "1:13 (12): rule \"grouping\": Unmatched parentheses")]
    [InlineData("1x == Node", "1:2 (1): rule \"number\": Invalid number literal")]
    [InlineData("foo == 3x", "1:9 (8): rule \"number\": Invalid number literal")]
    [InlineData("foo == 01", "1:9 (8): rule \"number\": Invalid number literal")]
    [InlineData("Meta[a] == 1", "1:6 (5): rule \"index\": Invalid index")]
    [InlineData("x in foo[\"abc\"", "1:15 (14): rule \"index\": Unclosed index expression")]
    [InlineData("foo[\"abc\" == 3", "1:11 (10): rule \"index\": Unclosed index expression")]
    [InlineData("x in 32", "1:6 (5): rule \"match\": Invalid selector")]
    [InlineData("Name == \"\\q\"", "1:9 (8): rule \"string\": invalid syntax")]
    [InlineData("Name == \"a\nb\"", "1:9 (8): rule \"string\": invalid syntax")]
    [InlineData("Name == \"a\\\"b\"", "1:9 (8): rule \"string\": invalid syntax")]
    [InlineData("foo[\"abc == 3", "1:14 (13): rule \"string\": Unterminated string literal\n1:5 (4): rule \"index\": Invalid index")]
    public void Broken_syntax_is_named_by_place_and_expectation(string expression, string expected)
    {
        var refusal = FilterSample.Refusal(expression);
        Assert.Equal(expected, refusal.Detail);
        Assert.Equal("Failed to create boolean expression evaluator: " + expected, refusal.Text);
        Assert.True(refusal.IsSyntax);
    }

    [Theory]
    [InlineData("Name ==\n\n=", "3:1 (9)")]
    [InlineData("`\u00e9\u00e9` =", "1:6 (7)")]
    [InlineData("`\ud83d\ude00` =", "1:5 (7)")]
    public void Places_count_lines_characters_and_bytes(string expression, string place) =>
        Assert.StartsWith(place + ": ", FilterSample.Refusal(expression).Detail, StringComparison.Ordinal);

    [Theory]
    [InlineData("Foo == 1", "Selector \"Foo\" is not valid")]
    [InlineData("name == x", "Selector \"name\" is not valid")]
    [InlineData("Foo.Bar == 1", "Selector \"Foo\" is not valid")]
    [InlineData("Name.Bar == 1", "Selector \"Name.Bar\" is not valid")]
    [InlineData("Port.x == 1", "Selector \"Port.x\" is not valid")]
    [InlineData("Tags.x == 1", "Selector \"Tags.x\" is not valid")]
    [InlineData("Meta.a.b == 1", "Selector \"Meta.a.b\" is not valid")]
    [InlineData("Self.Foo.x == 1", "Selector \"Self.Foo\" is not valid")]
    [InlineData("Parts.Foo == 1", "Selector \"Parts.Foo\" is not valid")]
    [InlineData("ByName.lan.Foo == 1", "Selector \"ByName.lan.Foo\" is not valid")]
    [InlineData("Name == web and Foo == 1", "Selector \"Foo\" is not valid")]
    [InlineData("Name is empty", "Invalid match operator \"Is Empty\" for selector \"Name\"")]
    [InlineData("Name is not empty", "Invalid match operator \"Is Not Empty\" for selector \"Name\"")]
    [InlineData("Meta.env is empty", "Invalid match operator \"Is Empty\" for selector \"Meta.env\"")]
    [InlineData("Port contains 8", "Invalid match operator \"In\" for selector \"Port\"")]
    [InlineData("8 not in Port", "Invalid match operator \"Not In\" for selector \"Port\"")]
    [InlineData("Port matches 8", "Invalid match operator \"Matches\" for selector \"Port\"")]
    [InlineData("Enabled not matches t", "Invalid match operator \"Not Matches\" for selector \"Enabled\"")]
    [InlineData("Tags == prod", "Invalid match operator \"Equal\" for selector \"Tags\"")]
    [InlineData("Tags matches prod", "Invalid match operator \"Matches\" for selector \"Tags\"")]
    [InlineData("Meta != prod", "Invalid match operator \"Not Equal\" for selector \"Meta\"")]
    [InlineData("Self == x", "Invalid match operator \"Equal\" for selector \"Self\"")]
    [InlineData("x in Parts", "Invalid match operator \"In\" for selector \"Parts\"")]
    [InlineData("ByName.lan is empty", "Invalid match operator \"Is Empty\" for selector \"ByName.lan\"")]
    [InlineData("Port == abc", "Failed to coerce value \"abc\" for selector \"Port\": strconv.ParseInt: parsing \"abc\": invalid syntax")]
    [InlineData("Port == 99999999999999999999", "Failed to coerce value \"99999999999999999999\" for selector \"Port\": strconv.ParseInt: parsing \"99999999999999999999\": value out of range")]
    [InlineData("Small == 256", "Failed to coerce value \"256\" for selector \"Small\": strconv.ParseUint: parsing \"256\": value out of range")]
    [InlineData("Enabled == yes", "Failed to coerce value \"yes\" for selector \"Enabled\": strconv.ParseBool: parsing \"yes\": invalid syntax")]
    [InlineData("Load == x", "Failed to coerce value \"x\" for selector \"Load\": strconv.ParseFloat: parsing \"x\": invalid syntax")]
    [InlineData("Name matches \"n[\"", "Failed to compile regular expression \"n[\": error parsing regexp: missing closing ]: `[`")]
    [InlineData("Name matches `(`", "Failed to compile regular expression \"(\": error parsing regexp: missing closing ): `(`")]
    public void What_does_not_fit_the_items_is_refused_by_selector(string expression, string expected)
    {
        var refusal = FilterSample.Refusal(expression);
        Assert.Equal(expected, refusal.Detail);
        Assert.False(refusal.IsSyntax);
    }

    [Fact]
    public void Deep_nesting_is_refused_not_fatal()
    {
        Assert.True(FilterSample.Matches(Nested(200)));
        Assert.Equal("1:201 (200): rule \"grouping\": Parentheses nested too deeply", FilterSample.Refusal(Nested(202)).Detail);
        Assert.Contains("nested too deeply", FilterSample.Refusal(new string('(', 500_000)).Detail, StringComparison.Ordinal);

        static string Nested(int depth) => new string('(', depth) + "Name == web" + new string(')', depth);
    }

    [Fact]
    public void A_flood_of_errors_is_cut()
    {
        var flood = string.Join(" or ", Enumerable.Repeat("Name == \"\\q\"", 20_000));
        var lines = FilterSample.Refusal(flood).Detail.Split('\n');
        Assert.Equal(32, lines.Length);
        Assert.Equal("1:9 (8): rule \"string\": invalid syntax", lines[0]);
        Assert.Equal("1:25 (24): rule \"string\": invalid syntax", lines[1]);
    }

    [Fact]
    public void Any_text_is_a_filter_or_refused()
    {
        string[] words = ["Name", "Port", "Meta", ".", "env", "[", "]", "\"", "`", "(", ")", " ", " ", "==", "!=", "not", "and", "or", "in", "is", "empty", "contains", "matches", "1", "-", "0", "\u00e9", "\n", "x"];
        var random = new Random(21);
        var accepted = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var text = string.Concat(random.GetItems(words, random.Next(1, 12)));
            if (Filter.TryCompile(text, FilterSample.Schema, out var filter, out var refusal))
            {
                filter.Matches(new FilterSample());
                accepted++;
            }
            else
            {
                Assert.NotEqual("", refusal.Detail);
            }
        }
        Assert.NotEqual(0, accepted);
    }
}
