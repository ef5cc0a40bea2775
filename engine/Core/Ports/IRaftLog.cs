namespace Praetor.Core.Ports;

/// <summary>What a log entry carries. Persisted: values are frozen, new ones are only added.</summary>
public enum LogEntryKind : byte
{
    /// <summary>A state machine command; the payload starts with its command kind.</summary>
    Command = 0,

    /// <summary>An empty entry a new leader appends to commit what came before (Raft 5.4.2, section 8).</summary>
    NoOp = 1,

    /// <summary>A server set; the payload is the encoded configuration.</summary>
    Configuration = 2,
}

/// <summary>One entry of the replicated log. <paramref name="Payload"/> is borrowed: it is valid only during the call it is passed to, unless the callee says otherwise.</summary>
/// <param name="Index">Position in the log, from 1.</param>
/// <param name="Term">Term of the leader that created the entry.</param>
/// <param name="Kind">What the payload is.</param>
/// <param name="Payload">The command bytes, unchanged from proposal to disk to apply.</param>
public readonly record struct LogEntry(long Index, long Term, LogEntryKind Kind, ReadOnlyMemory<byte> Payload);

/// <summary>The vote state that Raft must make durable before it answers (Raft figure 2, persistent state).</summary>
/// <param name="Term">Latest term seen.</param>
/// <param name="VotedFor">Id of the candidate voted for in <paramref name="Term"/>; null if none.</param>
public readonly record struct HardState(long Term, string? VotedFor);

/// <summary>
/// The durable log and vote. One thread at a time may call; every method blocks until its effect is durable.
/// An <see cref="IOException"/> means the log can no longer be trusted: the caller must stop the server.
/// </summary>
public interface IRaftLog : IDisposable
{
    /// <summary>Index of the oldest entry still held; <see cref="LastIndex"/> + 1 when the log is empty.</summary>
    long FirstIndex { get; }

    /// <summary>Index of the newest entry; after compaction of everything, the compacted index; 0 in a new log.</summary>
    long LastIndex { get; }

    /// <summary>The vote state as last saved; default in a new log.</summary>
    HardState HardState { get; }

    /// <summary>Makes term and vote durable.</summary>
    void SaveHardState(HardState state);

    /// <summary>Appends a batch (contiguous, starting at <see cref="LastIndex"/> + 1) and syncs once. When it returns the batch is durable as a whole; after a crash either a batch is there or none of what follows its last whole predecessor.</summary>
    void Append(ReadOnlySpan<LogEntry> batch);

    /// <summary>Removes all entries from <paramref name="fromIndex"/> on (a conflicting tail).</summary>
    void TruncateSuffix(long fromIndex);

    /// <summary>Drops entries up to and including <paramref name="throughIndex"/>; may keep some of them (whole segments are dropped). Never drops past LastIndex.</summary>
    void CompactPrefix(long throughIndex);

    /// <summary>Forgets everything and continues after <paramref name="index"/> (a snapshot was installed).</summary>
    void Reset(long index);

    /// <summary>Reads entries in order from <paramref name="fromIndex"/> until <paramref name="maxBytes"/> of payload are reached (at least one entry is returned if it exists). The payloads are copies that the caller owns. Safe to call while another thread appends.</summary>
    IReadOnlyList<LogEntry> Read(long fromIndex, int maxBytes);

    /// <summary>Shows every entry held, in order. The payloads are borrowed: valid during the call only. For the start, while nobody appends.</summary>
    void Walk(Action<LogEntry> visit);

    /// <summary>Bytes on disk (0 for the in-memory twin).</summary>
    long SizeBytes { get; }
}
