namespace Praetor.Load.Measuring;

/// <summary>What happened to the requests of one step. Not thread-safe.</summary>
public sealed class StepStats(string name)
{
    private readonly List<long> _okPerSecond = [];

    /// <summary>The step's name in the table.</summary>
    public string Name { get; } = name;

    /// <summary>Requests answered as expected.</summary>
    public long Ok { get; private set; }

    /// <summary>Requests answered otherwise, or not at all.</summary>
    public long Fail { get; private set; }

    /// <summary>Latencies of the requests that were Ok.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Bytes of the answers.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Counts one answer, <paramref name="elapsed"/> after measuring began.</summary>
    public void Add(bool isOk, long latencyNanoseconds, long answerBytes, TimeSpan elapsed)
    {
        ReceivedBytes += answerBytes;
        if (!isOk)
        {
            Fail++;
            return;
        }

        Ok++;
        Latency.Record(latencyNanoseconds);
        var second = (int)elapsed.TotalSeconds;
        while (_okPerSecond.Count <= second)
            _okPerSecond.Add(0);
        _okPerSecond[second]++;
    }

    /// <summary>The fewest Ok answers within one of the whole seconds of a measurement of that length; 0 for a shorter one.</summary>
    public long WorstSecond(TimeSpan measured)
    {
        var whole = (int)measured.TotalSeconds;
        return whole == 0 ? 0 : Enumerable.Range(0, whole).Min(second => second < _okPerSecond.Count ? _okPerSecond[second] : 0);
    }
}
