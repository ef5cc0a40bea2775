using Praetor.Core.Codec;

namespace Praetor.Api.Config.Templates;

/// <summary>Parses Go's text/template, but for definitions of templates inside it.</summary>
internal sealed class TemplateParser
{
    /// <summary>Control actions and parentheses inside each other.</summary>
    private const int MaxNesting = 100;

    private readonly string _template;
    private readonly Predicate<string> _isFunction;
    private readonly HashSet<string> _variables = ["$"];
    private int _at;
    private int _depth;

    /// <summary>Words of the control action that ended the list under way.</summary>
    private List<Token> _ending = [];

    private TemplateParser(string template, Predicate<string> isFunction)
    {
        _template = template;
        _isFunction = isFunction;
    }

    /// <summary>Parses a whole template.</summary>
    /// <exception cref="TemplateException">What is wrong with it.</exception>
    public static IReadOnlyList<TemplateNode> Parse(string template, Predicate<string> isFunction)
    {
        var parser = new TemplateParser(template, isFunction);
        List<TemplateNode> nodes = parser.ParseList();
        return parser._ending.Count == 0 ? nodes : throw new TemplateException($"unexpected {{{{{parser._ending[0].Text}}}}}");
    }

    /// <summary>Until the end, or an else or end, whose words are then in <see cref="_ending"/>.</summary>
    private List<TemplateNode> ParseList()
    {
        var nodes = new List<TemplateNode>();
        while (TryTakeAction(nodes, out string action))
        {
            if (action.StartsWith("/*", StringComparison.Ordinal))
            {
                if (!action.EndsWith("*/", StringComparison.Ordinal) || action.Length < 4)
                    throw new TemplateException("unclosed comment");
                continue;
            }

            List<Token> tokens = TemplateScanner.Scan(action);
            if (tokens.Count == 0)
                throw new TemplateException("missing value for command");
            if (tokens[0] is { Kind: TokenKind.Word, Text: "end" or "else" })
            {
                _ending = tokens;
                return nodes;
            }

            nodes.Add(ParseAction(tokens));
        }

        _ending = [];
        return nodes;
    }

    /// <summary>Adds the text before the next action; false at the end of the template.</summary>
    private bool TryTakeAction(List<TemplateNode> nodes, out string action)
    {
        action = "";
        int open = _template.IndexOf("{{", _at, StringComparison.Ordinal);
        if (open < 0)
        {
            AddText(nodes, _template[_at..]);
            _at = _template.Length;
            return false;
        }

        bool trimsBefore = open + 3 < _template.Length && _template[open + 2] == '-' && char.IsWhiteSpace(_template[open + 3]);
        string text = _template[_at..open];
        AddText(nodes, trimsBefore ? text.TrimEnd() : text);
        int start = open + (trimsBefore ? 3 : 2);
        int close = FindClose(start);
        action = _template[start..close];
        _at = close + 2;
        if (action.EndsWith('-') && action.Length > 1 && char.IsWhiteSpace(action[^2]))
        {
            action = action[..^1];
            while (_at < _template.Length && char.IsWhiteSpace(_template[_at]))
                _at++;
        }

        action = action.Trim();
        return true;
    }

    /// <summary>The closing braces, not those in a string or comment.</summary>
    private int FindClose(int start)
    {
        char quote = '\0';
        if (_template.AsSpan(start).TrimStart().StartsWith("/*"))
        {
            int end = _template.IndexOf("*/", start, StringComparison.Ordinal);
            start = end < 0 ? throw new TemplateException("unclosed comment") : end;
        }

        for (int i = start; i < _template.Length; i++)
        {
            char c = _template[i];
            if (quote != '\0')
            {
                if (c == '\\' && quote != '`')
                    i++;
                else if (c == quote)
                    quote = '\0';
            }
            else if (c is '"' or '`' or '\'')
            {
                quote = c;
            }
            else if (c == '}' && i + 1 < _template.Length && _template[i + 1] == '}')
            {
                return i;
            }
        }

        throw new TemplateException(quote switch { '\0' => "unclosed action", '`' => "unterminated raw quoted string", '"' => "unterminated quoted string", _ => "unterminated character constant" });
    }

    private static void AddText(List<TemplateNode> nodes, string text)
    {
        if (text.Length > 0)
            nodes.Add(new TextNode(text));
    }

    private TemplateNode ParseAction(List<Token> tokens)
    {
        switch (tokens[0])
        {
            case { Kind: TokenKind.Word, Text: "if" }:
                return ParseBranch(BranchKind.If, tokens);
            case { Kind: TokenKind.Word, Text: "with" }:
                return ParseBranch(BranchKind.With, tokens);
            case { Kind: TokenKind.Word, Text: "range" }:
                return ParseBranch(BranchKind.Range, tokens);
            case { Kind: TokenKind.Word, Text: "break" or "continue" } when tokens.Count == 1:
                return new JumpNode(tokens[0].Text == "break");
            case { Kind: TokenKind.Word, Text: "define" or "template" or "block" }:
                throw new TemplateException($"{tokens[0].Text} is not for addresses");
            default:
                int at = 0;
                Pipeline pipeline = ParsePipeline(tokens, ref at, isNested: false);
                return new ActionNode(pipeline);
        }
    }

    private BranchNode ParseBranch(BranchKind kind, List<Token> tokens)
    {
        if (++_depth > MaxNesting)
            throw new TemplateException("too deeply nested");
        int at = 1;
        Pipeline pipeline = ParsePipeline(tokens, ref at, isNested: false);
        List<TemplateNode> body = ParseList();
        List<TemplateNode> otherwise = [];
        if (_ending is [{ Text: "else" }, ..])
        {
            if (_ending.Count > 1)
            {
                // "else if" is an if of its own behind the else, and shares its end.
                otherwise = [_ending[1].Text is "if" or "with" ? ParseAction(_ending[1..]) : throw new TemplateException($"unexpected <{_ending[1].Text}> in else")];
                _depth--;
                return new BranchNode(kind, pipeline, body, otherwise);
            }

            otherwise = ParseList();
        }

        if (_ending is not [{ Text: "end" }])
            throw new TemplateException(_ending.Count == 0 ? "unexpected EOF" : $"expected end; found {{{{{_ending[0].Text}}}}}");
        _depth--;
        return new BranchNode(kind, pipeline, body, otherwise);
    }

    private Pipeline ParsePipeline(List<Token> tokens, ref int at, bool isNested)
    {
        List<string> variables = ReadVariables(tokens, ref at, out bool isDeclared);
        var commands = new List<IReadOnlyList<Operand>>();
        while (true)
        {
            commands.Add(ParseCommand(tokens, ref at));
            if (commands[^1].Count == 0)
                throw new TemplateException("missing value for command");
            if (at < tokens.Count && tokens[at].Kind == TokenKind.Pipe)
            {
                at++;
                continue;
            }

            if (at < tokens.Count && !(isNested && tokens[at].Kind == TokenKind.Close))
                throw new TemplateException($"unexpected {Show(tokens[at])} in operand");
            if (isNested && at >= tokens.Count)
                throw new TemplateException("unclosed left paren");
            foreach (string variable in variables)
                _variables.Add(variable);
            return new Pipeline(variables, isDeclared, commands);
        }
    }

    private static List<string> ReadVariables(List<Token> tokens, ref int at, out bool isDeclared)
    {
        isDeclared = false;
        int count = tokens[at..] switch
        {
            [{ Kind: TokenKind.Variable }, { Kind: TokenKind.Declare or TokenKind.Assign }, ..] => 1,
            [{ Kind: TokenKind.Variable }, { Kind: TokenKind.Comma }, { Kind: TokenKind.Variable }, { Kind: TokenKind.Declare or TokenKind.Assign }, ..] => 2,
            _ => 0,
        };
        if (count == 0)
            return [];
        List<string> variables = count == 1 ? [tokens[at].Text] : [tokens[at].Text, tokens[at + 2].Text];
        at += (2 * count) - 1;
        isDeclared = tokens[at++].Kind == TokenKind.Declare;
        return variables;
    }

    private List<Operand> ParseCommand(List<Token> tokens, ref int at)
    {
        var operands = new List<Operand>();
        while (at < tokens.Count && tokens[at].Kind is not (TokenKind.Pipe or TokenKind.Close))
            operands.Add(ParseOperand(tokens, ref at));
        return operands;
    }

    private Operand ParseOperand(List<Token> tokens, ref int at)
    {
        Token token = tokens[at++];
        switch (token.Kind)
        {
            case TokenKind.Literal:
                return new LiteralOperand(token.Value);
            case TokenKind.Word:
                return _isFunction(token.Text) ? new FunctionOperand(token.Text) : throw new TemplateException($"function {GoQuote.Quote(token.Text)} not defined");
            case TokenKind.Dot:
                return new ReferenceOperand(null, []);
            case TokenKind.Field:
                return new ReferenceOperand(null, [token.Text, .. Fields(tokens, ref at)]);
            case TokenKind.Variable:
                return _variables.Contains(token.Text) ? new ReferenceOperand(token.Text, Fields(tokens, ref at)) : throw new TemplateException($"undefined variable {GoQuote.Quote(token.Text)}");
            case TokenKind.Open:
                if (++_depth > MaxNesting)
                    throw new TemplateException("too deeply nested");
                Pipeline pipeline = ParsePipeline(tokens, ref at, isNested: true);
                at++;
                _depth--;
                return new NestedOperand(pipeline, Fields(tokens, ref at));
            default:
                throw new TemplateException($"unexpected {Show(token)} in operand");
        }
    }

    private static List<string> Fields(List<Token> tokens, ref int at)
    {
        var fields = new List<string>();
        while (at < tokens.Count && tokens[at] is { Kind: TokenKind.Field, IsAttached: true })
            fields.Add(tokens[at++].Text);
        return fields;
    }

    private static string Show(Token token) => token.Kind switch
    {
        TokenKind.Comma => "\",\"",
        TokenKind.Close => "right paren",
        TokenKind.Declare => "\":=\"",
        TokenKind.Assign => "\"=\"",
        _ => $"<{token.Text}>",
    };
}
