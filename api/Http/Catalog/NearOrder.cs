using Praetor.Core.State;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// The order of a list by <c>near</c>. Immutable.
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
    public IEnumerable<T> Apply<T>(StateRoot root, IEnumerable<T> rows, Func<T, string> nodeOf) => root.Coordinates.FromNode(_node, rows, nodeOf);
}
