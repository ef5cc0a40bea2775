using System.Diagnostics;
using Praetor.Core.State;
using Praetor.Core.State.Sessions;
using Praetor.Runtime.Telemetry;

namespace Praetor.Runtime.Sessions;

/// <summary>
/// Leader duty: puts into the log what <see cref="SessionClock"/> says is over. Time is this leader's affair alone; what goes into the log is that something has ended.
/// Thread-safe.
/// </summary>
internal sealed class SessionTimers : IDisposable
{
    /// <summary>How exactly times are kept: an end comes at most this much late.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly ServerRuntime _server;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly SessionClock _clock = new();
    private readonly ITimer _timer;

    public SessionTimers(ServerRuntime server, TimeProvider time)
    {
        _server = server;
        _time = time;
        _timer = time.CreateTimer(static timers => ((SessionTimers)timers!).Look(), this, Step, Step);
    }

    /// <summary>Sessions in the queue, renewed and gone ones included.</summary>
    internal int Queued
    {
        get
        {
            lock (_gate)
                return _clock.Queued;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    public void Dispose() => _timer.Dispose();

    /// <summary>Sessions and delays have come or gone. Called by the apply loop after it has published the root.</summary>
    public void OnApplied(ChangeSet changes)
    {
        if (changes.SessionsCreated.Count == 0 && changes.SessionsEnded.Count == 0 && changes.LockDelays.Count == 0 && !changes.Everything)
            return;
        lock (_gate)
            _clock.Applied(changes, _server.Root, Now);
    }

    /// <summary>Restarts a session's time, unless it is over. Nothing is written: only leaders know the time.</summary>
    public bool Renew(SessionRecord session)
    {
        lock (_gate)
            return _clock.Renew(session, _server.ReadyTerm, Now);
    }

    private void Look()
    {
        var ended = new List<string>();
        var over = new List<(byte[] Key, long Since)>();
        lock (_gate)
        {
            TimeSpan now = Now;
            _clock.Lead(_server.ReadyTerm, _server.Root, now);
            _clock.TakeDue(now, ended, over);
        }

        foreach (string id in ended)
            _ = InvalidateAsync(id);
        if (over.Count > 0)
            _ = EndDelaysAsync(over);
    }

    private async Task EndDelaysAsync(List<(byte[] Key, long Since)> over)
    {
        if (await ProposeAsync(Commands.LockDelaysEnd(over)).ConfigureAwait(false))
            return;
        lock (_gate)
            _clock.Failed(over, Now);
    }

    private async Task InvalidateAsync(string id)
    {
        long begun = Stopwatch.GetTimestamp();
        if (await ProposeAsync(Commands.SessionDestroy(id)).ConfigureAwait(false))
            _server.Meters?.SessionInvalidate.Record(ServerMeters.Since(begun));
    }

    private async Task<bool> ProposeAsync(CommandBuffer command)
    {
        try
        {
            await _server.ProposeAsync(command, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception refusal) when (refusal is NoLeaderException or LeadershipLostException or ServerStoppedException or OverloadedException)
        {
            // Whoever leads next begins anew; this one tries again.
            return false;
        }
    }
}
