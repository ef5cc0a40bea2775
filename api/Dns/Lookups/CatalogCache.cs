using Praetor.Core.State.Catalog;

namespace Praetor.Api.Dns.Lookups;

/// <summary>
/// Finds prepared answers by name without making a string: remembers names that exist, and asks the catalog again when its
/// tables were replaced. Holds on to one version of the tables only. One per answering loop, not thread-safe.
/// </summary>
/// <param name="load">Answers of a name in the tables, or null. Gets the answers of the previous tables, to keep what is still right.</param>
public sealed class CatalogCache<T>(Func<CatalogTables, string, T?, T?> load) where T : class
{
    /// <summary>Names remembered; more distinct names than that in use by one loop start the memory anew.</summary>
    public const int Capacity = 8192;

    private sealed class Entry
    {
        public T? Answers;
        public int Version;
    }

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private CatalogTables? _tables;
    private int _version;

    /// <summary>Answers of a name, or null. Names that do not exist cost a string and are not remembered.</summary>
    public T? Find(CatalogTables tables, ReadOnlySpan<char> name)
    {
        if (!ReferenceEquals(tables, _tables))
        {
            _tables = tables;
            _version++;
        }

        Dictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> byName = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!byName.TryGetValue(name, out string? text, out Entry? entry))
            return Remember(tables, name.ToString());
        if (entry.Version != _version)
        {
            entry.Answers = load(tables, text, entry.Answers);
            entry.Version = _version;
            if (entry.Answers is null)
                _entries.Remove(text);
        }
        return entry.Answers;
    }

    private T? Remember(CatalogTables tables, string name)
    {
        if (load(tables, name, null) is not { } answers)
            return null;
        if (_entries.Count >= Capacity)
            _entries.Clear();
        _entries.Add(name, new Entry { Answers = answers, Version = _version });
        return answers;
    }
}
