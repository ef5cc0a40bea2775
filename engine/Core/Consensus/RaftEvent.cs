namespace Praetor.Core.Consensus;

/// <summary>What can happen to a Raft server. A finished disk write is an event like any other.</summary>
public enum RaftEventKind : byte
{
    /// <summary>Time has passed; <see cref="RaftEvent.NowMs"/> tells how far.</summary>
    Tick,

    /// <summary>Clients propose <see cref="RaftEvent.Count"/> entries.</summary>
    Propose,

    /// <summary>Term and vote of <see cref="RaftEvent.Term"/> are durable.</summary>
    HardStatePersisted,

    /// <summary>The log is durable through <see cref="RaftEvent.Index"/>, whose term is <see cref="RaftEvent.Term"/>.</summary>
    LogPersisted,

    /// <summary>A snapshot of everything through <see cref="RaftEvent.Index"/> is durable.</summary>
    SnapshotPersisted,
}

/// <summary>One event. Times are milliseconds of a monotonic clock that the shell owns.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="NowMs">When.</param>
/// <param name="Index">Log index, where the kind has one.</param>
/// <param name="Term">Term, where the kind has one.</param>
/// <param name="Count">Entries, where the kind has them.</param>
public readonly record struct RaftEvent(RaftEventKind Kind, long NowMs, long Index = 0, long Term = 0, int Count = 0)
{
    /// <summary>Time has passed.</summary>
    public static RaftEvent Tick(long nowMs) => new(RaftEventKind.Tick, nowMs);

    /// <summary>Clients propose entries.</summary>
    public static RaftEvent Propose(long nowMs, int count) => new(RaftEventKind.Propose, nowMs, Count: count);

    /// <summary>Term and vote are durable.</summary>
    public static RaftEvent HardStatePersisted(long nowMs, long term) => new(RaftEventKind.HardStatePersisted, nowMs, Term: term);

    /// <summary>The log is durable through an index.</summary>
    public static RaftEvent LogPersisted(long nowMs, long index, long term) => new(RaftEventKind.LogPersisted, nowMs, index, term);

    /// <summary>A snapshot is durable.</summary>
    public static RaftEvent SnapshotPersisted(long nowMs, long index) => new(RaftEventKind.SnapshotPersisted, nowMs, index);
}
