using Microsoft.Extensions.Logging;

namespace Praetor.Runtime.Agent.Checks;

/// <summary>
/// Runs a probe again and again: first after a random delay in [0, interval), then always one interval after the previous run ended.
/// Waiting holds a timer, never a thread.
/// </summary>
internal sealed class IntervalRunner : ICheckRunner
{
    private readonly string _checkId;
    private readonly ICheckProbe _probe;
    private readonly CheckThresholds _thresholds;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _firstDelay;
    private readonly CheckRunnerOptions _options;
    private readonly ICheckReport _report;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task _loop = Task.CompletedTask;
    private bool _started;
    private bool _isDisposed;

    public IntervalRunner(CheckSpec spec, ICheckProbe probe, CheckRunnerOptions options, ICheckReport report, TimeProvider time, Random random, ILogger logger)
    {
        _checkId = spec.CheckId;
        _probe = probe;
        _thresholds = new CheckThresholds(spec.SuccessBeforePassing, spec.FailuresBeforeWarning, spec.FailuresBeforeCritical);
        _interval = spec.Interval;
        if (_interval < CheckRules.MinInterval)
        {
            CheckLog.IntervalRaised(logger, _checkId, _interval);
            _interval = CheckRules.MinInterval;
        }

        _firstDelay = TimeSpan.FromTicks(random.NextInt64(_interval.Ticks));
        _options = options;
        _report = report;
        _time = time;
        _logger = logger;
    }

    public void Start()
    {
        lock (_gate)
        {
            if (_started || _isDisposed)
                return;
            _started = true;
            _loop = LoopAsync(_stop.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task loop;
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            loop = _loop;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        _probe.Dispose();
        _stop.Dispose();
    }

    private async Task LoopAsync(CancellationToken stop)
    {
        var delay = _firstDelay;
        while (true)
        {
            await Task.Delay(delay, _time, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            if (stop.IsCancellationRequested)
                return;
            var result = await RunOnceAsync(stop).ConfigureAwait(false);
            if (stop.IsCancellationRequested)
                return;
            Deliver(result);
            delay = _interval;
        }
    }

    private async ValueTask<CheckResult> RunOnceAsync(CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(_probe.Timeout, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            return await _probe.RunAsync(deadline.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The border of the loop: a fault in one check is shown as that check's failure and never ends the checking.
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            CheckLog.RunFaulted(_logger, _checkId, fault);
            return CheckResult.Critical(fault.Message);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return default;
        }
#pragma warning restore CA1031
    }

    private void Deliver(CheckResult result)
    {
        var status = result.BypassesThresholds ? result.Status : _thresholds.Step(result.Status);
        if (status is null)
        {
            CheckLog.BelowThreshold(_logger, _checkId, result.Status);
            return;
        }

        _report.Report(_checkId, status, _options.DiscardOutput ? "" : result.Output);
    }
}
