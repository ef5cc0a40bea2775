using System.Diagnostics;
using Praetor.Core.State;
using Praetor.Core.State.Sessions;
using Praetor.Runtime.Telemetry;

namespace Praetor.Runtime.Sessions;

/// <summary>
/// Leader duty: sessions that nobody renews end after twice their time to live, and lock-delays are over when their time is (http-core 7.2, 7.3).
/// Time is this leader's affair alone: what goes into the log is that something has ended. A new leader starts all of it in full, so that a
/// session or a delay may last longer than its time, never shorter. Thread-safe.
/// </summary>
internal sealed class SessionTimers : IDisposable
{
    /// <summary>How exactly times are kept: an end comes at most this much late.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>Between attempts to end a session, as long as none succeeds.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

    private const int MinGarbage = 1024;

    private readonly ServerRuntime _server;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _deadlines = new(StringComparer.OrdinalIgnoreCase);
    private readonly PriorityQueue<string, long> _sessions = new();
    private readonly PriorityQueue<(byte[] Key, long Since), long> _delays = new();
    private readonly ITimer _timer;
    private bool _leads;

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
                return _sessions.Count;
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Sessions and delays have come or gone. Called by the apply loop after it has published the root.</summary>
    public void OnApplied(ChangeSet changes)
    {
        if (changes.SessionsCreated.Count == 0 && changes.SessionsEnded.Count == 0 && changes.LockDelays.Count == 0 && !changes.Everything)
            return;
        lock (_gate)
        {
            if (!_leads)
                return;
            if (changes.Everything)
            {
                // A restored state begins like a new leader.
                Restart();
                return;
            }

            foreach (SessionRecord session in changes.SessionsCreated)
                Begin(session);
            foreach (string id in changes.SessionsEnded)
                _deadlines.Remove(id);
            foreach ((byte[] key, LockDelay delay) in changes.LockDelays)
                Begin(key, delay);
            if (_sessions.Count > MinGarbage + (2 * _deadlines.Count))
                DropGarbage();
        }
    }

    /// <summary>Restarts a session's time. Nothing is written: only leaders know the time.</summary>
    public void Renew(SessionRecord session)
    {
        lock (_gate)
        {
            // Before this leader has looked for the first time, all begin anew anyway.
            if (_leads && _deadlines.ContainsKey(session.Id))
                _deadlines[session.Id] = Deadline(session);
        }
    }

    private void Look()
    {
        var ended = new List<string>();
        var over = new List<(byte[] Key, long Since)>();
        lock (_gate)
        {
            bool leads = _server.IsReadyLeader;
            if (leads && !_leads)
                Restart();
            _leads = leads;
            if (!leads)
            {
                _deadlines.Clear();
                _sessions.Clear();
                _delays.Clear();
                return;
            }

            long now = _time.GetTimestamp();
            TakeEnded(now, ended);
            while (_delays.TryPeek(out _, out long due) && due <= now)
                over.Add(_delays.Dequeue());
        }

        foreach (string id in ended)
            _ = InvalidateAsync(id);
        if (over.Count > 0)
            _ = EndDelaysAsync(over);
    }

    /// <summary>A renewed session stands in the queue with its old time; it goes back with the new one when that comes.</summary>
    private void TakeEnded(long now, List<string> ended)
    {
        while (_sessions.TryPeek(out string? id, out long due) && due <= now)
        {
            _sessions.Dequeue();
            if (!_deadlines.TryGetValue(id, out long deadline))
                continue;
            if (deadline <= now)
            {
                ended.Add(id);
                _deadlines[id] = deadline = now + Ticks(RetryPause);
            }

            _sessions.Enqueue(id, deadline);
        }
    }

    /// <summary>Sessions that were destroyed would stand in the queue until their time.</summary>
    private void DropGarbage()
    {
        _sessions.Clear();
        foreach ((string id, long deadline) in _deadlines)
            _sessions.Enqueue(id, deadline);
    }

    private void Restart()
    {
        _deadlines.Clear();
        _sessions.Clear();
        _delays.Clear();
        StateRoot root = _server.Root;
        foreach (SessionRecord session in root.Sessions.All())
            Begin(session);
        foreach ((byte[] key, LockDelay delay) in root.Sessions.LockDelays())
            Begin(key, delay);
    }

    private void Begin(SessionRecord session)
    {
        if (session.TtlNs <= 0)
            return;
        long deadline = Deadline(session);
        _deadlines[session.Id] = deadline;
        _sessions.Enqueue(session.Id, deadline);
    }

    private void Begin(byte[] key, LockDelay delay) => _delays.Enqueue((key, delay.Index), _time.GetTimestamp() + Ticks(TimeSpan.FromTicks(delay.DelayNs / 100)));

    private long Deadline(SessionRecord session) => _time.GetTimestamp() + Ticks(2 * TimeSpan.FromTicks(session.TtlNs / 100));

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    private async Task EndDelaysAsync(List<(byte[] Key, long Since)> over)
    {
        if (await ProposeAsync(Commands.LockDelaysEnd(over)).ConfigureAwait(false))
            return;
        lock (_gate)
        {
            foreach ((byte[] Key, long Since) delay in over)
                _delays.Enqueue(delay, _time.GetTimestamp() + Ticks(RetryPause));
        }
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
