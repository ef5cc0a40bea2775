using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>What the catalog says of one node.</summary>
/// <param name="Index">Index of the node and everything on it, at least 1.</param>
/// <param name="View">The node; null if it is unknown.</param>
public readonly record struct NodeReading(long Index, NodeView? View);

/// <summary>
/// The agent's narrow way to the catalog: direct on a server, by RPC on a client. Thread-safe. A call that would change nothing makes
/// no log entry. No leader, a stopped server and the like are exceptions (<see cref="CatalogFailures"/>); a request the catalog does not
/// accept is a text.
/// </summary>
public interface ICatalogAccess
{
    /// <summary>
    /// One node with everything on it, once its index is above <paramref name="afterIndex"/> or <paramref name="limit"/> is over;
    /// 0 answers at once.
    /// </summary>
    ValueTask<NodeReading> ReadNodeAsync(string node, long afterIndex, TimeSpan limit, CancellationToken cancellation);

    /// <summary>Registers; null, or why not.</summary>
    ValueTask<string?> RegisterAsync(RegisterRequest request, string token, CancellationToken cancellation);

    /// <summary>Deregisters; null, or why not.</summary>
    ValueTask<string?> DeregisterAsync(DeregisterRequest request, string token, CancellationToken cancellation);
}

/// <summary>Which exceptions of <see cref="ICatalogAccess"/> say that a later attempt may succeed; all others are faults.</summary>
internal static class CatalogFailures
{
    public static bool MayPass(Exception failure) => failure is NoLeaderException or ServerStoppedException or OverloadedException or IOException;
}
