using Praetor.Core.Consensus;
using Praetor.Core.Ports;

namespace Praetor.Runtime;

/// <summary>Where the effects of consensus go. Called by who has the loop's turn, which may be the thread of a request: none may block.</summary>
internal sealed record RaftLoopSinks
{
    /// <summary>Durable writes.</summary>
    public required LogWriter Log { get; init; }

    /// <summary>Committed entries.</summary>
    public required ApplyLoop Apply { get; init; }

    /// <summary>The other servers; null for a server that is alone for good.</summary>
    public required IRaftLinks? Links { get; init; }

    /// <summary>Role, term, leader or server set changed.</summary>
    public required Action<Raft> RoleChanged { get; init; }

    /// <summary>When a leader was last heard of, and until when this one may read without asking (milliseconds).</summary>
    public required Action<long, long> Contact { get; init; }

    /// <summary>Why this leader gave up.</summary>
    public required Action<string> SteppedDown { get; init; }

    /// <summary>What another server did that the protocol forbids.</summary>
    public required Action<string> Violated { get; init; }
}

/// <summary>The way to the other servers. Never blocks; what cannot be sent is dropped.</summary>
internal interface IRaftLinks
{
    /// <summary>Sends a message; the entries are borrowed for the call.</summary>
    void Send(in RaftMessage message, ReadOnlySpan<LogEntry> entries);

    /// <summary>Starts sending the newest snapshot; its end is reported as <see cref="RaftEventKind.SnapshotSent"/>.</summary>
    void SendSnapshot(string serverId, long term);
}
