using Microsoft.Extensions.Logging;

namespace Praetor.Runtime.Agent;

/// <summary>
/// Deregisters services that have been critical for too long (http-agent 3 "Reaper"). Looks every 30 s; the clock of a check starts with
/// its first critical result.
/// </summary>
internal sealed class CriticalReaper(LocalAgent agent, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>Shorter limits are raised to this.</summary>
    public static readonly TimeSpan Minimum = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Ends with the loop; faulted if it died.</summary>
    public Task Stopped => _loop;

    /// <summary>Its periods count from here, whenever the loop gets its first thread.</summary>
    public void Start()
    {
        var timer = new PeriodicTimer(Period, time);
        _loop = BackgroundLoop.Run("reaper", () => RunAsync(timer), logger, _stopping.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    /// <summary>Services that are due, each with the check that says so.</summary>
    internal static IReadOnlyDictionary<string, string> Due(LocalSnapshot local, TimeProvider time)
    {
        var due = new SortedList<string, string>(StringComparer.Ordinal);
        foreach (LocalCheck check in local.Checks.Values)
        {
            if (check.Spec is not { } spec || check.Record.ServiceId.Length == 0 || check.CriticalSince is not { } since || spec.DeregisterCriticalServiceAfter <= TimeSpan.Zero)
                continue;
            TimeSpan limit = spec.DeregisterCriticalServiceAfter > Minimum ? spec.DeregisterCriticalServiceAfter : Minimum;
            if (time.GetElapsedTime(since) > limit)
                due.TryAdd(check.Record.ServiceId, check.Record.CheckId);
        }

        return due;
    }

    private async Task RunAsync(PeriodicTimer timer)
    {
        using PeriodicTimer ticking = timer;
        while (await ticking.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
        {
            foreach ((string service, string check) in Due(agent.Snapshot, time))
            {
                AgentLog.ReapedService(logger, service, check);
                await agent.DeregisterServiceAsync(service, _stopping.Token).ConfigureAwait(false);
            }
        }
    }
}
