using Praetor.Core.State;
using Praetor.Core.State.Restore;

namespace Praetor.Runtime.Archives;

/// <summary>Leader duty: a restore of which no piece has come for ten minutes is given up, so that its records do not stay in memory and snapshots for ever.</summary>
internal sealed class AbandonedRestores : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ServerRuntime _server;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private (string Id, long Next) _seen;
    private long _since;

    public AbandonedRestores(ServerRuntime server, TimeProvider time)
    {
        _server = server;
        _time = time;
        _timer = time.CreateTimer(static duty => ((AbandonedRestores)duty!).Look(), this, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (!_server.IsReadyLeader || _server.Root.Staged is not { } staged)
        {
            _seen = default;
            return;
        }

        if (_seen != (staged.Id, staged.Next))
        {
            _seen = (staged.Id, staged.Next);
            _since = _time.GetTimestamp();
        }
        else if (_time.GetElapsedTime(_since) >= Patience)
        {
            _ = AbandonAsync(staged);
        }
    }

    private async Task AbandonAsync(StagedRestore staged)
    {
        try
        {
            await _server.ProposeAsync(Commands.RestoreAbandon(staged.Id), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception later) when (later is NoLeaderException or LeadershipLostException or OverloadedException or ServerStoppedException)
        {
            // The next look tries again, here or on the next leader.
        }
    }
}
