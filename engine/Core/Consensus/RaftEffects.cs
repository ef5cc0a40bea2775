using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>What an entry that a step created is.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Term">Its term.</param>
/// <param name="Kind">Commands take their payload from the proposal queue in order; a no-op has none.</param>
public readonly record struct NewEntry(long Index, long Term, LogEntryKind Kind);

/// <summary>
/// What a step asks the shell to do. The shell does it in this order: save <see cref="HardState"/>, then append
/// <see cref="Append"/> (both on the log's thread, each reported back as an event once durable); tell the apply loop
/// <see cref="CommitIndex"/>; drop log entries through <see cref="CompactThrough"/>. Reused from step to step: the core clears it
/// at the start of each.
/// </summary>
public sealed class RaftEffects
{
    /// <summary>To be made durable before anything that follows from it.</summary>
    public HardState? HardState { get; internal set; }

    /// <summary>Entries to append, in order.</summary>
    public List<NewEntry> Append { get; } = [];

    /// <summary>Proposals of this event that were not taken: there is no leader here.</summary>
    public int RejectedProposals { get; internal set; }

    /// <summary>Highest committed index if it moved.</summary>
    public long? CommitIndex { get; internal set; }

    /// <summary>Log entries that a snapshot has made superfluous.</summary>
    public long? CompactThrough { get; internal set; }

    /// <summary>True if role, term or leader changed: status and leader duties look again.</summary>
    public bool RoleChanged { get; internal set; }

    /// <summary>When the core wants a Tick at the latest (milliseconds); null if only other events matter.</summary>
    public long? NextTickMs { get; internal set; }

    internal void Clear()
    {
        HardState = null;
        Append.Clear();
        RejectedProposals = 0;
        CommitIndex = null;
        CompactThrough = null;
        RoleChanged = false;
        NextTickMs = null;
    }
}
