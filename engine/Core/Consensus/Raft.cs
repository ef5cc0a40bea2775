using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>Roles of Raft section 5.1.</summary>
public enum RaftRole : byte
{
    /// <summary>Follows a leader or waits for one.</summary>
    Follower,

    /// <summary>Asks for votes.</summary>
    Candidate,

    /// <summary>Takes proposals.</summary>
    Leader,
}

/// <summary>What a server knows when it starts.</summary>
/// <param name="Id">Own server id.</param>
/// <param name="Servers">Configuration in force (of the snapshot or the newest one in the log).</param>
/// <param name="HardState">Saved term and vote.</param>
/// <param name="LastIndex">Last index in the log.</param>
/// <param name="LastTerm">Its term.</param>
/// <param name="SnapshotIndex">Index of the newest snapshot: committed by definition.</param>
public sealed record RaftStart(string Id, ServerSet Servers, HardState HardState, long LastIndex, long LastTerm, long SnapshotIndex);

/// <summary>Tunables of consensus.</summary>
/// <param name="ElectionTimeoutMs">Base of the randomised election timeout.</param>
/// <param name="TrailingEntries">Entries kept behind a snapshot for followers that are a little behind.</param>
public sealed record RaftOptions(int ElectionTimeoutMs = 1000, long TrailingEntries = 10_240);

/// <summary>
/// Raft (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", figure 2) as a pure state machine: an event
/// goes in, effects come out. No I/O, no threads, no clock; randomness from the seeded generator it is given. Every durable fact it
/// relies on has come back as an event first: it counts its own vote only once the term is saved, and its own copy of an entry
/// only once the log has reported it durable.
/// </summary>
public sealed partial class Raft
{
    private readonly string _id;
    private readonly RaftOptions _options;
    private readonly Random _random;
    private HardState _hardState;
    private bool _hardStateDurable = true;
    private long _durableIndex;
    private long _termStartIndex;
    private long _electionDueMs;
    private int _votes;

    /// <summary>A server as it comes up: a follower that has heard of no leader.</summary>
    public Raft(RaftStart start, RaftOptions options, Random random, long nowMs)
    {
        _id = start.Id;
        _options = options;
        _random = random;
        Servers = start.Servers;
        _hardState = start.HardState;
        LastIndex = _durableIndex = start.LastIndex;
        LastTerm = start.LastTerm;
        CommitIndex = start.SnapshotIndex;
        // A lone voter has nobody to hear from: waiting for a leader would only delay the start.
        _electionDueMs = IsLoneVoter ? nowMs : nowMs + RandomElectionTimeoutMs();
    }

    /// <summary>Role now.</summary>
    public RaftRole Role { get; private set; }

    /// <summary>Term now.</summary>
    public long Term => _hardState.Term;

    /// <summary>Id of the leader of this term as far as known.</summary>
    public string? LeaderId { get; private set; }

    /// <summary>Configuration in force.</summary>
    public ServerSet Servers { get; private set; }

    /// <summary>Last index in the log, durable or not.</summary>
    public long LastIndex { get; private set; }

    /// <summary>Term of the last entry.</summary>
    public long LastTerm { get; private set; }

    /// <summary>Highest index known to be committed.</summary>
    public long CommitIndex { get; private set; }

    /// <summary>
    /// Index of the entry that began this leader's term. Only when it is applied does the leader know which older entries were
    /// committed, so only then may it serve reads (Raft section 8).
    /// </summary>
    public long TermStartIndex => _termStartIndex;

    private bool IsLoneVoter => Servers.VoterCount == 1 && Servers.IsVoter(_id);

    /// <summary>Takes one event and fills the effects.</summary>
    public void Step(in RaftEvent happened, RaftEffects effects)
    {
        effects.Clear();
        switch (happened.Kind)
        {
            case RaftEventKind.Tick:
                OnTick(happened.NowMs, effects);
                break;
            case RaftEventKind.Propose:
                OnPropose(happened.Count, effects);
                break;
            case RaftEventKind.HardStatePersisted:
                OnHardStatePersisted(happened.Term, effects);
                break;
            case RaftEventKind.LogPersisted:
                OnLogPersisted(happened.Index, happened.Term, effects);
                break;
            case RaftEventKind.SnapshotPersisted:
                OnSnapshotPersisted(happened.Index, effects);
                break;
        }

        effects.NextTickMs = Role == RaftRole.Leader || !Servers.IsVoter(_id) ? null : _electionDueMs;
    }

    /// <summary>A configuration entry entered the log: it is in force from now on (Raft section 6).</summary>
    public void Adopt(ServerSet servers) => Servers = servers;
}
