namespace Praetor.Api.Cli.Locks;

/// <summary>How an attempt ended, or a release.</summary>
/// <param name="IsDone">It was acquired; or it is gone.</param>
/// <param name="WaitIndex">If not: the key has to pass this index first; 0 for a pause.</param>
/// <param name="Error">What will not pass; null for nothing.</param>
internal readonly record struct LockStep(bool IsDone, long WaitIndex = 0, string? Error = null);

/// <summary>A lock or a semaphore in the store. One attempt at a time.</summary>
internal interface ILockForm
{
    /// <summary>Behaviour of its session.</summary>
    string SessionBehavior { get; }

    /// <summary>Tries once; if another one holds it, waits for a change since an index, for so long.</summary>
    Task<LockStep> TryAcquireAsync(string session, long waitIndex, TimeSpan wait, CancellationToken cancellation);

    /// <summary>Looks whether it is still held, when something has changed since an index.</summary>
    Task<(bool IsHeld, LockReading Reading)> LookAsync(string session, long index, CancellationToken cancellation);

    /// <summary>Gives it back; null, or what is wrong.</summary>
    Task<string?> ReleaseAsync(string session, CancellationToken cancellation);

    /// <summary>Deletes its key if nobody uses it; done is false if somebody does.</summary>
    Task<LockStep> CleanUpAsync(CancellationToken cancellation);
}
