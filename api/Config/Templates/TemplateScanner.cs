using System.Globalization;
using Praetor.Core.Codec;

namespace Praetor.Api.Config.Templates;

/// <summary>Kinds of words inside an action.</summary>
internal enum TokenKind
{
    End,
    Word,
    Field,
    Variable,
    Dot,
    Literal,
    Pipe,
    Open,
    Close,
    Comma,
    Declare,
    Assign,
}

/// <summary>A word inside an action.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Name of a function, field or variable.</param>
/// <param name="Value">Value of a literal.</param>
/// <param name="IsAttached">No white space is before it: <c>$x.Name</c> is one operand.</param>
internal readonly record struct Token(TokenKind Kind, string Text = "", object? Value = null, bool IsAttached = false);

/// <summary>Cuts an action into words (Go's text/template, Actions and Arguments).</summary>
internal static class TemplateScanner
{
    /// <summary>All words of an action, without its braces.</summary>
    /// <exception cref="TemplateException">Something that is no word.</exception>
    public static List<Token> Scan(string action)
    {
        var tokens = new List<Token>();
        int at = 0;
        while (at < action.Length)
        {
            if (char.IsWhiteSpace(action[at]))
                at++;
            else
                tokens.Add(Next(action, ref at, at > 0 && !char.IsWhiteSpace(action[at - 1])));
        }

        return tokens;
    }

    private static Token Next(string action, ref int at, bool isAttached)
    {
        char first = action[at];
        switch (first)
        {
            case '|':
                at++;
                return new Token(TokenKind.Pipe);
            case '(':
                at++;
                return new Token(TokenKind.Open);
            case ')':
                at++;
                return new Token(TokenKind.Close);
            case ',':
                at++;
                return new Token(TokenKind.Comma);
            case '=':
                at++;
                return new Token(TokenKind.Assign);
            case ':' when action.AsSpan(at).StartsWith(":="):
                at += 2;
                return new Token(TokenKind.Declare);
            case '"' or '`' or '\'':
                return Quoted(action, ref at);
            case '$':
                at++;
                return new Token(TokenKind.Variable, "$" + Name(action, ref at));
            case '.' when at + 1 < action.Length && IsNameStart(action[at + 1]):
                at++;
                return new Token(TokenKind.Field, Name(action, ref at), IsAttached: isAttached);
            case '.' when at + 1 >= action.Length || !char.IsAsciiDigit(action[at + 1]):
                at++;
                return new Token(TokenKind.Dot);
        }

        if (IsNameStart(first))
            return Word(Name(action, ref at));
        if (char.IsAsciiDigit(first) || first is '+' or '-' or '.')
            return Number(action, ref at);
        throw new TemplateException($"unexpected {GoQuote.Quote(first.ToString())} in command");
    }

    private static Token Word(string name) => name switch
    {
        "true" => new Token(TokenKind.Literal, name, true),
        "false" => new Token(TokenKind.Literal, name, false),
        "nil" => new Token(TokenKind.Literal, name),
        _ => new Token(TokenKind.Word, name),
    };

    private static Token Number(string action, ref int at)
    {
        int start = at++;
        while (at < action.Length && (char.IsAsciiLetterOrDigit(action[at]) || action[at] is '_' or '.'))
            at++;
        string text = action[start..at];
        string digits = text.TrimStart('+').Replace("_", "", StringComparison.Ordinal);
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            return new Token(TokenKind.Literal, text, number);
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number))
            return new Token(TokenKind.Literal, text, number);
        throw new TemplateException($"bad number syntax: {GoQuote.Quote(text)}");
    }

    private static Token Quoted(string action, ref int at)
    {
        char quote = action[at];
        int start = at++;
        while (at < action.Length && action[at] != quote)
            at += quote != '`' && action[at] == '\\' ? 2 : 1;
        if (at >= action.Length)
            throw new TemplateException(quote switch { '`' => "unterminated raw quoted string", '"' => "unterminated quoted string", _ => "unterminated character constant" });
        at++;
        string inner = action[(start + 1)..(at - 1)];
        if (quote == '`')
            return new Token(TokenKind.Literal, inner, inner);
        string text = Unescape(inner);
        if (quote == '"')
            return new Token(TokenKind.Literal, text, text);
        return text.Length == 1 ? new Token(TokenKind.Literal, text, (long)text[0]) : throw new TemplateException($"malformed character constant: {action[start..at]}");
    }

    private static string Unescape(string inner)
    {
        if (!inner.Contains('\\', StringComparison.Ordinal))
            return inner;
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < inner.Length; i++)
        {
            if (inner[i] != '\\')
            {
                text.Append(inner[i]);
                continue;
            }

            text.Append(inner[++i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '\\' => '\\',
                '"' => '"',
                '\'' => '\'',
                _ => throw new TemplateException("invalid syntax"),
            });
        }

        return text.ToString();
    }

    private static bool IsNameStart(char c) => char.IsLetter(c) || c == '_';

    private static string Name(string action, ref int at)
    {
        int start = at;
        while (at < action.Length && (char.IsLetterOrDigit(action[at]) || action[at] == '_'))
            at++;
        return action[start..at];
    }
}
