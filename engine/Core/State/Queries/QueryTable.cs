using System.Text;
using Praetor.Core.Mvcc;
using Praetor.Core.State.Catalog;

namespace Praetor.Core.State.Queries;

/// <summary>A query as the table holds it: with its compiled template, if it is one.</summary>
internal sealed record StoredQuery(PreparedQuery Query, QueryTemplate? Template);

/// <summary>Prepared queries as of one root. Immutable. Ids and names ignore case.</summary>
public sealed class QueryTable
{
    /// <summary>No queries.</summary>
    public static readonly QueryTable Empty = new();

    internal OrderedIndex<StoredQuery> ById { get; init; } = OrderedIndex<StoredQuery>.Empty;

    /// <summary>By name: those that have one, and the template without.</summary>
    internal OrderedIndex<StoredQuery> ByName { get; init; } = OrderedIndex<StoredQuery>.Empty;

    /// <summary>(session, id).</summary>
    internal OrderedIndex<StoredQuery> BySession { get; init; } = OrderedIndex<StoredQuery>.Empty;

    /// <summary>Log index of the last query that came, changed or went.</summary>
    public long Index { get; init; }

    /// <summary>Queries held.</summary>
    public int Count => ById.Count;

    /// <summary>A query as it is stored, or null.</summary>
    public PreparedQuery? Find(string id) => ById.TryGet(KeyOf(id), out StoredQuery? found) ? found.Query : null;

    /// <summary>All queries by id.</summary>
    public IEnumerable<PreparedQuery> All()
    {
        foreach (KeyValuePair<ReadOnlyMemory<byte>, StoredQuery> pair in ById.Scan([]))
            yield return pair.Value.Query;
    }

    /// <summary>
    /// The query to run for an id or a name (http-core 9.2): that of the id, that of the name, or the template with the longest name that the given one begins with, rendered.
    /// Null with a refusal, or null without one if there is none.
    /// </summary>
    public PreparedQuery? Resolve(string idOrName, out string? refusal)
    {
        refusal = idOrName.Length == 0 ? "Missing Query ID" : null;
        if (refusal is not null)
            return null;
        if (ById.TryGet(KeyOf(idOrName), out StoredQuery? byId))
        {
            refusal = byId.Template is null ? null : "prepared query templates can only be resolved up by name, not by ID";
            return refusal is null ? byId.Query : null;
        }

        byte[] name = KeyOf(idOrName);
        // Names are UTF-8: a cut inside a character is the name of nothing.
        for (int length = name.Length; length >= 0; length--)
        {
            if (ByName.TryGet(name.AsSpan(0, length), out StoredQuery? found) && (found.Template is not null || length == name.Length))
                return Rendered(found, idOrName, out refusal);
        }

        return null;
    }

    internal static byte[] KeyOf(string idOrName) => Encoding.UTF8.GetBytes(CatalogKey.Lower(idOrName));

    private static PreparedQuery? Rendered(StoredQuery found, string name, out string? refusal)
    {
        refusal = null;
        try
        {
            return found.Template?.Render(name) ?? found.Query;
        }
        catch (QueryTemplateException bad)
        {
            refusal = bad.Message;
            return null;
        }
    }
}
