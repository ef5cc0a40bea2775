using Praetor.Core.Consensus;
using Praetor.Core.Mvcc;
using Praetor.Core.Ports;
using Praetor.Core.State;

namespace Praetor.Runtime;

/// <summary>
/// Owns the state machine: applies committed entries in batches, publishes one root per batch with a single store, wakes watchers,
/// answers the proposers, and lets old versions go when the history window has passed.
/// </summary>
internal sealed class ApplyLoop : LoopThread
{
    /// <summary>Entries per root: bounds the time a batch holds a reader's answer back.</summary>
    private const int MaxBatch = 1024;

    /// <summary>Bytes read back from the log at once when starting.</summary>
    private const int MaxReplayBytes = 4 * 1024 * 1024;

    private readonly record struct Staged(LogEntry Entry, Proposal? Owner);

    private readonly IRaftLog _log;
    private readonly IRecordHeap _heap;
    private readonly StateMachine _state;
    private readonly WatchHub _watches;
    private readonly TimeProvider _time;
    private readonly HistoryWindow<StateRoot> _history;
    private readonly Action<AppliedBatch> _onApplied;
    private readonly Queue<Staged> _staged = new();
    private readonly ChangeSet _changes = new();
    private readonly LogEntry[] _batch = new LogEntry[MaxBatch];
    private readonly Proposal?[] _owners = new Proposal?[MaxBatch];
    private readonly CommandResult[] _results = new CommandResult[MaxBatch];
    private readonly List<long> _freed = [];
    private long _commitIndex;
    private StateRoot _root;

    public ApplyLoop(IRaftLog log, IRecordHeap heap, StateMachine state, WatchHub watches, TimeProvider time, HistoryOptions history,
        Action<AppliedBatch> onApplied, Action<Exception> onDeath)
        : base("praetor-apply", onDeath)
    {
        _log = log;
        _heap = heap;
        _state = state;
        _watches = watches;
        _time = time;
        _history = new HistoryWindow<StateRoot>(history);
        _onApplied = onApplied;
        _root = state.Root;
        _commitIndex = _root.Index;
        _history.Add(_root, _root.Index, [], NowMs);
    }

    /// <summary>The newest published root.</summary>
    public StateRoot Root => Volatile.Read(ref _root);

    private long NowMs => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Takes an entry that has entered the log, with its proposer. Entries arrive in index order.</summary>
    public void Stage(in LogEntry entry, Proposal? owner)
    {
        lock (Gate)
            _staged.Enqueue(new Staged(entry, owner));
    }

    /// <summary>Everything through this index may be applied.</summary>
    public void Commit(long index)
    {
        lock (Gate)
        {
            _commitIndex = Math.Max(_commitIndex, index);
            Monitor.Pulse(Gate);
        }
    }

    /// <summary>Keeps a root's records until disposed. The newest root can always be pinned from the thread that applies.</summary>
    public IDisposable Pin(StateRoot root) => _history.Pin(root.Index);

    /// <summary>Proposers that will get no answer any more, after the loop has ended.</summary>
    public List<Proposal> TakeLeftOver()
    {
        lock (Gate)
        {
            List<Proposal> left = [.. _staged.Where(static staged => staged.Owner is not null).Select(static staged => staged.Owner!)];
            _staged.Clear();
            return left;
        }
    }

    /// <inheritdoc/>
    protected override void Loop()
    {
        while (true)
        {
            int count = Take(out long replayThrough);
            if (count > 0)
                Apply(count);
            else if (replayThrough > 0)
                Replay(replayThrough);
            else
                return;
        }
    }

    /// <summary>Waits for committed entries. What is not staged here (after a restart) is read back from the log.</summary>
    private int Take(out long replayThrough)
    {
        lock (Gate)
        {
            while (_commitIndex <= _root.Index && !Stopping)
            {
                if (_history.Count <= 1)
                    Monitor.Wait(Gate);
                else if (!Monitor.Wait(Gate, 1000))
                    TrimHistory();
            }

            replayThrough = 0;
            if (Stopping)
                return 0;
            long next = _root.Index + 1;
            if (_staged.Count == 0 || _staged.Peek().Entry.Index > next)
            {
                replayThrough = _staged.Count == 0 ? _commitIndex : Math.Min(_commitIndex, _staged.Peek().Entry.Index - 1);
                return 0;
            }

            int count = 0;
            while (count < MaxBatch && _staged.Count > 0 && _staged.Peek().Entry.Index <= _commitIndex)
            {
                Staged staged = _staged.Dequeue();
                _batch[count] = staged.Entry;
                _owners[count++] = staged.Owner;
            }

            return count;
        }
    }

    private void Replay(long through)
    {
        while (_root.Index < through)
        {
            IReadOnlyList<LogEntry> entries = _log.Read(_root.Index + 1, MaxReplayBytes);
            if (entries.Count == 0)
                throw new InvalidDataException($"log entry {_root.Index + 1} is missing");
            for (int from = 0; from < entries.Count && entries[from].Index <= through;)
            {
                int count = 0;
                while (count < MaxBatch && from < entries.Count && entries[from].Index <= through)
                    _batch[count++] = entries[from++];
                Apply(count);
            }
        }
    }

    private void Apply(int count)
    {
        _state.Apply(_batch.AsSpan(0, count), _results.AsSpan(0, count), _changes);
        StateRoot root = _state.Root;
        _history.Add(root, root.Index, _changes.Superseded, NowMs);
        Volatile.Write(ref _root, root);
        _watches.Publish(_changes);
        long bytes = 0;
        for (int i = 0; i < count; i++)
        {
            bytes += _batch[i].Payload.Length;
            _owners[i]?.Complete(_results[i]);
            if (_batch[i].Kind == LogEntryKind.Configuration)
                LastConfiguration = ServerSet.Decode(_batch[i].Payload.Span);
        }

        long lastTerm = _batch[count - 1].Term;
        Array.Clear(_batch, 0, count);
        Array.Clear(_owners, 0, count);
        TrimHistory();
        _onApplied(new AppliedBatch(root, lastTerm, count, bytes));
    }

    /// <summary>The newest applied configuration; null if none was applied since the start. Read on the apply thread.</summary>
    public ServerSet? LastConfiguration { get; private set; }

    private void TrimHistory()
    {
        _freed.Clear();
        _history.Trim(_root.Index, NowMs, _freed);
        foreach (long version in _freed)
            _heap.Free(version);
    }
}

/// <summary>What the apply loop has just published.</summary>
/// <param name="Root">The new root.</param>
/// <param name="LastTerm">Term of its last entry.</param>
/// <param name="Entries">Entries in the batch.</param>
/// <param name="Bytes">Payload bytes in the batch.</param>
internal readonly record struct AppliedBatch(StateRoot Root, long LastTerm, int Entries, long Bytes);
