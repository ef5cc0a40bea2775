using Praetor.Core.Consensus;
using Praetor.Core.Mvcc;
using Praetor.Core.Ports;

namespace Praetor.Runtime;

/// <summary>How a server runs.</summary>
public sealed record ServerOptions
{
    /// <summary>Datacenter, as metrics name it.</summary>
    public string Datacenter { get; init; } = "dc1";

    /// <summary>Node id: the server's identity in consensus.</summary>
    public required string ServerId { get; init; }

    /// <summary>host:port of the RPC listener as shown by the status endpoints; may change between restarts.</summary>
    public required string RpcAddress { get; init; }

    /// <summary>Form a datacenter of one server if the log is empty.</summary>
    public bool Bootstrap { get; init; }

    /// <summary>The servers that go on after a majority was lost for good; null for the set that is on disk. At most one start may be given it: what it replaces is gone.</summary>
    public ServerSet? RecoveredServers { get; init; }

    /// <summary>Where another server is now, by id; null if that is not known, and then the configuration says where it was. Called from any thread; must not block.</summary>
    public Func<string, string?> AddressOf { get; init; } = static _ => null;

    /// <summary>How long requests are held while there is no leader (performance.rpc_hold_timeout).</summary>
    public TimeSpan RpcHoldTime { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>How long an answer of another server is waited for (limits.rpc_client_timeout); asked for at each call, from any thread.</summary>
    public Func<TimeSpan> CallTimeout { get; init; } = static () => TimeSpan.FromSeconds(60);

    /// <summary>Consensus tunables.</summary>
    public RaftOptions Raft { get; init; } = new();

    /// <summary>When snapshots are taken.</summary>
    public SnapshotOptions Snapshots { get; init; } = new();

    /// <summary>How long old versions stay.</summary>
    public HistoryOptions History { get; init; } = new();

    /// <summary>Seed of all randomness in here.</summary>
    public int Seed { get; init; }
}

/// <summary>The durable things a server stands on; they belong to the caller, who disposes them after the runtime.</summary>
/// <param name="Log">Write-ahead log and vote.</param>
/// <param name="Heap">Record heap.</param>
/// <param name="Snapshots">Snapshot store.</param>
public sealed record ServerStores(IRaftLog Log, IRecordHeap Heap, ISnapshotStore Snapshots);

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
/// <param name="Servers">All servers in configuration order, where they are now.</param>
/// <param name="Term">Current term.</param>
/// <param name="CommitIndex">Highest committed index this server has applied.</param>
/// <param name="AppliedIndex">Highest applied index.</param>
/// <param name="LastLogIndex">Last index in the log.</param>
/// <param name="LastLogTerm">Its term.</param>
/// <param name="LastSnapshotIndex">Index of the newest snapshot.</param>
/// <param name="LastSnapshotTerm">Its term.</param>
public sealed record ConsensusStatus(string ServerId, string State, string LeaderAddress, IReadOnlyList<ServerMember> Servers, long Term,
    long CommitIndex, long AppliedIndex, long LastLogIndex, long LastLogTerm, long LastSnapshotIndex, long LastSnapshotTerm);

/// <summary>No leader within the hold time; shown as 500 "No cluster leader".</summary>
public sealed class NoLeaderException() : Exception("No cluster leader");

/// <summary>This server does not lead (any more), and the write is not in the log: trying again, here or elsewhere, is safe.</summary>
public sealed class NotLeaderException() : Exception("node is not the leader");

/// <summary>Leadership was lost while a write was under way: it may or may not be applied.</summary>
public sealed class LeadershipLostException() : Exception("leadership lost while committing log");

/// <summary>Too many writes are queued already; nothing was written. Shown as 429.</summary>
public sealed class OverloadedException() : Exception("rate limit exceeded, try again later or against a different server");

/// <summary>The server has stopped; the inner exception is the cause if it died.</summary>
public sealed class ServerStoppedException(Exception? cause) : Exception("server is shutting down", cause);
