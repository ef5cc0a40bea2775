using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent.Checks;

/// <summary>
/// Decides which results of an interval check are reported (agent-catalog-health 3, Thresholds). Not thread-safe: the runs of one
/// check never overlap. Both counters start full, so the first result always counts.
/// </summary>
public sealed class CheckThresholds
{
    private readonly int _successBeforePassing;
    private readonly int _failuresBeforeWarning;
    private readonly int _failuresBeforeCritical;
    private int _successes;
    private int _failures;

    /// <summary>Takes the definition's counts; 0 and 1 mean immediate, and no warning count means the critical one.</summary>
    public CheckThresholds(int successBeforePassing, int failuresBeforeWarning, int failuresBeforeCritical)
    {
        _successBeforePassing = successBeforePassing;
        _failuresBeforeCritical = failuresBeforeCritical;
        _failuresBeforeWarning = failuresBeforeWarning > 0 ? failuresBeforeWarning : failuresBeforeCritical;
        _successes = successBeforePassing;
        _failures = failuresBeforeCritical;
    }

    /// <summary>The status to report for a result of <paramref name="status"/>; null means that nothing changes, not even the output.</summary>
    public string? Step(string status)
    {
        if (status is CheckStatus.Passing or CheckStatus.Warning)
        {
            _failures = 0;
            return Count(ref _successes) >= _successBeforePassing ? status : null;
        }

        _successes = 0;
        var failures = Count(ref _failures);
        if (failures >= _failuresBeforeCritical)
            return CheckStatus.Critical;
        return failures >= _failuresBeforeWarning ? CheckStatus.Warning : null;
    }

    private static int Count(ref int counter) => counter < int.MaxValue ? ++counter : counter;
}
