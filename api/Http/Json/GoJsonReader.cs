using System.Text;
using Praetor.Core.Codec;

namespace Praetor.Api.Http.Json;

/// <summary>
/// Reads a request body with the rules clients rely on (http-core 1.4, http-agent 1.3): only the first JSON value counts, names match in
/// any case, <c>null</c> leaves what was there, a wrong type is refused with the known text. The constructor checks the syntax of the whole
/// value, so the reading methods meet only valid JSON. Pass it by <c>ref</c>; allocates nothing but the strings it returns.
/// <code>
/// if (json.BeginObject())
///     while (json.NextField(out var name))
///         switch (name)
///         {
///             case "port": port = json.ReadInt(port); break;
///             default: json.UnknownField(); break;
///         }
/// </code>
/// Every field or element must be read (or skipped) before the next one is asked for.
/// </summary>
public ref partial struct GoJsonReader
{
    private readonly ReadOnlySpan<byte> _json;
    private int _position;
    private ReadOnlySpan<byte> _fieldName;
    private bool _fieldNameIsEscaped;

    /// <summary>Checks the first value of the body; what follows it is ignored.</summary>
    /// <exception cref="GoJsonException"><c>EOF</c>, <c>unexpected EOF</c> or a syntax error.</exception>
    public GoJsonReader(ReadOnlySpan<byte> body)
    {
        _json = body[..GoJsonScanner.MeasureFirstValue(body)];
        _position = 0;
    }

    /// <summary>Name of the field just entered, as the client wrote it.</summary>
    public readonly string FieldName =>
        _fieldNameIsEscaped ? GoJsonStrings.Unescape(_fieldName) : GoJsonStrings.Decode(_fieldName);

    /// <summary>Enters an object; false if the value was <c>null</c>. Then call <see cref="NextField"/> until it answers false.</summary>
    /// <param name="goType">How the refusal of another type names the target.</param>
    public bool BeginObject(string goType = "struct") => Begin((byte)'{', goType);

    /// <summary>Moves to the next field, its name in lower case; false after the last one, the object is then closed.</summary>
    public bool NextField(out string lowerCaseName)
    {
        lowerCaseName = "";
        if (!NextMember((byte)'}'))
            return false;
        _fieldName = TakeStringBody(out _fieldNameIsEscaped);
        lowerCaseName = _fieldNameIsEscaped ? FoldName(FieldName) : GoJsonNames.Fold(_fieldName);
        SkipColon();
        return true;
    }

    /// <summary>Refuses the field just entered: <c>json: unknown field "Bogus"</c>.</summary>
    public readonly void UnknownField() => throw new GoJsonException($"json: unknown field {GoQuote.Quote(FieldName)}");

    /// <summary>Enters an array; false if the value was <c>null</c>. Then call <see cref="NextElement"/> until it answers false.</summary>
    /// <param name="goType">How the refusal of another type names the target.</param>
    public bool BeginArray(string goType = "[]string") => Begin((byte)'[', goType);

    /// <summary>Moves to the next element; false after the last one, the array is then closed.</summary>
    public bool NextElement() => NextMember((byte)']');

    /// <summary>Passes over one value of any kind.</summary>
    public void SkipValue()
    {
        var depth = 0;
        do
        {
            switch (Peek())
            {
                case (byte)'{' or (byte)'[':
                    depth++;
                    _position++;
                    break;
                case (byte)'}' or (byte)']':
                    depth--;
                    _position++;
                    break;
                case (byte)',' or (byte)':':
                    _position++;
                    break;
                case (byte)'"':
                    _position = GoJsonScanner.SkipString(_json, _position);
                    break;
                default:
                    TakeBareWord();
                    break;
            }
        }
        while (depth > 0);
    }

    /// <summary>Consumes <c>null</c> if it is next.</summary>
    public bool TryReadNull()
    {
        if (Peek() != 'n')
            return false;
        TakeBareWord();
        return true;
    }

    /// <summary>Kind of the next value, without consuming it.</summary>
    public GoJsonKind NextKind() => Peek() switch
    {
        (byte)'{' => GoJsonKind.Object,
        (byte)'[' => GoJsonKind.Array,
        (byte)'"' => GoJsonKind.String,
        (byte)'t' or (byte)'f' => GoJsonKind.Bool,
        (byte)'n' => GoJsonKind.Null,
        _ => GoJsonKind.Number,
    };

    private bool Begin(byte opening, string goType)
    {
        if (TryReadNull())
            return false;
        if (Peek() != opening)
            throw WrongType(goType);
        _position++;
        return true;
    }

    private bool NextMember(byte closing)
    {
        var next = Peek();
        if (next == ',')
        {
            _position++;
            next = Peek();
        }
        if (next != closing)
            return true;
        _position++;
        // Names are told by the innermost open object only.
        _fieldName = default;
        _fieldNameIsEscaped = false;
        return false;
    }

    private void SkipColon()
    {
        Peek();
        _position++;
    }

    /// <summary>First byte of the next token; the position moves to it.</summary>
    private byte Peek()
    {
        _position = GoJsonScanner.SkipWhiteSpace(_json, _position);
        return _position < _json.Length
            ? _json[_position]
            : throw new InvalidOperationException("Read past the end of the JSON value.");
    }

    /// <summary>A number, true, false or null.</summary>
    private ReadOnlySpan<byte> TakeBareWord()
    {
        var rest = _json[_position..];
        var length = rest.IndexOfAny(GoJsonNames.BareWordEnds);
        var word = length < 0 ? rest : rest[..length];
        if (word.IsEmpty)
            throw new InvalidOperationException("A JSON value was expected here.");
        _position += word.Length;
        return word;
    }

    /// <summary>What stands between the quotes, still escaped.</summary>
    private ReadOnlySpan<byte> TakeStringBody(out bool escaped)
    {
        Peek();
        var start = _position + 1;
        _position = GoJsonScanner.SkipString(_json, _position);
        var body = _json[start..(_position - 1)];
        escaped = body.Contains((byte)'\\');
        return body;
    }

    /// <summary>The refusal of a value of another type. The number is named in it, as are field and wanted type.</summary>
    private GoJsonException WrongType(string goType, bool nameNumber = false)
    {
        var found = NextKind() switch
        {
            GoJsonKind.Object => "object",
            GoJsonKind.Array => "array",
            GoJsonKind.String => "string",
            GoJsonKind.Bool => "bool",
            _ => nameNumber ? $"number {Encoding.UTF8.GetString(TakeBareWord())}" : "number",
        };
        var target = _fieldName.IsEmpty ? "Go value" : $"Go struct field .{FieldName}";
        return new GoJsonException($"json: cannot unmarshal {found} into {target} of type {goType}");
    }

    /// <summary>Names compare as simple case folding does: two letters outside ASCII fold into it.</summary>
    internal static string FoldName(string name) =>
        name.ToLowerInvariant().Replace('\u212a', 'k').Replace('\u017f', 's');
}

/// <summary>Kinds of JSON values.</summary>
public enum GoJsonKind
{
    /// <summary>null</summary>
    Null,
    /// <summary>true or false</summary>
    Bool,
    /// <summary>A number</summary>
    Number,
    /// <summary>A string</summary>
    String,
    /// <summary>An array</summary>
    Array,
    /// <summary>An object</summary>
    Object,
}
