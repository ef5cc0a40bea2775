using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks;
using Praetor.Runtime.Agent.Store;

namespace Praetor.Runtime.Agent;

/// <summary>Registering and deregistering checks by themselves, and maintenance (http-agent 2.4, 2.10, 2.11).</summary>
public sealed partial class LocalAgent
{
    private const string MaintenanceType = "maintenance";

    /// <summary>
    /// Registers a check of the node, or of a service that is here. The definition has passed <see cref="CheckRules.Validate"/>.
    /// Completes when the catalog knows.
    /// </summary>
    public async Task<AgentRefusal?> RegisterCheckAsync(CheckSpec spec, string token, CancellationToken cancellation)
    {
        using (await BeginChangeAsync(cancellation).ConfigureAwait(false))
        {
            if (await PutCheckAsync(spec, DefinitionSource.Api, token).ConfigureAwait(false) is { } refusal)
                return refusal;
        }

        await _antiEntropy.SyncChangesAsync(cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>Takes a check out. Completes when the catalog knows.</summary>
    public async Task<AgentRefusal?> DeregisterCheckAsync(string id, CancellationToken cancellation)
    {
        using (await BeginChangeAsync(cancellation).ConfigureAwait(false))
        {
            if (!Snapshot.Checks.ContainsKey(id))
                return AgentRefusal.NoCheck(id);
            await DropCheckAsync(id).ConfigureAwait(false);
            if (await TryFlushAsync().ConfigureAwait(false) is { } refusal)
                return refusal;
        }

        await _antiEntropy.SyncChangesAsync(cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>Turns the maintenance of one service on or off; what is so already stays as it is, with its first reason.</summary>
    public async Task<AgentRefusal?> SetServiceMaintenanceAsync(string serviceId, bool enable, string reason, string token, CancellationToken cancellation)
    {
        if (!Snapshot.Services.ContainsKey(serviceId))
            return AgentRefusal.NoService(serviceId);
        var check = new CheckRecord
        {
            CheckId = MaintenanceChecks.OfService(serviceId),
            Name = "Service Maintenance Mode",
            Notes = reason.Length > 0 ? reason : MaintenanceChecks.DefaultReason("service"),
            ServiceId = serviceId,
        };
        return await SetMaintenanceAsync(check, enable, token, cancellation).ConfigureAwait(false);
    }

    /// <summary>Turns the maintenance of the node on or off.</summary>
    public Task<AgentRefusal?> SetNodeMaintenanceAsync(bool enable, string reason, string token, CancellationToken cancellation)
    {
        var check = new CheckRecord
        {
            CheckId = MaintenanceChecks.Node,
            Name = "Node Maintenance Mode",
            Notes = reason.Length > 0 ? reason : MaintenanceChecks.DefaultReason("node"),
        };
        return SetMaintenanceAsync(check, enable, token, cancellation);
    }

    private async Task<AgentRefusal?> SetMaintenanceAsync(CheckRecord record, bool enable, string token, CancellationToken cancellation)
    {
        using (await BeginChangeAsync(cancellation).ConfigureAwait(false))
        {
            if (Snapshot.Checks.ContainsKey(record.CheckId) == enable)
                return null;
            if (!enable)
                await DropCheckAsync(record.CheckId).ConfigureAwait(false);
            else if (!PutMaintenance(record, token))
                return AgentRefusal.NoService(record.ServiceId);
            if (await TryFlushAsync().ConfigureAwait(false) is { } refusal)
            {
                await DropCheckAsync(record.CheckId).ConfigureAwait(false);
                return refusal;
            }
        }

        MaintenanceChecks.Log(_parts.Logger, record.ServiceId, enable);
        await _antiEntropy.SyncChangesAsync(cancellation).ConfigureAwait(false);
        return null;
    }

    private bool PutMaintenance(CheckRecord record, string token)
    {
        var check = new LocalCheck
        {
            Record = record with { Node = Options.NodeName, Status = CheckStatus.Critical, Type = MaintenanceType },
            Token = token,
        };
        if (!_state.Put(check))
            return false;
        Persist(check);
        return true;
    }

    private async Task<AgentRefusal?> PutCheckAsync(CheckSpec spec, DefinitionSource source, string token)
    {
        CheckRecord record = Registration.Check(spec, Options.NodeName);
        if (CheckRules.RefuseToRun(spec, _parts.CheckOptions, source == DefinitionSource.Api) is { } notHere)
            return AgentRefusal.Failed(notHere);
        var check = new LocalCheck
        {
            Record = record,
            Spec = spec with { CheckId = record.CheckId },
            Token = token.Length > 0 ? token : spec.Token,
            Source = source,
        };
        bool isNew = !Snapshot.Checks.ContainsKey(record.CheckId);
        if (!_state.Put(check))
            return new AgentRefusal(AgentRefusalKind.NotFound, $"ServiceID {GoQuote.Quote(spec.ServiceId)} does not exist");
        await RunAsync(check, isNew).ConfigureAwait(false);
        if (await TryFlushAsync().ConfigureAwait(false) is not { } notWritten)
            return null;
        if (isNew)
            await DropCheckAsync(record.CheckId).ConfigureAwait(false);
        return notWritten;
    }

    private async Task RunAsync(LocalCheck check, bool isNew)
    {
        Persist(check);
        if (check.Spec is not { } spec)
            return;
        if (isNew && spec.DeregisterCriticalServiceAfter > TimeSpan.Zero && spec.DeregisterCriticalServiceAfter < CriticalReaper.Minimum)
            AgentLog.ShortReapTime(_parts.Logger, spec.CheckId, "1m0s");
        await _running.StartAsync(spec).ConfigureAwait(false);
        if (spec.Ttl > TimeSpan.Zero && _restoredStates.Remove(spec.CheckId, out StoredCheckState? saved))
            _state.Report(spec.CheckId, saved.Status, saved.Output);
    }

    private async Task DropCheckAsync(string id)
    {
        if (_state.RemoveCheck(id))
            await ForgetCheckAsync(id).ConfigureAwait(false);
    }

    private async Task ForgetCheckAsync(string id)
    {
        await _running.StopAsync(id).ConfigureAwait(false);
        _parts.Store.Remove(AgentFileKind.Check, id);
        _parts.Store.Remove(AgentFileKind.CheckState, id);
    }

    private void Persist(LocalCheck check)
    {
        if (check.Source == DefinitionSource.Api)
            _parts.Store.Put(AgentFileKind.Check, check.Record.CheckId, AgentFiles.Encode(new StoredCheck(check.Record, check.Spec, check.Token)));
        else
            _parts.Store.Remove(AgentFileKind.Check, check.Record.CheckId);
    }
}
