namespace Praetor.Api.Cli.Flags;

/// <summary>A repeatable <c>key:value</c> as <c>agent -node-meta</c> takes it; a missing value is empty.</summary>
public sealed class NodeMetaFlag(string name, string help) : CliFlag<IReadOnlyList<KeyValuePair<string, string>>>(name, "value", help, [])
{
    internal override string? Check(string value) => null;

    private protected override IReadOnlyList<KeyValuePair<string, string>> Combine(string[] values)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            var split = value.IndexOf(':', StringComparison.Ordinal);
            map[split < 0 ? value : value[..split]] = split < 0 ? "" : value[(split + 1)..];
        }

        return [.. map];
    }
}
