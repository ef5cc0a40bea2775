using System.Net;
using Praetor.Load;
using Praetor.Load.Measuring;
using Praetor.Load.Simulations;
using Praetor.Tests.Support;

namespace Praetor.Tests.Load;

/// <summary>What the runner makes of an agent that stalls or falls silent, on a clock that only the runner's own waiting moves.</summary>
public class VirtualTimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void In_an_open_loop_everybody_who_should_have_been_served_during_a_stall_counts_the_wait()
    {
        // 10 requests/s over one connection; the first, due at 0.1 s, is answered at 1.1 s, all others at once.
        var step = Run(new Inject(10, Second), connections: 1, StallsUntil(1.1));
        Assert.Equal((10, 0), (step.Ok, step.Fail));
        // Due at 0.1, 0.2 ... 1.0 and answered at 1.1: waits of 1.0, 0.9 ... 0.1 s.
        for (var nth = 1; nth <= 10; nth++)
            AssertClose(nth * 100, step.Latency.PercentileNanoseconds(nth * 10));
    }

    [Fact]
    public void In_a_closed_loop_only_the_one_under_way_does()
    {
        var step = Run(new KeepConstant(1, Second * 2), connections: 1, (number, now) => number == 0 ? TimeSpan.FromSeconds(1.1) : now + TimeSpan.FromMilliseconds(10));
        Assert.Equal(91, step.Ok);
        AssertClose(1100, step.Latency.MaxRecordedNanoseconds);
        AssertClose(10, step.Latency.PercentileNanoseconds(98));
    }

    [Fact]
    public void A_stall_shows_in_the_worst_second()
    {
        var step = Run(new Inject(10, Second * 4), connections: 1, (number, now) => number == 5 ? TimeSpan.FromSeconds(2.35) : now);
        // Second 0 ends after five answers, nothing comes in second 1, the rest catches up in second 2.
        Assert.Equal(new WorstSecond(0, 0), step.Worst);
    }

    [Fact]
    public void A_request_without_answer_is_lost_and_its_connection_serves_again()
    {
        var step = Run(new Inject(1, Second * 10), connections: 1, (number, now) => number == 0 ? null : now);
        Assert.Equal((9, 1, 1), (step.Ok, step.Fail, step.Lost));
    }

    [Fact]
    public void What_an_open_loop_cannot_even_start_is_a_failure_but_not_lost()
    {
        var step = Run(new Inject(100, Second), connections: 2, (_, _) => null);
        Assert.Equal((0, 100), (step.Ok, step.Fail));
        Assert.InRange(step.Lost, 2, 4);
    }

    [Fact]
    public void A_ramp_starts_each_request_when_it_is_due()
    {
        var starts = new List<TimeSpan>();
        Run(new RampingInject(10, Second * 10), connections: 8, (_, now) =>
        {
            starts.Add(now);
            return now;
        });
        Assert.Equal(50, starts.Count);
        Assert.All(starts.Index(), static start => Assert.InRange(start.Item - new RampingInject(10, Second * 10).StartOf(start.Index), TimeSpan.Zero, TimeSpan.FromMilliseconds(1)));
    }

    private static Func<int, TimeSpan, TimeSpan?> StallsUntil(double second) => (number, now) => number == 0 ? TimeSpan.FromSeconds(second) : now;

    private static StepStats Run(LoadSimulation simulation, int connections, Func<int, TimeSpan, TimeSpan?> answer)
    {
        var agent = new VirtualAgent(new ManualTime(), answer);
        var nowhere = new IPEndPoint(IPAddress.Loopback, 1);
        using var runner = new ScenarioRunner(agent.Scenario, new LoadTarget(nowhere, nowhere), connections, agent, agent.Time);
        return Assert.Single(runner.Run([simulation], TimeSpan.Zero).Steps);
    }

    /// <summary>Equal within the histogram's three digits.</summary>
    private static void AssertClose(double expectedMs, long nanoseconds) => Assert.InRange(nanoseconds, expectedMs * 0.999e6, expectedMs * 1.001e6);
}
