using System.Globalization;
using System.Text;

namespace Praetor.Core.Hcl;

/// <summary>Cuts a text into tokens. The first thing that is wrong ends it. Not thread-safe.</summary>
internal sealed class HclScanner(string text)
{
    private const int End = -1;

    private int _at;
    private int _line = 1;
    private int _column;
    private int _lastLineLength;

    /// <summary>The next token; <see cref="HclTokenKind.Eof"/> for ever at the end.</summary>
    /// <exception cref="HclException">Something that is no token.</exception>
    public HclToken Next()
    {
        int start = _at;
        int c = Read();
        while (c is ' ' or '\t' or '\n' or '\r')
        {
            start = _at;
            c = Read();
        }

        HclPosition position = Here();
        HclTokenKind kind = IsLetter(c) ? Identifier() : IsDigit(c) ? Number(c) : Other(c);
        string word = text[Math.Min(start, text.Length)..Math.Min(_at, text.Length)];
        if (kind == HclTokenKind.Ident && word is "true" or "false")
            kind = HclTokenKind.Bool;
        return new HclToken(kind, position, word);
    }

    private HclTokenKind Other(int c)
    {
        switch (c)
        {
            case End:
                return HclTokenKind.Eof;
            case '"':
                String();
                return HclTokenKind.String;
            case '#' or '/':
                Comment(c);
                return HclTokenKind.Comment;
            case '<':
                Heredoc();
                return HclTokenKind.Heredoc;
            case '.':
                if (!IsDigit(Peek()))
                    return HclTokenKind.Period;
                Digits();
                Exponent();
                return HclTokenKind.Float;
            case '-':
                return IsDigit(Peek()) ? Number(Read()) : HclTokenKind.Subtract;
            case '[':
                return HclTokenKind.LeftBracket;
            case ']':
                return HclTokenKind.RightBracket;
            case '{':
                return HclTokenKind.LeftBrace;
            case '}':
                return HclTokenKind.RightBrace;
            case ',':
                return HclTokenKind.Comma;
            case '=':
                return HclTokenKind.Assign;
            case '+':
                return HclTokenKind.Add;
            default:
                throw Wrong("illegal char");
        }
    }

    private HclTokenKind Identifier()
    {
        while (Peek() is var c && (IsLetter(c) || IsDigit(c) || c is '-' or '.'))
            Read();
        return HclTokenKind.Ident;
    }

    private HclTokenKind Number(int first)
    {
        if (first == '0' && Peek() is 'x' or 'X')
        {
            Read();
            if (!IsHex(Peek()))
                throw Wrong("illegal hexadecimal number");
            while (IsHex(Peek()))
                Read();
            return HclTokenKind.Number;
        }

        bool isOctal = first == '0' && IsDigit(Peek());
        bool hasOther = false;
        while (IsDigit(Peek()))
            hasOther |= Read() is '8' or '9';
        bool isFloat = false;
        if (Peek() == '.')
        {
            Read();
            Digits();
            isFloat = true;
        }

        isFloat |= Exponent();
        if (isOctal && hasOther && !isFloat)
            throw Wrong("illegal octal number");
        return isFloat ? HclTokenKind.Float : HclTokenKind.Number;
    }

    private void Digits()
    {
        while (IsDigit(Peek()))
            Read();
    }

    private bool Exponent()
    {
        if (Peek() is not ('e' or 'E'))
            return false;
        Read();
        if (Peek() is '+' or '-')
            Read();
        Digits();
        return true;
    }

    private void Comment(int first)
    {
        if (first == '/' && Peek() == '*')
        {
            Read();
            for (int before = 0, c; ; before = c)
            {
                c = Read();
                if (c == End)
                    throw Wrong("comment not terminated");
                if (before == '*' && c == '/')
                    return;
            }
        }

        if (first == '/' && Read() != '/')
            throw Wrong("expected '/' for comment");
        while (Peek() is not ('\n' or End))
            Read();
    }

    /// <summary>Within <c>${...}</c> quotes do not end the text.</summary>
    private void String()
    {
        int braces = 0;
        while (true)
        {
            int c = Read();
            if (c == End || (c == '\n' && braces == 0))
                throw Wrong("literal not terminated");
            if (c == '"' && braces == 0)
                return;
            if (braces == 0 && c == '$' && Peek() == '{')
            {
                braces++;
                Read();
            }
            else if (braces > 0 && c == '{')
            {
                braces++;
            }
            else if (braces > 0 && c == '}')
            {
                braces--;
            }
            else if (c == '\\')
            {
                Escape();
            }
        }
    }

    private void Escape()
    {
        int c = Read();
        int digits = c switch
        {
            'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v' or '\\' or '"' => 0,
            >= '0' and <= '7' => 2,
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => throw Wrong("illegal char escape"),
        };
        while (digits-- > 0)
        {
            int digit = Read();
            if (c is >= '0' and <= '7' ? digit is < '0' or > '7' : !IsHex(digit))
                throw Wrong("illegal char escape");
        }
    }

    /// <summary><c>&lt;&lt;WORD</c> or <c>&lt;&lt;-WORD</c>, lines, and a line with nothing but the word, which may be indented.</summary>
    private void Heredoc()
    {
        if (Read() != '<')
            throw Wrong("heredoc expected second '<', didn't see it");
        if (Peek() == '-')
            Read();
        int start = _at;
        while (Peek() is var c && (IsLetter(c) || IsDigit(c)))
            Read();
        string word = text[start.._at];
        if (Peek() == End)
            throw Wrong("heredoc not terminated");
        if (Peek() == '\r')
            Read();
        if (Read() != '\n')
            throw Wrong("invalid characters in heredoc anchor");
        if (word.Length == 0)
            throw Wrong("zero-length heredoc anchor");
        while (true)
        {
            int line = _at;
            while (Peek() is not ('\n' or End))
                Read();
            if (text[line.._at].Trim(' ', '\t', '\r') == word)
                return;
            if (Read() == End)
                throw Wrong("heredoc not terminated");
        }
    }

    private int Peek() => _at >= text.Length ? End : Rune.TryGetRuneAt(text, _at, out Rune rune) ? rune.Value : text[_at];

    private int Read()
    {
        _column++;
        if (_at >= text.Length)
            return End;
        int c = Peek();
        _at += c > char.MaxValue ? 2 : 1;
        // What is no UTF-8 was replaced when the file was read.
        if (c == 0xFFFD || char.IsSurrogate((char)Math.Min(c, char.MaxValue)))
            throw Wrong("illegal UTF-8 encoding");
        if (c == 0)
            throw Wrong("unexpected null character (0x00)");
        if (c == '\n')
        {
            _line++;
            _lastLineLength = _column;
            _column = 0;
        }

        return c;
    }

    /// <summary>The place of the character that was read last.</summary>
    private HclPosition Here() => _column > 0 ? new HclPosition(_line, _column) : new HclPosition(_line - 1, _lastLineLength);

    private HclException Wrong(string problem) => new(Here(), problem);

    private static bool IsLetter(int c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_' || (c >= 0x80 && Rune.IsValid(c) && Rune.IsLetter(new Rune(c)));

    private static bool IsDigit(int c) => c is >= '0' and <= '9' || (c >= 0x80 && Rune.IsValid(c) && Rune.GetUnicodeCategory(new Rune(c)) == UnicodeCategory.DecimalDigitNumber);

    private static bool IsHex(int c) => c is (>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F');
}
