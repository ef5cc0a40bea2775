using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks;
using Praetor.Runtime.Agent.Store;

namespace Praetor.Runtime.Agent;

/// <summary>Registering and deregistering services (http-agent 2.9, 2.10).</summary>
public sealed partial class LocalAgent
{
    /// <summary>
    /// Registers a service with its checks, and its sidecar if it asks for one: all of it or nothing. The definition has passed the rules
    /// for its structure. Completes when the catalog knows.
    /// </summary>
    /// <param name="definition">The service.</param>
    /// <param name="token">Token to tell the catalog with; empty means the agent's.</param>
    /// <param name="replaceExistingChecks">Drop the service's checks that the definition does not name.</param>
    /// <param name="cancellation">Ends the waiting; what was begun is finished.</param>
    public async Task<AgentRefusal?> RegisterServiceAsync(ServiceDefinition definition, string token, bool replaceExistingChecks, CancellationToken cancellation)
    {
        using (await BeginChangeAsync(cancellation).ConfigureAwait(false))
        {
            var source = new RegistrationSource(DefinitionSource.Api, token, replaceExistingChecks, FreshTags: true);
            if (await PutServiceAsync(definition, source).ConfigureAwait(false) is { } refusal)
                return refusal;
        }

        await _antiEntropy.SyncChangesAsync(cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>Takes a service out with its checks, files and own sidecar. Completes when the catalog knows.</summary>
    public async Task<AgentRefusal?> DeregisterServiceAsync(string id, CancellationToken cancellation)
    {
        using (await BeginChangeAsync(cancellation).ConfigureAwait(false))
        {
            if (!Snapshot.Services.ContainsKey(id))
                return AgentRefusal.NoService(id);
            await DropServiceAsync(id).ConfigureAwait(false);
            if (await TryFlushAsync().ConfigureAwait(false) is { } refusal)
                return refusal;
        }

        await _antiEntropy.SyncChangesAsync(cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>The parts of a definition as they will be registered, or why they will not. Changes nothing.</summary>
    private AgentRefusal? Plan(ServiceDefinition definition, RegistrationSource source, out List<ServicePart> parts)
    {
        parts = [];
        string token = source.Token.Length > 0 ? source.Token : definition.Token;
        var main = new ServicePart(Registration.Service(definition.Service, Options.NodeName), definition.Checks, token, IsSidecar: false);
        if (Sidecar.Of(definition) is { } sidecar)
        {
            ServiceRecord record = sidecar.Service;
            if (record.Port < 1 && record.SocketPath.Length == 0)
            {
                if (Sidecar.AssignPort(record.Id, Snapshot, Options, out string? noPort) is not { } port)
                    return AgentRefusal.Failed(noPort!);
                record = record with { Port = port };
            }

            IReadOnlyList<CheckSpec> checks = sidecar.Checks.Count > 0 ? sidecar.Checks : Sidecar.DefaultChecks(record);
            parts.Add(new ServicePart(Registration.Service(record, Options.NodeName), checks, sidecar.Token.Length > 0 ? sidecar.Token : token, IsSidecar: true));
        }

        parts.Insert(0, main);
        foreach (ServicePart part in parts)
        {
            if (Registration.Refusal(part.Record) is { } refusal)
                return AgentRefusal.Failed(refusal);
            foreach (CheckSpec spec in part.Checks)
            {
                if (CheckRules.RefuseToRun(spec, _parts.CheckOptions, source.Defined == DefinitionSource.Api) is { } notHere)
                    return AgentRefusal.Failed(notHere);
            }
        }

        return null;
    }

    private async Task<AgentRefusal?> PutServiceAsync(ServiceDefinition definition, RegistrationSource source)
    {
        if (Plan(definition, source, out List<ServicePart> parts) is { } refusal)
            return refusal;
        LocalSnapshot before = Snapshot;
        foreach (ServicePart part in parts)
            await PutPartAsync(part, source).ConfigureAwait(false);
        if (await TryFlushAsync().ConfigureAwait(false) is not { } notWritten)
            return null;
        await UndoAsync(before, parts).ConfigureAwait(false);
        return notWritten;
    }

    private async Task PutPartAsync(ServicePart part, RegistrationSource source)
    {
        ServiceRecord record = part.Record;
        LocalSnapshot before = Snapshot;
        if (!before.Services.ContainsKey(record.Id) && !ServiceRules.IsDnsName(record.Name))
            AgentLog.NotDnsName(_parts.Logger, record.Name);
        var service = new LocalService
        {
            Record = record,
            Token = part.Token,
            Source = source.Defined,
            IsSidecar = part.IsSidecar,
            HasFreshTags = source.FreshTags,
        };
        List<LocalCheck> checks = [.. Registration.ServiceChecks(record, part.Checks).Select(check => new LocalCheck
        {
            Record = check.Record,
            Spec = check.Spec with { CheckId = check.Record.CheckId },
            Token = part.Token,
            Source = source.Defined,
        })];
        HashSet<string> named = [.. checks.Select(check => check.Record.CheckId)];
        List<LocalCheck> unnamed = [.. before.ChecksOfService(record.Id).Where(check => !named.Contains(check.Record.CheckId))];
        _state.Put(service, checks);
        Persist(service);
        foreach (LocalCheck check in checks)
            await RunAsync(check, isNew: !before.Checks.ContainsKey(check.Record.CheckId)).ConfigureAwait(false);
        foreach (LocalCheck check in unnamed.Where(_ => source.ReplaceExistingChecks))
            await DropCheckAsync(check.Record.CheckId).ConfigureAwait(false);
    }

    private async Task DropServiceAsync(string id)
    {
        if (_state.RemoveService(id) is not { } checkIds)
            return;
        _parts.Store.Remove(AgentFileKind.Service, id);
        foreach (string checkId in checkIds)
            await ForgetCheckAsync(checkId).ConfigureAwait(false);
        if (Snapshot.Services.TryGetValue(id + Sidecar.Suffix, out LocalService? sidecar) && sidecar.IsSidecar)
            await DropServiceAsync(sidecar.Record.Id).ConfigureAwait(false);
    }

    /// <summary>What was not here before goes again; what was stays as it is now.</summary>
    private async Task UndoAsync(LocalSnapshot before, List<ServicePart> parts)
    {
        foreach (ServicePart part in parts)
        {
            if (!before.Services.ContainsKey(part.Record.Id))
            {
                await DropServiceAsync(part.Record.Id).ConfigureAwait(false);
                continue;
            }

            foreach (LocalCheck check in Snapshot.ChecksOfService(part.Record.Id).Where(check => !before.Checks.ContainsKey(check.Record.CheckId)).ToList())
                await DropCheckAsync(check.Record.CheckId).ConfigureAwait(false);
        }
    }

    private void Persist(LocalService service)
    {
        if (service.Source == DefinitionSource.Api)
            _parts.Store.Put(AgentFileKind.Service, service.Record.Id, AgentFiles.Encode(new StoredService(service.Record, service.Token, service.IsSidecar)));
        else
            _parts.Store.Remove(AgentFileKind.Service, service.Record.Id);
    }

    private async ValueTask<AgentRefusal?> TryFlushAsync()
    {
        try
        {
            await _parts.Store.FlushAsync().ConfigureAwait(false);
            return null;
        }
        catch (IOException failure)
        {
            return AgentRefusal.Failed($"failed writing to disk: {failure.Message}");
        }
    }

    /// <summary>Who registers, and how.</summary>
    private readonly record struct RegistrationSource(DefinitionSource Defined, string Token, bool ReplaceExistingChecks, bool FreshTags);

    /// <summary>The service or its sidecar, defaulted.</summary>
    private sealed record ServicePart(ServiceRecord Record, IReadOnlyList<CheckSpec> Checks, string Token, bool IsSidecar);
}
