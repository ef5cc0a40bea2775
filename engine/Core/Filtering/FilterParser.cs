namespace Praetor.Core.Filtering;

/// <summary>
/// The grammar of filters (http-core 4.1), as ordered alternatives with backtracking: each method tries one rule at the current position,
/// and leaves the position alone if it does not fit. Chains of and, or and not are loops and nesting is bounded, so the stack is safe;
/// no rule is tried twice inside parentheses, so time is linear in the length for any depth.
/// </summary>
internal sealed partial class FilterParser(string text)
{
    /// <summary>Deepest nesting of parentheses. Far beyond what people write, far within what the stack bears.</summary>
    internal const int MaxNesting = 200;

    private readonly FilterFailures _failures = new(text);
    private int _position;
    private int _nesting;

    /// <summary>The expression, or null with the refusal.</summary>
    internal static FilterNode? Parse(string text, out string? refusal)
    {
        var parser = new FilterParser(text);
        var parsed = parser.Input();
        refusal = parsed is null || parser._failures.HasErrors ? parser._failures.Describe() : null;
        return refusal is null ? parsed : null;
    }

    private FilterNode? Input()
    {
        Space();
        if (Word("("))
        {
            Space();
            _nesting = 1;
            var inner = Or();
            if (inner is not null && SpaceThen(")") && SpaceThenEnd())
                return inner;
        }
        _position = _nesting = 0;
        Space();
        var whole = Or();
        return whole is not null && SpaceThenEnd() ? whole : null;
    }

    private FilterNode? Or()
    {
        var terms = Chain("or", static parser => parser.And());
        return terms is null or { Length: 1 } ? terms?[0] : new FilterNode.Or(terms);
    }

    private FilterNode? And()
    {
        var terms = Chain("and", static parser => parser.Not());
        return terms is null or { Length: 1 } ? terms?[0] : new FilterNode.And(terms);
    }

    /// <summary>One or more terms; a joining word that no term follows is left where it is.</summary>
    private FilterNode[]? Chain(string word, Func<FilterParser, FilterNode?> rule)
    {
        var first = rule(this);
        if (first is null)
            return null;
        List<FilterNode>? terms = null;
        while (true)
        {
            var end = _position;
            var next = Space() && Word(word) && Space() ? rule(this) : null;
            if (next is null)
            {
                _position = end;
                return terms is null ? [first] : [.. terms];
            }
            (terms ??= [first]).Add(next);
        }
    }

    /// <summary>Any number of "not"; where nothing fits after the last one, it is tried as a selector of that name, and so on back.</summary>
    private FilterNode? Not()
    {
        List<int>? starts = null;
        var start = _position;
        while (Word("not") && Space())
        {
            (starts ??= []).Add(start);
            start = _position;
        }
        _position = start;
        var negations = starts?.Count ?? 0;
        var operand = Group();
        while (operand is null && negations > 0)
        {
            _position = starts![--negations];
            operand = Group();
        }
        return operand is not null && negations % 2 == 1 ? new FilterNode.Not(operand) : operand;
    }

    private FilterNode? Group()
    {
        const string Rule = "grouping";
        var start = _position;
        if (!Word("("))
            return Match();
        if (_nesting == MaxNesting)
        {
            _failures.Error(start, Rule, "Parentheses nested too deeply");
            _position = start;
            return null;
        }
        _nesting++;
        Space();
        var inner = Or();
        _nesting--;
        if (inner is not null && SpaceThen(")"))
            return inner;
        if (inner is not null)
            _failures.Error(_position, Rule, "Unmatched parentheses");
        _position = start;
        return null;
    }

    private FilterNode.Match? Match()
    {
        var start = _position;
        if (Selector() is { } left && ValueOperator() is { } compare && Value() is { } right)
            return new FilterNode.Match(left, compare, right);
        _position = start;
        if (Selector() is { } container && EmptinessOperator() is { } emptiness)
            return new FilterNode.Match(container, emptiness, "");
        _position = start;
        if (Value() is { } item && MembershipOperator("in") is { } membership)
        {
            if (Selector() is { } list)
                return new FilterNode.Match(list, membership, item);
            _failures.Error(_position, "match", "Invalid selector");
        }
        _position = start;
        return null;
    }

    private FilterOperator? ValueOperator()
    {
        if (Symbol("=="))
            return FilterOperator.Equal;
        if (Symbol("!="))
            return FilterOperator.NotEqual;
        if (MembershipOperator("contains") is { } membership)
            return membership;
        if (Words("matches", null, null, spaceAfter: true))
            return FilterOperator.Matches;
        return Words("not", "matches", null, spaceAfter: true) ? FilterOperator.NotMatches : null;
    }

    private FilterOperator? EmptinessOperator()
    {
        if (Words("is", "empty", null, spaceAfter: false))
            return FilterOperator.IsEmpty;
        return Words("is", "not", "empty", spaceAfter: false) ? FilterOperator.IsNotEmpty : null;
    }

    private FilterOperator? MembershipOperator(string word)
    {
        if (Words(word, null, null, spaceAfter: true))
            return FilterOperator.In;
        return Words("not", word, null, spaceAfter: true) ? FilterOperator.NotIn : null;
    }

    private bool Symbol(string symbol)
    {
        var start = _position;
        if (SpaceThen(symbol))
        {
            Space();
            return true;
        }
        _position = start;
        return false;
    }

    private bool Words(string first, string? second, string? third, bool spaceAfter)
    {
        var start = _position;
        if (Space() && Word(first)
            && (second is null || Space() && Word(second))
            && (third is null || Space() && Word(third))
            && (!spaceAfter || Space()))
            return true;
        _position = start;
        return false;
    }

    /// <summary>Names joined by dots, and quoted map keys in brackets.</summary>
    private string[]? Selector()
    {
        if (Identifier() is not { } first)
            return null;
        List<string>? parts = null;
        while (true)
        {
            var end = _position;
            var next = Word(".") ? Identifier() : null;
            if (next is null)
            {
                _position = end;
                next = Index();
            }
            if (next is null)
                return parts is null ? [first] : [.. parts];
            (parts ??= [first]).Add(next);
        }
    }

    private string? Index()
    {
        const string Rule = "index";
        var start = _position;
        if (!Word("["))
            return null;
        Space();
        var afterBracket = _position;
        var key = StringLiteral();
        if (key is not null && SpaceThen("]"))
            return key;
        if (key is null)
            _failures.Error(afterBracket, Rule, "Invalid index");
        else
            _failures.Error(_position, Rule, "Unclosed index expression");
        _position = start;
        return null;
    }

    private string? Value() =>
        Selector() is { } selector ? string.Join('.', selector) : NumberLiteral() ?? StringLiteral();

    private bool SpaceThen(string symbol)
    {
        Space();
        return Word(symbol);
    }

    private bool SpaceThenEnd()
    {
        Space();
        return EndOfText();
    }
}
