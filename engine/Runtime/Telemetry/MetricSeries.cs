namespace Praetor.Runtime.Telemetry;

/// <summary>What a series counts.</summary>
public enum MetricKind
{
    /// <summary>A value of now.</summary>
    Gauge,

    /// <summary>A sum that grows.</summary>
    Counter,

    /// <summary>Single measurements: a time in milliseconds or a size.</summary>
    Sample,
}

/// <summary>What one series measured in an interval.</summary>
/// <param name="Count">Measurements.</param>
/// <param name="Sum">Their sum; of a gauge its value.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
/// <param name="SumOfSquares">For the deviation.</param>
public readonly record struct MetricSummary(long Count, double Sum, double Min, double Max, double SumOfSquares)
{
    /// <summary>Mean; 0 without measurements.</summary>
    public double Mean => Count == 0 ? 0 : Sum / Count;

    /// <summary>Sample standard deviation; 0 for less than two measurements.</summary>
    public double Deviation => Count < 2 ? 0 : Math.Sqrt(Math.Max(0, (Count * SumOfSquares) - (Sum * Sum)) / (Count * (double)(Count - 1)));

    internal MetricSummary With(double value) => Count == 0
        ? new MetricSummary(1, value, value, value, value * value)
        : new MetricSummary(Count + 1, Sum + value, Math.Min(Min, value), Math.Max(Max, value), SumOfSquares + (value * value));
}

/// <summary>One instrument with one set of labels. Any thread may measure and look.</summary>
public sealed class MetricSeries
{
    private readonly Lock _gate = new();
    private readonly QuantileSketch? _quantiles;
    private MetricSummary _interval;
    private long _totalCount;
    private double _totalSum;
    private long _changedAt;

    internal MetricSeries(MetricKind kind, string name, IReadOnlyList<KeyValuePair<string, string>> labels, bool isCumulative)
    {
        Kind = kind;
        Name = name;
        Labels = labels;
        _quantiles = isCumulative && kind == MetricKind.Sample ? new QuantileSketch() : null;
    }

    /// <summary>What it counts.</summary>
    public MetricKind Kind { get; }

    /// <summary>Name without prefix: <c>raft.apply</c>.</summary>
    public string Name { get; }

    /// <summary>Labels, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; }

    /// <summary>Since the start: measurements, and their sum (of a gauge its last value).</summary>
    public (long Count, double Sum) Total
    {
        get
        {
            lock (_gate)
                return (_totalCount, _totalSum);
        }
    }

    /// <summary>End of the last interval in which something was measured (timestamp of the store's clock); null if that is the interval under way.</summary>
    internal long? ChangedAt
    {
        get
        {
            lock (_gate)
                return _interval.Count > 0 ? null : _changedAt;
        }
    }

    /// <summary>About the value that this share of the last minutes' measurements does not exceed; NaN without any.</summary>
    public double Quantile(double share)
    {
        lock (_gate)
            return _quantiles?.Quantile(share) ?? double.NaN;
    }

    internal void Measure(double value)
    {
        lock (_gate)
        {
            _interval = Kind == MetricKind.Gauge ? new MetricSummary(1, value, value, value, 0) : _interval.With(value);
            _totalCount++;
            _totalSum = Kind == MetricKind.Gauge ? value : _totalSum + value;
            _quantiles?.Add(value);
        }
    }

    /// <summary>What was measured since the last call.</summary>
    /// <param name="now">Timestamp of the store's clock.</param>
    internal MetricSummary TakeInterval(long now)
    {
        lock (_gate)
        {
            MetricSummary taken = _interval;
            if (taken.Count > 0)
                _changedAt = now;
            _interval = default;
            return taken;
        }
    }

    /// <summary>What was measured since the last <see cref="TakeInterval"/>.</summary>
    internal MetricSummary Interval
    {
        get
        {
            lock (_gate)
                return _interval;
        }
    }

    /// <summary>Lets measurements of long ago go.</summary>
    internal void Age()
    {
        lock (_gate)
            _quantiles?.Age();
    }
}
