namespace Praetor.Core.State.Catalog;

/// <summary>An instance with its node and the checks that count for it: node-level checks first, then the instance's own, each by lower-case check id.</summary>
public sealed record ServiceInstance(NodeRecord Node, ServiceRecord Service, CheckRecord[] Checks)
{
    /// <summary>No check of the instance or its node is critical.</summary>
    public bool NotCritical { get; } = !Array.Exists(Checks, static c => c.Status == CheckStatus.Critical);

    /// <summary>Every check of the instance and its node is passing (none counts as passing).</summary>
    public bool AllPassing { get; } = Array.TrueForAll(Checks, static c => c.Status == CheckStatus.Passing);
}

/// <summary>
/// All instances of one service name as of one index, ordered by (lower-case node, lower-case service id). Immutable; a change to
/// any instance, its checks or its node replaces the object. So whatever is derived from it alone (a rendered answer, a DNS
/// message) may be kept in <see cref="Derived"/> and needs no invalidation.
/// </summary>
public sealed class ServiceView(string name, long index, ServiceInstance[] instances)
{
    /// <summary>Name in lower case.</summary>
    public string Name { get; } = name;

    /// <summary>X-Consul-Index of this service.</summary>
    public long Index { get; } = index;

    /// <summary>The instances.</summary>
    public ServiceInstance[] Instances { get; } = instances;

    /// <summary>Answers derived from this view alone. Thread-safe, bounded.</summary>
    public DerivedAnswers Derived { get; } = new();
}

/// <summary>A node with everything on it, as of one index.</summary>
public sealed record NodeView(NodeRecord Node, IReadOnlyList<ServiceRecord> Services, IReadOnlyList<CheckRecord> Checks);
