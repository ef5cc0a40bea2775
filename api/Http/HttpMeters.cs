using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Praetor.Api.Http;

/// <summary>What the HTTP API measures (config 8). Thread-safe.</summary>
public sealed class HttpMeters
{
    private readonly Histogram<double> _requests;
    private readonly Meter _meter;

    /// <summary>Adds the instruments to a meter.</summary>
    public HttpMeters(Meter meter)
    {
        _meter = meter;
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
    internal void Ended(Route route, string method, long begun) =>
        _requests.Record(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, KeyValuePair.Create<string, object?>("method", method), KeyValuePair.Create<string, object?>("path", route.MetricPath));

    /// <summary>Counters of queries for instances of one kind: <c>catalog.service</c>, <c>health.connect</c>.</summary>
    internal InstanceQueries QueriesOf(string kind) => new(_meter, kind);

    /// <summary>Queries for instances, by service and by tags.</summary>
    internal sealed class InstanceQueries(Meter meter, string kind)
    {
        private readonly Counter<long> _queries = meter.CreateCounter<long>($"{kind}.query");
        private readonly Counter<long> _withTag = meter.CreateCounter<long>($"{kind}.query-tag");
        private readonly Counter<long> _withTags = meter.CreateCounter<long>($"{kind}.query-tags");

        public void Count(ApiRequest request)
        {
            if (!_queries.Enabled)
                return;
            KeyValuePair<string, object?> service = KeyValuePair.Create<string, object?>("service", request.Tail);
            _queries.Add(1, service);
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
