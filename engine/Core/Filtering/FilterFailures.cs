using System.Globalization;
using Praetor.Core.Codec;

namespace Praetor.Core.Filtering;

/// <summary>
/// What went wrong while parsing: errors of rules in the order met (an alternative that is given up keeps its error), and, for the case that
/// there are none, what would have been accepted at the farthest point reached (http-core 4.3).
/// </summary>
internal sealed class FilterFailures(string text)
{
    private const string EndOfText = "EOF";

    /// <summary>Further errors are not listed: an expression may hold thousands.</summary>
    private const int MaxErrors = 32;

    private readonly List<(int Position, string Rule, string Cause)> _errors = [];
    private readonly List<(string Symbol, bool IsLiteral)> _expected = [];
    private int _farthest;
    private bool _endExpected;

    /// <summary>An error makes the expression invalid even if another alternative fits.</summary>
    internal bool HasErrors => _errors.Count > 0;

    /// <summary>Notes that a text did not fit at a position.</summary>
    internal void ExpectedLiteral(int position, string literal) => Expected(position, (literal, true));

    /// <summary>Notes that no character of a class stood at a position.</summary>
    internal void ExpectedClass(int position, string characterClass) => Expected(position, (characterClass, false));

    /// <summary>Notes that the text did not end at a position.</summary>
    internal void ExpectedEnd(int position)
    {
        if (Reach(position))
            _endExpected = true;
    }

    /// <summary>Notes an error of a rule at a position, once.</summary>
    internal void Error(int position, string rule, string cause)
    {
        if (_errors.Count < MaxErrors && !_errors.Contains((position, rule, cause)))
            _errors.Add((position, rule, cause));
    }

    /// <summary>All errors by line, or what was expected at the farthest point.</summary>
    internal string Describe()
    {
        if (HasErrors)
            return string.Join('\n', _errors.ConvertAll(e => $"{Place(e.Position)}: rule \"{e.Rule}\": {e.Cause}"));
        var names = _expected.ConvertAll(static e => e.IsLiteral ? GoQuote.Quote(e.Symbol) : e.Symbol);
        names.Sort(StringComparer.Ordinal);
        if (_endExpected)
            names.Add(EndOfText);
        var list = names.Count == 1 ? names[0] : string.Join(", ", names[..^1]) + " or " + names[^1];
        return $"{Place(_farthest)}: no match found, expected: {list}";
    }

    private void Expected(int position, (string Symbol, bool IsLiteral) terminal)
    {
        if (Reach(position) && !_expected.Contains(terminal))
            _expected.Add(terminal);
    }

    private bool Reach(int position)
    {
        if (position > _farthest)
        {
            _farthest = position;
            _expected.Clear();
            _endExpected = false;
        }
        return position == _farthest;
    }

    /// <summary>line:column (byte offset). A line break belongs to the line it opens, as its column 0.</summary>
    private string Place(int position)
    {
        var (line, column, offset) = (1, 0, 0);
        foreach (var rune in text.AsSpan(0, position).EnumerateRunes())
        {
            (line, column) = rune.Value == '\n' ? (line + 1, 0) : (line, column + 1);
            offset += rune.Utf8SequenceLength;
        }
        (line, column) = position < text.Length && text[position] == '\n' ? (line + 1, 0) : (line, column + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{line}:{column} ({offset})");
    }
}
