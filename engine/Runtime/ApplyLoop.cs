using System.Diagnostics;
using Praetor.Core.Consensus;
using Praetor.Core.Mvcc;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.State.Kv;
using Praetor.Runtime.Telemetry;

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

    private readonly IRaftLog _log;
    private readonly IRecordHeap _heap;
    private readonly StateMachine _state;
    private readonly WatchHub _watches;
    private readonly TimeProvider _time;
    private readonly HistoryWindow<KvEpoch> _history;
    private readonly Action<AppliedBatch> _onApplied;
    private readonly Action<ChangeSet> _onChanged;
    private readonly StagedEntries _staged = new();
    private readonly ISnapshotStore _snapshots;
    private readonly ChangeSet _changes = new();
    private readonly LogEntry[] _batch = new LogEntry[MaxBatch];
    private readonly Proposal?[] _owners = new Proposal?[MaxBatch];
    private readonly CommandResult[] _results = new CommandResult[MaxBatch];
    private readonly List<long> _freed = [];
    private readonly Action<CommandKind> _onCommand;
    private long _appliedAt;
    private long _commitIndex;
    private long _restoreThrough;
    private StateRoot _root;

    public ApplyLoop(ServerStores stores, StateMachine state, WatchHub watches, TimeProvider time, HistoryOptions history,
        Action<AppliedBatch> onApplied, Action<ChangeSet> onChanged, Action<Exception> onDeath)
        : base("praetor-apply", onDeath)
    {
        _log = stores.Log;
        _heap = stores.Heap;
        _snapshots = stores.Snapshots;
        _state = state;
        _watches = watches;
        _time = time;
        _history = new HistoryWindow<KvEpoch>(history);
        _onApplied = onApplied;
        _onChanged = onChanged;
        _onCommand = OnCommand;
        _root = state.Root;
        _commitIndex = _root.Index;
        _history.Add(new KvEpoch(_root, null), _root.Index, [], NowMs);
    }

    /// <summary>What is measured; null for nothing. Set before the start.</summary>
    public ServerMeters? Meters { get; set; }

    /// <summary>The newest published root.</summary>
    public StateRoot Root => Volatile.Read(ref _root);

    private long NowMs => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Keys as they were, as far back as it is kept. Any thread.</summary>
    public KvHistory History => new(_history.Roots);

    /// <summary>Takes an entry that has entered the log, with its proposer. Entries arrive in index order.</summary>
    public void Stage(in LogEntry entry, Proposal? owner)
    {
        lock (Gate)
            _staged.Add(new StagedEntry(entry, owner));
    }

    /// <summary>Everything through this index may be applied.</summary>
    public void Commit(long index)
    {
        lock (Gate)
            _commitIndex = Math.Max(_commitIndex, index);
        Wake();
    }

    /// <summary>The entries from an index on are no longer in the log: they were never committed, and whoever waits for them may try again.</summary>
    public void Unstage(long from)
    {
        var dropped = new List<Proposal>();
        lock (Gate)
            _staged.TruncateFrom(from, dropped);
        foreach (Proposal proposal in dropped)
            proposal.Fail(new NotLeaderException());
    }

    /// <summary>Nobody waits any longer for what is staged: its fate is with another leader.</summary>
    public void Abandon()
    {
        foreach (Proposal proposal in TakeOwners())
            proposal.Fail(new LeadershipLostException());
    }

    /// <summary>The state is to be replaced by the newest snapshot, which ends at this index.</summary>
    public void Restore(long index)
    {
        lock (Gate)
            _restoreThrough = index;
        Wake();
    }

    /// <summary>Keeps a root's records until disposed. The newest root can always be pinned from the thread that applies.</summary>
    public IDisposable Pin(StateRoot root) => _history.Pin(root.Index);

    /// <summary>Takes away those who wait for what is not applied.</summary>
    public List<Proposal> TakeOwners()
    {
        var owners = new List<Proposal>();
        lock (Gate)
            _staged.TakeOwners(owners);
        return owners;
    }

    /// <inheritdoc/>
    protected override void Loop()
    {
        while (true)
        {
            int count = Take(out long replayThrough);
            if (count > 0)
                Apply(count);
            else if (count < 0)
                RestoreSnapshot();
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
            Meters?.Raft.ApplyThread.Waits();
            while (_commitIndex <= _root.Index && _restoreThrough <= _root.Index && !Stopping)
            {
                if (_history.Count <= 1)
                    Sleep();
                else if (!Sleep(1000))
                    TrimHistory();
            }

            Meters?.Raft.ApplyThread.Works();
            replayThrough = 0;
            if (Stopping)
                return 0;
            if (_restoreThrough > _root.Index)
                return -1;
            while (_staged.Count > 0 && _staged.First.Entry.Index <= _root.Index)
                _staged.TakeFirst().Owner?.Fail(new LeadershipLostException());
            long next = _root.Index + 1;
            if (_staged.Count == 0 || _staged.First.Entry.Index > next)
            {
                replayThrough = _staged.Count == 0 ? _commitIndex : Math.Min(_commitIndex, _staged.First.Entry.Index - 1);
                return 0;
            }

            int count = 0;
            while (count < MaxBatch && _staged.Count > 0 && _staged.First.Entry.Index <= _commitIndex)
            {
                StagedEntry staged = _staged.TakeFirst();
                _batch[count] = staged.Entry;
                _owners[count++] = staged.Owner;
            }

            return count;
        }
    }

    /// <summary>Takes over a leader's snapshot. Old roots keep their records for the history window, as after any batch.</summary>
    private void RestoreSnapshot()
    {
        long begun = Stopwatch.GetTimestamp();
        using (ISnapshotSource source = _snapshots.OpenLatest() ?? throw new InvalidDataException("the snapshot that was just stored is gone"))
        {
            _state.Restore(source.Body, _changes);
            LastConfiguration = ServerSet.Decode(source.Meta.Configuration);
            if (_state.Root.Index != source.Meta.Index)
                throw new InvalidDataException($"snapshot {source.Meta.Index} holds the state of index {_state.Root.Index}");
        }

        Meters?.Restored(ServerMeters.Since(begun));
        Publish();
        _onApplied(new AppliedBatch(_root, LastTerm: 0, Entries: 0, Bytes: 0));
    }

    private void Publish()
    {
        StateRoot root = _state.Root;
        _history.Add(new KvEpoch(root, _changes.Everything ? null : _changes.KvChanges is { } writes ? [.. writes] : null), root.Index, _changes.Superseded, NowMs);
        Volatile.Write(ref _root, root);
        _watches.Publish(_changes);
        _onChanged(_changes);
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
        long begun = Stopwatch.GetTimestamp();
        _appliedAt = begun;
        _state.Apply(_batch.AsSpan(0, count), _results.AsSpan(0, count), _changes, Meters is { WantsApplied: true } ? _onCommand : null);
        Meters?.AppliedTogether(count, ServerMeters.Since(begun));
        Publish();
        long bytes = 0;
        for (int i = 0; i < count; i++)
        {
            bytes += _batch[i].Payload.Length;
            if (_owners[i] is { } owner)
                Meters?.CommitTime.Record(ServerMeters.Since(owner.RentedAt));
            if (_batch[i].Kind == LogEntryKind.Configuration)
                LastConfiguration = ServerSet.Decode(_batch[i].Payload.Span);
        }

        // From here on the proposals belong to their proposers.
        Completions.Queue(_owners.AsSpan(0, count), _results.AsSpan(0, count));
        long lastTerm = _batch[count - 1].Term;
        Array.Clear(_batch, 0, count);
        Array.Clear(_owners, 0, count);
        TrimHistory();
        _onApplied(new AppliedBatch(_root, lastTerm, count, bytes));
    }

    private void OnCommand(CommandKind kind)
    {
        long now = Stopwatch.GetTimestamp();
        Meters!.Applied(kind, Stopwatch.GetElapsedTime(_appliedAt, now).TotalMilliseconds);
        _appliedAt = now;
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
