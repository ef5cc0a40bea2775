using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>Roles of Raft section 5.1, with the asking before an election (thesis 9.6) apart.</summary>
public enum RaftRole : byte
{
    /// <summary>Follows a leader or waits for one.</summary>
    Follower,

    /// <summary>Asks whether an election could be won.</summary>
    PreCandidate,

    /// <summary>Asks for votes.</summary>
    Candidate,

    /// <summary>Takes proposals.</summary>
    Leader,
}

/// <summary>What a server knows when it starts.</summary>
/// <param name="Id">Own server id.</param>
/// <param name="SnapshotServers">Configuration of the snapshot; empty without one.</param>
/// <param name="Configurations">Configurations in the log after the snapshot, with their indexes, in order.</param>
/// <param name="HardState">Saved term and vote.</param>
/// <param name="Log">What the log holds.</param>
/// <param name="SnapshotIndex">Index of the newest snapshot: committed by definition.</param>
public sealed record RaftStart(string Id, ServerSet SnapshotServers, IReadOnlyList<(long Index, ServerSet Servers)> Configurations, HardState HardState, LogShape Log,
    long SnapshotIndex);

/// <summary>
/// Raft (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", and Ongaro's thesis) as a pure state machine: events
/// go in, effects come out. No I/O, no threads, no clock; randomness from the seeded generator it is given. Every durable fact it
/// relies on has come back as an event first: a vote is told, and the own one counted, only once it is saved; an entry is
/// acknowledged, and the own copy counted, only once the log has reported it durable.
/// </summary>
public sealed partial class Raft
{
    private readonly string _id;
    private RaftOptions _options;
    private readonly Random _random;
    private readonly LogShape _log;
    private readonly List<(long Index, ServerSet Servers)> _configurations;
    private readonly Queue<OpenWrite> _openWrites = new();
    private readonly List<RaftMessage> _held = [];
    private HardState _hardState;
    private long _hardStateWrite;
    private long _lastWrite;
    private long _persistedWrite;
    private long _durableIndex;
    private long _nowMs;
    private long _electionDueMs;
    private long _leaderContactMs;
    private long _promisedUntilMs;
    private bool _isLeaderGone;

    private struct OpenWrite
    {
        public long Number;
        public long LastIndex;
        public long StartedMs;
    }

    /// <summary>A server as it comes up: a follower that has heard of no leader.</summary>
    public Raft(RaftStart start, RaftOptions options, Random random, long nowMs)
    {
        _id = start.Id;
        _options = options;
        _random = random;
        _log = start.Log;
        _configurations = [(start.SnapshotIndex, start.SnapshotServers), .. start.Configurations];
        // An entry of a later term than the saved one means that the term was heard of: never go back behind it.
        _hardState = start.HardState.Term >= _log.LastTerm ? start.HardState : new HardState(_log.LastTerm, null);
        _durableIndex = _log.LastIndex;
        CommitIndex = start.SnapshotIndex;
        _nowMs = nowMs;
        // It may have promised its patience to a leader before it went down.
        _leaderContactMs = nowMs;
        _promisedUntilMs = nowMs + Math.Max(options.LeaseMs, options.LongestLeaseMs);
        _isLeaderGone = true;
        // A lone voter has nobody to hear from: waiting for a leader would only delay the start.
        _electionDueMs = IsLoneVoter ? nowMs : nowMs + RandomElectionTimeoutMs();
    }

    /// <summary>Own id.</summary>
    public string Id => _id;

    /// <summary>Role now.</summary>
    public RaftRole Role { get; private set; }

    /// <summary>Term now.</summary>
    public long Term => _hardState.Term;

    /// <summary>Id of the leader of this term as far as known.</summary>
    public string? LeaderId { get; private set; }

    /// <summary>Configuration in force: the newest in the log, committed or not (Raft section 6).</summary>
    public ServerSet Servers => _configurations[^1].Servers;

    /// <summary>Index of the entry that carries <see cref="Servers"/>.</summary>
    public long ServersIndex => _configurations[^1].Index;

    /// <summary>Last index in the log, durable or not.</summary>
    public long LastIndex => _log.LastIndex;

    /// <summary>Term of the last entry.</summary>
    public long LastTerm => _log.LastTerm;

    /// <summary>Last index that is known to be durable here.</summary>
    public long DurableIndex => _durableIndex;

    /// <summary>Highest index known to be committed.</summary>
    public long CommitIndex { get; private set; }

    /// <summary>When a leader was last heard of (milliseconds).</summary>
    public long LeaderContactMs => Role == RaftRole.Leader ? _nowMs : _leaderContactMs;

    /// <summary>
    /// Index of the entry that began this leader's term. Only when it is applied does the leader know which older entries were
    /// committed, so only then may it serve reads (Raft section 8).
    /// </summary>
    public long TermStartIndex { get; private set; }

    /// <summary>True for a leader without followers: it sends nothing, and needs no clock.</summary>
    public bool IsAlone => Role == RaftRole.Leader && _peers.Count == 0 && IsLoneVoter;

    private bool IsLoneVoter => Servers.VoterCount == 1 && Servers.IsVoter(_id);

    /// <summary>Takes other options, at any time. What was promised under the old ones is kept; waiting that has begun ends as it would have.</summary>
    public void Tune(RaftOptions options)
    {
        _options = options;
        Promise();
    }

    /// <summary>Takes one event and adds to the effects.</summary>
    public void Step(in RaftEvent happened, RaftEffects effects)
    {
        _nowMs = Math.Max(_nowMs, happened.NowMs);
        switch (happened.Kind)
        {
            case RaftEventKind.Tick:
                OnTick(effects);
                break;
            case RaftEventKind.Propose:
                OnPropose(happened.Sizes.Span, effects);
                break;
            case RaftEventKind.Message:
                OnMessage(happened.Message, effects);
                break;
            case RaftEventKind.Persisted:
                OnPersisted(happened.Number, effects);
                break;
            case RaftEventKind.SnapshotPersisted:
                OnSnapshotPersisted(happened.Number, effects);
                break;
            case RaftEventKind.SnapshotReceived:
                OnSnapshotReceived(happened.Number, happened.Term, happened.Servers!, effects);
                break;
            case RaftEventKind.SnapshotSent:
                OnSnapshotSent(happened.Peer!, happened.Number, happened.IsOk);
                break;
            case RaftEventKind.PeerUnreachable:
                OnPeerUnreachable(happened.Peer!);
                break;
            case RaftEventKind.ConfirmRead:
                OnConfirmRead(happened.Number, effects);
                break;
            case RaftEventKind.ChangeServers:
                OnChangeServers(happened.Servers!, effects);
                break;
            case RaftEventKind.Transfer:
                OnTransfer(happened.Peer, effects);
                break;
            case RaftEventKind.Bootstrap:
                OnBootstrap(happened.Servers!, effects);
                break;
        }
    }

    /// <summary>Ends a series of steps: a leader sends what has come together. Call it once before the effects are carried out.</summary>
    public void Flush(RaftEffects effects)
    {
        if (Role == RaftRole.Leader)
            Replicate(effects);
        effects.NextTickMs = NextTickMs();
    }

    private long? NextTickMs() => Role switch
    {
        RaftRole.Leader => IsAlone ? null : _heartbeatDueMs,
        _ => Servers.IsVoter(_id) ? _electionDueMs : null,
    };

    private void OnTick(RaftEffects effects)
    {
        if (Role == RaftRole.Leader)
            LeaderTick(effects);
        else if (_nowMs >= _electionDueMs && Servers.IsVoter(_id))
            ElectionTick(effects);
    }

    private void OnMessage(in RaftMessage message, RaftEffects effects)
    {
        if (message.To != _id)
            return;
        switch (message.Kind)
        {
            case RaftMessageKind.PreVote:
                OnPreVote(message, effects);
                break;
            case RaftMessageKind.PreVoteReply:
                OnPreVoteReply(message, effects);
                break;
            case RaftMessageKind.Vote:
                OnVote(message, effects);
                break;
            case RaftMessageKind.VoteReply:
                OnVoteReply(message, effects);
                break;
            case RaftMessageKind.Append:
                OnAppend(message, effects);
                break;
            case RaftMessageKind.AppendReply:
                OnAppendReply(message, effects);
                break;
            case RaftMessageKind.TimeoutNow:
                OnTimeoutNow(message, effects);
                break;
        }
    }

    /// <summary>What is held in memory is on disk through this write: votes may be told, copies counted.</summary>
    private void OnPersisted(long write, RaftEffects effects)
    {
        _persistedWrite = Math.Max(_persistedWrite, write);
        bool more = false;
        while (_openWrites.TryPeek(out OpenWrite open) && open.Number <= write)
        {
            _openWrites.Dequeue();
            more |= open.LastIndex > _durableIndex;
            _durableIndex = Math.Max(_durableIndex, open.LastIndex);
        }

        if (IsHardStateDurable)
        {
            effects.Messages.AddRange(_held);
            _held.Clear();
            if (Role == RaftRole.Candidate)
                CountVote(_id, effects);
        }

        if (!more)
            return;
        if (Role == RaftRole.Leader)
            AdvanceCommit(effects);
        else
            AcknowledgeDurable(effects);
    }

    private bool IsHardStateDurable => _persistedWrite >= _hardStateWrite;

    /// <summary>Nothing is told in a term that a crash could make this server forget.</summary>
    private void Send(in RaftMessage message, RaftEffects effects)
    {
        if (IsHardStateDurable)
            effects.Messages.Add(message);
        else
            _held.Add(message);
    }

    private void Save(HardState state, RaftEffects effects)
    {
        if (state.Term != _hardState.Term)
            _held.Clear();
        _hardState = state;
        _hardStateWrite = ++_lastWrite;
        effects.Writes.Add(new LogWrite(_lastWrite) { HardState = state });
        _openWrites.Enqueue(new OpenWrite { Number = _lastWrite, StartedMs = _nowMs });
    }

    /// <summary>Asks the shell to write the entries added since <paramref name="firstEntry"/> of the effects.</summary>
    private void WriteEntries(int firstEntry, long? truncateFrom, RaftEffects effects)
    {
        _lastWrite++;
        effects.Writes.Add(new LogWrite(_lastWrite) { TruncateFrom = truncateFrom, EntryCount = effects.Entries.Count - firstEntry });
        _openWrites.Enqueue(new OpenWrite { Number = _lastWrite, LastIndex = _log.LastIndex, StartedMs = _nowMs });
    }

    private void AddEntry(in EntryShape shape, bool isProposed, RaftEffects effects)
    {
        _log.Append(shape.Term, shape.SizeBytes);
        effects.Entries.Add(new NewEntry(_log.LastIndex, shape, isProposed));
        if (shape.Servers is { } servers)
            Adopt(_log.LastIndex, servers, effects);
    }

    /// <summary>A newer term, or the leader of this one: follow.</summary>
    private void Follow(long term, string? leader, RaftEffects effects)
    {
        bool changed = Role != RaftRole.Follower || term != Term || LeaderId != leader;
        if (Role == RaftRole.Leader)
            StopLeading(effects);
        if (term > Term)
            Save(new HardState(term, null), effects);
        if (Role != RaftRole.Follower)
            _electionDueMs = _nowMs + RandomElectionTimeoutMs();
        Role = RaftRole.Follower;
        LeaderId = leader;
        effects.RoleChanged |= changed;
    }

    private void Commit(long index, RaftEffects effects)
    {
        if (index <= CommitIndex)
            return;
        CommitIndex = index;
        effects.CommitIndex = index;
    }
}
