using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Praetor.Api.Http;

/// <summary>What the HTTP API measures (config 8). Thread-safe.</summary>
public sealed class HttpMeters
{
    /// <summary>Endpoints of the catalog as Consul counts them, by route.</summary>
    private static readonly Dictionary<string, string> s_catalogEndpoints = new(StringComparer.Ordinal)
    {
        ["/v1/catalog/register"] = "catalog_register",
        ["/v1/catalog/deregister"] = "catalog_deregister",
        ["/v1/catalog/datacenters"] = "catalog_datacenters",
        ["/v1/catalog/nodes"] = "catalog_nodes",
        ["/v1/catalog/services"] = "catalog_services",
        ["/v1/catalog/service/"] = "catalog_service_nodes",
        ["/v1/catalog/node/"] = "catalog_node_services",
        ["/v1/catalog/node-services/"] = "catalog_node_service_list",
        ["/v1/catalog/gateway-services/"] = "catalog_gateway_services",
    };

    private readonly Dictionary<string, CatalogCounters> _catalog;
    private readonly Histogram<double> _requests;
    private readonly Meter _meter;

    /// <summary>Adds the instruments to a meter.</summary>
    /// <param name="meter">Where to.</param>
    /// <param name="node">Name of the agent's node.</param>
    public HttpMeters(Meter meter, string node)
    {
        _meter = meter;
        _catalog = s_catalogEndpoints.ToDictionary(static each => each.Key, each => new CatalogCounters(meter, each.Value, node));
        _requests = meter.CreateHistogram<double>("api.http", "ms");
        QueryExecute = meter.CreateHistogram<double>("prepared-query.execute", "ms");
        QueryExplain = meter.CreateHistogram<double>("prepared-query.explain", "ms");
        TxnRead = meter.CreateHistogram<double>("txn.read", "ms");
    }

    /// <summary>Runs of prepared queries, milliseconds.</summary>
    public Histogram<double> QueryExecute { get; }

    /// <summary>Explanations of prepared queries, milliseconds.</summary>
    public Histogram<double> QueryExplain { get; }

    /// <summary>Transactions that only read, milliseconds.</summary>
    public Histogram<double> TxnRead { get; }

    /// <summary>Whether anybody wants to know about requests.</summary>
    internal bool WantsRequests => _requests.Enabled;

    /// <summary>A request has ended.</summary>
    internal void Ended(Route route, string method, int status, long begun)
    {
        if (_catalog.TryGetValue(route.Path, out CatalogCounters? counters))
            counters.Count(status);
        _requests.Record(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, KeyValuePair.Create<string, object?>("method", method), KeyValuePair.Create<string, object?>("path", route.MetricPath));
    }

    /// <summary>Counters of queries for instances of one kind: <c>catalog.service</c>, <c>health.connect</c>.</summary>
    internal InstanceQueries QueriesOf(string kind) => new(_meter, kind);

    /// <summary>Requests to one endpoint of the catalog, and how they ended.</summary>
    private sealed class CatalogCounters(Meter meter, string endpoint, string node)
    {
        private readonly Counter<long> _all = meter.CreateCounter<long>($"client.api.{endpoint}");
        private readonly Counter<long> _succeeded = meter.CreateCounter<long>($"client.api.success.{endpoint}");
        private readonly Counter<long> _failed = meter.CreateCounter<long>($"client.rpc.error.{endpoint}");
        private readonly KeyValuePair<string, object?> _node = KeyValuePair.Create<string, object?>("node", node);

        public void Count(int status)
        {
            _all.Add(1, _node);
            if (status < 400)
                _succeeded.Add(1, _node);
            else if (status >= 500)
                _failed.Add(1, _node);
        }
    }

    /// <summary>Queries for instances, by service and by tags.</summary>
    internal sealed class InstanceQueries(Meter meter, string kind)
    {
        private readonly Counter<long> _queries = meter.CreateCounter<long>($"{kind}.query");
        private readonly Counter<long> _notFound = meter.CreateCounter<long>($"{kind}.not-found");
        private readonly Counter<long> _withTag = meter.CreateCounter<long>($"{kind}.query-tag");
        private readonly Counter<long> _withTags = meter.CreateCounter<long>($"{kind}.query-tags");

        public void Count(ApiRequest request)
        {
            if (!_queries.Enabled)
                return;
            KeyValuePair<string, object?> service = KeyValuePair.Create<string, object?>("service", request.Tail);
            _queries.Add(1, service);
            if (request.Services.Runtime.Root.Catalog.Service(request.Tail).Instances.Length == 0)
                _notFound.Add(1, service);
            if (!request.Query.HasValue("tag"))
                return;
            IReadOnlyList<string> tags = request.Query.All("tag");
            if (tags.Count == 1)
                _withTag.Add(1, service, KeyValuePair.Create<string, object?>("tag", tags[0]));
            else
                _withTags.Add(1, service, KeyValuePair.Create<string, object?>("tag", string.Join(',', tags)));
        }
    }
}
