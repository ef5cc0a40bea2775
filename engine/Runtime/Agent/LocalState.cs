using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Runtime.Agent;

/// <summary>
/// The services and checks of this agent, and what of it the catalog does not know yet. Readers take <see cref="Snapshot"/> and never
/// wait; writers hold a lock for a few dictionary steps. Events are raised outside the lock. Thread-safe.
/// </summary>
internal sealed partial class LocalState : ICheckReport, IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly TimeSpan _updateInterval;
    private readonly CheckRunnerOptions _checkOptions;
    private readonly Dictionary<string, TaskCompletionSource> _serviceWaiters = new(StringComparer.Ordinal);
    private LocalSnapshot _snapshot = LocalSnapshot.Empty;
    private long _version;

    public LocalState(AgentOptions options, CheckRunnerOptions checkOptions, TimeProvider time, Random random)
    {
        _updateInterval = options.CheckUpdateInterval;
        _checkOptions = checkOptions;
        _time = time;
        _random = random;
        _node = options.NodeRecord(null);
    }

    /// <summary>Something concerns the catalog now.</summary>
    public event Action? SyncNeeded;

    /// <summary>A check of that service (empty: of the node) came, went or changed its status.</summary>
    public event Action<string>? StatusChanged;

    /// <summary>Everything as of now.</summary>
    public LocalSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>
    /// Puts a service with some of its checks in one step. A check that exists keeps its status and output; a service or check that
    /// says the same as before stays in sync. The service's other checks take over its name and tags.
    /// </summary>
    public void Put(LocalService service, IReadOnlyList<LocalCheck> checks)
    {
        TaskCompletionSource? waiters = null;
        bool changed;
        lock (_gate)
        {
            long before = _version;
            string id = service.Record.Id;
            LocalService? old = _snapshot.Services.GetValueOrDefault(id);
            bool same = old is not null && CatalogCodec.SameContent(old.Record, service.Record);
            service = same
                ? service with { InSync = old!.InSync, Version = old.Version, HasFreshTags = old.HasFreshTags }
                : service with { InSync = false, Version = ++_version };
            _departedServices.Remove(id);
            var putChecks = _snapshot.Checks.ToBuilder();
            foreach (LocalCheck check in _snapshot.ChecksOfService(id))
                putChecks[check.Record.CheckId] = Adopt(check, service.Record.Name, service.Record.Tags);
            foreach (LocalCheck check in checks)
                putChecks[check.Record.CheckId] = Merge(check, putChecks.GetValueOrDefault(check.Record.CheckId));
            Publish(new LocalSnapshot(_snapshot.Services.SetItem(id, service), putChecks.ToImmutable()));
            if (!same)
                _serviceWaiters.Remove(id, out waiters);
            changed = _version != before;
        }

        waiters?.TrySetResult();
        if (changed)
            Raise(service.Record.Id);
    }

    /// <summary>Puts a check. One that exists keeps its status and output. False if its service is not here.</summary>
    public bool Put(LocalCheck check)
    {
        bool changed;
        lock (_gate)
        {
            long before = _version;
            if (check.Record.ServiceId.Length > 0)
            {
                if (!_snapshot.Services.TryGetValue(check.Record.ServiceId, out LocalService? service))
                    return false;
                check = check with { Record = check.Record with { ServiceName = service.Record.Name, ServiceTags = service.Record.Tags } };
            }

            check = Merge(check, _snapshot.Checks.GetValueOrDefault(check.Record.CheckId));
            Publish(_snapshot with { Checks = _snapshot.Checks.SetItem(check.Record.CheckId, check) });
            changed = _version != before;
        }

        if (changed)
            Raise(check.Record.ServiceId);
        return true;
    }

    /// <summary>Takes a service out with all its checks, whose ids are returned; null if it is not here.</summary>
    public IReadOnlyList<string>? RemoveService(string id)
    {
        TaskCompletionSource? waiters;
        List<string> checkIds = [];
        lock (_gate)
        {
            if (!_snapshot.Services.TryGetValue(id, out LocalService? service))
                return null;
            var checks = _snapshot.Checks.ToBuilder();
            foreach (LocalCheck check in _snapshot.ChecksOfService(id))
            {
                checks.Remove(check.Record.CheckId);
                checkIds.Add(check.Record.CheckId);
                Depart(check);
            }

            Publish(new LocalSnapshot(_snapshot.Services.Remove(id), checks.ToImmutable()));
            _departedServices[id] = service.Token;
            _serviceWaiters.Remove(id, out waiters);
        }

        waiters?.TrySetResult();
        Raise(id);
        return checkIds;
    }

    /// <summary>Takes a check out; false if it is not here.</summary>
    public bool RemoveCheck(string id)
    {
        LocalCheck? check;
        lock (_gate)
        {
            if (!_snapshot.Checks.TryGetValue(id, out check))
                return false;
            Publish(_snapshot with { Checks = _snapshot.Checks.Remove(id) });
            Depart(check);
        }

        Raise(check.Record.ServiceId);
        return true;
    }

    /// <summary>Completes at the next change of that service's content. Take it first, then look at the snapshot, then wait.</summary>
    public Task ServiceChange(string id)
    {
        lock (_gate)
        {
            if (!_snapshot.Services.ContainsKey(id))
                return Task.CompletedTask;
            if (!_serviceWaiters.TryGetValue(id, out TaskCompletionSource? waiters))
                _serviceWaiters[id] = waiters = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return waiters.Task;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (ITimer timer in _deferrals.Values)
                timer.Dispose();
            _deferrals.Clear();
        }
    }

    private void Publish(LocalSnapshot snapshot) => Volatile.Write(ref _snapshot, snapshot);

    private void Raise(string serviceId)
    {
        StatusChanged?.Invoke(serviceId);
        SyncNeeded?.Invoke();
    }

    /// <summary>A registered check over the one it replaces. Called under the lock.</summary>
    private LocalCheck Merge(LocalCheck check, LocalCheck? old)
    {
        string id = check.Record.CheckId;
        _departedChecks.Remove(id);
        if (old is null)
            return check with { Version = ++_version, Record = check.Record with { Output = Kept(check.Record.Output) } };
        check = check with { Record = check.Record with { Status = old.Record.Status, Output = Kept(old.Record.Output) } };
        return CatalogCodec.SameContent(old.Record, check.Record)
            ? check with { InSync = old.InSync, Version = old.Version, Deferral = old.Deferral }
            : check with { Version = ++_version, Deferral = old.Deferral };
    }

    /// <summary>A check with the name and tags its service has now. Called under the lock.</summary>
    private LocalCheck Adopt(LocalCheck check, string name, string[]? tags)
    {
        CheckRecord record = check.Record with { ServiceName = name, ServiceTags = tags };
        return CatalogCodec.SameContent(record, check.Record) ? check : check with { Record = record, InSync = false, Version = ++_version };
    }

    private string Kept(string output) => _checkOptions.DiscardOutput ? "" : output;
}
