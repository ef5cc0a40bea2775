using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Praetor.Runtime.Telemetry;

/// <summary>What was measured in an interval.</summary>
/// <param name="Start">When it began.</param>
/// <param name="Values">Each series that measured something, by kind, then name, then labels.</param>
public sealed record MetricInterval(DateTimeOffset Start, IReadOnlyList<MetricValue> Values);

/// <summary>What one series measured in an interval.</summary>
public sealed record MetricValue(MetricSeries Series, MetricSummary Summary);

/// <summary>How metrics are kept (config, telemetry).</summary>
/// <param name="Prefix">First part of every name.</param>
/// <param name="HostName">Part of gauge names behind the prefix; empty for none.</param>
/// <param name="Retention">How long a series without measurements is told in the form that accumulates; zero: that form is off.</param>
/// <param name="Filters">Names to keep (+) or drop (-), with the prefix; the longest that fits decides.</param>
/// <param name="KeepsByDefault">Whether a name is kept that no filter fits.</param>
public sealed record MetricOptions(string Prefix = "consul", string HostName = "", TimeSpan Retention = default, IReadOnlyList<string>? Filters = null, bool KeepsByDefault = true);

/// <summary>
/// Listens to one <see cref="Meter"/> and keeps what it measures: per interval of ten seconds, and since the start. Any other listener (OpenTelemetry) may listen to the same meter.
/// Thread-safe.
/// </summary>
public sealed class MetricStore : IDisposable
{
    /// <summary>Length of an interval; they begin at whole multiples of it.</summary>
    public static readonly TimeSpan IntervalLength = TimeSpan.FromSeconds(10);

    /// <summary>Series of one instrument: labels may carry names that clients choose.</summary>
    private const int MaxSeries = 2000;

    /// <summary>Intervals after which the older half of what quantiles are made of goes.</summary>
    private const int AgeAfter = 30;

    /// <summary>A minute (config 5, telemetry).</summary>
    private const int KeptIntervals = 6;

    private readonly Meter _meter;
    private readonly TimeProvider _time;
    private readonly MeterListener _listener = new();
    private readonly Lock _filtering = new();
    private readonly Lock _reading = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> _instruments = new();
    private readonly ITimer _timer;
    private readonly ChangeSignal _intervalEnded = new();
    private volatile MetricInterval[] _finished = [];
    private DateTimeOffset _begun;
    private int _intervals;

    /// <summary>Begins to listen.</summary>
    public MetricStore(Meter meter, MetricOptions options, TimeProvider time)
    {
        _meter = meter;
        _time = time;
        Options = options;
        _begun = Floor(time.GetUtcNow());
        _listener.InstrumentPublished = OnPublished;
        // Without a series: a filter or the end let the instrument go while the gauges were read.
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => (state as InstrumentSeries)?.Measure(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => (state as InstrumentSeries)?.Measure(value, tags));
        _listener.Start();
        // The interval may have ended since the clock was read: a timer takes no time that has passed.
        TimeSpan left = _begun + IntervalLength - time.GetUtcNow();
        _timer = time.CreateTimer(static store => ((MetricStore)store!).Roll(), this, left > TimeSpan.Zero ? left : TimeSpan.Zero, IntervalLength);
    }

    /// <summary>How metrics are kept.</summary>
    public MetricOptions Options { get; private set; }

    /// <summary>Told of every measurement that is kept, on the thread that measured: whoever listens must be quick.</summary>
    public event Action<MetricSeries, double>? Measured;

    /// <summary>The finished intervals of the last minute, oldest first.</summary>
    public IReadOnlyList<MetricInterval> Finished => _finished;

    /// <summary>Completes with the interval under way. Take it before looking.</summary>
    public Task NextInterval => _intervalEnded.Next;

    /// <summary>The last finished interval; before there is one, that under way.</summary>
    public MetricInterval Latest
    {
        get
        {
            if (_finished is [.., var last])
                return last;
            ReadGauges();
            return Collect(static series => series.Interval);
        }
    }

    /// <summary>All series with what they measured since the start, gauges as of now; those that measured nothing for the time of retention are left out.</summary>
    public IReadOnlyList<MetricSeries> Accumulated()
    {
        ReadGauges();
        return [.. Series().Where(series => series.ChangedAt is not { } at || _time.GetElapsedTime(at) <= Options.Retention)];
    }

    /// <summary>Full name of a series.</summary>
    public string NameOf(MetricSeries series) => series.Kind == MetricKind.Gauge && Options.HostName.Length > 0
        ? $"{Options.Prefix}.{Options.HostName}.{series.Name}"
        : $"{Options.Prefix}.{series.Name}";

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _listener.Dispose();
    }

    /// <summary>Takes other filters; what was measured under the old ones stays until it is forgotten.</summary>
    public void Filter(IReadOnlyList<string>? filters, bool keepsByDefault)
    {
        lock (_filtering)
        {
            Options = Options with { Filters = filters, KeepsByDefault = keepsByDefault };
            foreach ((Instrument instrument, InstrumentSeries series) in _instruments)
                Listen(_listener, instrument, series);
        }
    }

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        if (!ReferenceEquals(instrument.Meter, _meter))
            return;
        MetricKind kind = instrument is Counter<long> or Counter<double> ? MetricKind.Counter : instrument.IsObservable ? MetricKind.Gauge : MetricKind.Sample;
        var series = new InstrumentSeries(this, kind, instrument.Name);
        lock (_filtering)
        {
            _instruments[instrument] = series;
            Listen(listener, instrument, series);
        }
    }

    private void Listen(MeterListener listener, Instrument instrument, InstrumentSeries series)
    {
        if (IsKept($"{Options.Prefix}.{instrument.Name}"))
            listener.EnableMeasurementEvents(instrument, series);
        else
            listener.DisableMeasurementEvents(instrument);
    }

    private bool IsKept(string name)
    {
        string? best = Options.Filters?.Where(filter => name.StartsWith(filter[1..], StringComparison.Ordinal)).MaxBy(static filter => filter.Length);
        return best is null ? Options.KeepsByDefault : best[0] == '+';
    }

    /// <summary>One that cannot be read (its disk is gone, its part ends) has no value, and keeps none of the others from theirs. One reader at a time: some tell what changed since the last.</summary>
    private void ReadGauges()
    {
        lock (_reading)
        {
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // The listener asks all of them before it throws.
            }
        }
    }

    private void Roll()
    {
        ReadGauges();
        long now = _time.GetTimestamp();
        MetricInterval ended = Collect(series => series.TakeInterval(now));
        _finished = [.. _finished.TakeLast(KeptIntervals - 1), ended];
        _begun = Floor(_time.GetUtcNow());
        if (++_intervals % AgeAfter == 0)
        {
            foreach (MetricSeries series in Series())
                series.Age();
        }

        _intervalEnded.Raise();
    }

    private MetricInterval Collect(Func<MetricSeries, MetricSummary> take) =>
        new(_begun, [.. Series().Select(series => new MetricValue(series, take(series))).Where(static pair => pair.Summary.Count > 0)]);

    private IEnumerable<MetricSeries> Series() => _instruments.Values.SelectMany(static instrument => instrument.Series)
        .OrderBy(static series => series.Kind).ThenBy(static series => series.Name, StringComparer.Ordinal)
        .ThenBy(static series => string.Join(';', series.Labels.Select(static label => label.Value)), StringComparer.Ordinal);

    private static DateTimeOffset Floor(DateTimeOffset time) => new(time.Ticks - (time.Ticks % IntervalLength.Ticks), TimeSpan.Zero);

    /// <summary>The series of one instrument.</summary>
    private sealed class InstrumentSeries(MetricStore store, MetricKind kind, string name)
    {
        private readonly bool _isCumulative = store.Options.Retention > TimeSpan.Zero;
        private readonly ConcurrentDictionary<LabelValues, MetricSeries> _series = new();
        private MetricSeries? _bare;

        public IEnumerable<MetricSeries> Series => _bare is { } bare ? _series.Values.Append(bare) : _series.Values;

        public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (SeriesOf(tags) is not { } series)
                return;
            series.Measure(value);
            store.Measured?.Invoke(series, value);
        }

        private MetricSeries? SeriesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.IsEmpty)
                return _bare ?? Interlocked.CompareExchange(ref _bare, new MetricSeries(kind, name, [], _isCumulative), null) ?? _bare;
            var values = new LabelValues(tags[0].Value as string, tags.Length > 1 ? tags[1].Value as string : null, tags.Length > 2 ? tags[2].Value as string : null);
            if (_series.TryGetValue(values, out MetricSeries? known))
                return known;
            if (_series.Count >= MaxSeries)
                return null;
            var labels = new List<KeyValuePair<string, string>>();
            foreach (KeyValuePair<string, object?> tag in tags[..Math.Min(tags.Length, 3)])
                labels.Add(KeyValuePair.Create(tag.Key, tag.Value as string ?? ""));
            labels.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
            return _series.GetOrAdd(values, new MetricSeries(kind, name, labels, _isCumulative));
        }
    }

    /// <summary>Values of up to three labels, in the order in which the instrument gives them.</summary>
    private readonly record struct LabelValues(string? First, string? Second, string? Third);
}
