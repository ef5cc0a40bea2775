using System.Text.Json;

namespace Praetor.Runtime.Agent.Store;

/// <summary>Members of documents on disk: what is missing or null reads as its default, what is empty is not written.</summary>
internal static class JsonParts
{
    public static string Text(this JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

    public static bool Flag(this JsonElement parent, string name, bool missing = false) =>
        parent.TryGetProperty(name, out JsonElement value) ? value.GetBoolean() : missing;

    public static long Number(this JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0;

    public static int Int(this JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : 0;

    public static TimeSpan Span(this JsonElement parent, string name) => new(parent.Number(name));

    public static JsonElement? Child(this JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Raw(this JsonElement parent, string name) => parent.Child(name)?.GetRawText();

    public static string[]? TextList(this JsonElement parent, string name) => parent.List(name, static item => item.GetString() ?? "");

    public static T[]? List<T>(this JsonElement parent, string name, Func<JsonElement, T> read) =>
        parent.Child(name) is { } list ? Read(list, read) : null;

    public static T[] Read<T>(JsonElement list, Func<JsonElement, T> read)
    {
        var items = new List<T>(list.GetArrayLength());
        foreach (JsonElement item in list.EnumerateArray())
            items.Add(read(item));
        return [.. items];
    }

    public static SortedList<string, T>? Map<T>(this JsonElement parent, string name, Func<JsonElement, T> read)
    {
        if (parent.Child(name) is not { } map)
            return null;
        var sorted = new SortedList<string, T>(StringComparer.Ordinal);
        foreach (JsonProperty member in map.EnumerateObject())
            sorted[member.Name] = read(member.Value);
        return sorted;
    }

    public static void TextIfAny(this Utf8JsonWriter json, string name, string value)
    {
        if (value.Length > 0)
            json.WriteString(name, value);
    }

    public static void IntIfAny(this Utf8JsonWriter json, string name, long value)
    {
        if (value != 0)
            json.WriteNumber(name, value);
    }

    public static void FlagIfSet(this Utf8JsonWriter json, string name, bool value)
    {
        if (value)
            json.WriteBoolean(name, true);
    }

    public static void SpanIfAny(this Utf8JsonWriter json, string name, TimeSpan value) => json.IntIfAny(name, value.Ticks);

    public static void RawIfAny(this Utf8JsonWriter json, string name, string? compactJson)
    {
        if (compactJson is null)
            return;
        json.WritePropertyName(name);
        json.WriteRawValue(compactJson);
    }

    public static void TextList(this Utf8JsonWriter json, string name, IEnumerable<string>? values)
    {
        if (values is null)
            return;
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    public static void Objects<T>(this Utf8JsonWriter json, string name, IEnumerable<T>? values, Action<Utf8JsonWriter, T> members)
    {
        if (values is null)
            return;
        json.WriteStartArray(name);
        foreach (T value in values)
        {
            json.WriteStartObject();
            members(json, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Object<T>(this Utf8JsonWriter json, string name, T? value, Action<Utf8JsonWriter, T> members) where T : class
    {
        if (value is null)
            return;
        json.WriteStartObject(name);
        members(json, value);
        json.WriteEndObject();
    }

    /// <summary>In ordinal key order, so that equal maps give equal bytes.</summary>
    public static void Map<T>(this Utf8JsonWriter json, string name, IReadOnlyDictionary<string, T>? map, Action<Utf8JsonWriter, string, T> member)
    {
        if (map is null)
            return;
        json.WriteStartObject(name);
        foreach ((string key, T value) in map.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            member(json, key, value);
        json.WriteEndObject();
    }
}
