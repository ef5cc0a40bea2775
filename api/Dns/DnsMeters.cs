using System.Diagnostics;
using System.Diagnostics.Metrics;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns;

/// <summary>What the DNS interface measures (config 8). Thread-safe.</summary>
public sealed class DnsMeters
{
    private static readonly string[] s_types = new string[256];

    private readonly Histogram<double> _queries;
    private readonly Histogram<double> _domain;
    private readonly Histogram<double> _reverse;
    private readonly Counter<long> _stale;
    private readonly KeyValuePair<string, object?> _node;

    /// <summary>Adds the instruments to a meter.</summary>
    public DnsMeters(Meter meter, string node)
    {
        _queries = meter.CreateHistogram<double>("dns.query", "ms");
        _domain = meter.CreateHistogram<double>("dns.domain_query", "ms");
        _reverse = meter.CreateHistogram<double>("dns.ptr_query", "ms");
        _stale = meter.CreateCounter<long>("dns.stale_queries");
        _node = KeyValuePair.Create<string, object?>("node", node);
    }

    /// <summary>Start of a measured query; 0 while nobody wants to know.</summary>
    internal long Begin() => _queries.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>A query was answered from a state that had not heard of a leader for a while.</summary>
    internal void AnsweredStale() => _stale.Add(1);

    /// <summary>A query was answered; queries of <c>arpa</c> count as PTR, those for names elsewhere do not count.</summary>
    internal void Answered(long begun, ZoneKind zone, RecordType type)
    {
        if (begun == 0 || zone == ZoneKind.Elsewhere)
            return;
        double milliseconds = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        bool isReverse = zone == ZoneKind.Reverse;
        (isReverse ? _reverse : _domain).Record(milliseconds, _node);
        _queries.Record(milliseconds, _node, KeyValuePair.Create<string, object?>("type", NameOf(isReverse ? RecordType.Ptr : type)));
    }

    private static string NameOf(RecordType type) => (int)type < s_types.Length
        ? s_types[(int)type] ??= Enum.IsDefined(type) ? type.ToString().ToUpperInvariant() : $"TYPE{(int)type}"
        : "TYPE";
}
