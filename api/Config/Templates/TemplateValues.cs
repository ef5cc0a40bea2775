using System.Globalization;
using Praetor.Core.Codec;

namespace Praetor.Api.Config.Templates;

/// <summary>Values of templates, and the language's own functions on them (Go's text/template, Functions).</summary>
internal static class TemplateValues
{
    /// <summary>Neither false, 0, nil nor empty.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        long number => number != 0,
        string text => text.Length > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        _ => true,
    };

    /// <summary>As an action prints it.</summary>
    public static string Print(object? value) => value switch
    {
        null => "<no value>",
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        IReadOnlyList<object?> list => $"[{string.Join(' ', list.Select(Print))}]",
        _ => value.ToString() ?? "",
    };

    /// <summary>Elements to range over.</summary>
    public static IReadOnlyList<object?> Elements(object? value) => value switch
    {
        null => [],
        IReadOnlyList<object?> list => list,
        _ => throw new TemplateException($"range can't iterate over {Print(value)}"),
    };

    /// <summary>A field of an address.</summary>
    public static object? Field(object? value, string name) => value switch
    {
        InterfaceAddress address => name switch
        {
            "Name" => address.Interface,
            "Flags" => address.Attribute("flags"),
            "SockAddr" or "String" => address.ToString(),
            _ => throw new TemplateException($"can't evaluate field {name} in type sockaddr.IfAddr"),
        },
        null => throw new TemplateException($"nil data; no entry for key {GoQuote.Quote(name)}"),
        _ => throw new TemplateException($"can't evaluate field {name} in type {TypeOf(value)}"),
    };

    /// <summary>Go's name of a value's type.</summary>
    public static string TypeOf(object? value) => value switch
    {
        null => "<nil>",
        string => "string",
        bool => "bool",
        long => "int",
        InterfaceAddress => "sockaddr.IfAddr",
        _ => "sockaddr.IfAddrs",
    };

    /// <summary>A function of the language; null if there is none of that name.</summary>
    public static TemplateFunction? Function(string name) => name switch
    {
        "and" => static arguments => AtLeastOne(arguments).FirstOrDefault(static each => !IsTrue(each), arguments[^1]),
        "or" => static arguments => AtLeastOne(arguments).FirstOrDefault(IsTrue, arguments[^1]),
        "not" => static arguments => !IsTrue(One(arguments)),
        "len" => static arguments => Length(One(arguments)),
        "index" => Index,
        "slice" => Slice,
        "print" => static arguments => PrintAll(arguments, between: ""),
        "println" => static arguments => PrintAll(arguments, between: " ") + "\n",
        "printf" => static arguments => GoPrintf.Format(arguments.Count > 0 && arguments[0] is string format ? format : throw Wrong("wrong type for value; expected string"), [.. arguments.Skip(1)]),
        "eq" => static arguments => arguments.Count > 1 ? arguments.Skip(1).Any(other => IsEqual(arguments[0], other)) : throw Wrong("missing argument for comparison"),
        "ne" => static arguments => !IsEqual(Two(arguments).First, Two(arguments).Second),
        "lt" => static arguments => Compare(Two(arguments)) < 0,
        "le" => static arguments => Compare(Two(arguments)) <= 0,
        "gt" => static arguments => Compare(Two(arguments)) > 0,
        "ge" => static arguments => Compare(Two(arguments)) >= 0,
        _ => null,
    };

    private static TemplateException Wrong(string message) => new(message);

    private static object? One(IReadOnlyList<object?> arguments) => arguments.Count == 1 ? arguments[0] : throw Wrong($"wrong number of args: want 1 got {arguments.Count}");

    private static IReadOnlyList<object?> AtLeastOne(IReadOnlyList<object?> arguments) => arguments.Count > 0 ? arguments : throw Wrong("wrong number of args: want at least 1 got 0");

    private static (object? First, object? Second) Two(IReadOnlyList<object?> arguments) =>
        arguments.Count == 2 ? (arguments[0], arguments[1]) : throw Wrong($"wrong number of args: want 2 got {arguments.Count}");

    private static object Length(object? value) => value switch
    {
        string text => (long)System.Text.Encoding.UTF8.GetByteCount(text),
        IReadOnlyList<object?> list => (long)list.Count,
        _ => throw Wrong($"len of type {TypeOf(value)}"),
    };

    private static object? Index(IReadOnlyList<object?> arguments)
    {
        object? value = arguments.Count > 0 ? arguments[0] : throw Wrong("index of untyped nil");
        foreach (object? at in arguments.Skip(1))
        {
            IReadOnlyList<object?> list = value as IReadOnlyList<object?> ?? throw Wrong($"can't index item of type {TypeOf(value)}");
            if (at is not long index)
                throw Wrong($"cannot index slice/array with type {TypeOf(at)}");
            value = index >= 0 && index < list.Count ? list[(int)index] : throw Wrong($"index out of range: {index}");
        }

        return value;
    }

    private static object Slice(IReadOnlyList<object?> arguments)
    {
        object? value = arguments.Count > 0 ? arguments[0] : null;
        int length = value switch { string text => text.Length, IReadOnlyList<object?> list => list.Count, _ => throw Wrong($"can't slice item of type {TypeOf(value)}") };
        long from = arguments.Count > 1 && arguments[1] is long first ? first : 0;
        long to = arguments.Count > 2 && arguments[2] is long last ? last : length;
        if (from < 0 || to > length || from > to)
            throw Wrong($"invalid slice index: {from} > {to}");
        return value is string cut ? cut[(int)from..(int)to] : new List<object?>(((IReadOnlyList<object?>)value!).Skip((int)from).Take((int)(to - from)));
    }

    /// <summary>Go's Print puts a blank between two neighbours that are no strings.</summary>
    private static string PrintAll(IReadOnlyList<object?> values, string between)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < values.Count; i++)
        {
            if (i > 0)
                text.Append(between.Length == 0 && values[i] is not string && values[i - 1] is not string ? " " : between);
            text.Append(Print(values[i]));
        }

        return text.ToString();
    }

    private static bool IsEqual(object? one, object? other) => one is not null && other is not null && TypeOf(one) != TypeOf(other)
        ? throw Wrong("incompatible types for comparison")
        : Equals(one, other);

    private static int Compare((object? First, object? Second) pair) => pair switch
    {
        (long first, long second) => first.CompareTo(second),
        (string first, string second) => string.CompareOrdinal(first, second),
        _ => throw Wrong(TypeOf(pair.First) == TypeOf(pair.Second) ? "invalid type for comparison" : "incompatible types for comparison"),
    };
}
