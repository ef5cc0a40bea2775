using Microsoft.Extensions.Logging;
using Praetor.Core.Consensus;
using Praetor.Core.Mvcc;
using Praetor.Core.Ports;
using Praetor.Core.State;

namespace Praetor.Runtime;

/// <summary>
/// A server: consensus, state and watches behind one entry. Thread-safe. When a background loop dies (disk error), every later
/// call fails with <see cref="ServerStoppedException"/> and <see cref="Stopped"/> completes with the cause.
/// </summary>
public sealed class ServerRuntime : IAsyncDisposable
{
    private readonly ServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SnapshotTaker _snapshots;
    private readonly TombstoneReaper _reaper;
    private readonly LogWriter _logWriter;
    private readonly ApplyLoop _apply;
    private readonly RaftLoop _raftLoop;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly LeaderSignal _leaderSignal = new();
    private readonly IRaftLog _log;
    private ServerSet _servers;
    private ConsensusView _view;
    private long _lastSnapshotIndex;
    private long _lastSnapshotTerm;
    private int _disposed;

    private ServerRuntime(ServerOptions options, ServerStores stores, ServerRecovery recovered, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _log = stores.Log;
        Heap = stores.Heap;
        _servers = recovered.Start.SnapshotServers;
        _lastSnapshotIndex = recovered.Start.SnapshotIndex;
        _lastSnapshotTerm = recovered.SnapshotTerm;
        Watches = new WatchHub(time);
        _apply = new ApplyLoop(stores.Log, stores.Heap, recovered.State, Watches, time, options.History, OnApplied, Fail);
        _snapshots = new SnapshotTaker(stores.Snapshots, stores.Heap, options.Snapshots, time, _apply.Pin, OnSnapshot, Fail);
        RaftLoop? raftLoop = null;
        _logWriter = new LogWriter(stores.Log, write => raftLoop!.Post(RaftEvent.Persisted(raftLoop.NowMs, write)), Fail);
        long nowMs = (long)time.GetElapsedTime(0).TotalMilliseconds;
        var raft = new Raft(recovered.Start, options.Raft, new Random(options.Seed), nowMs);
        _view = ConsensusView.Of(raft);
        _raftLoop = raftLoop = new RaftLoop(raft, time, new RaftLoopSinks(_logWriter, _apply, OnRoleChanged), Fail);
        _reaper = new TombstoneReaper(this, time);
    }

    /// <summary>The newest published state.</summary>
    public StateRoot Root => _apply.Root;

    /// <summary>Values of KV entries.</summary>
    public IRecordHeap Heap { get; }

    /// <summary>Waiters of blocking queries.</summary>
    public WatchHub Watches { get; }

    /// <summary>Ends when the server stops; faulted if a loop died.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>True while this server is the leader and has applied an entry of its own term, so that its state is current.</summary>
    public bool IsReadyLeader => Volatile.Read(ref _view) is { Role: RaftRole.Leader } view && Root.Index >= view.TermStartIndex;

    /// <summary>What consensus looks like now.</summary>
    public ConsensusStatus Status
    {
        get
        {
            ConsensusView view = Volatile.Read(ref _view);
            long applied = Root.Index;
            string leader = view.LeaderId is null ? "" : AddressOf(view.Servers, view.LeaderId);
            return new ConsensusStatus(_options.ServerId, view.Role.ToString(), leader, [.. view.Servers.Servers.Select(server => AddressOf(view.Servers, server.Id))],
                view.Term, applied, applied, _log.LastIndex, view.Term, Volatile.Read(ref _lastSnapshotIndex), Volatile.Read(ref _lastSnapshotTerm));
        }
    }

    /// <summary>
    /// Recovers the state from snapshot and log and starts the loops. A first start with <see cref="ServerOptions.Bootstrap"/>
    /// writes the configuration of one server.
    /// </summary>
    /// <exception cref="InvalidDataException">Snapshot or log are damaged; the message names the file.</exception>
    public static ServerRuntime Start(ServerOptions options, ServerStores stores, TimeProvider time, ILogger logger)
    {
        ServerRecovery recovered = ServerRecovery.Run(options, stores);
        RuntimeLog.Recovered(logger, recovered.Start.SnapshotIndex, recovered.Start.Log.LastIndex, recovered.Start.HardState.Term);
        var server = new ServerRuntime(options, stores, recovered, time, logger);
        server._apply.Start();
        server._logWriter.Start();
        server._raftLoop.Start();
        return server;
    }

    /// <summary>
    /// Proposes a command and waits until it is durable and applied. Takes ownership of the buffer at once. An acknowledged command
    /// is never lost; when the server dies in between, the fate is unknown and the call fails with <see cref="ServerStoppedException"/>.
    /// </summary>
    /// <exception cref="NoLeaderException">No leader within the hold time; nothing was written.</exception>
    /// <exception cref="OverloadedException">The proposal queue is full; nothing was written.</exception>
    public ValueTask<CommandResult> ProposeAsync(CommandBuffer command, CancellationToken cancellation) =>
        IsReadyLeader ? Enqueue(command) : ProposeWhenReadyAsync(command, cancellation);

    /// <summary>A root at least as fresh as the consistency asks for. Completes synchronously on a leader.</summary>
    /// <remarks>A set of one server is its own quorum, so default and consistent need no round trip.</remarks>
    /// <exception cref="NoLeaderException">No leader within the hold time.</exception>
    public ValueTask<StateRoot> ReadAsync(ReadConsistency consistency, CancellationToken cancellation)
    {
        ThrowIfStopped();
        if (consistency == ReadConsistency.Stale || IsReadyLeader)
            return ValueTask.FromResult(Root);
        return ReadWhenReadyAsync(cancellation);
    }

    /// <summary>Waits until this server is a ready leader; false when the time is up.</summary>
    public async Task<bool> WaitForLeaderAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        using ITimer timer = _time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), limit, timeout, Timeout.InfiniteTimeSpan);
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

    private ValueTask<CommandResult> Enqueue(CommandBuffer command)
    {
        Proposal proposal = Proposal.Rent(command);
        ValueTask<CommandResult> result = proposal.Task;
        if (!_raftLoop.TryPropose(proposal, out bool overloaded))
            proposal.Fail(overloaded ? new OverloadedException() : new ServerStoppedException(_stopped.Task.Exception?.InnerException));
        return result;
    }

    private async ValueTask<CommandResult> ProposeWhenReadyAsync(CommandBuffer command, CancellationToken cancellation)
    {
        try
        {
            ThrowIfStopped();
            if (!await WaitForLeaderAsync(_options.RpcHoldTime, cancellation).ConfigureAwait(false))
                throw new NoLeaderException();
        }
        catch
        {
            command.Dispose();
            throw;
        }

        return await Enqueue(command).ConfigureAwait(false);
    }

    private async ValueTask<StateRoot> ReadWhenReadyAsync(CancellationToken cancellation) =>
        await WaitForLeaderAsync(_options.RpcHoldTime, cancellation).ConfigureAwait(false) ? Root : throw new NoLeaderException();

    private void OnApplied(AppliedBatch applied)
    {
        if (_apply.LastConfiguration is { } servers)
            _servers = servers;
        _snapshots.OnApplied(applied, _servers);
        if (!_leaderSignal.IsQuiet && IsReadyLeader)
            _leaderSignal.Raise();
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
        Volatile.Write(ref _view, ConsensusView.Of(raft));
        RuntimeLog.RoleChanged(_logger, raft.Role, raft.Term);
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
        foreach (Proposal proposal in _apply.TakeLeftOver())
            proposal.Fail(new ServerStoppedException(cause));
    }

    private void ThrowIfStopped()
    {
        if (_stopping.IsCancellationRequested)
            throw new ServerStoppedException(_stopped.Task.Exception?.InnerException);
    }

    private string AddressOf(ServerSet servers, string id) =>
        id == _options.ServerId ? _options.RpcAddress : servers.Servers.FirstOrDefault(server => server.Id == id)?.Address ?? "";

    /// <summary>What the raft thread last published of consensus.</summary>
    private sealed record ConsensusView(RaftRole Role, long Term, string? LeaderId, ServerSet Servers, long TermStartIndex)
    {
        public static ConsensusView Of(Raft raft) => new(raft.Role, raft.Term, raft.LeaderId, raft.Servers, raft.TermStartIndex);
    }
}
