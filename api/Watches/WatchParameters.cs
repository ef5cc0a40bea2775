using Praetor.Api.Cli.Client;
using Praetor.Api.Config;
using Praetor.Core.Codec;

namespace Praetor.Api.Watches;

/// <summary>What a watch looks at (cli 11): its type and what that needs. Immutable.</summary>
public sealed class WatchParameters
{
    private WatchParameters(string type, Func<ApiQuery> query)
    {
        Type = type;
        NewQuery = query;
    }

    /// <summary>key, keyprefix, services, nodes, service, checks, event, connect_roots or connect_leaf.</summary>
    public string Type { get; }

    /// <summary>The request, without index.</summary>
    public Func<ApiQuery> NewQuery { get; }

    /// <summary>Token; empty for that of whoever asks.</summary>
    public string Token { get; private init; } = "";

    /// <summary>Reads parameters by name; what a caller uses for itself is already taken out of the object.</summary>
    /// <returns>Null with the parameters, or what is wrong with them.</returns>
    public static string? TryRead(ConfigValue given, out WatchParameters read)
    {
        read = null!;
        var values = new ParameterReader(given);
        var type = values.Text("type");
        var datacenter = values.Text("datacenter");
        var token = values.Text("token");
        if (values.Error is { } wrong)
            return wrong;
        if (type.Length == 0)
            return "Watch type must be specified";
        var error = QueryOf(type, values, out var path);
        if (values.Error is { } badValue)
            return badValue;
        if (error is not null)
            return error;
        if (values.Unused is { Count: > 0 } unused)
            return $"Invalid parameters: [{string.Join(' ', unused)}]";
        read = new WatchParameters(type, () => path().WithOptional("dc", datacenter)) { Token = token };
        return null;
    }

    private static string? QueryOf(string type, ParameterReader values, out Func<ApiQuery> query)
    {
        query = null!;
        switch (type)
        {
            case "key":
                var key = values.Text("key");
                var stale = values.Flag("stale");
                query = () => new ApiQuery("/v1/kv/" + ApiQuery.EscapePath(key)).WithFlag("stale", stale);
                return key.Length == 0 ? "Must specify a single key to watch" : null;
            case "keyprefix":
                var prefix = values.Text("prefix");
                var prefixStale = values.Flag("stale");
                query = () => new ApiQuery("/v1/kv/" + ApiQuery.EscapePath(prefix)).WithFlag("recurse").WithFlag("stale", prefixStale);
                return prefix.Length == 0 ? "Must specify a single prefix to watch" : null;
            case "services":
                query = Listing("/v1/catalog/services", values);
                return null;
            case "nodes":
                query = Listing("/v1/catalog/nodes", values);
                return null;
            case "service":
                return ServiceQuery(values, out query);
            case "checks":
                var (service, state) = (values.Text("service"), values.Text("state"));
                query = Listing(service.Length > 0 ? "/v1/health/checks/" + Uri.EscapeDataString(service) : "/v1/health/state/" + (state.Length > 0 ? Uri.EscapeDataString(state) : "any"), values);
                return service.Length > 0 && state.Length > 0 ? "Cannot specify service and state" : null;
            case "event":
                var name = values.Text("name");
                query = () => new ApiQuery("/v1/event/list").WithOptional("name", name);
                return null;
            case "connect_roots":
                query = static () => new ApiQuery("/v1/agent/connect/ca/roots");
                return null;
            case "connect_leaf":
                var leaf = values.Text("service");
                query = () => new ApiQuery("/v1/agent/connect/ca/leaf/" + Uri.EscapeDataString(leaf));
                return leaf.Length == 0 ? "Must specify a single service to watch" : null;
            default:
                return $"Unsupported watch type: {type}";
        }
    }

    private static string? ServiceQuery(ParameterReader values, out Func<ApiQuery> query)
    {
        var service = values.Text("service");
        var tags = values.Texts("tag");
        var passing = values.Flag("passingonly");
        var listing = Listing("/v1/health/service/" + Uri.EscapeDataString(service), values);
        query = () =>
        {
            var asked = listing().WithFlag("passing", passing);
            foreach (var tag in tags)
                asked.With("tag", tag);
            return asked;
        };
        return service.Length == 0 ? "Must specify a single service to watch" : null;
    }

    private static Func<ApiQuery> Listing(string path, ParameterReader values)
    {
        var (stale, filter) = (values.Flag("stale"), values.Text("filter"));
        return () => new ApiQuery(path).WithFlag("stale", stale).WithOptional("filter", filter);
    }

    /// <summary>Reads members of an object and knows which nobody has asked for.</summary>
    private sealed class ParameterReader(ConfigValue given)
    {
        private readonly HashSet<string> _used = new(StringComparer.Ordinal);

        public string? Error { get; private set; }

        public List<string> Unused => [.. given.Members.Select(static member => member.Key).Where(key => !_used.Contains(key)).Order(StringComparer.Ordinal)];

        public string Text(string name)
        {
            if (Find(name) is not { } value)
                return "";
            if (value.Kind != ConfigKind.String)
                Error ??= $"Expecting {name} to be a string";
            return value.AsString;
        }

        public bool Flag(string name)
        {
            if (Find(name) is not { } value)
                return false;
            if (value.Kind == ConfigKind.String && GoStrconv.TryParseBool(value.AsString, out var parsed, out _))
                return parsed;
            if (value.Kind != ConfigKind.Bool)
                Error ??= $"Expecting {name} to be a boolean";
            return value.AsBool;
        }

        public IReadOnlyList<string> Texts(string name) => Find(name) switch
        {
            null => [],
            { Kind: ConfigKind.List } list => [.. list.Items.Select(static item => item.AsString)],
            var one => [one.AsString],
        };

        private ConfigValue? Find(string name)
        {
            _used.Add(name);
            return given.Find(name) is { Kind: not ConfigKind.Null } value ? value : null;
        }
    }
}
