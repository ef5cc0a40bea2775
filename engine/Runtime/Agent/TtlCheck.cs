using Microsoft.Extensions.Logging;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Runtime.Agent;

/// <summary>
/// A check that the service itself keeps alive (http-agent 3 "TTL"): what it says counts for one TTL, then the check is critical.
/// Thread-safe; a sign of life and the expiry never overlap.
/// </summary>
internal sealed class TtlCheck : ICheckRunner
{
    private readonly Lock _gate = new();
    private readonly string _checkId;
    private readonly TimeSpan _ttl;
    private readonly int _maxOutputBytes;
    private readonly ICheckReport _report;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private string _lastOutput = "";
    private long _lastSign;
    private bool _stopped;

    public TtlCheck(string checkId, CheckSpec spec, int maxOutputBytes, ICheckReport report, TimeProvider time, ILogger logger)
    {
        _checkId = checkId;
        _ttl = spec.Ttl;
        _maxOutputBytes = spec.OutputMaxSize > 0 ? Math.Min(spec.OutputMaxSize, maxOutputBytes) : maxOutputBytes;
        _report = report;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(static check => ((TtlCheck)check!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long a sign of life counts.</summary>
    public TimeSpan Ttl => _ttl;

    /// <inheritdoc/>
    public void Start()
    {
        lock (_gate)
            Restart();
    }

    /// <summary>A sign of life. Returns the output as it was kept.</summary>
    public string SetStatus(string status, string output)
    {
        lock (_gate)
        {
            _lastOutput = CheckOutput.Shorten(output, _maxOutputBytes);
            if (_stopped)
                return _lastOutput;
            _report.Report(_checkId, status, _lastOutput);
            Restart();
            return _lastOutput;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
            _stopped = true;
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    private void Restart()
    {
        _lastSign = _time.GetTimestamp();
        _timer.Change(TimerLimits.Clamp(_ttl), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (_stopped)
                return;
            // A sign of life may have come while this callback was on its way.
            TimeSpan left = _ttl - _time.GetElapsedTime(_lastSign);
            if (left > TimeSpan.Zero)
            {
                _timer.Change(TimerLimits.Clamp(left), Timeout.InfiniteTimeSpan);
                return;
            }

            AgentLog.TtlMissed(_logger, _checkId);
            _report.Report(_checkId, CheckStatus.Critical,
                _lastOutput.Length == 0 ? "TTL expired" : $"TTL expired (last output before timeout follows): {_lastOutput}");
        }
    }
}
