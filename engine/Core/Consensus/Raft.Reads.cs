namespace Praetor.Core.Consensus;

/// <summary>
/// Reads without log entries (thesis 6.4). A round of heartbeats that a majority answers proves that nobody else led when it began: reads that came before it may be
/// served (read-index), and for the lease time after its beginning all reads may (6.4.1), because who answered votes for nobody else that long.
/// </summary>
public sealed partial class Raft
{
    private readonly Queue<(long Round, long SentMs)> _rounds = new();
    private readonly Queue<(long Token, long Round, long Index)> _reads = new();
    private long _round;
    private bool _isRoundDue;
    private long _leaseFromMs;
    private long _leaseMs;
    private bool _isLeaseLost;

    /// <summary>Until when a leader may serve reads without asking anyone (milliseconds); 0 if it may not.</summary>
    public long LeaseUntilMs => Role switch
    {
        RaftRole.Leader when _isLeaseLost => 0,
        RaftRole.Leader when IsLoneVoter => long.MaxValue,
        // A tenth for clocks that do not run at the same speed.
        RaftRole.Leader when _leaseFromMs > 0 => _leaseFromMs + (Math.Min(_leaseMs, _options.LeaseMs) * 9 / 10),
        _ => 0,
    };

    private void BeginReads()
    {
        _rounds.Clear();
        _leaseFromMs = 0;
        _isLeaseLost = false;
        _round = 0;
        BeginHeartbeats();
    }

    private void EndReads(RaftEffects effects)
    {
        effects.ReadsLost |= _reads.Count > 0;
        _reads.Clear();
        _rounds.Clear();
        _leaseFromMs = 0;
    }

    /// <summary>
    /// The heartbeats of the next flush are a round of their own. The regular ones, and with them the leader's look at its quorum, are due all the same: whoever reads of a leader
    /// that is cut off, however often, must not keep it from stepping down.
    /// </summary>
    private void BeginRound()
    {
        if (_isRoundDue)
            return;
        _isRoundDue = true;
        _round++;
        _rounds.Enqueue((_round, _nowMs));
    }

    private void BeginHeartbeats()
    {
        _heartbeatDueMs = _nowMs + _options.HeartbeatMs;
        BeginRound();
    }

    private void OnConfirmRead(long token, RaftEffects effects)
    {
        if (Role != RaftRole.Leader)
        {
            effects.ReadsLost = true;
            return;
        }

        // Before the first own entry is committed nobody knows what older leaders have committed.
        long index = Math.Max(CommitIndex, TermStartIndex);
        if (IsLoneVoter)
        {
            effects.Reads.Add(new ReadyRead(token, index));
            return;
        }

        BeginRound();
        _reads.Enqueue((token, _round, index));
    }

    /// <summary>Of all voters that have answered a round: which of them make up the majority is not asked.</summary>
    private long LeastPromise(long round)
    {
        long least = long.MaxValue;
        foreach (PeerProgress peer in _peers)
        {
            if (peer.IsVoter && peer.AckedRound >= round)
                least = Math.Min(least, peer.PromiseMs);
        }

        return least;
    }

    private void ConfirmRounds(RaftEffects effects)
    {
        if (Role != RaftRole.Leader)
            return;
        long confirmed = RankOfMajority(_round, static peer => peer.AckedRound);
        bool isRenewed = false;
        while (_rounds.TryPeek(out (long Round, long SentMs) round) && round.Round <= confirmed)
        {
            _leaseFromMs = _rounds.Dequeue().SentMs;
            isRenewed = true;
        }

        if (isRenewed)
            _leaseMs = LeastPromise(confirmed);
        while (_reads.TryPeek(out (long Token, long Round, long Index) read) && read.Round <= confirmed)
        {
            _reads.Dequeue();
            effects.Reads.Add(new ReadyRead(read.Token, read.Index));
        }
    }
}
