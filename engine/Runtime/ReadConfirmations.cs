namespace Praetor.Runtime;

/// <summary>
/// Readers that want to know that this server still leads. All that come while one round of heartbeats is being asked for share the next one, so
/// confirming costs the same whatever the number of readers. Thread-safe.
/// </summary>
internal sealed class ReadConfirmations(Action wakeLoop)
{
    private readonly Lock _gate = new();
    private readonly Queue<(long Token, TaskCompletionSource<long> Readers)> _asked = new();
    private TaskCompletionSource<long>? _waiting;
    private long _lastToken;

    /// <summary>Completes with the index that must be applied before reading.</summary>
    /// <exception cref="NoLeaderException">This server does not lead, or no longer.</exception>
    public Task<long> ConfirmAsync()
    {
        Task<long> confirmed;
        bool isFirst;
        lock (_gate)
        {
            isFirst = _waiting is null;
            _waiting ??= new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            confirmed = _waiting.Task;
        }

        if (isFirst)
            wakeLoop();
        return confirmed;
    }

    /// <summary>True while somebody waits for whom nothing was asked yet.</summary>
    public bool AnyWaiting => Volatile.Read(ref _waiting) is not null;

    /// <summary>The token under which to ask for all who wait; null if nobody does. For who has the raft loop's turn.</summary>
    public long? TakeWaiting()
    {
        lock (_gate)
        {
            if (_waiting is not { } readers)
                return null;
            _waiting = null;
            _asked.Enqueue((++_lastToken, readers));
            return _lastToken;
        }
    }

    /// <summary>The reads through a token may be served. For who has the raft loop's turn.</summary>
    public void Complete(long token, long index)
    {
        lock (_gate)
        {
            while (_asked.TryPeek(out (long Token, TaskCompletionSource<long> Readers) asked) && asked.Token <= token)
                _asked.Dequeue().Readers.TrySetResult(index);
        }
    }

    /// <summary>Nobody who was asked for will be confirmed.</summary>
    public void FailAll()
    {
        lock (_gate)
        {
            while (_asked.TryDequeue(out (long Token, TaskCompletionSource<long> Readers) asked))
                asked.Readers.TrySetException(new NoLeaderException());
        }
    }
}
