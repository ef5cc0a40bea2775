namespace Praetor.Runtime;

/// <summary>Tells those who wait for something that it may have changed. Costs nothing while nobody waits. Thread-safe.</summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource? _next;

    /// <summary>True while nobody waits.</summary>
    public bool IsQuiet => Volatile.Read(ref _next) is null;

    /// <summary>Completes at the next <see cref="Raise"/>. Take it first, then look at the condition, then wait.</summary>
    public Task Next
    {
        get
        {
            if (Volatile.Read(ref _next) is { } waiting)
                return waiting.Task;
            var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _next, created, null) ?? created).Task;
        }
    }

    /// <summary>Wakes all who wait.</summary>
    public void Raise() => Interlocked.Exchange(ref _next, null)?.TrySetResult();
}
