namespace Praetor.Core.Consensus;

/// <summary>What can happen to a Raft server. A finished disk write is an event like any other.</summary>
public enum RaftEventKind : byte
{
    /// <summary>Time has passed.</summary>
    Tick,

    /// <summary>Clients propose entries.</summary>
    Propose,

    /// <summary>A message of another server.</summary>
    Message,

    /// <summary>A write to the log, and all before it, is durable.</summary>
    Persisted,

    /// <summary>A snapshot of the own state is durable.</summary>
    SnapshotPersisted,

    /// <summary>A leader's snapshot is durable here.</summary>
    SnapshotReceived,

    /// <summary>Sending a snapshot has ended.</summary>
    SnapshotSent,

    /// <summary>The connection to a server broke.</summary>
    PeerUnreachable,

    /// <summary>A reader wants to know that this server still leads.</summary>
    ConfirmRead,

    /// <summary>An operator or autopilot changes the server set.</summary>
    ChangeServers,

    /// <summary>This leader is to hand over.</summary>
    Transfer,

    /// <summary>An empty server is told the first server set.</summary>
    Bootstrap,
}

/// <summary>One event. Times are milliseconds of a monotonic clock that the shell owns.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="NowMs">When.</param>
public readonly record struct RaftEvent(RaftEventKind Kind, long NowMs)
{
    /// <summary>Snapshots: last index. Writes: the number of the write. ConfirmRead: the reader's token.</summary>
    public long Number { get; init; }

    /// <summary>Snapshots received: term of the last index.</summary>
    public long Term { get; init; }

    /// <summary>Propose: sizes of the payloads in bytes, borrowed for the step.</summary>
    public ReadOnlyMemory<int> Sizes { get; init; }

    /// <summary>The message.</summary>
    public RaftMessage Message { get; init; }

    /// <summary>The other server; of a transfer null if any will do.</summary>
    public string? Peer { get; init; }

    /// <summary>ChangeServers, Bootstrap: the wanted set. SnapshotReceived: the set it contains.</summary>
    public ServerSet? Servers { get; init; }

    /// <summary>SnapshotSent: it arrived.</summary>
    public bool IsOk { get; init; }

    /// <summary>Time has passed.</summary>
    public static RaftEvent Tick(long nowMs) => new(RaftEventKind.Tick, nowMs);

    /// <summary>Clients propose entries of these sizes.</summary>
    public static RaftEvent Propose(long nowMs, ReadOnlyMemory<int> sizes) => new(RaftEventKind.Propose, nowMs) { Sizes = sizes };

    /// <summary>A message has arrived.</summary>
    public static RaftEvent Received(long nowMs, in RaftMessage message) => new(RaftEventKind.Message, nowMs) { Message = message };

    /// <summary>Everything through <see cref="LogWrite.Number"/> is durable.</summary>
    public static RaftEvent Persisted(long nowMs, long write) => new(RaftEventKind.Persisted, nowMs) { Number = write };

    /// <summary>A snapshot of the own state is durable.</summary>
    public static RaftEvent SnapshotPersisted(long nowMs, long index) => new(RaftEventKind.SnapshotPersisted, nowMs) { Number = index };

    /// <summary>A snapshot from the leader is durable.</summary>
    public static RaftEvent SnapshotReceived(long nowMs, long index, long term, ServerSet servers) =>
        new(RaftEventKind.SnapshotReceived, nowMs) { Number = index, Term = term, Servers = servers };

    /// <summary>Sending a snapshot that ends at an index has ended.</summary>
    public static RaftEvent SnapshotSent(long nowMs, string peer, long index, bool isOk) => new(RaftEventKind.SnapshotSent, nowMs) { Peer = peer, Number = index, IsOk = isOk };

    /// <summary>The connection to a server broke.</summary>
    public static RaftEvent PeerUnreachable(long nowMs, string peer) => new(RaftEventKind.PeerUnreachable, nowMs) { Peer = peer };

    /// <summary>A reader waits; tokens rise.</summary>
    public static RaftEvent ConfirmRead(long nowMs, long token) => new(RaftEventKind.ConfirmRead, nowMs) { Number = token };

    /// <summary>The server set is to change by one server.</summary>
    public static RaftEvent ChangeServers(long nowMs, ServerSet servers) => new(RaftEventKind.ChangeServers, nowMs) { Servers = servers };

    /// <summary>Leadership is to go to a server, or to the one that is furthest.</summary>
    public static RaftEvent Transfer(long nowMs, string? peer) => new(RaftEventKind.Transfer, nowMs) { Peer = peer };

    /// <summary>The first server set, the same for all its servers.</summary>
    public static RaftEvent Bootstrap(long nowMs, ServerSet servers) => new(RaftEventKind.Bootstrap, nowMs) { Servers = servers };
}
