using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Praetor.Core.Filtering;

/// <summary>
/// Regular expressions with RE2's syntax and meaning (Go's regexp package), for filters, events and query templates. Matching takes time linear in the
/// text, whatever the expression. Known limits: <c>\b</c> looks at Unicode words, <c>\p{...}</c> knows general categories but no scripts.
/// </summary>
public static class GoRegex
{
    /// <summary>Longest expression accepted, in UTF-16 units.</summary>
    internal const int MaxLength = 8192;

    /// <summary>Largest automaton accepted, in characters and classes after repetitions are written out.</summary>
    internal const int MaxSize = 10_000;

    /// <summary>Most character classes accepted (dots and escapes such as <c>\d</c> are some): the automaton's alphabet grows with them.</summary>
    internal const int MaxClasses = 256;

    /// <summary>Deepest nesting of groups.</summary>
    internal const int MaxNesting = 200;

    /// <summary>
    /// Compiles an expression; matches are unanchored. Groups are numbered as written, named ones included. The refusal is Go's text, such as
    /// <c>error parsing regexp: missing closing ]: `[`</c>.
    /// </summary>
    public static bool TryCompile(string expression, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? error)
    {
        regex = null;
        if (!GoRegexTranslator.TryTranslate(expression, out var pattern, out error))
            return false;
        try
        {
            regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (NotSupportedException)
        {
            // The automaton would be larger than the runtime builds.
            error = GoRegexTranslator.Refusal("expression too large", expression);
            return false;
        }
    }
}
