namespace Praetor.Load.Measuring;

/// <summary>How fast many who wait for one thing were answered. Times count from the start of the write, in nanoseconds.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Watchers">How many waited.</param>
/// <param name="LastAnswers">Of each round the time to the last answer, ascending; not empty.</param>
/// <param name="Each">The times of all watchers of all rounds.</param>
public sealed record FanOutResult(string Scenario, int Watchers, IReadOnlyList<long> LastAnswers, LatencyHistogram Each)
{
    /// <summary>Of the middle round.</summary>
    public long MedianLastAnswer => LastAnswers[LastAnswers.Count / 2];
}

/// <summary>Something counted that has only one right value.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Counted">What.</param>
/// <param name="Value">What was seen.</param>
/// <param name="IsOk">Whether that is right.</param>
public sealed record Finding(string Scenario, string Counted, string Value, bool IsOk);
