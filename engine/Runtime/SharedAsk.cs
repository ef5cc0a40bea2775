namespace Praetor.Runtime;

/// <summary>
/// One question to another server for all who have it at the same time: who comes while it is being asked shares the next one, because an answer must be newer than the
/// question. Thread-safe.
/// </summary>
internal sealed class SharedAsk(Func<Task<long>> ask)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<long>? _next;
    private bool _isAsking;

    /// <summary>The answer to a question asked after this call.</summary>
    public Task<long> AskAsync()
    {
        lock (_gate)
        {
            _next ??= new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<long> answer = _next.Task;
            if (!_isAsking)
            {
                _isAsking = true;
                _ = AskWhileAnyWaitsAsync();
            }

            return answer;
        }
    }

    private async Task AskWhileAnyWaitsAsync()
    {
        // The first asker goes on at once: it awaits the shared answer like all others.
        await Task.Yield();
        while (TakeNext() is { } waiting)
        {
            try
            {
                waiting.TrySetResult(await ask().ConfigureAwait(false));
            }
#pragma warning disable CA1031 // Whatever went wrong is the askers' to know.
            catch (Exception cause)
#pragma warning restore CA1031
            {
                waiting.TrySetException(cause);
            }
        }
    }

    private TaskCompletionSource<long>? TakeNext()
    {
        lock (_gate)
        {
            TaskCompletionSource<long>? waiting = _next;
            _next = null;
            _isAsking = waiting is not null;
            return waiting;
        }
    }
}
