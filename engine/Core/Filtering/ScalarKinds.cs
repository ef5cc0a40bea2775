using Praetor.Core.Codec;

namespace Praetor.Core.Filtering;

/// <summary>The kinds of single values: which operators they know, and how the text of an expression becomes a value (http-core 4.2).</summary>
internal static class ScalarKinds
{
    internal static readonly ISelectable<string> String = new StringKind();
    internal static readonly ISelectable<long> Int = new EqualityKind<long>(GoStrconv.TryParseIntLiteral);
    internal static readonly ISelectable<double> Float = new EqualityKind<double>(GoStrconv.TryParseFloat);
    internal static readonly ISelectable<bool> Bool = new EqualityKind<bool>(GoStrconv.TryParseBool);

    internal static ISelectable<ulong> Uint(int bits) => new EqualityKind<ulong>(
        (text, out value, out error) => GoStrconv.TryParseUintLiteral(text, bits, out value, out error));

    private delegate bool Coercion<T>(string text, out T value, out string? error);

    /// <summary>Numbers and booleans: equal or not.</summary>
    private sealed class EqualityKind<T>(Coercion<T> coerce) : ISelectable<T> where T : struct, IEquatable<T>
    {
        public bool TryBind(FilterNode.Match match, int depth, out Predicate<T>? test, out string? error)
        {
            test = null;
            if (depth < match.Selector.Length)
                error = SelectorErrors.NotValid(match, depth);
            else if (match.Operator is not (FilterOperator.Equal or FilterOperator.NotEqual))
                error = SelectorErrors.WrongOperator(match);
            else if (!coerce(match.Value, out var wanted, out var cause))
                error = $"Failed to coerce value {GoQuote.Quote(match.Value)} for selector {match.QuotedSelector()}: {cause}";
            else
            {
                error = null;
                test = match.Operator == FilterOperator.Equal ? value => AreEqual(value, wanted) : value => !AreEqual(value, wanted);
            }
            return error is null;
        }

        /// <summary>As Go compares: NaN equals nothing.</summary>
        private static bool AreEqual(T value, T wanted) => value.Equals(wanted) && !(wanted is double number && double.IsNaN(number));
    }

    /// <summary>Strings: equal, contained, matched; not "is empty".</summary>
    private sealed class StringKind : ISelectable<string>
    {
        public bool TryBind(FilterNode.Match match, int depth, out Predicate<string>? test, out string? error)
        {
            error = null;
            test = null;
            if (depth < match.Selector.Length)
            {
                error = SelectorErrors.NotValid(match, depth);
                return false;
            }
            var wanted = match.Value;
            switch (match.Operator)
            {
                case FilterOperator.Equal:
                    test = value => value == wanted;
                    return true;
                case FilterOperator.NotEqual:
                    test = value => value != wanted;
                    return true;
                case FilterOperator.In:
                    test = value => value.Contains(wanted, StringComparison.Ordinal);
                    return true;
                case FilterOperator.NotIn:
                    test = value => !value.Contains(wanted, StringComparison.Ordinal);
                    return true;
                case FilterOperator.Matches or FilterOperator.NotMatches:
                    return TryBindRegex(match, out test, out error);
                default:
                    error = SelectorErrors.WrongOperator(match);
                    return false;
            }
        }

        private static bool TryBindRegex(FilterNode.Match match, out Predicate<string>? test, out string? error)
        {
            test = null;
            error = null;
            if (!GoRegex.TryCompile(match.Value, out var regex, out var cause))
            {
                error = $"Failed to compile regular expression {GoQuote.Quote(match.Value)}: {cause}";
                return false;
            }
            test = match.Operator == FilterOperator.Matches ? value => regex.IsMatch(value) : value => !regex.IsMatch(value);
            return true;
        }
    }
}
