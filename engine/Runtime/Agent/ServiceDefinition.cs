using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Runtime.Agent;

/// <summary>
/// A service as a client or a configuration file defines it, decoded and not yet defaulted (http-agent 2.9). Immutable.
/// </summary>
public sealed record ServiceDefinition
{
    /// <summary>What the catalog will hold. An empty id means the name; Node and indexes are ignored.</summary>
    public required ServiceRecord Service { get; init; }

    /// <summary>Its checks: <c>Check</c> first, then <c>Checks</c>. Their ServiceId is ignored.</summary>
    public IReadOnlyList<CheckSpec> Checks { get; init; } = [];

    /// <summary><c>Connect.SidecarService</c>: a proxy to be registered beside the service; null if none was asked for.</summary>
    public ServiceDefinition? Sidecar { get; init; }

    /// <summary>Token of a definition from a file, or of a sidecar; a request's own token is passed beside the definition.</summary>
    public string Token { get; init; } = "";
}
