using System.Diagnostics.CodeAnalysis;
using Praetor.Core.Filtering;

namespace Praetor.Api.Http.Catalog;

/// <summary><c>?filter=</c> of a list (http-core 4). No state.</summary>
public static class RowFilters
{
    /// <summary>Compiles the filter of a request; false with the refusal, and then there is no filter. No filter given keeps every row.</summary>
    public static bool TryRead<T>(QueryParameters query, SelectorSchema<T> selectors, [NotNullWhen(true)] out Filter<T>? filter, out Refusal refusal)
    {
        bool compiles = Filter.TryCompile(query.Get("filter"), selectors, out filter, out FilterRefusal? why);
        refusal = compiles ? default : new Refusal(500, why!.Text);
        return compiles;
    }
}
