namespace Praetor.Load.Measuring;

/// <summary>The second of a measurement in which the fewest requests were answered.</summary>
/// <param name="Ok">Answers as expected in it.</param>
/// <param name="P99Nanoseconds">Their 99th percentile; 0 if there were none.</param>
public readonly record struct WorstSecond(long Ok, long P99Nanoseconds);

/// <summary>What happened to the requests of one step. Fixed memory however long the measurement. Not thread-safe.</summary>
public sealed class StepStats(string name)
{
    private readonly LatencyHistogram _second = new();
    private int _secondNumber;

    /// <summary>The step's name in the table.</summary>
    public string Name { get; } = name;

    /// <summary>Requests answered as expected.</summary>
    public long Ok { get; private set; }

    /// <summary>Requests answered otherwise, or not at all.</summary>
    public long Fail { get; private set; }

    /// <summary>Those of the failures that nobody answered in time.</summary>
    public long Lost { get; private set; }

    /// <summary>Latencies of the requests that were Ok.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Bytes of the answers.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>The worst of the whole seconds so far; of equal ones that with the longer latency. Null if none is whole yet.</summary>
    public WorstSecond? Worst { get; private set; }

    /// <summary>Counts an answer as expected, <paramref name="elapsed"/> after measuring began, which never goes back from call to call.</summary>
    public void AddOk(long latencyNanoseconds, long answerBytes, TimeSpan elapsed)
    {
        EndSecondsBefore(elapsed);
        Ok++;
        ReceivedBytes += answerBytes;
        Latency.Record(latencyNanoseconds);
        _second.Record(latencyNanoseconds);
    }

    /// <summary>Counts a failure.</summary>
    public void AddFail(long answerBytes = 0, bool isLost = false)
    {
        Fail++;
        Lost += isLost ? 1 : 0;
        ReceivedBytes += answerBytes;
    }

    /// <summary>Ends the seconds that are whole by then: those without any answer count too.</summary>
    public void EndSecondsBefore(TimeSpan elapsed)
    {
        while (_secondNumber < (int)elapsed.TotalSeconds)
        {
            var ended = new WorstSecond(_second.Count, _second.PercentileNanoseconds(99));
            if (Worst is not { } worst || ended.Ok < worst.Ok || (ended.Ok == worst.Ok && ended.P99Nanoseconds > worst.P99Nanoseconds))
                Worst = ended;
            if (_second.Count > 0)
                _second.Clear();
            _secondNumber++;
        }
    }
}
