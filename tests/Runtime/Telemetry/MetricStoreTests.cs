using System.Diagnostics.Metrics;
using Praetor.Runtime.Telemetry;
using Praetor.Tests.Support;

namespace Praetor.Tests.Runtime.Telemetry;

/// <summary>Metrics in intervals and since the start (http-agent 2.5).</summary>
public sealed class MetricStoreTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Meter _meter = new("Praetor");
    private readonly Histogram<double> _timer;
    private readonly Counter<long> _counter;
    private MetricStore _store;

    public MetricStoreTests()
    {
        _timer = _meter.CreateHistogram<double>("kvs.apply", "ms");
        _counter = _meter.CreateCounter<long>("raft.apply");
        _store = Store(new MetricOptions());
    }

    public void Dispose()
    {
        _store.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void An_interval_tells_of_what_was_measured_in_it()
    {
        foreach (double value in (ReadOnlySpan<double>)[2, 4, 4, 4, 5, 5, 7, 9])
            _timer.Record(value);
        _counter.Add(3);
        _counter.Add(2);

        MetricInterval interval = Next();

        MetricSummary timer = Of(interval, "kvs.apply").Summary;
        Assert.Equal((8, 40, 2, 9, 5), (timer.Count, timer.Sum, timer.Min, timer.Max, timer.Mean));
        Assert.Equal(2.138, timer.Deviation, 3);
        Assert.Equal((MetricKind.Counter, 2, 5), (Of(interval, "raft.apply").Series.Kind, Of(interval, "raft.apply").Summary.Count, Of(interval, "raft.apply").Summary.Sum));
        Assert.Equal(0, interval.Start.Ticks % TimeSpan.FromSeconds(10).Ticks);
    }

    /// <summary>An agent that started at such a moment ended with an exception.</summary>
    [Fact]
    public void An_interval_may_end_while_the_store_is_made() => Assert.Null(Record.Exception(() => new MetricStore(_meter, new MetricOptions(), new LeapingTime()).Dispose()));

    /// <summary>More than an interval passes between two looks.</summary>
    private sealed class LeapingTime : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => _now += TimeSpan.FromSeconds(11);
    }

    /// <summary>An agent that ended at the end of an interval, or was reloaded then, died of it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gauges_may_be_let_go_while_they_are_read(bool isEnd)
    {
        foreach (string name in (ReadOnlySpan<string>)["a", "b"])
        {
            _meter.CreateObservableGauge(name, () =>
            {
                if (isEnd)
                    _store.Dispose();
                else
                    _store.Filter(["-consul"], keepsByDefault: false);
                return 1L;
            });
        }

        Assert.Null(Record.Exception(() => _time.Advance(MetricStore.IntervalLength)));
    }

    [Fact]
    public void A_gauge_that_cannot_be_read_keeps_no_other_from_being_told()
    {
        _meter.CreateObservableGauge("broken", static long () => throw new IOException("the disk is gone"));
        _meter.CreateObservableGauge("whole", static () => 7L);

        MetricInterval interval = Next();

        Assert.Equal(7, Of(interval, "whole").Summary.Sum);
        Assert.DoesNotContain(interval.Values, static value => value.Series.Name == "broken");
    }

    [Fact]
    public void The_next_interval_begins_at_nothing()
    {
        _counter.Add(1);
        Next();

        Assert.DoesNotContain(Next().Values, static value => value.Series.Name == "raft.apply");
    }

    [Fact]
    public void Before_the_first_end_the_interval_under_way_is_told()
    {
        _counter.Add(1);

        Assert.Equal(1, Of(_store.Latest, "raft.apply").Summary.Sum);
        Assert.Equal(1, Of(_store.Latest, "raft.apply").Summary.Sum);
    }

    [Fact]
    public void Gauges_are_told_as_of_the_end_of_the_interval()
    {
        long value = 1;
        _meter.CreateObservableGauge("raft.peers", () => value);
        Next();
        value = 3;

        Assert.Equal(3, Of(Next(), "raft.peers").Summary.Sum);
    }

    [Fact]
    public void Series_differ_by_their_labels_and_come_in_order()
    {
        _counter.Add(1, KeyValuePair.Create<string, object?>("b", "2"), KeyValuePair.Create<string, object?>("a", "x"));
        _counter.Add(1, KeyValuePair.Create<string, object?>("b", "1"), KeyValuePair.Create<string, object?>("a", "x"));
        _counter.Add(1, KeyValuePair.Create<string, object?>("b", "1"), KeyValuePair.Create<string, object?>("a", "x"));

        MetricValue[] values = [.. Next().Values];

        Assert.Equal(["a=x b=1: 2", "a=x b=2: 1"], values.Select(static value => $"{string.Join(' ', value.Series.Labels.Select(static label => $"{label.Key}={label.Value}"))}: {value.Summary.Sum}"));
    }

    [Fact]
    public void Labels_that_clients_choose_do_not_fill_the_memory()
    {
        for (int i = 0; i < 5000; i++)
            _counter.Add(1, KeyValuePair.Create<string, object?>("service", $"s{i}"));

        Assert.Equal(2000, Next().Values.Count);
    }

    [Fact]
    public void Other_meters_are_nobodys_business()
    {
        using var other = new Meter("Praetor");
        other.CreateCounter<long>("raft.apply").Add(1);

        Assert.Empty(Next().Values);
    }

    [Theory]
    [InlineData("", true, "kvs.apply raft.apply")]
    [InlineData("-consul.raft", true, "kvs.apply")]
    [InlineData("-consul.raft +consul.raft.apply", true, "kvs.apply raft.apply")]
    [InlineData("+consul.raft", false, "raft.apply")]
    [InlineData("", false, "")]
    public void Filters_decide_by_the_longest_that_fits(string filters, bool keepsByDefault, string kept)
    {
        _store.Dispose();
        _store = Store(new MetricOptions(Filters: filters.Split(' ', StringSplitOptions.RemoveEmptyEntries), KeepsByDefault: keepsByDefault));
        _timer.Record(1);
        _counter.Add(1);

        Assert.Equal(kept, string.Join(' ', Next().Values.Select(static value => value.Series.Name).Order()));
    }

    [Fact]
    public void What_accumulates_goes_when_nothing_was_measured_for_the_time_of_retention()
    {
        _store.Dispose();
        _store = Store(new MetricOptions(Retention: TimeSpan.FromSeconds(60)));
        _counter.Add(1);
        _time.Advance(TimeSpan.FromSeconds(50));
        _counter.Add(2);

        MetricSeries series = Assert.Single(_store.Accumulated());
        Assert.Equal((2, 3), (series.Total.Count, series.Total.Sum));
        for (int i = 0; i < 8; i++)
            _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(_store.Accumulated());
    }

    [Theory]
    [InlineData(0.5, 500)]
    [InlineData(0.9, 900)]
    [InlineData(0.99, 990)]
    public void Quantiles_are_right_within_three_percent(double share, double expected)
    {
        _store.Dispose();
        _store = Store(new MetricOptions(Retention: TimeSpan.FromSeconds(60)));
        for (int i = 1; i <= 1000; i++)
            _timer.Record(i);

        Assert.InRange(Assert.Single(_store.Accumulated()).Quantile(share), expected * 0.97, expected * 1.03);
    }

    [Fact]
    public void Quantiles_forget_what_is_long_ago()
    {
        _store.Dispose();
        _store = Store(new MetricOptions(Retention: TimeSpan.FromHours(1)));
        _timer.Record(1000);
        for (int i = 0; i < 61; i++)
            _time.Advance(TimeSpan.FromSeconds(10));
        _timer.Record(1);

        Assert.InRange(Assert.Single(_store.Accumulated()).Quantile(0.99), 0.9, 1.1);
    }

    private MetricStore Store(MetricOptions options) => new(_meter, options, _time);

    private MetricInterval Next()
    {
        _time.Advance(TimeSpan.FromSeconds(10));
        return _store.Latest;
    }

    private static MetricValue Of(MetricInterval interval, string name) => Assert.Single(interval.Values, value => value.Series.Name == name);
}
