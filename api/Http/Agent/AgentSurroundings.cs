using Microsoft.Extensions.Logging;
using Praetor.Api.Http.Json;
using Praetor.Api.Logging;
using Praetor.Core.Gossip;
using Praetor.Core.Gossip.Coordinates;
using Praetor.Runtime;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Gossip;
using Praetor.Runtime.Telemetry;

namespace Praetor.Api.Http.Agent;

/// <summary>
/// What the agent's endpoints show and set off beside local services and checks. The composition root fills it; delegates are
/// called on request threads and must not block.
/// </summary>
public sealed record AgentSurroundings
{
    /// <summary>Services and checks of this agent.</summary>
    public required LocalAgent Agent { get; init; }

    /// <summary>Members of the LAN pool.</summary>
    public required Func<IReadOnlyList<Member>> LanMembers { get; init; }

    /// <summary>What the agent measures; null: agent/metrics is not there.</summary>
    public MetricStore? Metrics { get; init; }

    /// <summary>Begins to tell of log lines from a level on, as JSON or not; null: agent/monitor is not there.</summary>
    public Func<LogLevel, bool, LogMonitor>? OpenMonitor { get; init; }

    /// <summary>Members of the WAN pool; empty without one.</summary>
    public Func<IReadOnlyList<Member>> WanMembers { get; init; } = static () => [];

    /// <summary>What consensus looks like; null on an agent without state.</summary>
    public Func<ConsensusStatus>? Consensus { get; init; }

    /// <summary>Servers that this agent knows.</summary>
    public Func<int> KnownServers { get; init; } = static () => 1;

    /// <summary>Asks a pool to take this agent in, by address; null when it has, else why not. The flag means the WAN pool.</summary>
    public Func<string, bool, CancellationToken, Task<string?>> JoinAsync { get; init; } = static (_, _, _) => Task.FromResult<string?>("this agent joins nobody");

    /// <summary>Says of a failed member that it has left: name, WAN only, prune. False if no pool knows it.</summary>
    public Func<string, bool, bool, bool> ForceLeave { get; init; } = static (_, _, _) => false;

    /// <summary>Numbers of the LAN pool (false) or the WAN pool (true).</summary>
    public Func<bool, PoolStatus> Pool { get; init; } = static _ => new PoolStatus(1, 1, 0, 0, false);

    /// <summary>Where this node lies in the space of latencies.</summary>
    public Func<Coordinate> Coordinate { get; init; } = static () => Core.Gossip.Coordinates.Coordinate.Origin;

    /// <summary>Datacenter that ACLs and the mesh CA live in; empty = own.</summary>
    public string PrimaryDatacenter { get; init; } = "";

    /// <summary>ACLs are on.</summary>
    public bool AclsEnabled { get; init; }

    /// <summary>Runs in bootstrap mode.</summary>
    public bool Bootstrap { get; init; }

    /// <summary>Coordinates are not disabled.</summary>
    public bool HasCoordinates { get; init; } = true;

    /// <summary>Writes the runtime configuration as one object, secrets hidden.</summary>
    public Action<GoJsonWriter> DebugConfig { get; init; } = static json =>
    {
        json.BeginObject();
        json.EndObject();
    };

    /// <summary>Leaves gracefully and stops everything but HTTP.</summary>
    public required Func<Task> LeaveAsync { get; init; }

    /// <summary>Called after the answer to leave was given: the process may end.</summary>
    public required Action Left { get; init; }

    /// <summary>Reads the configuration anew; null, or what was wrong with it.</summary>
    public required Func<CancellationToken, Task<string?>> ReloadAsync { get; init; }
}
