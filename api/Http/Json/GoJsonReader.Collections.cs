using System.Buffers;
using System.Text;

namespace Praetor.Api.Http.Json;

public ref partial struct GoJsonReader
{
    /// <summary>A list of strings (a null element is ""); null if the value is null.</summary>
    public string[]? ReadStringList()
    {
        if (!BeginArray("[]string"))
            return null;
        List<string>? items = null;
        while (NextElement())
            (items ??= []).Add(ReadString());
        return items is null ? [] : items.ToArray();
    }

    /// <summary>A map of strings, sorted by key (ordinal); the last of equal keys wins; null if the value is null.</summary>
    public SortedList<string, string>? ReadStringMap()
    {
        if (!BeginObject("map[string]string"))
            return null;
        Dictionary<string, string>? map = null;
        while (NextKey(out var key))
            (map ??= new(StringComparer.Ordinal))[key] = ReadString();
        return Sorted(map);
    }

    /// <summary>A map of string lists (HTTP headers), sorted by key (ordinal); null if the value is null. Null lists are empty.</summary>
    public SortedList<string, string[]>? ReadStringListMap()
    {
        if (!BeginObject("map[string][]string"))
            return null;
        Dictionary<string, string[]>? map = null;
        while (NextKey(out var key))
            (map ??= new(StringComparer.Ordinal))[key] = ReadStringList() ?? [];
        return Sorted(map);
    }

    /// <summary>
    /// Any value: null, bool, double, string, <c>List&lt;object?&gt;</c> or <c>SortedList&lt;string, object?&gt;</c> (by key, ordinal). This is
    /// what Consul keeps of opaque values, so numbers are doubles.
    /// </summary>
    public object? ReadAny()
    {
        switch (NextKind())
        {
            case GoJsonKind.Null:
                TryReadNull();
                return null;
            case GoJsonKind.Bool:
                return ReadBool();
            case GoJsonKind.Number:
                return ReadDouble();
            case GoJsonKind.String:
                return ReadString();
            case GoJsonKind.Array:
                BeginArray();
                var list = new List<object?>();
                while (NextElement())
                    list.Add(ReadAny());
                return list;
            default:
                BeginObject();
                Dictionary<string, object?>? map = null;
                while (NextKey(out var key))
                    (map ??= new(StringComparer.Ordinal))[key] = ReadAny();
                return Sorted(map);
        }
    }

    /// <summary>
    /// Any value as compact JSON text, in the form it will be shown again: keys sorted, numbers and strings spelled as
    /// <see cref="GoJsonWriter"/> spells them.
    /// </summary>
    public string ReadRawCompact()
    {
        var value = ReadAny();
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new GoJsonWriter();
        writer.Reset(buffer, pretty: false);
        writer.Any(value);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Moves to the next key of a map, spelled as written; false after the last one, the map is then closed.</summary>
    public bool NextKey(out string key)
    {
        key = "";
        if (!NextMember((byte)'}'))
            return false;
        var body = TakeStringBody(out var escaped);
        key = escaped ? GoJsonStrings.Unescape(body) : GoJsonStrings.Decode(body);
        SkipColon();
        return true;
    }

    /// <summary>Sorting once at the end keeps hostile key orders at n log n.</summary>
    private static SortedList<string, TValue> Sorted<TValue>(Dictionary<string, TValue>? map) =>
        map is null ? new(0, StringComparer.Ordinal) : new(map, StringComparer.Ordinal);
}
