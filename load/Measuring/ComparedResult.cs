namespace Praetor.Load.Measuring;

/// <summary>What a scenario measured of one of several targets, round by round.</summary>
public sealed class ComparedResult(string scenario, string target)
{
    private readonly List<double> _perSecond = [];
    private readonly List<double> _p50Ms = [];
    private readonly List<double> _p99Ms = [];

    /// <summary>Its name.</summary>
    public string Scenario { get; } = scenario;

    /// <summary>Name of the target.</summary>
    public string Target { get; } = target;

    /// <summary>Of each round of a fan-out the time to the last answer; empty for other scenarios.</summary>
    public List<double> LastAnswersMs { get; } = [];

    /// <summary>Answers in a second, all steps together: median of the rounds, least and most.</summary>
    public (double Median, double Least, double Most) PerSecond => Spread(_perSecond);

    /// <summary>Median of the rounds, of the slowest step.</summary>
    public double P50Ms => Spread(_p50Ms).Median;

    /// <summary>Median of the rounds, of the slowest step.</summary>
    public double P99Ms => Spread(_p99Ms).Median;

    /// <summary>Time to the last answer: median of the rounds, least and most.</summary>
    public (double Median, double Least, double Most) LastAnswer => Spread(LastAnswersMs);

    /// <summary>How many times better this is than another of the same scenario; 0 if that cannot be told.</summary>
    public double TimesBetterThan(ComparedResult other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (mine, its) = LastAnswersMs.Count > 0 ? (other.LastAnswer.Median, LastAnswer.Median) : (PerSecond.Median, other.PerSecond.Median);
        return its > 0 ? mine / its : 0;
    }

    /// <summary>Adds a round.</summary>
    public void Add(ScenarioResult round)
    {
        ArgumentNullException.ThrowIfNull(round);
        _perSecond.Add(round.PerSecond(round.Steps.Sum(static step => step.Ok)));
        _p50Ms.Add(round.Steps.Max(static step => step.Latency.PercentileNanoseconds(50)) / 1e6);
        _p99Ms.Add(round.Steps.Max(static step => step.Latency.PercentileNanoseconds(99)) / 1e6);
    }

    private static (double Median, double Least, double Most) Spread(List<double> values)
    {
        if (values.Count == 0)
            return default;
        double[] sorted = [.. values.Order()];
        return (sorted[sorted.Length / 2], sorted[0], sorted[^1]);
    }
}
