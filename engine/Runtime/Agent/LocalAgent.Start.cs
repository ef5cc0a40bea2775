using System.Text.Json;
using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks;
using Praetor.Runtime.Agent.Store;

namespace Praetor.Runtime.Agent;

/// <summary>What configuration files define, at start or at a reload.</summary>
public sealed record AgentDefinitions
{
    /// <summary>Services with their checks.</summary>
    public IReadOnlyList<ServiceDefinition> Services { get; init; } = [];

    /// <summary>Checks by themselves.</summary>
    public IReadOnlyList<CheckSpec> Checks { get; init; } = [];

    /// <summary>Configured node_meta.</summary>
    public IReadOnlyDictionary<string, string>? NodeMeta { get; init; }
}

/// <summary>Start, restoring and reload (http-agent 2.4, 2.11 "Stored record").</summary>
public sealed partial class LocalAgent
{
    private readonly Dictionary<string, StoredCheckState> _restoredStates = new(StringComparer.Ordinal);

    /// <summary>
    /// Registers what files define and what the disk kept, then begins to run checks and to sync. Files win over the disk. Returns why the
    /// agent cannot start, or null.
    /// </summary>
    public async Task<string?> StartAsync(AgentDefinitions definitions, CancellationToken cancellation)
    {
        using (await BeginChangeAsync(cancellation).ConfigureAwait(false))
        {
            _state.Node = Options.NodeRecord(definitions.NodeMeta);
            LoadTtlStates();
            if (await PutDefinitionsAsync(definitions, freshTags: false).ConfigureAwait(false) is { } refusal)
                return refusal;
            RestoreServices();
            await RestoreChecksAsync().ConfigureAwait(false);
            _restoredStates.Clear();
        }

        _antiEntropy.Start();
        _reaper.Start();
        return null;
    }

    /// <summary>
    /// Puts new definitions in place of the old ones in one step: what both name keeps its status, output and runner. What came over HTTP
    /// stays, unless nothing survives on disk. Returns what went wrong, or null; what was done before that stays done.
    /// </summary>
    public async Task<string?> ReloadAsync(AgentDefinitions definitions, CancellationToken cancellation)
    {
        using (await BeginChangeAsync(cancellation).ConfigureAwait(false))
        {
            _state.Node = Options.NodeRecord(definitions.NodeMeta);
            LocalSnapshot before = Snapshot;
            if (await PutDefinitionsAsync(definitions, freshTags: true).ConfigureAwait(false) is { } refusal)
                return refusal;
            HashSet<string> services = NamesOf(definitions, out HashSet<string> checks);
            foreach (LocalService service in before.Services.Values.Where(service => Goes(service.Source) && !services.Contains(service.Record.Id)))
                await DropServiceAsync(service.Record.Id).ConfigureAwait(false);
            foreach (LocalCheck check in before.Checks.Values.Where(check => Goes(check.Source) && !checks.Contains(check.Record.CheckId)))
                await DropCheckAsync(check.Record.CheckId).ConfigureAwait(false);
        }

        _antiEntropy.TriggerChanges();
        return null;

        bool Goes(DefinitionSource source) => source == DefinitionSource.File || !_parts.Store.IsPersistent;
    }

    private async Task<string?> PutDefinitionsAsync(AgentDefinitions definitions, bool freshTags)
    {
        foreach (ServiceDefinition definition in definitions.Services)
        {
            var source = new RegistrationSource(DefinitionSource.File, "", ReplaceExistingChecks: false, freshTags);
            if (await PutServiceAsync(definition, source).ConfigureAwait(false) is { } refusal)
                return $"Failed to register service {GoQuote.Quote(definition.Service.Name)}: {refusal.Text}";
        }

        foreach (CheckSpec spec in definitions.Checks)
        {
            if (await PutCheckAsync(spec, DefinitionSource.File, "").ConfigureAwait(false) is { } refusal)
                return $"Failed to register check '{spec.Name}': {refusal.Text}";
        }

        return null;
    }

    /// <summary>Ids that the definitions lead to.</summary>
    private HashSet<string> NamesOf(AgentDefinitions definitions, out HashSet<string> checks)
    {
        var services = new HashSet<string>(StringComparer.Ordinal);
        checks = [.. definitions.Checks.Select(spec => Registration.Check(spec, Options.NodeName).CheckId)];
        foreach (ServiceDefinition definition in definitions.Services)
        {
            ServiceRecord record = Registration.Service(definition.Service, Options.NodeName);
            services.Add(record.Id);
            checks.UnionWith(Registration.ServiceChecks(record, definition.Checks).Select(check => check.Record.CheckId));
            if (Sidecar.Of(definition) is not { } sidecar)
                continue;
            services.Add(sidecar.Service.Id);
            IReadOnlyList<CheckSpec> specs = sidecar.Checks.Count > 0 ? sidecar.Checks : Sidecar.DefaultChecks(sidecar.Service);
            checks.UnionWith(Registration.ServiceChecks(Registration.Service(sidecar.Service, Options.NodeName), specs).Select(check => check.Record.CheckId));
        }

        return services;
    }

    /// <summary>Services of the disk that no file defines.</summary>
    private void RestoreServices()
    {
        foreach (StoredService stored in Decode(AgentFileKind.Service, AgentFiles.DecodeService))
        {
            if (Snapshot.Services.ContainsKey(stored.Record.Id))
                _parts.Store.Remove(AgentFileKind.Service, stored.Record.Id);
            else
                _state.Put(new LocalService { Record = stored.Record with { Node = Options.NodeName }, Token = stored.Token, IsSidecar = stored.IsSidecar }, []);
        }
    }

    /// <summary>Checks of the disk that no file defines: critical until they prove otherwise.</summary>
    private async Task RestoreChecksAsync()
    {
        foreach (StoredCheck stored in Decode(AgentFileKind.Check, AgentFiles.DecodeCheck))
        {
            string id = stored.Record.CheckId;
            var check = new LocalCheck { Record = stored.Record with { Node = Options.NodeName }, Spec = stored.Spec, Token = stored.Token };
            if (Snapshot.Checks.ContainsKey(id))
            {
                _parts.Store.Remove(AgentFileKind.Check, id);
            }
            else if ((stored.Spec is null ? null : CheckRules.RefuseToRun(stored.Spec, _parts.CheckOptions, fromRemote: true)) is { } obstacle)
            {
                AgentLog.RestoreFailed(_parts.Logger, id, GoQuote.Quote(obstacle));
                _parts.Store.Remove(AgentFileKind.Check, id);
            }
            else if (_state.Put(check))
            {
                await RunAsync(check, isNew: true).ConfigureAwait(false);
            }
            else
            {
                AgentLog.RestoreFailed(_parts.Logger, id, GoQuote.Quote($"ServiceID {GoQuote.Quote(stored.Record.ServiceId)} does not exist"));
                _parts.Store.Remove(AgentFileKind.Check, id);
            }
        }
    }

    /// <summary>What TTL checks said before the restart, as far as it still counts.</summary>
    private void LoadTtlStates()
    {
        long nowUnixMs = _parts.Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (StoredCheckState saved in Decode(AgentFileKind.CheckState, AgentFiles.DecodeState))
        {
            if (saved.ExpiresUnixMs > nowUnixMs)
                _restoredStates[saved.CheckId] = saved;
            else
                _parts.Store.Remove(AgentFileKind.CheckState, saved.CheckId);
        }
    }

    private List<T> Decode<T>(AgentFileKind kind, Func<byte[], T> decode)
    {
        var decoded = new List<T>();
        foreach (byte[] document in _parts.Store.Load(kind))
        {
            try
            {
                decoded.Add(decode(document));
            }
            catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                AgentLog.RestoreFailed(_parts.Logger, kind.ToString(), GoQuote.Quote(malformed.Message));
            }
        }

        return decoded;
    }
}
