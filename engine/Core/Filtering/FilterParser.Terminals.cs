using System.Buffers;
using Praetor.Core.Codec;

namespace Praetor.Core.Filtering;

internal sealed partial class FilterParser
{
    private static readonly SearchValues<char> SpaceChars = SearchValues.Create(" \t\r\n");

    /// <summary>One or more blanks; also notes that more would have been accepted.</summary>
    private bool Space()
    {
        var start = _position;
        var rest = text.AsSpan(_position);
        var end = rest.IndexOfAnyExcept(SpaceChars);
        _position += end < 0 ? rest.Length : end;
        _failures.ExpectedClass(_position, @"[ \t\r\n]");
        return _position > start;
    }

    private bool Word(string word)
    {
        if (text.AsSpan(_position).StartsWith(word, StringComparison.Ordinal))
        {
            _position += word.Length;
            return true;
        }
        _failures.ExpectedLiteral(_position, word);
        return false;
    }

    private bool EndOfText()
    {
        if (_position == text.Length)
            return true;
        _failures.ExpectedEnd(_position);
        return false;
    }

    /// <summary>A letter, then letters, digits and underscores.</summary>
    private string? Identifier()
    {
        var start = _position;
        if (start == text.Length || !char.IsAsciiLetter(text[start]))
        {
            _failures.ExpectedClass(start, "[a-zA-Z]");
            return null;
        }
        do
            _position++;
        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] == '_'));
        _failures.ExpectedClass(_position, "[a-zA-Z0-9_]");
        return text[start.._position];
    }

    /// <summary>A decimal number, followed by a blank, the end or a closing parenthesis.</summary>
    private string? NumberLiteral()
    {
        var start = _position;
        Word("-");
        if (!IntegerOrFloat())
        {
            _position = start;
            return null;
        }
        var end = _position;
        if (Space() || EndOfText() || Word(")"))
        {
            _position = end;
            return text[start..end];
        }
        _failures.Error(end, "number", "Invalid number literal");
        _position = start;
        return null;
    }

    private bool IntegerOrFloat()
    {
        if (!Word("0"))
        {
            if (_position == text.Length || text[_position] is < '1' or > '9')
            {
                _failures.ExpectedClass(_position, "[1-9]");
                return false;
            }
            Digits();
        }
        var end = _position;
        if (!Word(".") || !Digits())
            _position = end;
        return true;
    }

    private bool Digits()
    {
        var start = _position;
        while (_position < text.Length && char.IsAsciiDigit(text[_position]))
            _position++;
        _failures.ExpectedClass(_position, "[0-9]");
        return _position > start;
    }

    /// <summary>Text in back-quotes (raw) or double quotes (with Go's escapes).</summary>
    private string? StringLiteral()
    {
        const string Rule = "string";
        var start = _position;
        if (!Word("`") && !Word("\""))
            return null;
        var length = text.AsSpan(_position).IndexOf(text[start]);
        if (length < 0)
        {
            _failures.Error(text.Length, Rule, "Unterminated string literal");
            _position = start;
            return null;
        }
        _position += length + 1;
        if (!GoStrconv.TryUnquote(text.AsSpan(start, _position - start), out var value))
            _failures.Error(start, Rule, "invalid syntax");
        return value;
    }
}
