using Praetor.Load.Measuring;
using Praetor.Load.Simulations;

namespace Praetor.Tests.Load;

public class LoadSimulationTests
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(0, 8, 0)]
    [InlineData(5, 8, 4)]
    [InlineData(10, 8, 8)]
    [InlineData(20, 8, 8)]
    public void A_closed_loop_keeps_or_ramps_copies(int second, int kept, int ramped)
    {
        Assert.Equal(kept, new KeepConstant(8, Ten).CopiesAt(TimeSpan.FromSeconds(second)));
        Assert.Equal(ramped, new RampingConstant(8, Ten).CopiesAt(TimeSpan.FromSeconds(second)));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 100, 5)]
    [InlineData(5, 500, 125)]
    [InlineData(10, 1000, 500)]
    [InlineData(20, 1000, 500)]
    public void An_open_loop_starts_by_rate_or_ramps_it(int second, long injected, long ramped)
    {
        Assert.Equal(injected, new Inject(100, Ten).StartedBy(TimeSpan.FromSeconds(second)));
        Assert.Equal(ramped, new RampingInject(100, Ten).StartedBy(TimeSpan.FromSeconds(second)));
    }

    [Fact]
    public void Each_request_of_an_open_loop_is_due_when_it_should_have_started()
    {
        foreach (var simulation in new LoadSimulation[] { new Inject(100, Ten), new RampingInject(100, Ten) })
        {
            for (long index = 0; index < 400; index += 7)
            {
                var start = simulation.StartOf(index);
                Assert.InRange(simulation.StartedBy(start + TimeSpan.FromMilliseconds(0.01)), index + 1, index + 1);
                Assert.InRange(simulation.StartedBy(start - TimeSpan.FromMilliseconds(0.01)), index, index);
            }
        }
    }

    [Fact]
    public void The_worst_second_is_the_whole_second_with_the_fewest_answers()
    {
        var stats = new StepStats("x");
        foreach (var second in new[] { 0.1, 0.2, 0.9, 1.5, 2.0, 2.1, 3.05 })
            stats.Add(isOk: true, 1000, 10, TimeSpan.FromSeconds(second));
        stats.Add(isOk: false, 1000, 10, TimeSpan.FromSeconds(1.6));
        Assert.Equal(1, stats.WorstSecond(TimeSpan.FromSeconds(3.5)));
        Assert.Equal(0, stats.WorstSecond(TimeSpan.FromSeconds(5)));
        Assert.Equal((7, 1, 80, 7), (stats.Ok, stats.Fail, stats.ReceivedBytes, stats.Latency.Count));
    }
}
