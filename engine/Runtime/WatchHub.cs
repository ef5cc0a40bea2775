using Praetor.Core.Mvcc;

namespace Praetor.Runtime;

/// <summary>Why a wait ended.</summary>
public enum WakeReason : byte
{
    /// <summary>The watched thing changed.</summary>
    Changed,

    /// <summary>The time was up.</summary>
    TimedOut,

    /// <summary>The hub wakes everybody (snapshot restored, shutdown).</summary>
    Released,
}

/// <summary>
/// Wakes blocking queries. Register first, then look at the root, then wait: a change between the two wakes the ticket at once.
/// A waiter costs no thread and no timer of its own. Thread-safe.
/// </summary>
public sealed partial class WatchHub
{
    /// <summary>Registers interest. Dispose the ticket to leave nothing behind.</summary>
    public partial WatchTicket Register(WatchTopic topic);

    /// <summary>Waiters registered now.</summary>
    public partial int Count { get; }
}

/// <summary>One registered waiter. Await <see cref="WaitAsync"/> at most once per change; <see cref="Dispose"/> unregisters.</summary>
public sealed partial class WatchTicket : IDisposable
{
    /// <summary>
    /// Ends when the topic changed since the registration (or since the last wait that ended with Changed), when
    /// <paramref name="timeout"/> is over, or with <see cref="OperationCanceledException"/>. Continuations run on the thread pool.
    /// </summary>
    public partial ValueTask<WakeReason> WaitAsync(TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Unregisters; safe to call twice.</summary>
    public partial void Dispose();
}
