using Praetor.Core.Consensus;
using Praetor.Core.Ports;

namespace Praetor.Runtime;

/// <summary>
/// Drives the pure <see cref="Raft"/>: turns proposals, disk completions and time into events and carries the effects out. The only
/// thread that touches the core.
/// </summary>
internal sealed class RaftLoop(Raft raft, TimeProvider time, RaftLoopSinks sinks, Action<Exception> onDeath)
    : LoopThread("praetor-raft", onDeath)
{
    /// <summary>Proposals waiting for the loop; beyond this the server says so instead of growing (field 1.1, Overload).</summary>
    public const int MaxQueuedProposals = 65_536;

    private readonly RaftEffects _effects = new();
    private readonly List<LogEntry> _entries = [];
    private List<Proposal> _incoming = [];
    private List<Proposal> _proposals = [];
    private List<RaftEvent> _posted = [];
    private List<RaftEvent> _events = [];
    private long? _nextTickMs = 0;

    /// <summary>Milliseconds of the loop's clock.</summary>
    public long NowMs => (long)time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Queues a proposal; false if the server stops or the queue is full.</summary>
    public bool TryPropose(Proposal proposal, out bool overloaded)
    {
        lock (Gate)
        {
            overloaded = _incoming.Count >= MaxQueuedProposals;
            if (Stopping || overloaded)
                return false;
            _incoming.Add(proposal);
            Monitor.Pulse(Gate);
            return true;
        }
    }

    /// <summary>Reports a finished disk write or another event.</summary>
    public void Post(in RaftEvent happened)
    {
        lock (Gate)
        {
            _posted.Add(happened);
            Monitor.Pulse(Gate);
        }
    }

    /// <summary>Proposals nobody will take any more, after the loop has ended.</summary>
    public List<Proposal> TakeLeftOver()
    {
        lock (Gate)
        {
            List<Proposal> left = _incoming;
            _incoming = [];
            return left;
        }
    }

    /// <inheritdoc/>
    protected override void Loop()
    {
        while (Take())
        {
            foreach (RaftEvent happened in _events)
                Step(happened);
            _events.Clear();
            if (_nextTickMs is { } due && NowMs >= due)
                Step(RaftEvent.Tick(NowMs));
            if (_proposals.Count > 0)
                Step(RaftEvent.Propose(NowMs, _proposals.Count));
            _proposals.Clear();
        }
    }

    private bool Take()
    {
        lock (Gate)
        {
            while (_incoming.Count == 0 && _posted.Count == 0 && !Stopping && !WaitForTick())
            {
            }

            (_incoming, _proposals) = (_proposals, _incoming);
            (_posted, _events) = (_events, _posted);
            return !Stopping;
        }
    }

    /// <summary>Waits for a pulse or the next tick; true if the tick is due.</summary>
    private bool WaitForTick()
    {
        if (_nextTickMs is not { } due)
        {
            Monitor.Wait(Gate);
            return false;
        }

        long waitMs = due - NowMs;
        if (waitMs > 0)
            Monitor.Wait(Gate, (int)Math.Min(waitMs, int.MaxValue));
        return NowMs >= due;
    }

    private void Step(in RaftEvent happened)
    {
        raft.Step(happened, _effects);
        _nextTickMs = _effects.NextTickMs;
        if (_effects.HardState is { } hardState)
            sinks.Log.SaveHardState(hardState);
        if (_effects.RejectedProposals > 0)
            RejectAll();
        else if (_effects.Append.Count > 0)
            Append();
        if (_effects.RoleChanged)
            sinks.RoleChanged(raft);
        if (_effects.CommitIndex is { } commit)
            sinks.Apply.Commit(commit);
        if (_effects.CompactThrough is { } through)
            sinks.Log.CompactPrefix(through);
    }

    private void Append()
    {
        int proposal = 0;
        foreach (NewEntry created in _effects.Append)
        {
            bool isCommand = created.Kind == LogEntryKind.Command;
            Proposal? owner = isCommand ? _proposals[proposal++] : null;
            var entry = new LogEntry(created.Index, created.Term, created.Kind, owner?.Command.Memory ?? default);
            _entries.Add(entry);
            sinks.Apply.Stage(entry, owner);
        }

        sinks.Log.Append(_entries);
        _entries.Clear();
    }

    private void RejectAll()
    {
        foreach (Proposal proposal in _proposals)
            proposal.Fail(new NoLeaderException());
    }
}

/// <summary>Where the effects of consensus go.</summary>
/// <param name="Log">Durable writes.</param>
/// <param name="Apply">Committed entries.</param>
/// <param name="RoleChanged">Role, term or leader changed; called on the raft thread.</param>
internal sealed record RaftLoopSinks(LogWriter Log, ApplyLoop Apply, Action<Raft> RoleChanged);
