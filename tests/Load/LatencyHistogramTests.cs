using Praetor.Load.Measuring;

namespace Praetor.Tests.Load;

public class LatencyHistogramTests
{
    [Fact]
    public void An_empty_histogram_is_zero_everywhere()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal((0, 0, 0, 0.0), (histogram.Count, histogram.PercentileNanoseconds(99), histogram.MaxRecordedNanoseconds, histogram.MeanNanoseconds));
    }

    [Fact]
    public void Small_values_are_exact()
    {
        var histogram = new LatencyHistogram();
        for (var value = 1; value <= 100; value++)
            histogram.Record(value);
        foreach (var percent in new[] { 1, 50, 99, 100 })
            Assert.Equal(percent, histogram.PercentileNanoseconds(percent));
        Assert.Equal(50.5, histogram.MeanNanoseconds);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(1_023)]
    [InlineData(1_024)]
    [InlineData(2_047)]
    [InlineData(2_048)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(123_456_789)]
    [InlineData(3_600_000_000_000)]
    [InlineData(LatencyHistogram.MaxNanoseconds)]
    public void Any_value_is_known_within_its_resolution(long value)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(value);
        histogram.Record(LatencyHistogram.MaxNanoseconds);
        Assert.InRange(histogram.PercentileNanoseconds(50), value, value + (value / 1024) + 1);
        Assert.Equal(value, histogram.MinNanoseconds);
    }

    [Fact]
    public void Percentiles_agree_with_sorting()
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 25)).Order().ToArray();
        var histogram = new LatencyHistogram();
        foreach (var value in values)
            histogram.Record(value);
        foreach (var percent in new[] { 0.1, 10, 50, 90, 95, 99, 99.9, 99.99, 100 })
        {
            var exact = values[(int)Math.Ceiling(percent / 100 * values.Length) - 1];
            Assert.InRange(histogram.PercentileNanoseconds(percent), exact, exact + (exact / 1024) + 1);
        }
    }

    [Fact]
    public void What_lies_outside_counts_as_the_limit()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(-5);
        histogram.Record(long.MaxValue);
        Assert.Equal((0, LatencyHistogram.MaxNanoseconds, 2), (histogram.MinNanoseconds, histogram.MaxRecordedNanoseconds, histogram.Count));
    }

    [Fact]
    public void Merging_is_as_if_one_had_recorded_all()
    {
        var random = new Random(4);
        LatencyHistogram one = new(), other = new(), all = new();
        for (var i = 0; i < 10_000; i++)
        {
            var value = random.NextInt64(1_000_000_000);
            (i % 3 == 0 ? one : other).Record(value);
            all.Record(value);
        }

        one.Merge(other);
        one.Merge(new LatencyHistogram());
        Assert.Equal((all.Count, all.MinNanoseconds, all.MaxRecordedNanoseconds), (one.Count, one.MinNanoseconds, one.MaxRecordedNanoseconds));
        Assert.All(new[] { 1, 50, 99, 99.9 }, percent => Assert.Equal(all.PercentileNanoseconds(percent), one.PercentileNanoseconds(percent)));
    }

    [Fact]
    public void A_cleared_histogram_counts_anew()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(900);
        histogram.Clear();
        Assert.Equal((0, 0), (histogram.Count, histogram.PercentileNanoseconds(50)));
        histogram.Record(1000);
        Assert.Equal((1, 1000, 1000, 1000.0), (histogram.Count, histogram.MinNanoseconds, histogram.MaxRecordedNanoseconds, histogram.MeanNanoseconds));
    }
}
