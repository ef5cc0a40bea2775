using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// <c>node-meta=k:v</c>, repeatable: all pairs must be on the node, exact and case-sensitive. Split at the first colon, without one the
/// value is empty, the last of equal keys counts (http-agent 1.4). Immutable.
/// </summary>
public sealed class NodeMetaFilter
{
    /// <summary>Keeps every node.</summary>
    public static readonly NodeMetaFilter None = new([]);

    private readonly KeyValuePair<string, string>[] _pairs;

    private NodeMetaFilter(KeyValuePair<string, string>[] pairs) => _pairs = pairs;

    /// <summary>True if every node stays.</summary>
    public bool IsEmpty => _pairs.Length == 0;

    /// <summary>Reads the parameters of a request.</summary>
    public static NodeMetaFilter Read(QueryParameters query)
    {
        if (!query.Has("node-meta"))
            return None;
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string given in query.All("node-meta"))
        {
            int colon = given.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                pairs[given] = "";
            else
                pairs[given[..colon]] = given[(colon + 1)..];
        }

        return new NodeMetaFilter([.. pairs]);
    }

    /// <summary>True if the node stays; an unknown node stays only without pairs.</summary>
    public bool Matches(NodeRecord? node)
    {
        foreach ((string key, string value) in _pairs)
        {
            if (node?.Meta is not { } meta || !meta.TryGetValue(key, out string? found) || found != value)
                return false;
        }

        return true;
    }
}
