using Praetor.Core.State.Catalog;
using Praetor.Core.State.Kv;

namespace Praetor.Core.State;

/// <summary>The whole replicated state as of one log index. Immutable; hold it as long as a request needs a consistent view.</summary>
public sealed class StateRoot(long index, KvTable kv, CatalogTables catalog)
{
    /// <summary>Last applied log index.</summary>
    public long Index { get; } = index;

    /// <summary>Keys and tombstones.</summary>
    public KvTable Kv { get; } = kv;

    /// <summary>Nodes, services, checks.</summary>
    public CatalogTables Catalog { get; } = catalog;
}
