using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Praetor.Core.Codec;

namespace Praetor.Runtime.Agent;

/// <summary>
/// Keeps the catalog equal to what is registered here (http-agent 4.1). One loop does all syncs, one after the other: what changes
/// while one is under way is told by the next, so a burst of changes costs few syncs. Thread-safe.
/// </summary>
internal sealed class AntiEntropy : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly LocalState _state;
    private readonly CatalogPush _push;
    private readonly ICatalogAccess _catalog;
    private readonly SyncSchedule _schedule;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _alarm;
    private List<TaskCompletionSource> _waiters = [];
    private bool _changesWanted;
    private bool _stopped;
    private int _pauses;
    private long _fullDue;
    private Task _loop = Task.CompletedTask;

    public AntiEntropy(LocalState state, ICatalogAccess catalog, SyncSchedule schedule, TimeProvider time, ILogger logger)
    {
        _state = state;
        _catalog = catalog;
        _push = new CatalogPush(state, catalog, logger);
        _schedule = schedule;
        _time = time;
        _logger = logger;
        _alarm = time.CreateTimer(static wake => ((Channel<bool>)wake!).Writer.TryWrite(true), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _fullDue = time.GetTimestamp();
        state.SyncNeeded += TriggerChanges;
    }

    /// <summary>Ends with the loop; faulted if it died.</summary>
    public Task Stopped => _loop;

    /// <summary>Begins with a full sync.</summary>
    public void Start()
    {
        _wake.Writer.TryWrite(true);
        _loop = BackgroundLoop.Run("anti-entropy", RunAsync, _logger, _stopping.Token);
    }

    /// <summary>Asks for a partial sync; returns at once.</summary>
    public void TriggerChanges()
    {
        lock (_gate)
            _changesWanted = true;
        _wake.Writer.TryWrite(true);
    }

    /// <summary>A server joined, a leader was elected or a token changed: a full sync follows within seconds.</summary>
    public void TriggerFull()
    {
        lock (_gate)
            SetFullDue(_schedule.Soon(), onlyEarlier: true);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Completes once everything that is true now has been told to the catalog, or the attempt has failed (which is only logged).</summary>
    public Task SyncChangesAsync(CancellationToken cancellation)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_stopped)
                return _loop;
            _waiters.Add(waiter);
            _changesWanted = true;
        }

        _wake.Writer.TryWrite(true);
        return waiter.Task.WaitAsync(cancellation);
    }

    /// <summary>No sync begins until the result is disposed.</summary>
    public IDisposable Pause()
    {
        lock (_gate)
            _pauses++;
        return new Resume(this);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _state.SyncNeeded -= TriggerChanges;
        await _stopping.CancelAsync().ConfigureAwait(false);
        _wake.Writer.TryComplete();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ReleaseWaiters(stop: true);
        await _alarm.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _wake.Reader.WaitToReadAsync(_stopping.Token).ConfigureAwait(false))
            {
                _wake.Reader.TryRead(out _);
                await RunDueAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            ReleaseWaiters(stop: true);
        }
    }

    private async Task RunDueAsync()
    {
        bool full;
        List<TaskCompletionSource> waiters;
        lock (_gate)
        {
            full = _time.GetTimestamp() >= _fullDue;
            if (_pauses > 0)
                return;
            if (!full && !_changesWanted)
            {
                ArmAlarm();
                return;
            }

            _changesWanted = false;
            waiters = _waiters;
            _waiters = [];
        }

        try
        {
            bool done = await TrySyncAsync(full).ConfigureAwait(false);
            lock (_gate)
                PlanNext(full, done);
        }
        finally
        {
            foreach (TaskCompletionSource waiter in waiters)
                waiter.TrySetResult();
        }
    }

    private void PlanNext(bool full, bool done)
    {
        if (full)
            SetFullDue(done ? _schedule.Next() : _schedule.Retry(), onlyEarlier: false);
        else if (!done)
            SetFullDue(_schedule.Retry(), onlyEarlier: true);
        else
            ArmAlarm();
    }

    /// <summary>False if the catalog could not be reached; what it refused is not tried again before the next full sync.</summary>
    private async Task<bool> TrySyncAsync(bool full)
    {
        try
        {
            if (full)
            {
                NodeReading reading = await _catalog.ReadNodeAsync(_state.Node.Name, 0, TimeSpan.Zero, _stopping.Token).ConfigureAwait(false);
                _state.Compare(reading.View);
            }

            return await _push.PushAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (!_stopping.IsCancellationRequested && CatalogFailures.MayPass(failure))
        {
            if (full)
                AgentLog.FullSyncFailed(_logger, failure.Message);
            else
                AgentLog.SyncFailed(_logger, failure.Message);
            return false;
        }
    }

    private void SetFullDue(TimeSpan delay, bool onlyEarlier)
    {
        long due = _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);
        _fullDue = onlyEarlier ? Math.Min(_fullDue, due) : due;
        ArmAlarm();
    }

    private void ArmAlarm()
    {
        TimeSpan left = _time.GetElapsedTime(_time.GetTimestamp(), _fullDue);
        _alarm.Change(TimerLimits.Clamp(left), Timeout.InfiniteTimeSpan);
    }

    private void ReleaseWaiters(bool stop)
    {
        List<TaskCompletionSource> waiters;
        lock (_gate)
        {
            _stopped |= stop;
            waiters = _waiters;
            _waiters = [];
        }

        foreach (TaskCompletionSource waiter in waiters)
            waiter.TrySetResult();
    }

    private sealed class Resume(AntiEntropy owner) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0)
                return;
            lock (owner._gate)
                owner._pauses--;
            owner._wake.Writer.TryWrite(true);
        }
    }
}
