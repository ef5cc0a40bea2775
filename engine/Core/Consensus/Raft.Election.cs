using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>Leader election (Raft section 5.2), with a question before it that changes nothing (thesis 9.6).</summary>
public sealed partial class Raft
{
    private readonly HashSet<string> _votes = [];
    private bool _isTransferElection;

    private bool HeardFromLeaderLately =>
        // A broken connection to the leader makes its silence certain sooner, but what it was promised must run out all the same.
        _nowMs < _promisedUntilMs || (!_isLeaderGone && _nowMs - _leaderContactMs < _options.ElectionTimeoutMs);

    /// <summary>Keeps the promise that every answer to the leader carries, and older, longer ones.</summary>
    private void Promise() => _promisedUntilMs = Math.Max(_promisedUntilMs, _leaderContactMs + _options.LeaseMs);

    private long RandomElectionTimeoutMs() => _options.ElectionTimeoutMs + _random.Next(_options.ElectionTimeoutMs);

    private bool IsUpToDate(in RaftMessage candidate) =>
        candidate.LogTerm > _log.LastTerm || (candidate.LogTerm == _log.LastTerm && candidate.Index >= _log.LastIndex);

    /// <summary>The leader was silent for an election timeout, as far as this server can tell.</summary>
    private void ElectionTick(RaftEffects effects)
    {
        bool stoodStill = _nowMs - _electionDueMs >= _options.HeartbeatMs;
        if (!stoodStill || LeaderId is null || _isLeaderGone)
        {
            AskForElection(effects);
            return;
        }

        // What the leader said meanwhile lies unread behind this tick, or it stood still on the same machine: one more round of its heartbeats may come.
        _isLeaderGone = true;
        _electionDueMs = SoonAfter(_nowMs + _options.HeartbeatMs);
    }

    /// <summary>With each server another time, so that they do not stand against each other.</summary>
    private long SoonAfter(long atMs) => atMs + _random.Next((_options.ElectionTimeoutMs / 4) + 1);

    private void AskForElection(RaftEffects effects)
    {
        _electionDueMs = _nowMs + RandomElectionTimeoutMs();
        if (!_options.PreVote || IsLoneVoter)
        {
            Campaign(isTransfer: false, effects);
            return;
        }

        Role = RaftRole.PreCandidate;
        LeaderId = null;
        effects.RoleChanged = true;
        _votes.Clear();
        _votes.Add(_id);
        AskAll(RaftMessageKind.PreVote, Term + 1, effects);
    }

    /// <summary>Votes for itself in a new term and asks the others to, both once that is saved.</summary>
    private void Campaign(bool isTransfer, RaftEffects effects)
    {
        _electionDueMs = _nowMs + RandomElectionTimeoutMs();
        _isTransferElection = isTransfer;
        Role = RaftRole.Candidate;
        LeaderId = null;
        effects.RoleChanged = true;
        _votes.Clear();
        Save(new HardState(Term + 1, _id), effects);
        AskAll(RaftMessageKind.Vote, Term, effects);
    }

    private void AskAll(RaftMessageKind kind, long term, RaftEffects effects)
    {
        foreach (ServerMember server in Servers.Servers)
        {
            if (!server.IsVoter || server.Id == _id)
                continue;
            Send(new RaftMessage(kind, _id, server.Id, term) { Index = _log.LastIndex, LogTerm = _log.LastTerm, IsTransfer = _isTransferElection && kind == RaftMessageKind.Vote }, effects);
        }
    }

    private void OnPreVote(in RaftMessage message, RaftEffects effects)
    {
        bool granted = message.Term > Term && Role != RaftRole.Leader && !HeardFromLeaderLately && IsUpToDate(message);
        Send(new RaftMessage(RaftMessageKind.PreVoteReply, _id, message.From, granted ? message.Term : Term) { IsGranted = granted }, effects);
    }

    private void OnPreVoteReply(in RaftMessage message, RaftEffects effects)
    {
        if (!message.IsGranted)
        {
            if (message.Term > Term)
                Follow(message.Term, leader: null, effects);
            return;
        }

        if (Role != RaftRole.PreCandidate || message.Term != Term + 1 || !Servers.IsVoter(message.From))
            return;
        _votes.Add(message.From);
        if (_votes.Count >= Servers.Majority)
            Campaign(isTransfer: false, effects);
    }

    /// <summary>
    /// A candidate need not be in this server's configuration: it may be ahead, and a server added last may be the only one that can win.
    /// </summary>
    private void OnVote(in RaftMessage message, RaftEffects effects)
    {
        // Who hears from a leader helps nobody else (section 6): the leader's lease stands on that.
        bool isPatient = !message.IsTransfer && (Role == RaftRole.Leader || HeardFromLeaderLately);
        if (message.Term > Term && !isPatient)
            Follow(message.Term, leader: null, effects);
        bool granted = message.Term == Term && !isPatient && Role == RaftRole.Follower
            && (_hardState.VotedFor is null || _hardState.VotedFor == message.From) && IsUpToDate(message);
        if (granted)
        {
            if (_hardState.VotedFor is null)
                Save(new HardState(Term, message.From), effects);
            _electionDueMs = _nowMs + RandomElectionTimeoutMs();
        }

        Send(new RaftMessage(RaftMessageKind.VoteReply, _id, message.From, Term) { IsGranted = granted }, effects);
    }

    private void OnVoteReply(in RaftMessage message, RaftEffects effects)
    {
        if (message.Term > Term)
            Follow(message.Term, leader: null, effects);
        else if (message.Term == Term && message.IsGranted && Role == RaftRole.Candidate && Servers.IsVoter(message.From))
            CountVote(message.From, effects);
    }

    private void CountVote(string from, RaftEffects effects)
    {
        _votes.Add(from);
        // The others' votes may come in while the own one is still on its way to the disk.
        if (_votes.Count >= Servers.Majority && _votes.Contains(_id))
            Lead(effects);
    }

    private void OnTimeoutNow(in RaftMessage message, RaftEffects effects)
    {
        if (message.Term == Term && Role != RaftRole.Leader && Servers.IsVoter(_id))
            Campaign(isTransfer: true, effects);
    }

    /// <summary>The leader's process is gone or cut off: no need to wait for its silence, only for its lease.</summary>
    private void OnPeerUnreachable(string peer)
    {
        if (Role == RaftRole.Leader)
        {
            Peer(peer)?.Probe(0);
            return;
        }

        if (peer != LeaderId || _isLeaderGone)
            return;
        _isLeaderGone = true;
        _electionDueMs = Math.Min(_electionDueMs, SoonAfter(Math.Max(_nowMs, _promisedUntilMs)));
    }
}
