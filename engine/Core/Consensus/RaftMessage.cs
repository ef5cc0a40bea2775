using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>Kinds of messages between servers. On the wire: values are frozen, new ones are only added.</summary>
public enum RaftMessageKind : byte
{
    /// <summary>Would you vote for me? Changes nothing (Raft thesis 9.6).</summary>
    PreVote = 0,

    /// <summary>Answer to <see cref="PreVote"/>.</summary>
    PreVoteReply = 1,

    /// <summary>RequestVote.</summary>
    Vote = 2,

    /// <summary>Answer to <see cref="Vote"/>.</summary>
    VoteReply = 3,

    /// <summary>AppendEntries; without entries it is a heartbeat.</summary>
    Append = 4,

    /// <summary>Answer to <see cref="Append"/>.</summary>
    AppendReply = 5,

    /// <summary>Campaign at once: the leader hands over (Raft thesis 3.10).</summary>
    TimeoutNow = 6,
}

/// <summary>What consensus needs to know of an entry: everything but its bytes.</summary>
/// <param name="Term">Term of the leader that created it.</param>
/// <param name="Kind">What it carries.</param>
/// <param name="SizeBytes">Length of its payload.</param>
/// <param name="Servers">The server set it carries, for <see cref="LogEntryKind.Configuration"/>.</param>
public readonly record struct EntryShape(long Term, LogEntryKind Kind, int SizeBytes, ServerSet? Servers = null);

/// <summary>One message of Raft. The shell adds the entries' bytes on the way out and takes them off on the way in.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="From">Id of the sender.</param>
/// <param name="To">Id of the receiver.</param>
/// <param name="Term">Term of the sender; of a <see cref="RaftMessageKind.PreVote"/> and a granted answer to it, the term an election would have.</param>
public readonly record struct RaftMessage(RaftMessageKind Kind, string From, string To, long Term)
{
    /// <summary>Vote: last index of the candidate. Append: index before its entries. AppendReply: what is durable as the leader has it, or if refused, the first index to try.</summary>
    public long Index { get; init; }

    /// <summary>Vote: term of the candidate's last entry. Append: term of the entry at <see cref="Index"/>. AppendReply, refused: term of the entry in conflict, 0 if there is none.</summary>
    public long LogTerm { get; init; }

    /// <summary>Append: what the leader has committed.</summary>
    public long CommitIndex { get; init; }

    /// <summary>Append: the leader's heartbeat round; its answer returns it. Proves that the leader was one after the round began.</summary>
    public long Round { get; init; }

    /// <summary>AppendReply: milliseconds for which the sender helps no other leader, counted from when it heard the answered message. 0 promises nothing.</summary>
    public long PromiseMs { get; init; }

    /// <summary>Answers: yes.</summary>
    public bool IsGranted { get; init; }

    /// <summary>Votes: the leader itself asked for this election, so that it needs no silence of the leader.</summary>
    public bool IsTransfer { get; init; }

    /// <summary>Append: how many entries follow <see cref="Index"/>.</summary>
    public int Count { get; init; }

    /// <summary>Append, received: the entries. Borrowed for the step. Empty in what the core sends: the shell has the entries.</summary>
    public ReadOnlyMemory<EntryShape> Entries { get; init; }
}
