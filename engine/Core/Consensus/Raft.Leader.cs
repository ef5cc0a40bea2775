using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>A leader's work: proposals, replication, commit (Raft sections 5.3 and 5.4.2), heartbeats, quorum check (section 6).</summary>
public sealed partial class Raft
{
    /// <summary>Bounds what one message can make a follower allocate.</summary>
    private const int MaxAppendEntries = 4096;

    private readonly List<PeerProgress> _peers = [];
    private long[] _ranking = [];
    private long _heartbeatDueMs;

    /// <summary>What this leader knows of the others; empty on other roles.</summary>
    public IEnumerable<PeerView> Peers
    {
        get
        {
            foreach (PeerProgress peer in _peers)
                yield return new PeerView(peer.Id, peer.Match, peer.LastContactMs, peer.State == PeerState.Replicate);
        }
    }

    private PeerProgress? Peer(string id) => _peers.Find(peer => peer.Id == id);

    private void Lead(RaftEffects effects)
    {
        Role = RaftRole.Leader;
        LeaderId = _id;
        effects.RoleChanged = true;
        _heartbeatDueMs = _nowMs;
        _peers.Clear();
        FollowConfiguration();
        BeginReads();
        // An entry of its own term is what lets a leader commit what older leaders left behind (Raft 5.4.2).
        TermStartIndex = _log.LastIndex + 1;
        int firstEntry = effects.Entries.Count;
        AddEntry(new EntryShape(Term, LogEntryKind.NoOp, 0), isProposed: false, effects);
        WriteEntries(firstEntry, truncateFrom: null, effects);
    }

    private void StopLeading(RaftEffects effects)
    {
        _peers.Clear();
        EndReads(effects);
        EndTransfer();
    }

    private void StepDown(string reason, RaftEffects effects)
    {
        effects.SteppedDown = reason;
        Follow(Term, leader: null, effects);
        _electionDueMs = _nowMs + RandomElectionTimeoutMs();
    }

    private void LeaderTick(RaftEffects effects)
    {
        // Where the process stood still the tick is late, and answers that came meanwhile lie unread behind it: a round of heartbeats passes before their lack is judged.
        if (!HasQuorumContact(Math.Min(_nowMs, _heartbeatDueMs)))
        {
            StepDown("failed to contact quorum of nodes, stepping down", effects);
            return;
        }

        TransferTick(effects);
        if (_nowMs >= _heartbeatDueMs)
            BeginHeartbeats();
    }

    /// <summary>Who heard from no majority for an election timeout may have been replaced (thesis 6.2).</summary>
    private bool HasQuorumContact(long atMs)
    {
        int heard = Servers.IsVoter(_id) ? 1 : 0;
        foreach (PeerProgress peer in _peers)
        {
            if (peer.IsVoter && atMs - peer.LastContactMs < _options.ElectionTimeoutMs)
                heard++;
        }

        return heard >= Servers.Majority;
    }

    private void OnPropose(ReadOnlySpan<int> sizes, RaftEffects effects)
    {
        if (Role != RaftRole.Leader || IsTransferring)
        {
            effects.Refused = Role == RaftRole.Leader ? ProposalRefusal.Transferring : ProposalRefusal.NotLeader;
            return;
        }

        int firstEntry = effects.Entries.Count;
        foreach (int size in sizes)
            AddEntry(new EntryShape(Term, LogEntryKind.Command, size), isProposed: true, effects);
        WriteEntries(firstEntry, truncateFrom: null, effects);
    }

    /// <summary>Sends to every follower what it lacks; where a round has begun, a heartbeat at least.</summary>
    private void Replicate(RaftEffects effects)
    {
        bool isRound = _isRoundDue;
        _isRoundDue = false;
        foreach (PeerProgress peer in _peers)
        {
            if (isRound)
                peer.IsProbing = false;
            // What was sent last is compacted already: it will not be acknowledged any more.
            if (isRound && peer.State == PeerState.Replicate && _log.TermAt(peer.Next - 1) < 0)
                peer.Probe(peer.Match + 1);
            bool sent = SendEntries(peer, effects);
            if (!sent && (isRound || (peer.CommitSent < CommitIndex && peer.State == PeerState.Replicate)))
                SendHeartbeat(peer, effects);
        }
    }

    private bool SendEntries(PeerProgress peer, RaftEffects effects)
    {
        bool sent = false;
        while (peer.HasRoom(_options.MaxInFlight) && peer.Next <= _log.LastIndex)
        {
            if (_log.TermAt(peer.Next - 1) < 0)
            {
                peer.NeedsSnapshot();
                effects.Snapshots.Add(peer.Id);
                break;
            }

            long last = _log.LastWithin(peer.Next, _options.MaxAppendBytes, MaxAppendEntries);
            SendAppend(peer, peer.Next - 1, (int)(last - peer.Next + 1), effects);
            peer.Sent(last);
            sent = true;
        }

        return sent;
    }

    /// <summary>Without entries. Also finds out whether messages were lost: a follower that lacks what was sent before refuses it.</summary>
    private void SendHeartbeat(PeerProgress peer, RaftEffects effects)
    {
        // To who waits for a snapshot, one that matches every log.
        long previous = peer.State == PeerState.Snapshot || _log.TermAt(peer.Next - 1) < 0 ? 0 : peer.Next - 1;
        SendAppend(peer, previous, 0, effects);
    }

    private void SendAppend(PeerProgress peer, long previous, int count, RaftEffects effects)
    {
        peer.CommitSent = CommitIndex;
        Send(new RaftMessage(RaftMessageKind.Append, _id, peer.Id, Term)
        {
            Index = previous,
            LogTerm = previous == 0 ? 0 : _log.TermAt(previous),
            CommitIndex = CommitIndex,
            Round = _round,
            Count = count,
        }, effects);
    }

    private void OnAppendReply(in RaftMessage message, RaftEffects effects)
    {
        if (message.Term > Term)
        {
            Follow(message.Term, leader: null, effects);
            return;
        }

        if (Role != RaftRole.Leader || message.Term < Term || Peer(message.From) is not { } peer)
            return;
        peer.Heard(message.Round, message.PromiseMs, _nowMs);
        if (message.IsGranted)
        {
            peer.Matched(message.Index, _log.LastIndex);
            AdvanceCommit(effects);
        }
        else if (message.Index > peer.Match && message.Index <= _log.LastIndex + 1 && peer.State != PeerState.Snapshot)
        {
            // Skip the whole term in conflict, or all but what this log has of it (section 5.3, end).
            long next = message.LogTerm == 0 ? message.Index : Math.Min(message.Index, _log.LastOfTermUpTo(message.LogTerm) + 1);
            peer.Probe(next);
        }

        ConfirmRounds(effects);
        ContinueTransfer(peer, effects);
    }

    /// <summary>A leader commits by counting copies, and only entries of its own term (Raft 5.4.2, figure 8).</summary>
    private void AdvanceCommit(RaftEffects effects)
    {
        long index = RankOfMajority(_durableIndex, static peer => peer.Match);
        if (index <= CommitIndex || index < TermStartIndex)
            return;
        Commit(index, effects);
        if (!Servers.IsVoter(_id) && ServersIndex <= CommitIndex)
            StepDown("removed from the configuration", effects);
    }

    /// <summary>The highest value that a majority of the voters has reached.</summary>
    private long RankOfMajority(long own, Func<PeerProgress, long> of)
    {
        if (_ranking.Length < _peers.Count + 1)
            _ranking = new long[_peers.Count + 1];
        int count = 0;
        if (Servers.IsVoter(_id))
            _ranking[count++] = own;
        foreach (PeerProgress peer in _peers)
        {
            if (peer.IsVoter)
                _ranking[count++] = of(peer);
        }

        Span<long> voters = _ranking.AsSpan(0, count);
        voters.Sort();
        return voters[count - Servers.Majority];
    }

    private void OnSnapshotSent(string id, long index, bool isOk)
    {
        if (Role != RaftRole.Leader || Peer(id) is not { State: PeerState.Snapshot } peer)
            return;
        peer.Probe(isOk ? index + 1 : peer.Match + 1);
        // A refused snapshot is tried again at the next round, not at once.
        peer.IsProbing = !isOk;
    }
}

/// <summary>What operators and autopilot see of a follower.</summary>
/// <param name="Id">Server id.</param>
/// <param name="Match">Durable there through this index.</param>
/// <param name="LastContactMs">When it was last heard of.</param>
/// <param name="IsReplicating">Its log is known to match.</param>
public readonly record struct PeerView(string Id, long Match, long LastContactMs, bool IsReplicating);
