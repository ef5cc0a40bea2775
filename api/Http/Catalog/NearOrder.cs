using Praetor.Core.State;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// Rows by estimated round trip from a node (http-agent 7): stable, nodes without coordinate last; as they are if the node itself has none. Immutable.
/// </summary>
internal sealed class NearOrder
{
    private readonly string _node;

    private NearOrder(string node) => _node = node;

    /// <summary>The order asked for by <c>near</c>; null if none is. <c>_agent</c> is the agent that was asked.</summary>
    public static NearOrder? Read(ApiRequest request) => request.Query.Get("near") switch
    {
        "" => null,
        "_agent" => new NearOrder(request.AgentNode),
        var node => new NearOrder(node),
    };

    /// <summary>The rows in this order.</summary>
    public IEnumerable<T> Apply<T>(StateRoot root, IEnumerable<T> rows, Func<T, string> nodeOf) => root.Coordinates.Find(_node) is { Coordinate: var source }
        ? rows.OrderBy(row => root.Coordinates.Find(nodeOf(row)) is { Coordinate: var place } ? source.DistanceTo(place) : double.PositiveInfinity)
        : rows;
}
