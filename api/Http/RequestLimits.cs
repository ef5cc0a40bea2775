using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Praetor.Runtime;

namespace Praetor.Api.Http;

/// <summary>What becomes of requests beyond the rates of <c>limits.request_limits</c>.</summary>
public enum RequestLimitMode
{
    /// <summary>Nobody counts.</summary>
    Disabled,

    /// <summary>They are told of in the log.</summary>
    Permissive,

    /// <summary>They are refused.</summary>
    Enforcing,
}

/// <summary>
/// Reads and writes per second that a server takes from all clients together (gossip-raft 7, http-core 1.6), whichever agent they asked. Thread-safe; may be configured at any time.
/// </summary>
public sealed class RequestLimits
{
    /// <summary>A bucket holds what comes in so many seconds.</summary>
    private const double BurstSeconds = 10;

    private static readonly Refusal s_tooMany = new(429, "rate limit exceeded, try again later or against a different server");
    private static readonly Refusal s_tooManyForLeader = new(503, "rate limit exceeded for operation that can only be performed by the leader, try again later");

    private static readonly TimeSpan s_betweenLines = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly TokenBucket _reads;
    private readonly TokenBucket _writes;
    private readonly Func<bool> _isLeader;
    private readonly ILogger _log;
    private volatile RequestLimitMode _mode;
    private long _toldAt;

    /// <summary>Limits that nobody has set.</summary>
    /// <param name="isLeader">Whether this server leads: then no other could do its writes.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    public RequestLimits(Func<bool> isLeader, TimeProvider time, ILogger log)
    {
        _reads = new TokenBucket(-1, 0, time);
        _writes = new TokenBucket(-1, 0, time);
        _isLeader = isLeader;
        _time = time;
        _toldAt = time.GetTimestamp() - time.TimestampFrequency;
        _log = log;
    }

    /// <summary>Requests beyond a rate; null for nobody who wants to know.</summary>
    public Counter<long>? Exceeded { get; init; }

    /// <summary>Those of them that no line of the log tells of.</summary>
    public Counter<long>? Untold { get; init; }

    /// <summary>Sets the limits; a negative rate is none.</summary>
    public void Configure(RequestLimitMode mode, double readRate, double writeRate)
    {
        _reads.Configure(readRate, readRate * BurstSeconds);
        _writes.Configure(writeRate, writeRate * BurstSeconds);
        _mode = mode;
    }

    /// <summary>The handler behind the limits. What tells of the cluster itself is never limited: it is needed most when there is too much of everything.</summary>
    internal ApiHandler Guard(Route route) => IsExempt(route.Path) ? route.Handler : request => MayPass(request, route, out Refusal refusal) ? route.Handler(request) : request.RefuseAsync(refusal);

    /// <summary>One line a second at most: there is too much of everything already.</summary>
    private void Tell(ApiRequest request)
    {
        long told = Volatile.Read(ref _toldAt);
        if (_time.GetElapsedTime(told) < s_betweenLines || Interlocked.CompareExchange(ref _toldAt, _time.GetTimestamp(), told) != told)
        {
            Untold?.Add(1);
            return;
        }

        HttpLog.RateExceeded(_log, request.Method, request.Path, _mode == RequestLimitMode.Enforcing);
    }

    private static bool IsExempt(string path) => path.StartsWith("/v1/status/", StringComparison.Ordinal) || path.StartsWith("/v1/operator/", StringComparison.Ordinal);

    private bool MayPass(ApiRequest request, Route route, out Refusal refusal)
    {
        refusal = default;
        if (_mode == RequestLimitMode.Disabled)
            return true;
        bool isRead = request.Method == "GET";
        if ((isRead ? _reads : _writes).TryTake())
            return true;
        Tell(request);
        Exceeded?.Add(1, KeyValuePair.Create<string, object?>("limit_type", isRead ? "global/read" : "global/write"), KeyValuePair.Create<string, object?>("op", route.MetricPath),
            KeyValuePair.Create<string, object?>("mode", _mode == RequestLimitMode.Enforcing ? "enforcing" : "permissive"));
        if (_mode == RequestLimitMode.Permissive)
            return true;
        refusal = !isRead && _isLeader() ? s_tooManyForLeader : s_tooMany;
        return false;
    }
}
