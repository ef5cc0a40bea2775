using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Runtime.Agent.Checks;
using Praetor.Tests.Support;

namespace Praetor.Tests.Agent.Checks;

public class ScheduleTests
{
    private readonly ManualTime _time = new();
    private readonly ReportLog _reports = new();
    private readonly CheckRunnerOptions _options = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_first_run_comes_after_a_random_part_of_the_interval(int seed)
    {
        var expected = FirstDelay(seconds: 10, seed);
        var probe = new ScriptedProbe();
        await using var runner = Start(probe, seconds: 10, seed);
        _time.Advance(expected - TimeSpan.FromMilliseconds(2));
        Assert.Equal(0, probe.Runs);
        _time.Advance(TimeSpan.FromMilliseconds(4));
        await EndAsync(probe, CheckResult.Passing("ok"));
        Assert.Equal(("web", "passing", "ok"), await _reports.NextAsync());
    }

    [Fact]
    public async Task The_next_run_starts_one_interval_after_the_previous_ended()
    {
        var probe = new ScriptedProbe();
        await using var runner = Start(probe, seconds: 10);
        _time.Advance(TimeSpan.FromSeconds(10));
        await probe.UntilRunsAsync(1);
        // A run that takes longer than the interval: none other starts meanwhile.
        _time.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal(1, probe.Runs);
        await EndAsync(probe, CheckResult.Passing("slow"));
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(1, probe.Runs);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await probe.UntilRunsAsync(2);
    }

    [Fact]
    public async Task An_interval_below_a_second_becomes_a_second()
    {
        var probe = new ScriptedProbe();
        await using var runner = Start(probe, seconds: 0.1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await EndAsync(probe, CheckResult.Passing("1"));
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(1, probe.Runs);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await probe.UntilRunsAsync(2);
    }

    [Fact]
    public async Task A_run_is_told_to_end_at_its_timeout()
    {
        var probe = new ScriptedProbe { Timeout = TimeSpan.FromSeconds(3), EndsWhenCancelled = false };
        await using var runner = Start(probe, seconds: 1);
        _time.Advance(FirstDelay(seconds: 1) + TimeSpan.FromMilliseconds(1));
        await probe.UntilRunsAsync(1);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(probe.Deadline.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(probe.Deadline.IsCancellationRequested);
        probe.End(CheckResult.Critical("late"));
        Assert.Equal(("web", "critical", "late"), await _reports.NextAsync());
    }

    [Fact]
    public async Task Results_below_a_threshold_are_not_reported()
    {
        var probe = new ScriptedProbe();
        await using var runner = Start(probe, seconds: 1, spec: new CheckSpec { FailuresBeforeCritical = 2 });
        foreach (var result in new[] { CheckResult.Passing("1"), CheckResult.Critical("2"), CheckResult.Critical("3") })
        {
            _time.Advance(TimeSpan.FromSeconds(1.1));
            await EndAsync(probe, result);
        }

        Assert.Equal(("web", "passing", "1"), await _reports.NextAsync());
        Assert.Equal(("web", "critical", "3"), await _reports.NextAsync());
        Assert.Equal(0, _reports.Waiting);
    }

    [Fact]
    public async Task A_result_that_bypasses_thresholds_is_reported_and_not_counted()
    {
        var probe = new ScriptedProbe();
        await using var runner = Start(probe, seconds: 1, spec: new CheckSpec { FailuresBeforeCritical = 2 });
        foreach (var result in new[] { CheckResult.Passing("1"), CheckResult.Critical("2") with { BypassesThresholds = true }, CheckResult.Critical("3") })
        {
            _time.Advance(TimeSpan.FromSeconds(1.1));
            await EndAsync(probe, result);
        }

        Assert.Equal(("web", "passing", "1"), await _reports.NextAsync());
        Assert.Equal(("web", "critical", "2"), await _reports.NextAsync());
        Assert.Equal(0, _reports.Waiting);
    }

    [Fact]
    public async Task Discarded_output_is_reported_empty()
    {
        var probe = new ScriptedProbe();
        await using var runner = Start(probe, seconds: 1);
        _options.DiscardOutput = true;
        _time.Advance(TimeSpan.FromSeconds(1));
        await EndAsync(probe, CheckResult.Passing("secret"));
        Assert.Equal(("web", "passing", ""), await _reports.NextAsync());
    }

    [Fact]
    public async Task A_fault_of_a_probe_is_critical_and_the_checking_goes_on()
    {
        var probe = new ScriptedProbe();
        await using var runner = Start(probe, seconds: 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await probe.UntilRunsAsync(1);
        probe.Throw(new InvalidOperationException("broken"));
        Assert.Equal(("web", "critical", "broken"), await _reports.NextAsync());
        await UntilWaitingAsync();
        _time.Advance(TimeSpan.FromSeconds(1.1));
        await EndAsync(probe, CheckResult.Passing("again"));
        Assert.Equal(("web", "passing", "again"), await _reports.NextAsync());
    }

    [Fact]
    public async Task Disposing_between_runs_leaves_no_timer()
    {
        var probe = new ScriptedProbe();
        var runner = Start(probe, seconds: 10);
        Assert.Equal(1, _time.ActiveTimers);
        await runner.DisposeAsync();
        Assert.Equal(0, _time.ActiveTimers);
        Assert.True(probe.IsDisposed);
    }

    [Fact]
    public async Task Disposing_during_a_run_ends_it_and_reports_nothing()
    {
        var probe = new ScriptedProbe();
        var runner = Start(probe, seconds: 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await probe.UntilRunsAsync(1);
        await runner.DisposeAsync();
        Assert.True(probe.Deadline.IsCancellationRequested);
        Assert.Equal(0, _reports.Waiting);
        Assert.Equal(0, _time.ActiveTimers);
    }

    [Fact]
    public async Task A_disposed_runner_does_not_start()
    {
        var probe = new ScriptedProbe();
        var runner = new IntervalRunner(new CheckSpec { Interval = TimeSpan.FromSeconds(1) }, probe, _options, _reports, _time, new Random(1), NullLogger.Instance);
        await runner.DisposeAsync();
        runner.Start();
        Assert.Equal(0, _time.ActiveTimers);
    }

    private IntervalRunner Start(ScriptedProbe probe, double seconds, int seed = 1, CheckSpec? spec = null)
    {
        spec = (spec ?? new CheckSpec()) with { CheckId = "web", Interval = TimeSpan.FromSeconds(seconds) };
        var runner = new IntervalRunner(spec, probe, _options, _reports, _time, new Random(seed), NullLogger.Instance);
        runner.Start();
        return runner;
    }

    /// <summary>What a runner with that seed draws.</summary>
    private static TimeSpan FirstDelay(double seconds, int seed = 1) => TimeSpan.FromTicks(new Random(seed).NextInt64(TimeSpan.FromSeconds(seconds).Ticks));

    /// <summary>Ends the run under way and waits until the runner waits for the next.</summary>
    private async Task EndAsync(ScriptedProbe probe, CheckResult result)
    {
        await probe.UntilRunsAsync(probe.Ended + 1);
        probe.End(result);
        await UntilWaitingAsync();
    }

    private Task UntilWaitingAsync() => AgentHarness.UntilAsync(() => _time.ActiveTimers == 1, "the runner does not wait for its next run");

    /// <summary>A probe whose runs end when the test says so.</summary>
    private sealed class ScriptedProbe : ICheckProbe
    {
        private TaskCompletionSource<CheckResult> _run = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _runs;

        public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

        public bool EndsWhenCancelled { get; init; } = true;

        public CancellationToken Deadline { get; private set; }

        public bool IsDisposed { get; private set; }

        public int Runs => Volatile.Read(ref _runs);

        public int Ended { get; private set; }

        public async ValueTask<CheckResult> RunAsync(CancellationToken deadline)
        {
            Deadline = deadline;
            var run = Volatile.Read(ref _run).Task;
            Interlocked.Increment(ref _runs);
            return await (EndsWhenCancelled ? run.WaitAsync(deadline) : run);
        }

        public void End(CheckResult result)
        {
            Ended++;
            Renew().SetResult(result);
        }

        public void Throw(Exception fault)
        {
            Ended++;
            Renew().SetException(fault);
        }

        public Task UntilRunsAsync(int runs) => AgentHarness.UntilAsync(() => Runs == runs, $"run {runs} did not start");

        public void Dispose() => IsDisposed = true;

        private TaskCompletionSource<CheckResult> Renew()
        {
            return Interlocked.Exchange(ref _run, new TaskCompletionSource<CheckResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }
}
