using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Praetor.Core.Consensus;
using Praetor.Core.Ports;
using Praetor.Runtime.Telemetry;

namespace Praetor.Runtime;

/// <summary>
/// Drives the pure <see cref="Raft"/>: turns proposals, messages, disk completions and time into events and carries the effects out. One thread at a
/// time touches the core: whoever has the turn. What has come together is one batch: one write to the log, one message to each follower.
/// </summary>
internal sealed partial class RaftLoop : LoopThread
{
    /// <summary>Proposals waiting for the loop; beyond this the server says so instead of growing (field 1.1, Overload).</summary>
    public const int MaxQueuedProposals = 65_536;

    /// <summary>Messages of other servers waiting for the loop. Raft bears the loss of what is beyond.</summary>
    private const int MaxQueuedMessages = 4096;

    /// <summary>Arrays of received entries that are kept for the next messages.</summary>
    private const int KeptEntries = 16;

    private const long TailBytes = 8 * 1024 * 1024;

    /// <summary>The answer to requests that a server no longer takes up.</summary>
    private const string ShuttingDown = "server is shutting down";

    private readonly Raft _raft;
    private readonly TimeProvider _time;
    private readonly RaftLoopSinks _sinks;
    private readonly RaftEffects _effects = new();
    private readonly PayloadArena _arena = new();
    private readonly LogTail _tail;
    private readonly List<LogEntry> _entries = [];
    private readonly List<Proposal?> _owners = [];
    private readonly List<LogEntry> _sending = [];
    private List<Proposal> _incoming = [];
    private List<Proposal> _proposals = [];
    private List<Posted> _posted = [];
    private List<Posted> _events = [];
    private readonly List<Action> _looks = [];
    private readonly ConcurrentQueue<ReceivedEntries> _kept = new();
    private int[] _sizes = new int[64];
    private long? _nextTickMs = 0;
    private int _queuedMessages;

    /// <summary>An event with what the shell needs beside it.</summary>
    private readonly record struct Posted(RaftEvent Event, ReceivedEntries? Entries, TaskCompletionSource<string?>? Answer);

    public RaftLoop(Raft raft, IRaftLog log, TimeProvider time, RaftLoopSinks sinks, Action<Exception> onDeath)
        : base("praetor-raft", onDeath)
    {
        _raft = raft;
        _time = time;
        _sinks = sinks;
        _tail = new LogTail(log, TailBytes);
        Reads = new ReadConfirmations(TakeTurn);
    }

    /// <summary>What is measured; null for nothing. Set before the start.</summary>
    public RaftMeters? Meters { get; set; }

    /// <summary>Readers that want this server's leadership confirmed.</summary>
    public ReadConfirmations Reads { get; }

    /// <summary>Milliseconds of the loop's clock.</summary>
    public long NowMs => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Queues a proposal; false if the server stops or the queue is full.</summary>
    public bool TryPropose(Proposal proposal, out bool overloaded)
    {
        lock (Gate)
        {
            overloaded = _incoming.Count >= MaxQueuedProposals;
            if (Stopping || overloaded)
                return false;
            _incoming.Add(proposal);
        }

        TakeTurn();
        return true;
    }

    /// <summary>Reports a finished disk write or another event.</summary>
    public void Post(in RaftEvent happened) => TryAdd(new Posted(happened, null, null));

    /// <summary>Room for the entries of a message; it goes to <see cref="Receive"/> or back to <see cref="ReturnEntries"/>.</summary>
    public ReceivedEntries RentEntries() => _kept.TryDequeue(out ReceivedEntries? kept) ? kept : new ReceivedEntries();

    /// <summary>Takes back what <see cref="RentEntries"/> gave.</summary>
    public void ReturnEntries(ReceivedEntries entries)
    {
        entries.Clear();
        if (_kept.Count < KeptEntries)
            _kept.Enqueue(entries);
    }

    /// <summary>Hands over a message of another server with the entries it carries; may drop it.</summary>
    public void Receive(in RaftMessage message, ReceivedEntries entries)
    {
        if (Interlocked.Increment(ref _queuedMessages) <= MaxQueuedMessages && TryAdd(new Posted(RaftEvent.Received(NowMs, message), entries, null)))
            return;
        Interlocked.Decrement(ref _queuedMessages);
        ReturnEntries(entries);
    }

    /// <summary>Asks for a change of the server set or a transfer; completes with null when it is under way, else with the reason why not.</summary>
    public Task<string?> RequestAsync(in RaftEvent request)
    {
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!TryAdd(new Posted(request, null, answer)))
            answer.SetResult(ShuttingDown);
        return answer.Task;
    }

    /// <summary>Looks at the core between two of its turns.</summary>
    public Task<T> InspectAsync<T>(Func<Raft, T> look)
    {
        var seen = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (Gate)
        {
            if (Stopping)
                seen.SetException(new ServerStoppedException(null));
            _looks.Add(() => seen.TrySetResult(look(_raft)));
        }

        TakeTurn();
        return seen.Task;
    }

    /// <summary>Proposals nobody will take any more, after the loop has ended.</summary>
    public List<Proposal> TakeLeftOver()
    {
        Reads.TakeWaiting();
        Reads.FailAll();
        Look();
        lock (Gate)
        {
            _events.AddRange(_posted);
            foreach (Posted posted in _events)
                posted.Answer?.TrySetResult(ShuttingDown);
            _events.Clear();
            _posted.Clear();
            List<Proposal> left = [.. _proposals, .. _incoming];
            _proposals.Clear();
            _incoming.Clear();
            return left;
        }
    }

    private void Turn()
    {
        foreach (Posted posted in _events)
            Step(posted);
        _events.Clear();
        if (_nextTickMs is { } due && NowMs >= due)
            Step(new Posted(RaftEvent.Tick(NowMs), null, null));
        if (_proposals.Count > 0)
            Propose();
        if (Reads.TakeWaiting() is { } token)
        {
            Meters?.VerifyLeader.Add(1);
            Step(new Posted(RaftEvent.ConfirmRead(NowMs, token), null, null));
        }

        _raft.Flush(_effects);
        _nextTickMs = _effects.NextTickMs;
        CarryOut();
        _effects.Clear();
        Look();
    }

    /// <summary>False if the loop is to end: nobody would look at it.</summary>
    private bool TryAdd(in Posted posted)
    {
        lock (Gate)
        {
            if (Stopping)
                return false;
            _posted.Add(posted);
        }

        TakeTurn();
        return true;
    }

    private void Look()
    {
        lock (Gate)
        {
            foreach (Action look in _looks)
                look();
            _looks.Clear();
        }
    }

    private void Step(in Posted posted)
    {
        long begun = Meters is null ? 0 : Stopwatch.GetTimestamp();
        _raft.Step(posted.Event, _effects);
        if (posted.Event.Kind == RaftEventKind.Message)
        {
            Interlocked.Decrement(ref _queuedMessages);
            Meters?.Handled(posted.Event.Message, begun);
        }

        for (int i = _entries.Count; i < _effects.Entries.Count; i++)
            AddEntry(_effects.Entries[i], PayloadOf(_effects.Entries[i], posted), owner: null);
        if (posted.Entries is { } received)
            ReturnEntries(received);
        posted.Answer?.TrySetResult(_effects.ChangeRefused);
        if (_effects.Violation is { } violation)
            _sinks.Violated(violation);
    }

    private static ReadOnlyMemory<byte> PayloadOf(in NewEntry entry, in Posted posted)
    {
        if (posted.Entries is { Count: > 0 } received)
            return received.Entries[(int)(entry.Index - received.Entries[0].Index)].Payload;
        return entry.Shape.Servers is { } servers ? servers.Encode() : default(ReadOnlyMemory<byte>);
    }

    private void Propose()
    {
        if (_sizes.Length < _proposals.Count)
            _sizes = new int[_proposals.Count * 2];
        for (int i = 0; i < _proposals.Count; i++)
            _sizes[i] = _proposals[i].Command.Length;
        _raft.Step(RaftEvent.Propose(NowMs, _sizes.AsMemory(0, _proposals.Count)), _effects);
        if (_effects.Refused == ProposalRefusal.None)
        {
            Meters?.Dispatched(_proposals.Count);
            foreach (Proposal proposal in _proposals)
                AddEntry(_effects.Entries[_entries.Count], _arena.Copy(proposal.Command.Span), proposal);
        }
        else
        {
            foreach (Proposal proposal in _proposals)
                proposal.Fail(new NotLeaderException());
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
            Write();
        if (_effects.RoleChanged)
            _sinks.RoleChanged(_raft);
        if (_effects.SteppedDown is { } reason)
            _sinks.SteppedDown(reason);
        if (_effects.RestoreThrough is { } restore)
            _sinks.Apply.Restore(restore);
        if (_effects.CommitIndex is { } commit)
            Commit(commit);
        _sinks.Contact(_raft.LeaderContactMs, _raft.LeaseUntilMs);
        foreach (ReadyRead read in _effects.Reads)
            Reads.Complete(read.Token, read.Index);
        if (_effects.ReadsLost)
            Reads.FailAll();
        foreach (RaftMessage message in _effects.Messages)
            Send(message);
        foreach (string peer in _effects.Snapshots)
            _sinks.Links?.SendSnapshot(peer, _raft.Term);
        if (_effects.CompactThrough is { } through)
            _sinks.Log.CompactPrefix(through);
    }

    /// <summary>In the order of the writes: what is truncated here is no longer staged when its replacement is.</summary>
    private void Write()
    {
        int entry = 0;
        foreach (LogWrite write in _effects.Writes)
        {
            if ((write.ResetTo is null ? write.TruncateFrom : 0) is { } from)
            {
                _sinks.Apply.Unstage(from);
                _tail.TruncateFrom(from);
            }

            for (int end = entry + write.EntryCount; entry < end; entry++)
            {
                if (_sinks.Links is not null)
                    _tail.Append(_entries[entry], _raft.DurableIndex);
                _sinks.Apply.Stage(_entries[entry], _owners[entry]);
            }
        }

        _sinks.Log.Write(_effects.Writes, _entries);
        _entries.Clear();
        _owners.Clear();
    }

    private void Send(in RaftMessage message)
    {
        if (_sinks.Links is not { } links)
            return;
        _sending.Clear();
        // What cannot be read is as good as lost: the next heartbeat finds out.
        if (message.Count > 0 && !_tail.TryRead(message.Index + 1, message.Count, _sending))
            return;
        Meters?.Sent(message);
        links.Send(message, CollectionsMarshal.AsSpan(_sending));
    }

    private void Commit(long index)
    {
        long begun = Meters is null ? 0 : Stopwatch.GetTimestamp();
        _sinks.Apply.Commit(index);
        Meters?.Enqueue.Record(ServerMeters.Since(begun));
    }
}
