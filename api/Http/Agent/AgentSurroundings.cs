using Praetor.Api.Http.Json;
using Praetor.Core.Gossip;
using Praetor.Runtime.Agent;

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

    /// <summary>Members of the WAN pool; empty without one.</summary>
    public Func<IReadOnlyList<Member>> WanMembers { get; init; } = static () => [];

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
