namespace Praetor.Api.Cli.Locks;

/// <summary>How to wait for a lock, and how to watch it.</summary>
/// <param name="Timeout">How long to try; zero for ever.</param>
/// <param name="MonitorRetries">Errors in a row that may pass while it is watched.</param>
internal sealed record LockPatience(TimeSpan Timeout, long MonitorRetries);

/// <summary>A lock or semaphore slot that is held: it is watched until it is lost or released.</summary>
internal sealed class HeldLock : IAsyncDisposable
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_delayPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_monitorPause = TimeSpan.FromSeconds(1);

    private readonly ILockForm _form;
    private readonly LockSession _session;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();

    private HeldLock(ILockForm form, LockSession session, TimeProvider time, long monitorRetries)
    {
        (_form, _session, _time) = (form, session, time);
        Lost = WatchAsync(monitorRetries);
    }

    /// <summary>Completes when it is lost.</summary>
    public Task Lost { get; }

    /// <summary>Waits until it is acquired.</summary>
    /// <returns>The lock; or null with what is wrong, or with null when the time is over or it was cancelled.</returns>
    public static async Task<(HeldLock? Held, string? Error)> AcquireAsync(ILockForm form, LockSession session, TimeProvider time, LockPatience patience, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        long index = 0;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, session.Lost);
        try
        {
            while (true)
            {
                var left = patience.Timeout == TimeSpan.Zero ? s_wait : patience.Timeout - time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero)
                    return (null, null);
                var step = await form.TryAcquireAsync(session.Id, index, left < s_wait ? left : s_wait, either.Token).ConfigureAwait(false);
                if (step.IsDone)
                    return (new HeldLock(form, session, time, patience.MonitorRetries), null);
                if (step.Error is { } error)
                    return (null, error);
                index = step.WaitIndex;
                if (index == 0)
                    await Task.Delay(left < s_delayPause && patience.Timeout > TimeSpan.Zero ? left : s_delayPause, time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return (null, cancellation.IsCancellationRequested ? null : "the session was lost");
        }
    }

    /// <summary>Gives it back; null, or what is wrong.</summary>
    public async Task<string?> ReleaseAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        return await _form.ReleaseAsync(_session.Id, CancellationToken.None).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Lost.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task WatchAsync(long retries)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, _session.Lost);
        long index = 0;
        var left = retries;
        try
        {
            while (true)
            {
                var (isHeld, reading) = await _form.LookAsync(_session.Id, index, either.Token).ConfigureAwait(false);
                if (reading.Error is not null)
                {
                    if (!reading.MayPass || left-- <= 0)
                        return;
                    index = 0;
                    await Task.Delay(s_monitorPause, _time, either.Token).ConfigureAwait(false);
                    continue;
                }

                if (!isHeld)
                    return;
                left = retries;
                index = reading.Index;
            }
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            // The session has gone, and the lock with it.
        }
    }
}
