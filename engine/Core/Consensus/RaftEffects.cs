using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>An entry that entered the log in memory.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Shape">What it is.</param>
/// <param name="IsProposed">Its bytes come from the proposals of this step, in order; otherwise from the message of this step, or from <see cref="EntryShape.Servers"/>, or there are none.</param>
public readonly record struct NewEntry(long Index, EntryShape Shape, bool IsProposed);

/// <summary>One write to the log, to be done in this order: reset, vote, truncate, append. Writes are done in the order of their numbers.</summary>
/// <param name="Number">Reported back as <see cref="RaftEvent.Persisted"/>.</param>
public readonly record struct LogWrite(long Number)
{
    /// <summary>Forget the log and go on after this index: a snapshot took its place.</summary>
    public long? ResetTo { get; init; }

    /// <summary>Term and vote to save.</summary>
    public HardState? HardState { get; init; }

    /// <summary>Entries from here on are in conflict with the leader's.</summary>
    public long? TruncateFrom { get; init; }

    /// <summary>How many of <see cref="RaftEffects.Entries"/> belong to it.</summary>
    public int EntryCount { get; init; }
}

/// <summary>A read that may be served.</summary>
/// <param name="Token">The reader's token.</param>
/// <param name="Index">What must be applied first.</param>
public readonly record struct ReadyRead(long Token, long Index);

/// <summary>
/// What steps ask the shell to do. They pile up over any number of <see cref="Raft.Step"/> and one <see cref="Raft.Flush"/>; then the shell carries them out
/// (the order does not matter: whatever must wait for the disk is asked for only after the disk has reported) and clears them.
/// </summary>
public sealed class RaftEffects
{
    /// <summary>Writes to the log in order.</summary>
    public List<LogWrite> Writes { get; } = [];

    /// <summary>Entries of <see cref="Writes"/>, in order.</summary>
    public List<NewEntry> Entries { get; } = [];

    /// <summary>Messages to send. Any may be lost, doubled, late or out of order.</summary>
    public List<RaftMessage> Messages { get; } = [];

    /// <summary>Servers that need a snapshot; each is answered by <see cref="RaftEvent.SnapshotSent"/>.</summary>
    public List<string> Snapshots { get; } = [];

    /// <summary>Reads that may be served.</summary>
    public List<ReadyRead> Reads { get; } = [];

    /// <summary>Reads that wait for a confirmation will get none: leadership is gone.</summary>
    public bool ReadsLost { get; internal set; }

    /// <summary>Proposals of the last step that were not taken, from the first one on: all or none of them.</summary>
    public ProposalRefusal Refused { get; internal set; }

    /// <summary>Answer to <see cref="RaftEvent.ChangeServers"/> or <see cref="RaftEvent.Transfer"/>: why not; null if it is under way.</summary>
    public string? ChangeRefused { get; internal set; }

    /// <summary>Highest committed index if it moved.</summary>
    public long? CommitIndex { get; internal set; }

    /// <summary>The state is to be restored from the newest snapshot, which ends at this index.</summary>
    public long? RestoreThrough { get; internal set; }

    /// <summary>Log entries that a snapshot has made superfluous.</summary>
    public long? CompactThrough { get; internal set; }

    /// <summary>Role, term, leader or server set changed.</summary>
    public bool RoleChanged { get; internal set; }

    /// <summary>Why a leader gave up, for the log; null if none did.</summary>
    public string? SteppedDown { get; internal set; }

    /// <summary>A message broke a rule of the protocol and was dropped: another server is broken, or no server at all.</summary>
    public string? Violation { get; internal set; }

    /// <summary>When the core wants a Tick at the latest (milliseconds); null if only other events matter.</summary>
    public long? NextTickMs { get; internal set; }

    /// <summary>Empties everything. The shell calls it when all is carried out.</summary>
    public void Clear()
    {
        Writes.Clear();
        Entries.Clear();
        Messages.Clear();
        Snapshots.Clear();
        Reads.Clear();
        ReadsLost = false;
        Refused = ProposalRefusal.None;
        ChangeRefused = null;
        CommitIndex = null;
        RestoreThrough = null;
        CompactThrough = null;
        RoleChanged = false;
        SteppedDown = null;
        Violation = null;
        NextTickMs = null;
    }
}

/// <summary>Why proposals were not taken. They are not in the log: a retry elsewhere is safe.</summary>
public enum ProposalRefusal : byte
{
    /// <summary>They were taken.</summary>
    None,

    /// <summary>This server does not lead.</summary>
    NotLeader,

    /// <summary>Leadership is being handed over.</summary>
    Transferring,
}
