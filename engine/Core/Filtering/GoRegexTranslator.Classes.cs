namespace Praetor.Core.Filtering;

internal sealed partial class GoRegexTranslator
{
    private bool ReadBackslash()
    {
        var next = _position + 1 < _expression.Length ? _expression[_position + 1] : '\0';
        switch (next)
        {
            case 'A' or 'b' or 'B' or 'z':
                return Anchor("\\" + next, 2);
            case 'C':
                return Refuse("invalid escape sequence", _expression.Substring(_position, 2));
            case 'Q':
                return ReadQuoted();
        }
        var single = new GoRegexClass();
        if (!TryReadGroupEscape(single, out var isGroup))
            return false;
        if (isGroup)
            return AddClass(single, negated: false);
        return TryReadEscape(out var rune) && Literal(rune);
    }

    /// <summary>\Q...\E: everything between stands for itself.</summary>
    private bool ReadQuoted()
    {
        _position += 2;
        var end = _expression.IndexOf(@"\E", _position, StringComparison.Ordinal);
        var stop = end < 0 ? _expression.Length : end;
        while (_position < stop)
            Literal(ReadRune());
        _position = end < 0 ? stop : stop + 2;
        return true;
    }

    private bool ReadClass()
    {
        var start = _position++;
        var negated = _position < _expression.Length && _expression[_position] == '^';
        if (negated)
            _position++;
        var members = new GoRegexClass();
        for (var first = true; first || _position == _expression.Length || _expression[_position] != ']'; first = false)
        {
            if (!TryReadNamedGroup(members, out var isGroup))
                return false;
            if (!isGroup && !TryReadGroupEscape(members, out isGroup))
                return false;
            if (!isGroup && !TryReadRange(members, start))
                return false;
        }
        _position++;
        return AddClass(members, negated);
    }

    private bool TryReadRange(GoRegexClass members, int classStart)
    {
        var start = _position;
        if (!TryReadMember(classStart, out var low))
            return false;
        var high = low;
        var rest = _expression.AsSpan(_position);
        if (rest.Length >= 2 && rest[0] == '-' && rest[1] != ']')
        {
            _position++;
            if (!TryReadMember(classStart, out high))
                return false;
            if (high < low)
                return Refuse("invalid character class range", _expression[start.._position]);
        }
        members.Add(low, high);
        return true;
    }

    private bool TryReadMember(int classStart, out int rune)
    {
        rune = 0;
        if (_position == _expression.Length)
            return Refuse("missing closing ]", _expression[classStart..]);
        if (_expression[_position] == '\\')
            return TryReadEscape(out rune);
        rune = ReadRune();
        return true;
    }

    /// <summary>[:name:] and [:^name:], within a class.</summary>
    private bool TryReadNamedGroup(GoRegexClass members, out bool isGroup)
    {
        isGroup = false;
        var rest = _expression.AsSpan(_position);
        if (rest.Length <= 2 || !rest.StartsWith("[:", StringComparison.Ordinal))
            return true;
        var length = rest[2..].IndexOf(":]", StringComparison.Ordinal);
        if (length < 0)
            return true;
        var name = rest.Slice(2, length);
        var negated = name.StartsWith('^');
        var group = GoRegexGroups.FindPosix(name[(negated ? 1 : 0)..].ToString());
        if (group is null)
            return Refuse("invalid character class range", rest[..(length + 4)].ToString());
        _position += length + 4;
        AddGroup(members, group, negated);
        return isGroup = true;
    }

    /// <summary>\d \D \s \S \w \W, \pN, \p{Name}, \P{Name}.</summary>
    private bool TryReadGroupEscape(GoRegexClass members, out bool isGroup)
    {
        isGroup = false;
        var rest = _expression.AsSpan(_position);
        if (rest.Length < 2 || rest[0] != '\\')
            return true;
        var letter = rest[1];
        if (letter is 'p' or 'P')
        {
            isGroup = true;
            return TryReadCategory(members);
        }
        var group = GoRegexGroups.FindPerl(char.ToLowerInvariant(letter));
        if (group is null)
            return true;
        _position += 2;
        AddGroup(members, group, negated: char.IsAsciiLetterUpper(letter));
        return isGroup = true;
    }

    private bool TryReadCategory(GoRegexClass members)
    {
        const string Cause = "invalid character class range";
        var start = _position;
        var negated = _expression[start + 1] == 'P';
        _position += 2;
        string name;
        if (_position < _expression.Length && _expression[_position] == '{')
        {
            var end = _expression.IndexOf('}', _position);
            if (end < 0)
                return Refuse(Cause, _expression[start..]);
            name = _expression[(_position + 1)..end];
            _position = end + 1;
        }
        else
        {
            if (_position < _expression.Length)
                ReadRune();
            name = _expression[(start + 2).._position];
        }
        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }
        if (name == "Any")
            members.Add([(0, 0x10ffff)], negated);
        else if (GoRegexGroups.IsCategory(name))
            members.AddCategory(name, negated);
        else
            return Refuse(Cause, _expression[start.._position]);
        return true;
    }

    private void AddGroup(GoRegexClass members, (int Low, int High)[] group, bool negated) =>
        members.Add(_flags.HasFlag(Flags.FoldCase) ? GoRegexGroups.Fold(group) : group, negated);

    /// <summary>One character written with a backslash.</summary>
    private bool TryReadEscape(out int rune)
    {
        var start = _position++;
        rune = 0;
        if (_position == _expression.Length)
            return Refuse("trailing backslash at end of expression", "");
        var letter = ReadRune();
        rune = letter switch
        {
            'a' => 7,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            'x' => ReadHex(),
            '0' => ReadOctal(0),
            >= '1' and <= '7' when _position < _expression.Length && _expression[_position] is >= '0' and <= '7' => ReadOctal(letter - '0'),
            < 0x80 when !char.IsAsciiLetterOrDigit((char)letter) => letter,
            _ => -1,
        };
        return rune >= 0 || Refuse("invalid escape sequence", _expression[start.._position]);
    }

    /// <summary>Up to two more octal digits.</summary>
    private int ReadOctal(int value)
    {
        for (var i = 0; i < 2 && _position < _expression.Length && _expression[_position] is >= '0' and <= '7'; i++)
            value = value * 8 + _expression[_position++] - '0';
        return value;
    }

    /// <summary>Two hexadecimal digits, or any number of them in braces; -1 if broken, the position is then after the culprit.</summary>
    private int ReadHex()
    {
        if (_position == _expression.Length)
            return -1;
        var first = ReadRune();
        if (first != '{')
        {
            var second = _position < _expression.Length ? ReadRune() : -1;
            return HexValue(first) < 0 || HexValue(second) < 0 ? -1 : HexValue(first) * 16 + HexValue(second);
        }
        var value = 0;
        var digits = 0;
        while (_position < _expression.Length)
        {
            var next = ReadRune();
            if (next == '}')
                return digits > 0 ? value : -1;
            var digit = HexValue(next);
            value = value * 16 + digit;
            if (digit < 0 || value > 0x10ffff)
                return -1;
            digits++;
        }
        return -1;
    }

    private static int HexValue(int rune) => rune switch
    {
        >= '0' and <= '9' => rune - '0',
        >= 'a' and <= 'f' => rune - 'a' + 10,
        >= 'A' and <= 'F' => rune - 'A' + 10,
        _ => -1,
    };
}
