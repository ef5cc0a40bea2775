using System.Globalization;
using System.Text.Json;

namespace Praetor.Api.Cli.Client;

/// <summary>Reads answers of the agent leniently: an absent or null field counts as empty.</summary>
internal static class JsonFields
{
    /// <summary>Text of a field; numbers and booleans as they are written.</summary>
    public static string Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var field) ? field.AsText() : "";

    /// <summary>Text of a value.</summary>
    public static string AsText(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        _ => value.GetRawText(),
    };

    /// <summary>A number; 0 if absent.</summary>
    public static long Number(this JsonElement element, string name) =>
        long.TryParse(element.Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0;

    /// <summary>Elements of an array; none for null or anything else.</summary>
    public static IEnumerable<JsonElement> Elements(this JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>Members of an object; none for null or anything else.</summary>
    public static IReadOnlyList<JsonMember> Members(this JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return [];
        var members = new List<JsonMember>();
        foreach (var member in value.EnumerateObject())
            members.Add(new JsonMember(member.Name, member.Value));
        return members;
    }

    /// <summary>A field; undefined if absent.</summary>
    public static JsonElement Field(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var field) ? field : default;
}

/// <summary>A member of an object.</summary>
internal sealed record JsonMember(string Name, JsonElement Value);
