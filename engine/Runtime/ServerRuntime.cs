using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Praetor.Core.Consensus;
using Praetor.Core.Mvcc;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.State.Kv;
using Praetor.Core.State.Sessions;
using Praetor.Runtime.Archives;
using Praetor.Runtime.Sessions;
using Praetor.Runtime.Telemetry;

namespace Praetor.Runtime;

/// <summary>
/// A server: consensus, state and watches behind one entry. Thread-safe. When a background loop dies (disk error), every later
/// call fails with <see cref="ServerStoppedException"/> and <see cref="Stopped"/> completes with the cause.
/// </summary>
public sealed partial class ServerRuntime : IAsyncDisposable
{
    private readonly ServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SnapshotTaker _snapshots;
    private readonly TombstoneReaper _reaper;
    private readonly SessionTimers _sessionTimers;
    private readonly AbandonedRestores _abandonedRestores;
    private readonly ServerMeters? _meters;
    private readonly LogWriter _logWriter;
    private readonly ApplyLoop _apply;
    private readonly RaftLoop _raftLoop;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ChangeSignal _leaderSignal = new();
    private readonly ChangeSignal _appliedSignal = new();
    private readonly ServerStores _stores;
    private readonly IServerCalls? _calls;
    private readonly WriteNumbers _writeNumbers = new();
    private readonly SharedAsk<ReadConsistency, long> _askDefault;
    private readonly SharedAsk<ReadConsistency, long> _askConsistent;
    private readonly SharedAsk<string, SessionRecord?[]> _askRenewal;
    private readonly ITimer _abandon;
    private ServerSet _servers;
    private ConsensusView _view;
    private long _lastSnapshotIndex;
    private long _lastSnapshotTerm;
    private long _leaseUntilMs;
    private long _leaderContactMs;
    private CancellationTokenSource _leaderCalls = new();
    private int _disposed;

    private ServerRuntime(ServerOptions options, ServerStores stores, ServerRecovery recovered, IServerCalls? calls, TimeProvider time, ILogger logger, Meter? meter)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _stores = stores;
        _calls = calls;
        _askDefault = new SharedAsk<ReadConsistency, long>(_ => AskLeaderAsync(ReadConsistency.Default));
        _askConsistent = new SharedAsk<ReadConsistency, long>(_ => AskLeaderAsync(ReadConsistency.Consistent));
        _askRenewal = new SharedAsk<string, SessionRecord?[]>(AskRenewalAsync);
        Heap = stores.Heap;
        _servers = recovered.Start.SnapshotServers;
        _lastSnapshotIndex = recovered.Start.SnapshotIndex;
        _lastSnapshotTerm = recovered.SnapshotTerm;
        Watches = new WatchHub(time);
        _apply = new ApplyLoop(stores, recovered.State, Watches, time, options.History, OnApplied, OnChanged, Fail);
        _snapshots = new SnapshotTaker(stores.Snapshots, stores.Heap, options.Snapshots, time, _apply.Pin, OnSnapshot, Fail, _stopping.Token);
        RaftLoop? raftLoop = null;
        _logWriter = new LogWriter(stores.Log, write => raftLoop!.Post(RaftEvent.Persisted(raftLoop.NowMs, write)), Fail);
        long nowMs = (long)time.GetElapsedTime(0).TotalMilliseconds;
        var raft = new Raft(recovered.Start, options.Raft, new Random(options.Seed), nowMs);
        _view = ConsensusView.Of(raft);
        var sinks = new RaftLoopSinks
        {
            Log = _logWriter,
            Apply = _apply,
            Links = calls is null ? null : NewLinks(calls),
            RoleChanged = OnRoleChanged,
            Contact = OnContact,
            SteppedDown = reason => RuntimeLog.SteppedDown(_logger, reason),
            Violated = violation => RuntimeLog.Violated(_logger, violation),
        };
        _raftLoop = raftLoop = new RaftLoop(raft, stores.Log, time, sinks, Fail);
        _abandon = time.CreateTimer(_ => AbandonUnlessLeader(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _reaper = new TombstoneReaper(this, time);
        _sessionTimers = new SessionTimers(this, time);
        _abandonedRestores = new AbandonedRestores(this, time);
        _meters = meter is null ? null : new ServerMeters(meter, this, options.Datacenter, time);
        _apply.Meters = _logWriter.Meters = _snapshots.Meters = _meters;
        _raftLoop.Meters = _meters?.Raft;
    }

    /// <summary>The newest published state.</summary>
    public StateRoot Root => _apply.Root;

    /// <summary>Keys as they were, as far back as this server keeps it.</summary>
    public KvHistory History => _apply.History;

    /// <summary>Values of KV entries.</summary>
    public IRecordHeap Heap { get; }

    /// <summary>Waiters of blocking queries.</summary>
    public WatchHub Watches { get; }

    /// <summary>What is measured; null for nothing.</summary>
    internal ServerMeters? Meters => _meters;

    /// <summary>Ends when the server stops; faulted if a loop died.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>True while this server is the leader and has applied an entry of its own term, so that its state is current.</summary>
    public bool IsReadyLeader => ReadyTerm is not null;

    /// <summary>The term in which this server is such a leader; null if it is none.</summary>
    internal long? ReadyTerm => Volatile.Read(ref _view) is { Role: RaftRole.Leader } view && Root.Index >= view.TermStartIndex ? view.Term : null;

    /// <summary>How long ago a leader was last heard of; zero on a leader.</summary>
    public TimeSpan SinceLeaderContact =>
        Volatile.Read(ref _view).Role == RaftRole.Leader ? TimeSpan.Zero : TimeSpan.FromMilliseconds(_raftLoop.NowMs - Volatile.Read(ref _leaderContactMs));

    /// <summary>What consensus looks like now.</summary>
    public ConsensusStatus Status
    {
        get
        {
            ConsensusView view = Volatile.Read(ref _view);
            long applied = Root.Index;
            string leader = view.LeaderId is null ? "" : AddressOf(view.Servers, view.LeaderId);
            return new ConsensusStatus(_options.ServerId, view.Role.ToString(), leader, [.. view.Servers.Servers.Select(server => server with { Address = AddressOf(view.Servers, server.Id) })],
                view.Term, applied, applied, _stores.Log.LastIndex, view.Term, Volatile.Read(ref _lastSnapshotIndex), Volatile.Read(ref _lastSnapshotTerm));
        }
    }

    /// <summary>Takes other times of consensus and of snapshots while the server runs.</summary>
    /// <exception cref="ServerStoppedException">The server has stopped.</exception>
    public async Task TuneAsync(RaftOptions raft, SnapshotOptions snapshots)
    {
        _snapshots.Options = snapshots;
        await _raftLoop.InspectAsync(core =>
        {
            core.Tune(raft);
            return true;
        }).ConfigureAwait(false);
    }

    /// <summary>Completes when role, term or leader changed, or this server has become ready to lead. Take it before looking.</summary>
    public Task NextLeadershipChange => _leaderSignal.Next;

    /// <summary>The id of the leader; null while none is known.</summary>
    public string? LeaderId => Volatile.Read(ref _view).LeaderId;

    /// <summary>
    /// Recovers the state from snapshot and log and starts the loops. A first start with <see cref="ServerOptions.Bootstrap"/>
    /// writes the configuration of one server.
    /// </summary>
    /// <exception cref="InvalidDataException">Snapshot or log are damaged; the message names the file.</exception>
    public static ServerRuntime Start(ServerOptions options, ServerStores stores, TimeProvider time, ILogger logger, IServerCalls? calls = null, Meter? meter = null)
    {
        ServerRecovery recovered = ServerRecovery.Run(options, stores);
        RuntimeLog.Recovered(logger, recovered.Start.SnapshotIndex, recovered.Start.Log.LastIndex, recovered.Start.HardState.Term);
        var server = new ServerRuntime(options, stores, recovered, calls, time, logger, meter);
        server._apply.Start();
        server._logWriter.Start();
        server._raftLoop.Start();
        return server;
    }

    /// <summary>Waits until this server is a ready leader; false when the time is up.</summary>
    public async Task<bool> WaitForLeaderAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(timeout, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token, timer.Token);
        while (!IsReadyLeader)
        {
            Task changed = _leaderSignal.Next;
            if (IsReadyLeader)
                break;
            try
            {
                await changed.WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                ThrowIfStopped();
                return IsReadyLeader;
            }
        }

        return true;
    }

    /// <summary>Stops the loops in the order of the data's way and releases all waiters. The stores stay open: they belong to the caller.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        _reaper.Dispose();
        _sessionTimers.Dispose();
        _abandonedRestores.Dispose();
        _meters?.Dispose();
        await _abandon.DisposeAsync().ConfigureAwait(false);
        await Task.Run(StopLoops).ConfigureAwait(false);
        FailLeftOver(null);
        Watches.Dispose();
        _stopped.TrySetResult();
    }

    private void StopLoops()
    {
        _raftLoop.Dispose();
        _logWriter.Dispose();
        _apply.Dispose();
        _snapshots.Finish();
    }

    private RaftLinks NewLinks(IServerCalls calls) => new(calls, _stores.Snapshots, ServerAddressOf,
        (server, index, isOk) => _raftLoop.Post(RaftEvent.SnapshotSent(_raftLoop.NowMs, server, index, isOk)),
        (server, cause) => RuntimeLog.SnapshotNotSent(_logger, server, cause.Message), _stopping.Token)
    { OnSent = (server, milliseconds) => _meters?.Raft.SendSnapshot.Record(milliseconds, RaftMeters.Peer(server)) };

    private void OnApplied(AppliedBatch applied)
    {
        if (_apply.LastConfiguration is { } servers)
            _servers = servers;
        _snapshots.OnApplied(applied, _servers);
        _appliedSignal.Raise();
        if (_meters is not null && IsReadyLeader)
            _meters.Raft.IsReady();
        if (!_leaderSignal.IsQuiet && IsReadyLeader)
            _leaderSignal.Raise();
    }

    private void OnContact(long leaderContactMs, long leaseUntilMs)
    {
        Volatile.Write(ref _leaderContactMs, leaderContactMs);
        Volatile.Write(ref _leaseUntilMs, leaseUntilMs);
    }

    /// <summary>Writes that a former leader took are answered when their fate is known, but for no longer than requests are held.</summary>
    private void AbandonUnlessLeader()
    {
        if (Volatile.Read(ref _view).Role != RaftRole.Leader)
            _apply.Abandon();
    }

    private void OnSnapshot(long index, long term)
    {
        Volatile.Write(ref _lastSnapshotTerm, term);
        Volatile.Write(ref _lastSnapshotIndex, index);
        _raftLoop.Post(RaftEvent.SnapshotPersisted(_raftLoop.NowMs, index));
        RuntimeLog.SnapshotTaken(_logger, index);
    }

    private void OnRoleChanged(Raft raft)
    {
        ConsensusView before = Volatile.Read(ref _view);
        bool wasLeader = before.Role == RaftRole.Leader;
        Volatile.Write(ref _view, ConsensusView.Of(raft));
        Volatile.Write(ref _leaseUntilMs, raft.LeaseUntilMs);
        _hasHeardOfLeader |= raft.LeaderId is not null;
        if (before.LeaderId != raft.LeaderId)
            AbandonCalls();
        if (wasLeader && raft.Role != RaftRole.Leader)
            _abandon.Change(_options.RpcHoldTime, Timeout.InfiniteTimeSpan);
        _leaderSignal.Raise();
        if (before.Role != raft.Role)
            CountRole(raft.Role, before.Role);
        if (before.Role != raft.Role || before.Term != raft.Term)
            RuntimeLog.RoleChanged(_logger, raft.Role, raft.Term);
    }

    private void CountRole(RaftRole role, RaftRole before)
    {
        if (_meters is not { } meters)
            return;
        meters.Raft.Became(role, before);
        Counter<long> became = role switch { RaftRole.Leader => meters.BecameLeader, RaftRole.Follower => meters.BecameFollower, _ => meters.BecameCandidate };
        became.Add(1);
    }

    /// <summary>
    /// Calls to a leader that is none any more end: it may stand still with its connections open, and whoever waits must not wait for it. On the pool, because what
    /// waits goes on right there.
    /// </summary>
    private void AbandonCalls()
    {
        CancellationTokenSource ended = Interlocked.Exchange(ref _leaderCalls, new CancellationTokenSource());
        ThreadPool.UnsafeQueueUserWorkItem(static calls => calls.Cancel(), ended, preferLocal: false);
    }

    private void Fail(Exception cause)
    {
        if (!_stopped.TrySetException(cause))
            return;
        _ = _stopped.Task.Exception;
        RuntimeLog.LoopDied(_logger, cause);
        _stopping.Cancel();
        StopLoopsAfterDeath(cause);
    }

    /// <summary>Runs on the dying loop's own thread, which therefore cannot be joined; the others end by themselves.</summary>
    private void StopLoopsAfterDeath(Exception cause)
    {
        new Thread(() =>
        {
            StopLoops();
            FailLeftOver(cause);
            Watches.ReleaseAll();
        })
        { Name = "praetor-stop", IsBackground = true }.Start();
    }

    private void FailLeftOver(Exception? cause)
    {
        foreach (Proposal proposal in _raftLoop.TakeLeftOver())
            proposal.Fail(new ServerStoppedException(cause));
        foreach (Proposal proposal in _apply.TakeOwners())
            proposal.Fail(new ServerStoppedException(cause));
    }

    private void ThrowIfStopped()
    {
        if (_stopping.IsCancellationRequested)
            throw new ServerStoppedException(_stopped.Task.Exception?.InnerException);
    }

    private string AddressOf(ServerSet servers, string id) =>
        id == _options.ServerId ? _options.RpcAddress : _options.AddressOf(id) ?? servers.Servers.FirstOrDefault(server => server.Id == id)?.Address ?? "";

    /// <summary>What the raft loop last published of consensus.</summary>
    private sealed record ConsensusView(RaftRole Role, long Term, string? LeaderId, ServerSet Servers, long TermStartIndex)
    {
        public static ConsensusView Of(Raft raft) => new(raft.Role, raft.Term, raft.LeaderId, raft.Servers, raft.TermStartIndex);
    }
}
