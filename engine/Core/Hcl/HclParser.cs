namespace Praetor.Core.Hcl;

/// <summary>Reads a text in HCL 1 (config 2). Entry of this room; use once. Pure.</summary>
public sealed class HclParser
{
    /// <summary>Objects and lists within each other.</summary>
    public const int MaxDepth = 512;

    private readonly HclScanner _scanner;
    private HclToken _token;
    private HclToken? _ahead;
    private int _depth;

    private HclParser(string text) => _scanner = new HclScanner(text);

    /// <summary>Reads a whole text.</summary>
    /// <exception cref="HclException">It is not HCL.</exception>
    public static HclObject Parse(string text)
    {
        var parser = new HclParser(text);
        IReadOnlyList<HclItem> items = parser.Items(isInObject: false);
        return new HclObject(new HclPosition(1, 1), items);
    }

    private HclToken Scan()
    {
        if (_ahead is { } ahead)
        {
            _ahead = null;
            return _token = ahead;
        }

        do
            _token = _scanner.Next();
        while (_token.Kind == HclTokenKind.Comment);
        return _token;
    }

    private HclToken Peek()
    {
        HclToken before = _token;
        HclToken ahead = Scan();
        (_token, _ahead) = (before, ahead);
        return ahead;
    }

    private List<HclItem> Items(bool isInObject)
    {
        var items = new List<HclItem>();
        while (!isInObject || Peek().Kind != HclTokenKind.RightBrace)
        {
            if (Item() is not { } item)
                break;
            items.Add(item);
            // One comma may stand behind an item.
            if (Peek().Kind == HclTokenKind.Comma)
                Scan();
        }

        return items;
    }

    /// <summary>Null at the end of the text, also if a key and its sign stand before it.</summary>
    private HclItem? Item()
    {
        var keys = new List<string>();
        while (true)
        {
            HclToken token = Scan();
            switch (token.Kind)
            {
                case HclTokenKind.Eof:
                    return keys.Count == 0 ? null : throw NoValue(keys, token);
                case HclTokenKind.Ident:
                    keys.Add(token.Text);
                    continue;
                case HclTokenKind.String:
                    keys.Add(HclText.Unquote(token.Text));
                    continue;
                case HclTokenKind.Assign:
                    if (keys.Count > 1)
                        throw Wrong(token, $"nested object expected: LBRACE got: {token.KindName}");
                    if (keys.Count == 0)
                        throw Wrong(token, "no object keys found!");
                    return Value(Scan(), isAssigned: true) is { } value ? new HclItem(keys, value) : null;
                case HclTokenKind.LeftBrace:
                    if (keys.Count == 0)
                        throw Wrong(token, $"expected: IDENT | STRING got: {token.KindName}");
                    return new HclItem(keys, Object(token));
                case HclTokenKind.RightBrace when keys.Count > 0:
                    throw NoValue(keys, token);
                default:
                    throw Wrong(token, $"expected: IDENT | STRING | ASSIGN | LBRACE got: {token.KindName}");
            }
        }
    }

    private static HclException NoValue(List<string> keys, HclToken token) => Wrong(token, $"key '{string.Join(' ', keys)}' expected start of object ('{{') or assignment ('=')");

    /// <summary>Null at the end of the text.</summary>
    private HclNode? Value(HclToken token, bool isAssigned)
    {
        switch (token.Kind)
        {
            case HclTokenKind.Number:
                return HclText.TryNumber(token.Text, out double number) ? new HclNumber(token.Position, number, IsInteger: true) : throw Wrong(token, $"number out of range: {token.Text}");
            case HclTokenKind.Float:
                return HclText.TryFloat(token.Text, out double real) ? new HclNumber(token.Position, real, IsInteger: false) : throw Wrong(token, $"not a number: {token.Text}");
            case HclTokenKind.Bool:
                return new HclBool(token.Position, token.Text == "true");
            case HclTokenKind.String:
                return new HclString(token.Position, HclText.Unquote(token.Text));
            case HclTokenKind.Heredoc:
                return new HclString(token.Position, HclText.Heredoc(token.Text));
            case HclTokenKind.LeftBrace:
                return Object(token);
            case HclTokenKind.LeftBracket:
                return List(token);
            case HclTokenKind.Eof when isAssigned:
                return null;
            default:
                throw Wrong(token, isAssigned ? $"Unknown token: {token}" : $"unexpected token while parsing list: {token.KindName}");
        }
    }

    private HclObject Object(HclToken open)
    {
        Enter(open);
        List<HclItem> items = Items(isInObject: true);
        HclToken end = Scan();
        if (end.Kind != HclTokenKind.RightBrace)
            throw Wrong(end, $"object expected closing RBRACE got: {end.KindName}");
        _depth--;
        return new HclObject(open.Position, items);
    }

    private HclList List(HclToken open)
    {
        Enter(open);
        var items = new List<HclNode>();
        bool needsComma = false;
        while (true)
        {
            HclToken token = Scan();
            if (needsComma && token.Kind is not (HclTokenKind.Comma or HclTokenKind.RightBracket))
                throw Wrong(token, $"error parsing list, expected comma or list end, got: {token.KindName}");
            if (token.Kind == HclTokenKind.RightBracket)
            {
                _depth--;
                return new HclList(open.Position, items);
            }

            if (token.Kind == HclTokenKind.Comma)
            {
                needsComma = false;
                continue;
            }

            items.Add(Value(token, isAssigned: false)!);
            needsComma = true;
        }
    }

    private void Enter(HclToken token)
    {
        if (++_depth > MaxDepth)
            throw Wrong(token, "nested too deeply");
    }

    private static HclException Wrong(HclToken token, string problem) => new(token.Position, problem);
}
