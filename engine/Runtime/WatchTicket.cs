using System.Threading.Tasks.Sources;
using Praetor.Core.Mvcc;

namespace Praetor.Runtime;

/// <summary>
/// One registered waiter. Await one <see cref="WaitAsync"/> at a time; <see cref="Dispose"/> unregisters. A change that comes
/// between two waits is kept and ends the next wait at once, so no wake-up is lost.
/// </summary>
public sealed class WatchTicket : WheelEntry, IDisposable, IValueTaskSource<WakeReason>
{
    private readonly Lock _gate = new();
    private readonly WatchHub _hub;
    private ManualResetValueTaskSourceCore<WakeReason> _wait = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private bool _waiting;
    private WakeReason? _kept;

    internal WatchTicket(WatchHub hub, WatchTopic topic)
    {
        _hub = hub;
        Topic = topic;
    }

    internal WatchTopic Topic { get; }

    // The topic's list; guarded by its stripe's lock.
    internal WatchTicket? NextOnTopic { get; set; }

    internal WatchTicket? PreviousOnTopic { get; set; }

    internal bool Linked { get; set; }

    /// <summary>
    /// Ends when the topic changed since the registration (or since the last wait that ended with Changed), when
    /// <paramref name="timeout"/> is over, or with <see cref="OperationCanceledException"/>. Continuations run on the thread pool.
    /// </summary>
    public ValueTask<WakeReason> WaitAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_waiting)
                throw new InvalidOperationException("one wait at a time");
            if (_kept is { } reason)
            {
                _kept = null;
                return ValueTask.FromResult(reason);
            }

            if (cancellation.IsCancellationRequested)
                return ValueTask.FromCanceled<WakeReason>(cancellation);
            _wait.Reset();
            _waiting = true;
        }

        _hub.Timeouts.Arm(this, timeout);
        _cancellation = cancellation.UnsafeRegister(static (ticket, token) => ((WatchTicket)ticket!).Cancel(token), this);
        return new ValueTask<WakeReason>(this, _wait.Version);
    }

    /// <summary>Unregisters; safe to call twice.</summary>
    public void Dispose()
    {
        _hub.Unregister(this);
        _hub.Timeouts.Disarm(this);
        _cancellation.Dispose();
    }

    internal void Complete(WakeReason reason)
    {
        lock (_gate)
        {
            if (!_waiting)
            {
                if (reason != WakeReason.TimedOut)
                    _kept = reason;
                return;
            }

            _waiting = false;
        }

        _wait.SetResult(reason);
    }

    /// <inheritdoc/>
    protected internal override void OnDue()
    {
        // Armed again in the meantime: this was the time-out of an earlier wait.
        if (!IsArmed)
            Complete(WakeReason.TimedOut);
    }

    private void Cancel(CancellationToken token)
    {
        lock (_gate)
        {
            if (!_waiting)
                return;
            _waiting = false;
        }

        _wait.SetException(new OperationCanceledException(token));
    }

    WakeReason IValueTaskSource<WakeReason>.GetResult(short token)
    {
        _hub.Timeouts.Disarm(this);
        _cancellation.Dispose();
        return _wait.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<WakeReason>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<WakeReason>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);
}
