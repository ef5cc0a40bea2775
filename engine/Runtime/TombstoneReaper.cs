using System.Diagnostics;
using Praetor.Core.State;
using Praetor.Runtime.Telemetry;

namespace Praetor.Runtime;

/// <summary>
/// Leader duty: KV tombstones live 15 minutes and are swept every 30 s (http-core 2.3). Time is this leader's affair alone: what
/// goes into the log is the index up to which tombstones are dropped.
/// </summary>
internal sealed class TombstoneReaper : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ServerRuntime _server;
    private readonly TimeProvider _time;
    private readonly Queue<(long At, long Index)> _marks = new();
    private readonly ITimer _timer;

    public TombstoneReaper(ServerRuntime server, TimeProvider time)
    {
        _server = server;
        _time = time;
        _timer = time.CreateTimer(static reaper => ((TombstoneReaper)reaper!).Sweep(), this, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Sweep()
    {
        if (!_server.IsReadyLeader)
        {
            // A new leader starts to count afresh: a tombstone may live longer than its time, never shorter.
            _marks.Clear();
            return;
        }

        StateRoot root = _server.Root;
        long now = _time.GetTimestamp();
        _marks.Enqueue((now, root.ClientIndex));
        long reapThrough = 0;
        while (_marks.Count > 0 && _time.GetElapsedTime(_marks.Peek().At, now) >= Lifetime)
            reapThrough = _marks.Dequeue().Index;
        if (reapThrough > 0 && root.Kv.HasTombstonesThrough(reapThrough))
            _ = ReapAsync(reapThrough);
    }

    private async Task ReapAsync(long through)
    {
        long begun = Stopwatch.GetTimestamp();
        try
        {
            await _server.ProposeAsync(Commands.KvReapTombstones(through), CancellationToken.None).ConfigureAwait(false);
            _server.Meters?.ReapTombstones.Record(ServerMeters.Since(begun));
        }
        catch (Exception refusal) when (refusal is NoLeaderException or ServerStoppedException or OverloadedException)
        {
            // Not reaped now: tombstones only live longer, and the next sweep's index covers these too.
        }
    }
}
