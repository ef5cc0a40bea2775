using Microsoft.Extensions.Logging;
using Praetor.Core.Gossip;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Store;

namespace Praetor.Api;

/// <summary>The agent's own side: its services and checks, their way into the catalog, and what it does for the catalog as leader.</summary>
public sealed partial class AgentHost
{
    private LocalAgent _agent = null!;
    private AgentOptions _agentOptions = null!;
    private ServerFacts _facts = null!;

    /// <summary>Members of the LAN pool: this server alone.</summary>
    private IReadOnlyList<Member> LanMembers() => [ServerMember.Lan(_agentOptions, _facts)];

    private void StartLeaderDuties()
    {
        _agentOptions = HostOptions.Agent(_config);
        _facts = HostOptions.Facts(_config);
        var duties = new LeaderDuties(new ServerCatalogAccess(_server), LanMembers, () => _server.IsReadyLeader, _time, _loggers.CreateLogger("agent.leader"));
        _stops.Push(duties.DisposeAsync);
        duties.Start();
    }

    /// <summary>Registers what files and disk define, then begins to run checks and to sync.</summary>
    private async Task StartLocalAgentAsync(CancellationToken cancellation)
    {
        ILogger log = _loggers.CreateLogger("agent");
        IAgentStore store = _config.DataDirectory.Length > 0
            ? new FileAgentStore(_config.DataDirectory, log)
            : new MemoryAgentStore(isPersistent: false);
        _stops.Push(store.DisposeAsync);
        var parts = new AgentParts(new ServerCatalogAccess(_server), store, HostOptions.Checks(_config), _time, new Random(Environment.TickCount), log);
        _agent = new LocalAgent(_agentOptions, parts);
        _stops.Push(_agent.DisposeAsync);
        var definitions = new AgentDefinitions
        {
            Services = _config.Registrations.Services,
            Checks = _config.Registrations.Checks,
            NodeMeta = _config.NodeMeta,
        };
        if (await _agent.StartAsync(definitions, cancellation).ConfigureAwait(false) is { } refusal)
            throw new AgentStartException(refusal);
    }
}
