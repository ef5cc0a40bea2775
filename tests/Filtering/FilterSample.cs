using Praetor.Core.Filtering;

namespace Praetor.Tests.Filtering;

/// <summary>An item with a field of every kind.</summary>
internal sealed record FilterSample
{
    internal string Name { get; init; } = "web";
    internal long Port { get; init; } = 80;
    internal ulong Small { get; init; } = 5;
    internal double Load { get; init; } = 0.5;
    internal bool Enabled { get; init; } = true;
    internal string[]? Tags { get; init; } = ["prod", "v1"];
    internal IReadOnlyDictionary<string, string>? Meta { get; init; } =
        new Dictionary<string, string> { ["env"] = "prod", ["empty"] = "", ["a b"] = "spaced" };
    internal FilterSample[]? Parts { get; init; }
    internal IReadOnlyDictionary<string, FilterSample>? ByName { get; init; }

    internal static readonly SelectorSchema<FilterSample> Leaf = Fields();

    internal static readonly SelectorSchema<FilterSample> Schema = Fields()
        .Object("Self", static s => s, Leaf)
        .ObjectList("Parts", static s => s.Parts, Leaf)
        .ObjectMap("ByName", static s => s.ByName, Leaf);

    internal static bool Matches(string expression, FilterSample? item = null)
    {
        Assert.True(Filter.TryCompile(expression, Schema, out var filter, out var refusal), refusal?.Text);
        return filter.Matches(item ?? new FilterSample());
    }

    internal static FilterRefusal Refusal(string expression)
    {
        Assert.False(Filter.TryCompile(expression, Schema, out _, out var refusal));
        return refusal;
    }

    private static SelectorSchema<FilterSample> Fields() => new SelectorSchema<FilterSample>()
        .String("Name", static s => s.Name)
        .Int("Port", static s => s.Port)
        .Uint("Small", 8, static s => s.Small)
        .Float("Load", static s => s.Load)
        .Bool("Enabled", static s => s.Enabled)
        .StringList("Tags", static s => s.Tags)
        .StringMap("Meta", static s => s.Meta);
}
