using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Praetor.Core.Filtering;

/// <summary>
/// Reads an expression in RE2's syntax and writes the same in .NET's, with every character spelled out, so that nothing of .NET's own syntax
/// gets through. Refuses what RE2 refuses, with Go's texts. One pass, no recursion.
/// </summary>
internal sealed partial class GoRegexTranslator
{
    private const int MaxRepeat = 1000;

    private readonly string _expression;
    private readonly Stack<Group> _outer = new();
    private Group _group = new(default, false);
    private Flags _flags;
    private int _position;
    private int _classCount;
    private string? _error;

    private GoRegexTranslator(string expression) => _expression = expression;

    [Flags]
    private enum Flags
    {
        None = 0,
        FoldCase = 1,
        MultiLine = 2,
        DotMatchesNewLine = 4,
        Lazy = 8,
    }

    /// <summary>The .NET pattern, or the refusal.</summary>
    internal static bool TryTranslate(string expression, [NotNullWhen(true)] out string? pattern, [NotNullWhen(false)] out string? error)
    {
        var translator = new GoRegexTranslator(expression);
        pattern = null;
        if (expression.Length > GoRegex.MaxLength)
            translator.Refuse("expression too large", expression);
        else if (translator.ReadAll())
            pattern = translator._group.ToPattern();
        error = translator._error;
        return pattern is not null;
    }

    /// <summary>Go's form of a refusal.</summary>
    internal static string Refusal(string cause, string part) => $"error parsing regexp: {cause}: `{part}`";

    private bool ReadAll()
    {
        var lastRepeat = -1;
        while (_position < _expression.Length)
        {
            var start = _position;
            var isRepeat = false;
            var ok = _expression[start] switch
            {
                '(' => ReadOpening(),
                ')' => ReadClosing(),
                '|' => ReadBar(),
                '^' => Anchor(_flags.HasFlag(Flags.MultiLine) ? "(?m:^)" : @"\A", 1),
                '$' => Anchor(_flags.HasFlag(Flags.MultiLine) ? "(?m:$)" : @"\z", 1),
                '.' => ReadDot(),
                '[' => ReadClass(),
                '*' or '+' or '?' => isRepeat = ReadRepeat(_expression[start], 1, -1, start + 1, lastRepeat),
                '{' => ReadBraces(lastRepeat, out isRepeat),
                '\\' => ReadBackslash(),
                _ => Literal(ReadRune()),
            };
            if (!ok)
                return false;
            if (_group.Size > GoRegex.MaxSize || _classCount > GoRegex.MaxClasses)
                return Refuse("expression too large", _expression);
            lastRepeat = isRepeat ? start : -1;
        }
        return _outer.Count == 0 || Refuse("missing closing )", _expression);
    }

    private bool ReadOpening()
    {
        if (_position + 1 < _expression.Length && _expression[_position + 1] == '?')
            return ReadPerlGroup();
        _position++;
        return Open(capturing: true);
    }

    /// <summary>(?P&lt;name&gt;...), (?&lt;name&gt;...), (?flags), (?flags:...).</summary>
    private bool ReadPerlGroup()
    {
        var rest = _expression.AsSpan(_position);
        var nameStart = rest.Length > 4 && rest[2] == 'P' && rest[3] == '<' ? 4 : rest.Length > 3 && rest[2] == '<' ? 3 : 0;
        if (nameStart > 0)
        {
            var end = rest.IndexOf('>');
            if (end < 0)
                return Refuse("invalid named capture", rest.ToString());
            var name = rest[nameStart..end];
            foreach (var c in name)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                    return Refuse("invalid named capture", rest[..(end + 1)].ToString());
            }
            if (name.IsEmpty)
                return Refuse("invalid named capture", rest[..(end + 1)].ToString());
            _position += end + 1;
            return Open(capturing: true);
        }
        return ReadFlags();
    }

    private bool ReadFlags()
    {
        var start = _position;
        _position += 2;
        var flags = _flags;
        var negative = false;
        var sawFlag = false;
        while (_position < _expression.Length)
        {
            var letter = ReadRune();
            var flag = letter switch
            {
                'i' => Flags.FoldCase,
                'm' => Flags.MultiLine,
                's' => Flags.DotMatchesNewLine,
                'U' => Flags.Lazy,
                _ => Flags.None,
            };
            if (flag != Flags.None)
            {
                flags = negative ? flags & ~flag : flags | flag;
                sawFlag = true;
                continue;
            }
            if (letter == '-' && !negative)
            {
                negative = true;
                sawFlag = false;
                continue;
            }
            if (letter is not (':' or ')') || negative && !sawFlag)
                break;
            if (letter == ':' && !Open(capturing: false))
                return false;
            _flags = flags;
            return true;
        }
        return Refuse("invalid or unsupported Perl syntax", _expression[start.._position]);
    }

    private bool Open(bool capturing)
    {
        if (_outer.Count == GoRegex.MaxNesting)
            return Refuse("expression nests too deeply", _expression);
        _outer.Push(_group);
        _group = new Group(_flags, capturing);
        return true;
    }

    private bool ReadClosing()
    {
        if (!_outer.TryPop(out var outer))
            return Refuse("unexpected )", _expression);
        _position++;
        var inner = _group;
        _group = outer;
        _flags = inner.OuterFlags;
        outer.Add(new Atom((inner.Capturing ? "(" : "(?:") + inner.ToPattern() + ")", inner.Weight, inner.Size));
        return true;
    }

    private bool ReadBar()
    {
        _position++;
        _group.EndAlternative();
        return true;
    }

    private bool ReadDot()
    {
        _position++;
        var none = new GoRegexClass();
        if (!_flags.HasFlag(Flags.DotMatchesNewLine))
            none.Add('\n', '\n');
        return AddClass(none, negated: true);
    }

    /// <summary>A brace that opens no repetition stands for itself.</summary>
    private bool ReadBraces(int lastRepeat, out bool isRepeat)
    {
        var end = _position + 1;
        isRepeat = TryReadCount(ref end, out var min);
        var max = min;
        if (isRepeat && end < _expression.Length && _expression[end] == ',')
        {
            end++;
            max = -1;
            if (end < _expression.Length && _expression[end] != '}')
                isRepeat = TryReadCount(ref end, out max);
        }
        isRepeat = isRepeat && end < _expression.Length && _expression[end] == '}';
        if (!isRepeat)
            return Literal(ReadRune());
        end++;
        if (min > MaxRepeat || max > MaxRepeat || max >= 0 && min > max)
            return Refuse("invalid repeat count", _expression[_position..end]);
        return ReadRepeat('{', min, max, end, lastRepeat);
    }

    private bool TryReadCount(ref int end, out int count)
    {
        count = 0;
        var start = end;
        while (end < _expression.Length && char.IsAsciiDigit(_expression[end]))
            count = Math.Min(count * 10 + _expression[end++] - '0', MaxRepeat + 1);
        return end > start && (end == start + 1 || _expression[start] != '0');
    }

    /// <summary>A repetition of the atom before it.</summary>
    private bool ReadRepeat(char kind, int min, int max, int end, int lastRepeat)
    {
        var start = _position;
        var lazy = end < _expression.Length && _expression[end] == '?';
        if (lazy)
            end++;
        if (lastRepeat >= 0)
            return Refuse("invalid nested repetition operator", _expression[lastRepeat..end]);
        if (!_group.TryTakeLast(out var atom))
            return Refuse("missing argument to repetition operator", _expression[start..end]);
        var times = kind != '{' ? 1 : max < 0 ? min : max;
        var weight = kind == '{' && max == 0 ? 1 : Math.Max(times, 1) * atom.Weight;
        if (weight > MaxRepeat)
            return Refuse("invalid repeat count", _expression[start..end]);
        var count = kind switch
        {
            '{' when max < 0 => string.Create(CultureInfo.InvariantCulture, $"{{{min},}}"),
            '{' => string.Create(CultureInfo.InvariantCulture, $"{{{min},{max}}}"),
            _ => kind.ToString(),
        };
        var mark = lazy != _flags.HasFlag(Flags.Lazy) ? "?" : "";
        _position = end;
        _group.Add(new Atom($"(?:{atom.Text}{count}{mark})", weight, 1 + (long)Math.Max(times, 1) * atom.Size));
        return true;
    }

    private bool Anchor(string text, int length)
    {
        _position += length;
        return AddAtom("(?:" + text + ")");
    }

    private bool Literal(int rune) => AddAtom(GoRegexClass.OneRune(rune, _flags.HasFlag(Flags.FoldCase)));

    private bool AddClass(GoRegexClass members, bool negated)
    {
        _classCount++;
        return AddAtom(members.ToPattern(negated, _flags.HasFlag(Flags.FoldCase)));
    }

    private bool AddAtom(string text)
    {
        _group.Add(new Atom(text, 1, 1));
        return true;
    }

    private int ReadRune()
    {
        Rune.DecodeFromUtf16(_expression.AsSpan(_position), out var rune, out var length);
        _position += length;
        return rune.Value;
    }

    private bool Refuse(string cause, string part)
    {
        _error = Refusal(cause, part);
        return false;
    }

    /// <summary>Something a repetition can apply to. Weight: how often its innermost part is written out; size: what that comes to.</summary>
    private readonly record struct Atom(string Text, int Weight, long Size);

    /// <summary>An open group: its finished alternatives and the atoms of the one being read.</summary>
    private sealed class Group(Flags outerFlags, bool capturing)
    {
        private readonly StringBuilder _alternatives = new();
        private readonly List<Atom> _atoms = [];

        internal Flags OuterFlags => outerFlags;

        internal bool Capturing => capturing;

        internal int Weight { get; private set; } = 1;

        internal long Size { get; private set; } = 1;

        internal void Add(Atom atom)
        {
            _atoms.Add(atom);
            Weight = Math.Max(Weight, atom.Weight);
            Size += atom.Size;
        }

        internal bool TryTakeLast(out Atom atom)
        {
            atom = _atoms.Count > 0 ? _atoms[^1] : default;
            if (_atoms.Count == 0)
                return false;
            _atoms.RemoveAt(_atoms.Count - 1);
            Size -= atom.Size;
            return true;
        }

        internal void EndAlternative()
        {
            AppendAtoms(_alternatives);
            _alternatives.Append('|');
            _atoms.Clear();
        }

        internal string ToPattern() => AppendAtoms(new StringBuilder().Append(_alternatives)).ToString();

        private StringBuilder AppendAtoms(StringBuilder target)
        {
            foreach (var atom in _atoms)
                target.Append(atom.Text);
            return target;
        }
    }
}
