namespace Praetor.Core.Filtering;

/// <summary>Operators of a match.</summary>
internal enum FilterOperator
{
    Equal,
    NotEqual,
    In,
    NotIn,
    IsEmpty,
    IsNotEmpty,
    Matches,
    NotMatches,
}

/// <summary>Facts about operators.</summary>
internal static class FilterOperators
{
    /// <summary>Name as refusals show it (http-core 4.3).</summary>
    internal static string Name(this FilterOperator match) => match switch
    {
        FilterOperator.Equal => "Equal",
        FilterOperator.NotEqual => "Not Equal",
        FilterOperator.In => "In",
        FilterOperator.NotIn => "Not In",
        FilterOperator.IsEmpty => "Is Empty",
        FilterOperator.IsNotEmpty => "Is Not Empty",
        FilterOperator.Matches => "Matches",
        _ => "Not Matches",
    };

    /// <summary>What a match on a missing map key answers: everything but these three is true of what is not there (http-core 4.2).</summary>
    internal static bool OfMissingKey(this FilterOperator match) =>
        match is not (FilterOperator.Equal or FilterOperator.In or FilterOperator.IsNotEmpty);
}

/// <summary>A parsed expression. Immutable.</summary>
internal abstract record FilterNode
{
    /// <summary>True if any of the terms is.</summary>
    internal sealed record Or(FilterNode[] Terms) : FilterNode;

    /// <summary>True if all terms are.</summary>
    internal sealed record And(FilterNode[] Terms) : FilterNode;

    /// <summary>True if the operand is not.</summary>
    internal sealed record Not(FilterNode Operand) : FilterNode;

    /// <summary>One selector against one value; the value is empty for "is empty".</summary>
    internal sealed record Match(string[] Selector, FilterOperator Operator, string Value) : FilterNode
    {
        /// <summary>The first parts of the selector, quoted as refusals show them.</summary>
        internal string QuotedSelector(int parts) => Codec.GoQuote.Quote(string.Join('.', Selector, 0, parts));

        /// <summary>The whole selector, quoted as refusals show it.</summary>
        internal string QuotedSelector() => QuotedSelector(Selector.Length);
    }
}
