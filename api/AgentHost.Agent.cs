using Microsoft.Extensions.Logging;
using Praetor.Api.Config;
using Praetor.Core.Gossip;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;
using Praetor.Runtime.Agent.Store;
using Praetor.Runtime.Events;

namespace Praetor.Api;

/// <summary>The agent's own side: its services and checks, their way into the catalog, and what it does for the catalog as leader.</summary>
public sealed partial class AgentHost
{
    private LocalAgent? _agent;
    private AgentOptions _agentOptions = null!;
    private ServerFacts _facts = null!;
    private CheckRunnerOptions _checkOptions = null!;

    /// <summary>Members of the LAN pool.</summary>
    private IReadOnlyList<Member> LanMembers() => _lan?.Loop.Members ?? [];

    /// <summary>Members of the WAN pool; empty if it is off.</summary>
    private IReadOnlyList<Member> WanMembers() => _wan?.Loop.Members ?? [];

    /// <summary>Services of this agent, for filters of events; the pool may bring events before there are any.</summary>
    private IEnumerable<EventService> LocalServices() =>
        _agent?.Snapshot.Services.Values.Select(static service => new EventService(service.Record.Id, service.Record.Tags ?? [])) ?? [];

    /// <summary>Registers what files and disk define, then begins to run checks and to sync.</summary>
    private async Task StartLocalAgentAsync(CancellationToken cancellation)
    {
        IAgentStore store = _config.DataDirectory.Length > 0
            ? new FileAgentStore(_config.DataDirectory, _log)
            : new MemoryAgentStore(isPersistent: false);
        _stops.Push(store.DisposeAsync);
        _checkOptions = HostOptions.Checks(_config, () => new CheckTls(_tls!.Authorities, _tls.Certificate));
        ICatalogAccess catalog = _server is not null ? new ServerCatalogAccess(_server) : new RemoteCatalogAccess(_link!, () => CallTimeout);
        var parts = new AgentParts(catalog, store, _checkOptions, _time, new Random(Environment.TickCount), _log) { LanMembers = () => LanMembers().Count };
        _agent = new LocalAgent(_agentOptions, parts);
        _stops.Push(_agent.DisposeAsync);
        if (await _agent.StartAsync(DefinitionsOf(_config), cancellation).ConfigureAwait(false) is { } refusal)
            throw new AgentStartException(refusal);
        _ = WatchAsync(_agent.Stopped);
    }

    private static AgentDefinitions DefinitionsOf(AgentConfig config) => new()
    {
        Services = config.Registrations.Services,
        Checks = config.Registrations.Checks,
        NodeMeta = config.NodeMeta,
    };
}
