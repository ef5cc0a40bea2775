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
    private readonly List<Proposal?> _owners = [];
    private List<Proposal> _incoming = [];
    private List<Proposal> _proposals = [];
    private List<RaftEvent> _posted = [];
    private List<RaftEvent> _events = [];
    private int[] _sizes = new int[64];
    private long? _nextTickMs = 0;
    private long _applicable;

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
                Propose();
            raft.Flush(_effects);
            _nextTickMs = _effects.NextTickMs;
            CarryOut();
            _effects.Clear();
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
        for (int i = _entries.Count; i < _effects.Entries.Count; i++)
            AddEntry(_effects.Entries[i], _effects.Entries[i].Shape.Servers?.Encode() ?? default(ReadOnlyMemory<byte>), owner: null);
    }

    private void Propose()
    {
        if (_sizes.Length < _proposals.Count)
            _sizes = new int[_proposals.Count * 2];
        for (int i = 0; i < _proposals.Count; i++)
            _sizes[i] = _proposals[i].Command.Memory.Length;
        raft.Step(RaftEvent.Propose(NowMs, _sizes.AsMemory(0, _proposals.Count)), _effects);
        if (_effects.Refused == ProposalRefusal.None)
        {
            foreach (Proposal proposal in _proposals)
                AddEntry(_effects.Entries[_entries.Count], proposal.Command.Memory, proposal);
        }
        else
        {
            foreach (Proposal proposal in _proposals)
                proposal.Fail(new NoLeaderException());
        }

        _proposals.Clear();
    }

    private void AddEntry(in NewEntry entry, ReadOnlyMemory<byte> payload, Proposal? owner)
    {
        _entries.Add(new LogEntry(entry.Index, entry.Shape.Term, entry.Shape.Kind, payload));
        _owners.Add(owner);
    }

    private void CarryOut()
    {
        if (_effects.Writes.Count > 0)
        {
            for (int i = 0; i < _entries.Count; i++)
                sinks.Apply.Stage(_entries[i], _owners[i]);
            sinks.Log.Write(_effects.Writes, _entries);
            _entries.Clear();
            _owners.Clear();
        }

        if (_effects.RoleChanged)
            sinks.RoleChanged(raft);
        // Payloads belong to their proposers until they are applied: they must not go before they are written.
        long applicable = Math.Min(raft.CommitIndex, raft.DurableIndex);
        if (applicable > _applicable)
            sinks.Apply.Commit(_applicable = applicable);
        if (_effects.CompactThrough is { } through)
            sinks.Log.CompactPrefix(through);
    }
}

/// <summary>Where the effects of consensus go.</summary>
/// <param name="Log">Durable writes.</param>
/// <param name="Apply">Committed entries.</param>
/// <param name="RoleChanged">Role, term or leader changed; called on the raft thread.</param>
internal sealed record RaftLoopSinks(LogWriter Log, ApplyLoop Apply, Action<Raft> RoleChanged);
