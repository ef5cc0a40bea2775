using System.Buffers;
using System.Text;
using Praetor.Api.Http.Json;

namespace Praetor.Api.Config;

/// <summary>Reads members of a canonical block; what is missing counts as empty.</summary>
internal static class ConfigBlockValues
{
    public static string Text(this ConfigValue block, string key) => block.Find(key)?.AsString ?? "";

    public static bool Flag(this ConfigValue block, string key, bool unset = false) => block.Find(key)?.AsBool ?? unset;

    public static int Integer(this ConfigValue block, string key, int unset = 0) =>
        block.Find(key) is { } value ? (int)Math.Clamp(value.AsNumber, int.MinValue, int.MaxValue) : unset;

    public static string[] Texts(this ConfigValue block, string key) => [.. block.Blocks(key).Select(item => item.AsString)];

    public static IReadOnlyList<ConfigValue> Blocks(this ConfigValue block, string key) => block.Find(key)?.Items ?? [];

    /// <summary>A map of texts, sorted; null if the key is not set.</summary>
    public static SortedList<string, string>? TextMap(this ConfigValue block, string key)
    {
        if (block.Find(key) is not { } map)
            return null;
        var sorted = new SortedList<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in map.Members)
            sorted[name] = value.AsString;
        return sorted;
    }

    /// <summary>An opaque map as compact JSON with sorted keys; null if the key is not set.</summary>
    public static string? CompactJson(this ConfigValue block, string key)
    {
        if (block.Find(key) is not { } value)
            return null;
        var buffer = new ArrayBufferWriter<byte>();
        var json = new GoJsonWriter();
        json.Reset(buffer, pretty: false);
        json.Any(ToJson(value));
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The value in the shape that the JSON writer takes.</summary>
    public static object? ToJson(ConfigValue value)
    {
        switch (value.Kind)
        {
            case ConfigKind.Bool:
                return value.AsBool;
            case ConfigKind.Number:
                return value.AsNumber;
            case ConfigKind.String:
                return value.AsString;
            case ConfigKind.List:
                return value.Items.Select(ToJson).ToList();
            case ConfigKind.Object:
                var map = new SortedList<string, object?>(StringComparer.Ordinal);
                foreach (var (key, member) in value.Members)
                    map[key] = ToJson(member);
                return map;
            default:
                return null;
        }
    }
}
