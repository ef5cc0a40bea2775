using Praetor.Load.Measuring;

namespace Praetor.Tests.Load;

public class StepStatsTests
{
    [Fact]
    public void The_worst_second_is_the_whole_second_with_the_fewest_answers_and_has_its_own_p99()
    {
        var stats = With((0.1, 10), (0.2, 20), (0.9, 30), (1.5, 500), (2.0, 1), (2.1, 1), (3.05, 1));
        stats.EndSecondsBefore(TimeSpan.FromSeconds(3.5));
        Assert.Equal(new WorstSecond(1, 500), stats.Worst);
    }

    [Fact]
    public void A_second_without_any_answer_is_the_worst()
    {
        var stats = With((0.5, 10), (3.5, 10));
        Assert.Equal(new WorstSecond(0, 0), stats.Worst);
    }

    [Fact]
    public void Silence_at_the_end_counts_too()
    {
        var stats = With((0.5, 10), (1.5, 10));
        stats.EndSecondsBefore(TimeSpan.FromSeconds(4));
        Assert.Equal(new WorstSecond(0, 0), stats.Worst);
    }

    [Fact]
    public void Of_equal_seconds_the_slower_is_worse()
    {
        var stats = With((0.5, 10), (1.5, 900), (2.5, 20));
        stats.EndSecondsBefore(TimeSpan.FromSeconds(3));
        Assert.Equal(new WorstSecond(1, 900), stats.Worst);
    }

    [Fact]
    public void A_second_that_is_not_whole_is_not_judged()
    {
        var stats = With((0.1, 10), (0.2, 10), (1.1, 10));
        stats.EndSecondsBefore(TimeSpan.FromSeconds(1.9));
        Assert.Equal(2, stats.Worst?.Ok);
        Assert.Null(With((0.5, 10)).Worst);
    }

    [Fact]
    public void Failures_are_counted_apart_and_have_no_latency()
    {
        var stats = With((0.1, 10));
        stats.AddFail(answerBytes: 7);
        stats.AddFail(isLost: true);
        Assert.Equal((1, 2, 1, 1, 107), (stats.Ok, stats.Fail, stats.Lost, stats.Latency.Count, stats.ReceivedBytes));
    }

    /// <summary>Answers of 100 bytes at those seconds with those latencies in nanoseconds.</summary>
    private static StepStats With(params (double Second, long Nanoseconds)[] answers)
    {
        var stats = new StepStats("x");
        foreach (var (second, nanoseconds) in answers)
            stats.AddOk(nanoseconds, 100, TimeSpan.FromSeconds(second));
        return stats;
    }
}
