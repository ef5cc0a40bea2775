using Praetor.Core.Codec;

namespace Praetor.Api.Config;

/// <summary>Reads typed values out of a merged configuration; bad values are collected and reported together (config 7).</summary>
internal sealed class ConfigReader(ConfigValue root)
{
    private readonly List<string> _errors = [];

    /// <summary>Bad values found so far.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>True if the key has a value.</summary>
    public bool IsSet(string path) => root.FindPath(path) is not null;

    /// <summary>The value as it stands; null if unset.</summary>
    public ConfigValue? Value(string path) => root.FindPath(path);

    /// <summary>Text.</summary>
    public string Text(string path, string unset = "") => root.FindPath(path)?.AsString ?? unset;

    /// <summary>true or false.</summary>
    public bool Flag(string path, bool unset = false) => root.FindPath(path)?.AsBool ?? unset;

    /// <summary>An integer within 32 bits; what is beyond counts as the limit.</summary>
    public int Integer(string path, int unset = 0) =>
        root.FindPath(path) is { } value ? (int)Math.Clamp(value.AsNumber, int.MinValue, int.MaxValue) : unset;

    /// <summary>An integer.</summary>
    public long Long(string path, long unset = 0) => root.FindPath(path) is { } value ? (long)value.AsNumber : unset;

    /// <summary>A number.</summary>
    public double Number(string path, double unset) => root.FindPath(path)?.AsNumber ?? unset;

    /// <summary>A duration; nanoseconds are cut to ticks.</summary>
    public TimeSpan Duration(string path, TimeSpan unset) => root.FindPath(path) is { } value ? ParseDuration(path, value.AsString) : unset;

    /// <summary>A duration in a text that came from elsewhere, reported under a path.</summary>
    public TimeSpan ParseDuration(string path, string text)
    {
        if (GoDuration.TryParse(text, out var nanoseconds, out var error))
            return GoDuration.ToTimeSpan(nanoseconds);
        Report($"{path}: invalid duration: {GoQuote.Quote(text)}: {error}");
        return TimeSpan.Zero;
    }

    /// <summary>A duration with a lower limit.</summary>
    public TimeSpan DurationAtLeast(string path, TimeSpan unset, TimeSpan least)
    {
        var value = Duration(path, unset);
        if (value < least)
            Report($"{path}: duration '{Text(path)}' cannot be less than: {GoDuration.Format(GoDuration.FromTimeSpan(least))}");
        return value;
    }

    /// <summary>A list of texts.</summary>
    public IReadOnlyList<string> List(string path) => [.. (root.FindPath(path)?.Items ?? []).Select(item => item.AsString)];

    /// <summary>A map of texts, sorted by key.</summary>
    public SortedList<string, string> Map(string path)
    {
        var map = new SortedList<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in root.FindPath(path)?.Members ?? [])
            map[key] = value.AsString;
        return map;
    }

    /// <summary>A port: zero or less means off (-1).</summary>
    public int Port(string path, int unset)
    {
        var port = Long(path, unset);
        if (port > ushort.MaxValue)
            Report($"{path}: invalid port: {port}");
        return port is <= 0 or > ushort.MaxValue ? -1 : (int)port;
    }

    /// <summary>Adds a bad value to the report.</summary>
    public void Report(string error) => _errors.Add(error);
}
