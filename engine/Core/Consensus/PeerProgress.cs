namespace Praetor.Core.Consensus;

/// <summary>How a leader treats a follower (Raft figure 2, nextIndex and matchIndex, with pipelining as in the thesis, 10.2.1).</summary>
internal enum PeerState : byte
{
    /// <summary>Its log is not known to match: one message at a time.</summary>
    Probe,

    /// <summary>It matches: messages follow each other without waiting.</summary>
    Replicate,

    /// <summary>It is too far behind: a snapshot is under way.</summary>
    Snapshot,
}

/// <summary>What a leader knows of another server.</summary>
internal sealed class PeerProgress(string id, bool isVoter, long next, long nowMs)
{
    private readonly Queue<long> _inFlight = new();

    public string Id { get; } = id;

    public bool IsVoter { get; set; } = isVoter;

    public PeerState State { get; private set; }

    /// <summary>Durable there and as here, through this index.</summary>
    public long Match { get; private set; }

    /// <summary>Next entry to send.</summary>
    public long Next { get; private set; } = next;

    /// <summary>Commit index it was told last.</summary>
    public long CommitSent { get; set; }

    /// <summary>Newest round it answered.</summary>
    public long AckedRound { get; private set; }

    /// <summary>What it promised with its last answer.</summary>
    public long PromiseMs { get; private set; }

    /// <summary>When it was last heard of.</summary>
    public long LastContactMs { get; private set; } = nowMs;

    /// <summary>A probe is under way; the next heartbeat lifts this, for the probe may be lost.</summary>
    public bool IsProbing { get; set; }

    public bool HasRoom(int maxInFlight) => State switch
    {
        PeerState.Probe => !IsProbing,
        PeerState.Replicate => _inFlight.Count < maxInFlight,
        _ => false,
    };

    public void Sent(long last)
    {
        if (State == PeerState.Probe)
        {
            IsProbing = true;
            return;
        }

        _inFlight.Enqueue(last);
        Next = last + 1;
    }

    public void Heard(long round, long promiseMs, long nowMs)
    {
        AckedRound = Math.Max(AckedRound, round);
        PromiseMs = promiseMs;
        LastContactMs = nowMs;
    }

    /// <summary>It has everything through an index.</summary>
    public void Matched(long index, long lastIndex)
    {
        Match = Math.Max(Match, index);
        while (_inFlight.Count > 0 && _inFlight.Peek() <= Match)
            _inFlight.Dequeue();
        if (State == PeerState.Snapshot)
            return;
        IsProbing = false;
        if (State == PeerState.Probe)
        {
            State = PeerState.Replicate;
            Next = Match + 1;
        }

        Next = Math.Min(Math.Max(Next, Match + 1), lastIndex + 1);
    }

    /// <summary>It refused what followed: try from an index on.</summary>
    public void Probe(long next)
    {
        State = PeerState.Probe;
        IsProbing = false;
        _inFlight.Clear();
        Next = Math.Max(next, Match + 1);
    }

    public void NeedsSnapshot()
    {
        State = PeerState.Snapshot;
        _inFlight.Clear();
    }
}
