using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>
/// Results of checks (http-agent 4.2). A new status concerns the catalog at once. A new output alone is shown here at once, but waits
/// for the catalog, however often it changes meanwhile; a repeated result concerns nobody.
/// </summary>
internal sealed partial class LocalState
{
    private readonly Dictionary<string, ITimer> _deferrals = new(StringComparer.Ordinal);
    private long _deferralNumber;

    /// <inheritdoc/>
    public void Report(string checkId, string status, string output)
    {
        string serviceId;
        lock (_gate)
        {
            if (!_snapshot.Checks.TryGetValue(checkId, out LocalCheck? check))
                return;
            LocalCheck updated = Updated(check, status, Kept(output));
            if (ReferenceEquals(updated, check))
                return;
            Publish(_snapshot with { Checks = _snapshot.Checks.SetItem(checkId, updated) });
            if (updated.Version == check.Version)
                return;
            serviceId = check.Record.ServiceId;
        }

        Raise(serviceId);
    }

    private LocalCheck Updated(LocalCheck check, string status, string output)
    {
        if (status != CheckStatus.Critical)
            check = check.CriticalSince is null ? check : check with { CriticalSince = null };
        else if (check.CriticalSince is null)
            check = check with { CriticalSince = _time.GetTimestamp() };

        CheckRecord record = check.Record;
        if (record.Status == status && record.Output == output)
            return check;
        bool defer = record.Status == status && _updateInterval > TimeSpan.Zero;
        check = check with { Record = record with { Status = status, Output = output } };
        if (!defer)
            return check with { InSync = false, Version = ++_version };
        return !check.InSync || check.Deferral != 0 ? check : check with { Deferral = Defer(record.CheckId) };
    }

    private long Defer(string checkId)
    {
        long number = ++_deferralNumber;
        TimeSpan delay = (_updateInterval / 2) + (_updateInterval * _random.NextDouble());
        _deferrals[checkId] = _time.CreateTimer(_ => EndDeferral(checkId, number), null, TimerLimits.Clamp(delay), Timeout.InfiniteTimeSpan);
        return number;
    }

    private void EndDeferral(string checkId, long number)
    {
        lock (_gate)
        {
            if (!_snapshot.Checks.TryGetValue(checkId, out LocalCheck? check) || check.Deferral != number)
                return;
            ForgetDeferral(checkId);
            check = check with { Deferral = 0, InSync = false, Version = ++_version };
            Publish(_snapshot with { Checks = _snapshot.Checks.SetItem(checkId, check) });
        }

        SyncNeeded?.Invoke();
    }

    private void ForgetDeferral(string checkId)
    {
        if (_deferrals.Remove(checkId, out ITimer? timer))
            timer.Dispose();
    }
}
