using System.Text;

namespace Praetor.Api.Http;

/// <summary>Answers one request. Runs on the thread pool; must not block.</summary>
public delegate ValueTask ApiHandler(ApiRequest request);

/// <summary>One path and who answers it.</summary>
internal sealed class Route(string allow, string[] methods, string path, ApiHandler handler, bool isStream)
{
    /// <summary>Value of the Allow header.</summary>
    public string Allow { get; } = allow;

    /// <summary>Methods that reach the handler; empty: the handler checks for itself (http-core 1.3, prepared queries).</summary>
    public string[] Methods { get; } = methods;

    /// <summary>Path as mapped; ends in '/' when it is a prefix.</summary>
    public string Path { get; } = path;

    /// <summary>Body or answer may have any length.</summary>
    public bool IsStream { get; } = isStream;

    /// <summary>Path as metrics name it: dots for slashes, '_' for what is variable (config 8).</summary>
    public string MetricPath { get; } = (path.EndsWith('/') ? path + "_" : path)[1..].Replace('/', '.');

    /// <summary>Who answers.</summary>
    public ApiHandler Handler { get; } = handler;

    /// <summary>True if the method reaches the handler. Methods are case-sensitive.</summary>
    public bool Allows(string method) => Methods.Length == 0 || Array.IndexOf(Methods, method) >= 0;
}

/// <summary>How a path was matched.</summary>
/// <param name="Route">The route; null if there is none or only a redirect.</param>
/// <param name="TailStart">Where the rest after a prefix begins in the path.</param>
/// <param name="RedirectToSlash">A prefix route without its slash: 301 to the path + "/".</param>
internal readonly record struct RouteMatch(Route? Route, int TailStart, bool RedirectToSlash);

/// <summary>
/// All routes of the API. Filled once before the server starts, then read by any thread. Segments are matched after decoding, and an encoded
/// slash does not separate them (http-core 1.2).
/// </summary>
public sealed class RouteTable
{
    private static readonly string[] AllowOrder = ["GET", "POST", "PUT", "DELETE"];

    private readonly Node _root = new();

    /// <summary>
    /// Maps methods ("GET" or "GET,PUT,DELETE"; "" when the handler checks them itself) of a path, or of everything below it when it
    /// ends in '/'. The longest match wins.
    /// <paramref name="isStream"/>: body or answer may have any length.
    /// </summary>
    public void Map(string methods, string pathOrPrefix, ApiHandler handler, bool isStream = false)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (!pathOrPrefix.StartsWith('/'))
            throw new ArgumentException("A path starts with '/'.", nameof(pathOrPrefix));
        string[] allowed = Array.FindAll(AllowOrder, methods.Split(',').Contains);
        Node node = _root;
        foreach (string segment in pathOrPrefix.Trim('/').Split('/'))
            node = node.GetOrAdd(segment);
        ref Route? slot = ref pathOrPrefix.EndsWith('/') ? ref node.Prefix : ref node.Exact;
        if (slot is not null)
            throw new InvalidOperationException($"{pathOrPrefix} is mapped twice.");
        slot = new Route(string.Join(',', ["OPTIONS", .. allowed]), allowed, pathOrPrefix, handler, isStream);
    }

    /// <summary>Maps every path of another table, with its methods, to the handler that is made for it; what is mapped here already stays.</summary>
    internal void MapAs(RouteTable other, Func<Route, ApiHandler> handlerOf) =>
        MapAs(_root, other._root, route => new Route(route.Allow, route.Methods, route.Path, handlerOf(route), route.IsStream));

    private static void MapAs(Node here, Node there, Func<Route, Route> mapped)
    {
        here.Exact ??= there.Exact is { } exact ? mapped(exact) : null;
        here.Prefix ??= there.Prefix is { } prefix ? mapped(prefix) : null;
        foreach ((string segment, Node child) in there.Children)
            MapAs(here.GetOrAdd(segment), child, mapped);
    }

    /// <summary>All routes, in no order.</summary>
    internal IEnumerable<Route> All => Below(_root);

    private static IEnumerable<Route> Below(Node node)
    {
        if (node.Exact is { } exact)
            yield return exact;
        if (node.Prefix is { } prefix)
            yield return prefix;
        foreach (Route route in node.Children.SelectMany(static child => Below(child.Value)))
            yield return route;
    }

    /// <summary>Finds the route of a cleaned, still encoded path.</summary>
    internal RouteMatch Find(ReadOnlySpan<char> path)
    {
        Node? node = _root;
        RouteMatch best = default;
        int start = 1;
        while (true)
        {
            int length = path[start..].IndexOf('/');
            ReadOnlySpan<char> segment = length < 0 ? path[start..] : path.Slice(start, length);
            node = node.Find(segment);
            if (node is null)
                return best;
            if (length < 0)
            {
                if (node.Exact is not null)
                    return new RouteMatch(node.Exact, path.Length, false);
                return node.Prefix is not null ? new RouteMatch(null, path.Length, true) : best;
            }
            start += length + 1;
            if (node.Prefix is not null)
                best = new RouteMatch(node.Prefix, start, false);
            if (start == path.Length)
                return best;
        }
    }

    private sealed class Node
    {
        private readonly Dictionary<string, Node> _children;
        private readonly Dictionary<string, Node>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

        public Route? Exact;
        public Route? Prefix;

        public Node()
        {
            _children = new Dictionary<string, Node>(StringComparer.Ordinal);
            _bySpan = _children.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public IEnumerable<KeyValuePair<string, Node>> Children => _children;

        public Node GetOrAdd(string segment)
        {
            if (!_children.TryGetValue(segment, out Node? child))
                _children[segment] = child = new Node();
            return child;
        }

        public Node? Find(ReadOnlySpan<char> segment)
        {
            if (_children.Count == 0)
                return null;
            if (!segment.Contains('%'))
                return _bySpan.TryGetValue(segment, out Node? child) ? child : null;
            byte[] decoded = new byte[segment.Length];
            return PercentCoding.TryDecode(segment, decoded, plusIsSpace: false, out int length)
                && _children.TryGetValue(Encoding.UTF8.GetString(decoded, 0, length), out Node? encoded)
                ? encoded
                : null;
        }
    }
}
