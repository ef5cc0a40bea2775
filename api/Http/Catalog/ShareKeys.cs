using System.Globalization;
using System.Text;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// Names under which rendered answers are shared. Every part is written with its length, so that no choice of parameters of one client
/// can name the answer to another question. No state.
/// </summary>
internal static class ShareKeys
{
    /// <summary>Parameters that change which rows an answer holds, or in which form.</summary>
    private static readonly string[] Relevant = ["tag", "node-meta", "filter", "passing"];

    /// <summary>The name of an answer of a kind to the parameters of a request.</summary>
    public static string Of(string kind, QueryParameters query)
    {
        StringBuilder? key = null;
        foreach (string name in Relevant)
        {
            if (!query.Has(name))
                continue;
            foreach (string value in query.All(name))
            {
                key ??= new StringBuilder(kind);
                key.Append(CultureInfo.InvariantCulture, $"\n{name}={value.Length}:{value}");
            }
        }

        return key?.ToString() ?? kind;
    }

    /// <summary>The same with one more part, such as a state.</summary>
    public static string Of(string kind, string part, QueryParameters query) =>
        Of(string.Create(CultureInfo.InvariantCulture, $"{kind}\n{part.Length}:{part}"), query);
}
