using System.Diagnostics.CodeAnalysis;

namespace Praetor.Core.Filtering;

/// <summary>
/// The filter language of <c>?filter=</c>, ACL binding rules and subset filters (http-core 4). A filter is compiled once per request and is
/// then immutable and thread-safe; matching an item allocates nothing.
/// </summary>
public static class Filter
{
    /// <summary>
    /// Compiles an expression for items of one kind. The empty expression matches everything. All refusals answer 500 with
    /// <see cref="FilterRefusal.Text"/>.
    /// </summary>
    public static bool TryCompile<T>(
        string expression,
        SelectorSchema<T> schema,
        [NotNullWhen(true)] out Filter<T>? filter,
        [NotNullWhen(false)] out FilterRefusal? refusal)
    {
        filter = null;
        refusal = null;
        if (expression.Length == 0)
        {
            filter = Filter<T>.MatchesAll;
            return true;
        }
        var parsed = FilterParser.Parse(expression, out var syntaxError);
        if (parsed is null)
        {
            refusal = new FilterRefusal(syntaxError!, IsSyntax: true);
            return false;
        }
        if (!TryBind(parsed, schema, out var test, out var bindingError))
        {
            refusal = new FilterRefusal(bindingError, IsSyntax: false);
            return false;
        }
        filter = new Filter<T>(test);
        return true;
    }

    private static bool TryBind<T>(
        FilterNode node, SelectorSchema<T> schema, [NotNullWhen(true)] out Predicate<T>? test, [NotNullWhen(false)] out string? error)
    {
        test = null;
        switch (node)
        {
            case FilterNode.Match match:
                return schema.TryBind(match, 0, out test, out error);
            case FilterNode.Not not:
                if (!TryBind(not.Operand, schema, out var operand, out error))
                    return false;
                test = item => !operand(item);
                return true;
            case FilterNode.And and:
                if (!TryBindAll(and.Terms, schema, out var all, out error))
                    return false;
                test = item => AllMatch(all, item);
                return true;
            default:
                if (!TryBindAll(((FilterNode.Or)node).Terms, schema, out var any, out error))
                    return false;
                test = item => AnyMatches(any, item);
                return true;
        }
    }

    private static bool TryBindAll<T>(
        FilterNode[] terms, SelectorSchema<T> schema, out Predicate<T>[] tests, [NotNullWhen(false)] out string? error)
    {
        tests = new Predicate<T>[terms.Length];
        error = null;
        for (var i = 0; i < terms.Length; i++)
        {
            if (!TryBind(terms[i], schema, out var test, out error))
                return false;
            tests[i] = test;
        }
        return true;
    }

    private static bool AllMatch<T>(Predicate<T>[] tests, T item)
    {
        foreach (var test in tests)
        {
            if (!test(item))
                return false;
        }
        return true;
    }

    private static bool AnyMatches<T>(Predicate<T>[] tests, T item)
    {
        foreach (var test in tests)
        {
            if (test(item))
                return true;
        }
        return false;
    }
}

/// <summary>A compiled filter. Immutable, thread-safe.</summary>
public sealed class Filter<T>
{
    private readonly Predicate<T> _test;

    internal Filter(Predicate<T> test) => _test = test;

    /// <summary>The filter of the empty expression.</summary>
    internal static Filter<T> MatchesAll { get; } = new(static _ => true);

    /// <summary>True if the item stays in the answer.</summary>
    public bool Matches(T item) => _test(item);
}

/// <summary>Why an expression was refused.</summary>
/// <param name="Detail">Without the common prefix (agent/checks shows refusals that are not about syntax so).</param>
/// <param name="IsSyntax">The expression itself is broken, whatever it is applied to.</param>
public sealed record FilterRefusal(string Detail, bool IsSyntax)
{
    /// <summary>The text clients expect, with status 500 (http-core 4.3).</summary>
    public string Text => "Failed to create boolean expression evaluator: " + Detail;
}
