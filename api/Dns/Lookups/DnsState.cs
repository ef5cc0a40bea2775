using Praetor.Core.State;

namespace Praetor.Api.Dns.Lookups;

/// <summary>The state that answers are made from, and how old it may be. Thread-safe.</summary>
/// <param name="root">The newest state published here; called once per query from any thread, must not block.</param>
/// <param name="knowsLeader">True while a leader is known; called for names that are not found, from any thread, must not block.</param>
public sealed class DnsState(Func<StateRoot> root, Func<bool> knowsLeader)
{
    /// <summary>The newest state published here.</summary>
    public StateRoot Root => root();

    /// <summary>True while a leader is known.</summary>
    public bool KnowsLeader => knowsLeader();

    /// <summary>How long ago a leader was last heard of; must not block.</summary>
    public Func<TimeSpan> SinceLeader { get; init; } = static () => TimeSpan.Zero;

    /// <summary>True if <see cref="Root"/> is what the leader itself would answer from; must not block.</summary>
    public Func<bool> IsFresh { get; init; } = static () => true;

    /// <summary>A state at least as new as the leader's is now. Faults with <see cref="Praetor.Runtime.NoLeaderException"/> if there is no leader to ask.</summary>
    public Func<CancellationToken, ValueTask<StateRoot>> ReadFreshAsync { get; init; } = _ => ValueTask.FromResult(root());
}
