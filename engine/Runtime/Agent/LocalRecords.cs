using System.Collections.Immutable;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Runtime.Agent;

/// <summary>A service on this agent. Immutable; a change replaces it.</summary>
public sealed record LocalService
{
    private string? _contentHash;

    /// <summary>What the catalog should hold.</summary>
    public required ServiceRecord Record { get; init; }

    /// <summary>Token it was registered with; empty means the agent's.</summary>
    public string Token { get; init; } = "";

    /// <summary>Where it was defined.</summary>
    public DefinitionSource Source { get; init; }

    /// <summary>Made by another service's SidecarService block, and goes with that service.</summary>
    public bool IsSidecar { get; init; }

    /// <summary>The catalog is known to agree.</summary>
    public bool InSync { get; init; }

    /// <summary>Opaque hex: equal for equal content, locality aside (http-agent 2.7).</summary>
    public string ContentHash => _contentHash ??= Agent.ContentHash.Of(Record);

    /// <summary>Just registered: its tags win over tags edited in the catalog, until they were pushed (http-agent 4.2 "EnableTagOverride").</summary>
    internal bool HasFreshTags { get; init; }

    /// <summary>Rises with every change that concerns the catalog; tells whether what was pushed is still what is held.</summary>
    internal long Version { get; init; }
}

/// <summary>A check on this agent. Immutable; a result replaces it.</summary>
public sealed record LocalCheck
{
    /// <summary>What the catalog should hold, with the newest status and output.</summary>
    public required CheckRecord Record { get; init; }

    /// <summary>How it is run; null for maintenance checks, which nothing runs.</summary>
    public CheckSpec? Spec { get; init; }

    /// <summary>Token it was registered with; empty means the agent's.</summary>
    public string Token { get; init; } = "";

    /// <summary>Where it was defined.</summary>
    public DefinitionSource Source { get; init; }

    /// <summary>The catalog is known to agree, a deferred output aside.</summary>
    public bool InSync { get; init; }

    /// <summary>Timestamp of the first of the uninterrupted critical results; null when not critical by result.</summary>
    internal long? CriticalSince { get; init; }

    /// <summary>Number of the pending deferral of a new output; 0 if none is pending.</summary>
    internal long Deferral { get; init; }

    /// <summary>Rises with every change that concerns the catalog, deferred outputs aside.</summary>
    internal long Version { get; init; }
}

/// <summary>Everything on this agent at one moment, by id (ordinal order). Immutable.</summary>
public sealed record LocalSnapshot(ImmutableSortedDictionary<string, LocalService> Services, ImmutableSortedDictionary<string, LocalCheck> Checks)
{
    /// <summary>Nothing.</summary>
    public static readonly LocalSnapshot Empty = new(
        ImmutableSortedDictionary.Create<string, LocalService>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, LocalCheck>(StringComparer.Ordinal));

    /// <summary>Checks of one service, in id order.</summary>
    public IEnumerable<LocalCheck> ChecksOfService(string serviceId) => Checks.Values.Where(check => check.Record.ServiceId == serviceId);
}
