using Praetor.Core.Filtering;

namespace Praetor.Tests.Filtering;

public class FilterEvaluationTests
{
    [Theory]
    // Grammar: blanks, parentheses, precedence.
    [InlineData("", true)]
    [InlineData("Name==web", true)]
    [InlineData("\t\r\n Name \t== \n web ", true)]
    [InlineData("(Name == web)", true)]
    [InlineData(" ( ( Name == web ) ) ", true)]
    [InlineData("(Name == web) and (Port == 80)", true)]
    [InlineData("Name == x or Name == y or Name == web", true)]
    [InlineData("Name == web and Port == 80 and Enabled == false", false)]
    [InlineData("Name == web or Name == x and Port == 1", true)]
    [InlineData("(Name == web or Name == x) and Port == 1", false)]
    [InlineData("not Name == x and Name == x", false)]
    [InlineData("not (Name == x and Name == x)", true)]
    [InlineData("not Name == web", false)]
    [InlineData("not not Name == web", true)]
    [InlineData("not not not Name == web", false)]
    [InlineData("not prod in Tags", false)]
    // Values: bare words, paths, numbers, quoted text.
    [InlineData("Name != web.a", true)]
    [InlineData("Name == Meta[\"x\"]", false)]
    [InlineData("Name == `web`", true)]
    [InlineData("Name == \"w\\x65b\"", true)]
    [InlineData("Name == \"w\\u0065b\"", true)]
    // Strings.
    [InlineData("Name == WEB", false)]
    [InlineData("Name != WEB", true)]
    [InlineData("Name contains eb", true)]
    [InlineData("Name not contains eb", false)]
    [InlineData("eb in Name", true)]
    [InlineData("eb not in Name", false)]
    [InlineData("Name matches `^w.b$`", true)]
    [InlineData("Name matches e", true)]
    [InlineData("Name not matches e", false)]
    // Numbers and booleans.
    [InlineData("Port == 80", true)]
    [InlineData("Port != 80", false)]
    [InlineData("Port == \"0x50\"", true)]
    [InlineData("Port == \"0120\"", true)]
    [InlineData("Port == \"0b1010000\"", true)]
    [InlineData("Port == \"8_0\"", true)]
    [InlineData("Port == -1", false)]
    [InlineData("Small == 5", true)]
    [InlineData("Load == 0.5", true)]
    [InlineData("Load != 0.50", false)]
    [InlineData("Load == nan", false)]
    [InlineData("Load != nan", true)]
    [InlineData("Enabled == true", true)]
    [InlineData("Enabled == T", true)]
    [InlineData("Enabled == 1", true)]
    [InlineData("Enabled != FALSE", true)]
    [InlineData("Enabled == False", false)]
    // Lists of strings.
    [InlineData("prod in Tags", true)]
    [InlineData("pro in Tags", false)]
    [InlineData("Tags contains v1", true)]
    [InlineData("Tags not contains v1", false)]
    [InlineData("v2 not in Tags", true)]
    [InlineData("Tags is empty", false)]
    [InlineData("Tags is not empty", true)]
    // Maps.
    [InlineData("env in Meta", true)]
    [InlineData("prod in Meta", false)]
    [InlineData("Meta not contains env", false)]
    [InlineData("Meta is empty", false)]
    [InlineData("Meta is not empty", true)]
    [InlineData("Meta.env == prod", true)]
    [InlineData("Meta[\"env\"] == prod", true)]
    [InlineData("Meta[ `a b` ] == spaced", true)]
    [InlineData("Meta.empty == \"\"", true)]
    [InlineData("Meta.env contains pro", true)]
    [InlineData("Meta.env matches p", true)]
    // A missing key: equal and contained are false, all else is true.
    [InlineData("Meta.zz == \"\"", false)]
    [InlineData("Meta.zz != x", true)]
    [InlineData("Meta.zz contains x", false)]
    [InlineData("x in Meta.zz", false)]
    [InlineData("x not in Meta.zz", true)]
    [InlineData("Meta.zz matches x", true)]
    [InlineData("Meta.zz not matches x", true)]
    // Objects.
    [InlineData("Self.Name == web", true)]
    [InlineData("Self.Meta.env == prod", true)]
    public void An_expression_answers_as_its_parts_do(string expression, bool expected) =>
        Assert.Equal(expected, FilterSample.Matches(expression));

    [Theory]
    [InlineData("Tags is empty", true)]
    [InlineData("Tags is not empty", false)]
    [InlineData("x in Tags", false)]
    [InlineData("x not in Tags", true)]
    [InlineData("Meta is empty", true)]
    [InlineData("Meta contains x", false)]
    [InlineData("Meta not contains x", true)]
    [InlineData("Meta.x == y", false)]
    [InlineData("Meta.x != y", true)]
    [InlineData("Parts is empty", true)]
    [InlineData("Parts.Name == web", false)]
    [InlineData("Parts.Name != web", false)]
    [InlineData("ByName is empty", true)]
    [InlineData("ByName.x.Name == web", false)]
    [InlineData("ByName.x.Name != web", true)]
    public void Null_collections_count_as_empty(string expression, bool expected)
    {
        Assert.Equal(expected, FilterSample.Matches(expression, new FilterSample { Tags = null, Meta = null }));
        Assert.Equal(expected, FilterSample.Matches(expression, new FilterSample { Tags = [], Meta = new Dictionary<string, string>(), Parts = [], ByName = new Dictionary<string, FilterSample>() }));
    }

    [Theory]
    [InlineData("Parts is not empty", true)]
    [InlineData("Parts.Name == a", true)]
    [InlineData("Parts.Name == b", true)]
    [InlineData("Parts.Name == c", false)]
    [InlineData("Parts.Name != a", true)]
    [InlineData("Parts.Port != 80", false)]
    [InlineData("not Parts.Name == a", false)]
    [InlineData("Parts.Name not matches `^[ab]$`", false)]
    [InlineData("only in Parts.Tags", true)]
    [InlineData("only not in Parts.Tags", true)]
    [InlineData("Parts.Name == a and Parts.Tags is empty", true)]
    public void A_list_of_objects_matches_if_any_element_does(string expression, bool expected) =>
        Assert.Equal(expected, FilterSample.Matches(expression, new FilterSample
        {
            Parts = [new FilterSample { Name = "a", Tags = ["only"] }, new FilterSample { Name = "b", Tags = [] }],
        }));

    [Theory]
    [InlineData("lan in ByName", true)]
    [InlineData("wan in ByName", false)]
    [InlineData("ByName.lan.Name == a", true)]
    [InlineData("ByName[\"lan\"].Port != 80", false)]
    [InlineData("ByName.wan.Port == 80", false)]
    [InlineData("ByName.wan.Port != 80", true)]
    [InlineData("ByName.wan.Tags is empty", true)]
    [InlineData("ByName.wan.Tags is not empty", false)]
    public void A_map_of_objects_is_selected_by_key(string expression, bool expected) =>
        Assert.Equal(expected, FilterSample.Matches(expression, new FilterSample
        {
            ByName = new Dictionary<string, FilterSample> { ["lan"] = new() { Name = "a" } },
        }));

    [Fact]
    public void Words_of_the_language_may_be_values_and_quoted_keys()
    {
        var item = new FilterSample { Name = "not", Meta = new Dictionary<string, string> { ["and"] = "or" } };
        Assert.True(FilterSample.Matches("Name == not and Meta.and == or", item));
        Assert.True(FilterSample.Matches("not Name == in", item));
    }

    [Fact]
    public void Any_number_of_terms_is_accepted()
    {
        var many = string.Join(" or ", Enumerable.Repeat("Name == x", 50_000)) + " or Name == web";
        Assert.True(FilterSample.Matches(many));
        Assert.True(FilterSample.Matches(string.Concat(Enumerable.Repeat("not ", 100_000)) + "Name == web"));
    }

    [Fact]
    public void Matching_allocates_nothing()
    {
        Assert.True(Filter.TryCompile(
            "(Meta.env == prod and prod in Tags) and not Port != 80 and Parts.Name contains e and (Name matches `^w` or Meta.zz == 1) and Name matches `b$`",
            FilterSample.Schema, out var filter, out _));
        var item = new FilterSample { Parts = [new FilterSample()] };
        for (var i = 0; i < 100; i++)
            Assert.True(filter.Matches(item));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            filter.Matches(item);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
