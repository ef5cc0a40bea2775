namespace Praetor.Core.Hcl;

/// <summary>Kinds of tokens.</summary>
internal enum HclTokenKind
{
    Illegal,
    Eof,
    Comment,
    Ident,
    Number,
    Float,
    Bool,
    String,
    Heredoc,
    LeftBracket,
    LeftBrace,
    Comma,
    Period,
    RightBracket,
    RightBrace,
    Assign,
    Add,
    Subtract,
}

/// <summary>A piece of text with its place.</summary>
internal readonly record struct HclToken(HclTokenKind Kind, HclPosition Position, string Text)
{
    /// <summary>The kind as errors name it.</summary>
    public string KindName => Kind switch
    {
        HclTokenKind.Illegal => "ILLEGAL",
        HclTokenKind.Eof => "EOF",
        HclTokenKind.Comment => "COMMENT",
        HclTokenKind.Ident => "IDENT",
        HclTokenKind.Number => "NUMBER",
        HclTokenKind.Float => "FLOAT",
        HclTokenKind.Bool => "BOOL",
        HclTokenKind.String => "STRING",
        HclTokenKind.Heredoc => "HEREDOC",
        HclTokenKind.LeftBracket => "LBRACK",
        HclTokenKind.LeftBrace => "LBRACE",
        HclTokenKind.Comma => "COMMA",
        HclTokenKind.Period => "PERIOD",
        HclTokenKind.RightBracket => "RBRACK",
        HclTokenKind.RightBrace => "RBRACE",
        HclTokenKind.Assign => "ASSIGN",
        HclTokenKind.Add => "ADD",
        _ => "SUB",
    };

    public override string ToString() => $"{Position} {KindName} {Text}";
}
