using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Runtime;

namespace Praetor.Api.Http;

/// <summary>What one blocking read waits for: nearly always one topic, sometimes several. Disposing it leaves nothing behind. Not thread-safe.</summary>
internal sealed class WatchedTopics : IDisposable
{
    private readonly List<WatchTicket> _tickets = new(1);

    private WatchedTopics()
    {
    }

    /// <summary>Registers the topics of a read.</summary>
    /// <exception cref="TooManyWaitersException">The limit is reached; nothing stays registered.</exception>
    public static WatchedTopics Register(WatchHub hub, WatchedRead read, StateRoot root)
    {
        var watched = new WatchedTopics();
        try
        {
            watched._tickets.Add(hub.Register(read.Topic));
            foreach (WatchTopic topic in read.FurtherTopics(root))
                watched._tickets.Add(hub.Register(topic));
            return watched;
        }
        catch
        {
            watched.Dispose();
            throw;
        }
    }

    /// <summary>Ends with the first topic that changes, when the time is up, or with <see cref="OperationCanceledException"/>. One wait at a time.</summary>
    public ValueTask<WakeReason> WaitAsync(TimeSpan timeout, CancellationToken aborted) =>
        _tickets.Count == 1 ? _tickets[0].WaitAsync(timeout, aborted) : WaitForAnyAsync(timeout, aborted);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (WatchTicket ticket in _tickets)
            ticket.Dispose();
    }

    private async ValueTask<WakeReason> WaitForAnyAsync(TimeSpan timeout, CancellationToken aborted)
    {
        using var others = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var waits = new Task<WakeReason>[_tickets.Count];
        for (int i = 0; i < waits.Length; i++)
            waits[i] = _tickets[i].WaitAsync(timeout, others.Token).AsTask();
        Task<WakeReason> first = await Task.WhenAny(waits).ConfigureAwait(false);
        await others.CancelAsync().ConfigureAwait(false);
        // A ticket takes one wait at a time: all must have ended before the next round.
        foreach (Task wait in waits)
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await first.ConfigureAwait(false);
    }
}
