using Praetor.Core.Codec;

namespace Praetor.Api.Cli.Flags;

/// <summary>A string; the last occurrence wins.</summary>
public sealed class StringFlag(string name, string help, string typeWord = "string", string unset = "")
    : CliFlag<string>(name, typeWord, help, unset, unset.Length == 0 ? null : GoQuote.Quote(unset))
{
    internal override string? Check(string value) => null;

    private protected override string Combine(string[] values) => values[^1];
}

/// <summary>A boolean: <c>-x</c> or <c>-x=v</c>, never <c>-x v</c>. Some tell a parse error with strconv's longer text (cli 2).</summary>
public sealed class BoolFlag(string name, string help, bool unset = false, bool longError = false)
    : CliFlag<bool>(name, "", help, unset, unset ? "true" : null)
{
    internal override string? Check(string value) => GoStrconv.TryParseBool(value, out _, out var error) ? null : longError ? error : FlagErrors.Syntax;

    private protected override bool Combine(string[] values) => GoStrconv.TryParseBool(values[^1], out var value, out _) && value;
}

/// <summary>An unsigned integer with Go's prefixes.</summary>
public sealed class UintFlag(string name, string help) : CliFlag<ulong>(name, "uint", help, 0)
{
    internal override string? Check(string value) => GoStrconv.TryParseUintLiteral(value, 64, out _, out var error) ? null : FlagErrors.Shorten(error);

    private protected override ulong Combine(string[] values) => GoStrconv.TryParseUintLiteral(values[^1], 64, out var value, out _) ? value : 0;
}

/// <summary>A signed integer with Go's prefixes.</summary>
public sealed class IntFlag(string name, string help) : CliFlag<long>(name, "int", help, 0)
{
    internal override string? Check(string value) => GoStrconv.TryParseIntLiteral(value, out _, out var error) ? null : FlagErrors.Shorten(error);

    private protected override long Combine(string[] values) => GoStrconv.TryParseIntLiteral(values[^1], out var value, out _) ? value : 0;
}

/// <summary>A plain decimal integer, as the agent's own flags take it.</summary>
public sealed class DecimalFlag(string name, string help) : CliFlag<long?>(name, "value", help, null)
{
    internal override string? Check(string value) => GoDecimal.Check(value);

    private protected override long? Combine(string[] values) => GoDecimal.Parse(values[^1]);
}

/// <summary>A duration as Go writes it.</summary>
public sealed class DurationFlag(string name, string help, TimeSpan unset = default)
    : CliFlag<TimeSpan>(name, "duration", help, unset, unset == TimeSpan.Zero ? null : GoDuration.Format(GoDuration.FromTimeSpan(unset)))
{
    internal override string? Check(string value) => GoDuration.TryParse(value, out _, out _) ? null : FlagErrors.Syntax;

    private protected override TimeSpan Combine(string[] values) => GoDuration.TryParse(values[^1], out var nanoseconds, out _) ? GoDuration.ToTimeSpan(nanoseconds) : TimeSpan.Zero;
}

/// <summary>A repeatable string; the values accumulate.</summary>
public sealed class ListFlag(string name, string help) : CliFlag<string[]>(name, "value", help, [])
{
    internal override string? Check(string value) => null;

    private protected override string[] Combine(string[] values) => values;
}

/// <summary>A repeatable <c>key=value</c>; a later value for a key replaces the earlier one.</summary>
public sealed class MapFlag(string name, string help) : CliFlag<IReadOnlyList<KeyValuePair<string, string>>>(name, "value", help, [])
{
    internal override string? Check(string value) => value.Contains('=', StringComparison.Ordinal) ? null : $"Missing \"=\" value in argument: {value}";

    private protected override IReadOnlyList<KeyValuePair<string, string>> Combine(string[] values)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            var split = value.IndexOf('=', StringComparison.Ordinal);
            map[value[..split]] = value[(split + 1)..];
        }

        return [.. map];
    }
}

/// <summary>The two words to which Go's flag package shortens strconv's texts.</summary>
internal static class FlagErrors
{
    /// <summary>Not of the type at all.</summary>
    public const string Syntax = "parse error";

    private const string Range = "value out of range";

    /// <summary>The word for a text of strconv.</summary>
    public static string Shorten(string error) => error.EndsWith(Range, StringComparison.Ordinal) ? Range : Syntax;
}
