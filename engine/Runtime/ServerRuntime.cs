using Praetor.Core.Ports;
using Praetor.Core.State;

namespace Praetor.Runtime;

/// <summary>How fresh a read must be (http-core section 3).</summary>
public enum ReadConsistency : byte
{
    /// <summary>Leader lease or read-index.</summary>
    Default,

    /// <summary>Leadership confirmed by a quorum first.</summary>
    Consistent,

    /// <summary>Whatever this server has.</summary>
    Stale,
}

/// <summary>What operators and the status endpoints see of consensus.</summary>
/// <param name="ServerId">Own id (node id).</param>
/// <param name="State">Leader, Follower or Candidate.</param>
/// <param name="LeaderAddress">host:port of the leader's RPC address; empty without leader.</param>
/// <param name="Peers">host:port of all servers in configuration order.</param>
/// <param name="Term">Current term.</param>
/// <param name="CommitIndex">Highest committed index.</param>
/// <param name="AppliedIndex">Highest applied index.</param>
/// <param name="LastLogIndex">Last index in the log.</param>
/// <param name="LastLogTerm">Its term.</param>
/// <param name="LastSnapshotIndex">Index of the newest snapshot.</param>
/// <param name="LastSnapshotTerm">Its term.</param>
public sealed record ConsensusStatus(string ServerId, string State, string LeaderAddress, IReadOnlyList<string> Peers, long Term,
    long CommitIndex, long AppliedIndex, long LastLogIndex, long LastLogTerm, long LastSnapshotIndex, long LastSnapshotTerm);

/// <summary>
/// A server: consensus, state and watches behind one entry. Thread-safe. When a background loop dies (disk error), every later
/// call fails with <see cref="ServerStoppedException"/> and <see cref="Stopped"/> completes with the cause.
/// </summary>
public sealed partial class ServerRuntime : IAsyncDisposable
{
    /// <summary>The newest published state.</summary>
    public partial StateRoot Root { get; }

    /// <summary>Values of KV entries.</summary>
    public partial IRecordHeap Heap { get; }

    /// <summary>Waiters of blocking queries.</summary>
    public partial WatchHub Watches { get; }

    /// <summary>What consensus looks like now.</summary>
    public partial ConsensusStatus Status { get; }

    /// <summary>Ends when the server stops; faulted if a loop died.</summary>
    public partial Task Stopped { get; }

    /// <summary>Proposes a command and waits until it is durable and applied. Takes ownership of the buffer at once. Throws <see cref="NoLeaderException"/> when there is no leader within the hold time.</summary>
    public partial ValueTask<CommandResult> ProposeAsync(CommandBuffer command, CancellationToken cancellation);

    /// <summary>A root at least as fresh as the consistency asks for. Completes synchronously on a leader with a lease.</summary>
    public partial ValueTask<StateRoot> ReadAsync(ReadConsistency consistency, CancellationToken cancellation);
}

/// <summary>No leader within the hold time; shown as 500 "No cluster leader".</summary>
public sealed class NoLeaderException() : Exception("No cluster leader");

/// <summary>The server has stopped; the inner exception is the cause if it died.</summary>
public sealed class ServerStoppedException(Exception? cause) : Exception("server is shutting down", cause);
