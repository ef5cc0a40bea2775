using Praetor.Load.Simulations;

namespace Praetor.Tests.Load;

public class LoadSimulationTests
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(0, 8, 0)]
    [InlineData(5, 8, 4)]
    [InlineData(10, 8, 8)]
    public void A_closed_loop_keeps_or_ramps_copies(int second, int kept, int ramped)
    {
        Assert.Equal(kept, CopiesAt(new KeepConstant(8, Ten), second));
        Assert.Equal(ramped, CopiesAt(new RampingConstant(8, Ten), second));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 100, 5)]
    [InlineData(5, 500, 125)]
    [InlineData(10, 1000, 500)]
    [InlineData(20, 1000, 500)]
    public void An_open_loop_starts_by_rate_or_ramps_it(int second, long injected, long ramped)
    {
        Assert.Equal(injected, StartedBy(new Inject(100, Ten), second));
        Assert.Equal(ramped, StartedBy(new RampingInject(100, Ten), second));
    }

    [Fact]
    public void Each_request_of_an_open_loop_is_due_when_it_should_have_started()
    {
        foreach (var simulation in new LoadSimulation[] { new Inject(100, Ten), new RampingInject(100, Ten) })
        {
            for (long index = 0; index < 400; index += 7)
            {
                var start = simulation.StartOf(index);
                Assert.True(simulation.IsDue(start, index, busy: 1_000));
                Assert.False(simulation.IsDue(start - TimeSpan.FromTicks(1), index, busy: 0));
            }
        }
    }

    [Theory]
    [InlineData(9.9, 1000, false)]
    [InlineData(10, 1000, true)]
    [InlineData(10, 999, false)]
    [InlineData(14.9, 999, false)]
    [InlineData(15, 999, true)]
    public void An_open_loop_that_is_behind_gets_some_time(double second, long started, bool isOver) =>
        Assert.Equal(isOver, new Inject(100, Ten).IsOver(TimeSpan.FromSeconds(second), started, grace: TimeSpan.FromSeconds(5)));

    [Theory]
    [InlineData(9.9, false)]
    [InlineData(10, true)]
    public void A_closed_loop_ends_with_its_time(double second, bool isOver) =>
        Assert.Equal(isOver, new KeepConstant(1, Ten).IsOver(TimeSpan.FromSeconds(second), 7, grace: TimeSpan.FromSeconds(5)));

    [Theory]
    [InlineData(0, 0, true, false)]
    [InlineData(5, 8, false, false)]
    [InlineData(99, 7, true, false)]
    [InlineData(100, 0, false, true)]
    public void A_number_of_iterations_ends_with_the_last_start(long started, int busy, bool isDue, bool isOver)
    {
        var simulation = new IterationsForConstant(8, 100);
        Assert.Equal((isDue, isOver), (simulation.IsDue(TimeSpan.FromHours(1), started, busy), simulation.IsOver(TimeSpan.FromHours(1), started, TimeSpan.Zero)));
    }

    private static int CopiesAt(LoadSimulation simulation, int second) =>
        Enumerable.Range(0, 100).First(busy => !simulation.IsDue(TimeSpan.FromSeconds(second), 0, busy));

    private static long StartedBy(LoadSimulation simulation, int second)
    {
        long started = 0;
        while (simulation.IsDue(TimeSpan.FromSeconds(second), started, 0))
            started++;
        return started;
    }
}
