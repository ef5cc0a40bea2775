namespace Praetor.Runtime;

/// <summary>
/// One call to another server for all who have something to ask it at the same time: who comes while one is under way shares the next one, because an answer must be newer than the
/// question. Thread-safe.
/// </summary>
/// <param name="ask">Asks all of it and answers it whole.</param>
internal sealed class SharedAsk<TQuestion, TAnswer>(Func<IReadOnlyList<TQuestion>, Task<TAnswer>> ask)
{
    /// <summary>More in one call would make it long.</summary>
    private const int MaxQuestions = 1024;

    private readonly Lock _gate = new();
    private readonly Queue<Round> _rounds = new();
    private Round? _last;
    private bool _isAsking;

    /// <summary>The answer to a call made after this one.</summary>
    /// <param name="question">What to ask.</param>
    /// <param name="place">The place of the question in that call.</param>
    public Task<TAnswer> AskAsync(TQuestion question, out int place)
    {
        lock (_gate)
        {
            if (_last is null || _last.Questions.Count == MaxQuestions)
                _rounds.Enqueue(_last = new Round());
            _last.Questions.Add(question);
            place = _last.Questions.Count - 1;
            Task<TAnswer> answer = _last.Answer.Task;
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
        while (TakeNext() is { } round)
        {
            try
            {
                round.Answer.TrySetResult(await ask(round.Questions).ConfigureAwait(false));
            }
#pragma warning disable CA1031 // Whatever went wrong is the askers' to know.
            catch (Exception cause)
#pragma warning restore CA1031
            {
                round.Answer.TrySetException(cause);
            }
        }
    }

    private Round? TakeNext()
    {
        lock (_gate)
        {
            _isAsking = _rounds.TryDequeue(out Round? round);
            if (round == _last)
                _last = null;
            return round;
        }
    }

    private sealed class Round
    {
        public List<TQuestion> Questions { get; } = [];

        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
