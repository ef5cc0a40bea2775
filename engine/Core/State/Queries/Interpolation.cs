using System.Text;

namespace Praetor.Core.State.Queries;

/// <summary>
/// A text with <c>${...}</c> in it (http-core 9.2), taken apart once. Inside stand a variable, <c>match(N)</c>, or a quoted text. <c>$${</c> is a plain <c>${</c>. Immutable.
/// </summary>
internal sealed class Interpolation
{
    private readonly List<Part> _parts = [];

    /// <summary>A plain text, or what stands between the braces; then with its place in the text, counted from 1.</summary>
    private readonly record struct Part(string Text, bool IsExpression, int Column);

    /// <summary>Takes a text apart.</summary>
    /// <exception cref="QueryTemplateException">A brace that is never closed.</exception>
    public Interpolation(string text)
    {
        var plain = new StringBuilder();
        for (int i = 0; i < text.Length;)
        {
            ReadOnlySpan<char> rest = text.AsSpan(i);
            if (rest.StartsWith("$${"))
            {
                plain.Append("${");
                i += 3;
            }
            else if (rest.StartsWith("${"))
            {
                int end = EndOf(rest);
                if (end < 0)
                    throw new QueryTemplateException($"1:{i + 1}: expected a closing brace");
                Take(plain);
                _parts.Add(new Part(text.Substring(i + 2, end - 2), IsExpression: true, i + 3));
                i += end + 1;
            }
            else
            {
                plain.Append(text[i++]);
            }
        }

        Take(plain);
    }

    /// <summary>The text for one name.</summary>
    /// <exception cref="QueryTemplateException">An expression that says nothing known.</exception>
    public string Render(NameVariables name)
    {
        var result = new StringBuilder();
        foreach (Part part in _parts)
            result.Append(part.IsExpression ? Evaluate(part, name) : part.Text);
        return result.ToString();
    }

    private static string Evaluate(Part part, NameVariables name)
    {
        ReadOnlySpan<char> expression = part.Text.AsSpan().Trim();
        if (expression is ['"', .. var quoted, '"'] && !quoted.Contains('"'))
            return quoted.ToString();
        int open = expression.IndexOf('(');
        if (open < 0)
        {
            return name.Variable(expression)
                ?? throw new QueryTemplateException($"1:{part.Column}: {(expression.IsEmpty ? "expected expression" : $"unknown variable accessed: {expression}")}");
        }

        if (!expression[..open].Trim().SequenceEqual("match") || !expression.EndsWith(")"))
            throw new QueryTemplateException($"1:{part.Column}: unknown function called: {expression[..open].Trim()}");
        ReadOnlySpan<char> argument = expression[(open + 1)..^1].Trim().Trim('"');
        return int.TryParse(argument, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out int group)
            ? name.Match(group)
            : throw new QueryTemplateException($"1:{part.Column}: match: argument 1 should be an integer");
    }

    private static int EndOf(ReadOnlySpan<char> expression)
    {
        bool isQuoted = false;
        for (int i = 2; i < expression.Length; i++)
        {
            if (expression[i] == '"')
                isQuoted = !isQuoted;
            else if (expression[i] == '}' && !isQuoted)
                return i;
        }

        return -1;
    }

    private void Take(StringBuilder plain)
    {
        if (plain.Length > 0)
            _parts.Add(new Part(plain.ToString(), IsExpression: false, 0));
        plain.Clear();
    }
}

/// <summary>What is wrong with a template, for its author.</summary>
internal sealed class QueryTemplateException(string message) : Exception(message);
