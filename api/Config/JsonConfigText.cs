using System.Text;
using Praetor.Api.Http.Json;
using Praetor.Core.Codec;

namespace Praetor.Api.Config;

/// <summary>Reads a configuration source written in JSON, with the texts of Go's encoder for what is wrong (config 2). Pure.</summary>
internal static class JsonConfigText
{
    /// <summary>Parses a whole document, which must be one object (or null, which is empty).</summary>
    /// <returns>Null with the value, or the detail that follows <c>failed to parse SOURCE: </c>.</returns>
    public static string? Parse(string text, out ConfigValue value)
    {
        value = ConfigValue.NewObject();
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            var length = GoJsonScanner.MeasureFirstValue(bytes);
            var rest = GoJsonScanner.SkipWhiteSpace(bytes, length);
            if (rest < bytes.Length)
                return $"invalid character {GoQuote.QuoteChar(new Rune((char)bytes[rest]))} after top-level value";
            var reader = new GoJsonReader(bytes);
            var root = Read(ref reader);
            if (root.Kind is not (ConfigKind.Object or ConfigKind.Null))
                return $"json: cannot unmarshal {JsonKind(root)} into Go value of type map[string]interface {{}}";
            value = root.Kind == ConfigKind.Null ? value : root;
            return null;
        }
        catch (GoJsonException e)
        {
            // A file is decoded whole, a request body as a stream: Go names the missing end differently.
            return e.Message is "EOF" or "unexpected EOF" ? "unexpected end of JSON input" : e.Message;
        }
    }

    private static ConfigValue Read(ref GoJsonReader reader)
    {
        switch (reader.NextKind())
        {
            case GoJsonKind.Null:
                reader.TryReadNull();
                return ConfigValue.Null;
            case GoJsonKind.Bool:
                return ConfigValue.Of(reader.ReadBool());
            case GoJsonKind.Number:
                return ConfigValue.Of(reader.ReadDouble());
            case GoJsonKind.String:
                return ConfigValue.Of(reader.ReadString());
            case GoJsonKind.Array:
                var items = new List<ConfigValue>();
                reader.BeginArray();
                while (reader.NextElement())
                    items.Add(Read(ref reader));
                return ConfigValue.OfList(items);
            default:
                var members = new Dictionary<string, ConfigValue>(StringComparer.Ordinal);
                reader.BeginObject();
                while (reader.NextKey(out var key))
                    members[key] = Read(ref reader);
                return ConfigValue.OfMembers(members);
        }
    }

    private static string JsonKind(ConfigValue value) => value.Kind == ConfigKind.List ? "array" : value.Kind == ConfigKind.Number ? "number" : value.GoKind;
}
