using Praetor.Core.State.Autopilot;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Coordinates;
using Praetor.Core.State.Forwarded;
using Praetor.Core.State.Kv;
using Praetor.Core.State.Queries;
using Praetor.Core.State.Restore;
using Praetor.Core.State.Sessions;

namespace Praetor.Core.State;

/// <summary>The whole replicated state as of one log index. Immutable; hold it as long as a request needs a consistent view.</summary>
/// <param name="index">Last applied log index.</param>
/// <param name="kv">Keys and tombstones.</param>
/// <param name="catalog">Nodes, services, checks.</param>
/// <param name="forwarded">Results of writes that may come again.</param>
/// <param name="sessions">Sessions and lock-delays.</param>
/// <param name="queries">Prepared queries.</param>
/// <param name="coordinates">Coordinates of nodes.</param>
/// <param name="autopilot">Settings of the autopilot; null until a leader has set them.</param>
public sealed class StateRoot(long index, KvTable kv, CatalogTables catalog, ForwardedWrites forwarded, SessionTable sessions, QueryTable queries, NodeCoordinates coordinates, AutopilotConfig? autopilot)
{
    /// <summary>Nothing applied yet.</summary>
    public static readonly StateRoot Empty = new(0, KvTable.Empty, CatalogTables.Empty, ForwardedWrites.Empty, SessionTable.Empty, QueryTable.Empty, NodeCoordinates.Empty, null);

    /// <summary>Last applied log index.</summary>
    public long Index { get; } = index;

    /// <summary>
    /// What clients' indexes are ahead of the log's: 0 until a state was restored whose indexes are above those of this log. Indexes that clients see only rise with it.
    /// </summary>
    public long IndexOffset { get; init; }

    /// <summary>The index that what changed last carries.</summary>
    public long ClientIndex => Index + IndexOffset;

    /// <summary>A state that is being restored; null for none.</summary>
    public StagedRestore? Staged { get; init; }

    /// <summary>The restore that this state came by, so that its last command may be sent again; empty for none.</summary>
    public string LastRestore { get; init; } = "";

    /// <summary>The state for an archive: without what belongs to this cluster's own traffic.</summary>
    public StateRoot ForArchive() => new(Index, Kv, Catalog, ForwardedWrites.Empty, Sessions, Queries, Coordinates, Autopilot) { IndexOffset = IndexOffset };

    /// <summary>Keys and tombstones.</summary>
    public KvTable Kv { get; } = kv;

    /// <summary>Nodes, services, checks.</summary>
    public CatalogTables Catalog { get; } = catalog;

    /// <summary>Results of writes that may come again.</summary>
    public ForwardedWrites Forwarded { get; } = forwarded;

    /// <summary>Sessions and lock-delays.</summary>
    public SessionTable Sessions { get; } = sessions;

    /// <summary>Prepared queries.</summary>
    public QueryTable Queries { get; } = queries;

    /// <summary>Coordinates of nodes.</summary>
    public NodeCoordinates Coordinates { get; } = coordinates;

    /// <summary>Settings of the autopilot; null until a leader has set them.</summary>
    public AutopilotConfig? Autopilot { get; } = autopilot;
}
