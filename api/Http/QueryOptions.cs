using Praetor.Runtime;

namespace Praetor.Api.Http;

/// <summary>What the common read parameters ask for (http-core 2.1, 3). Default: a plain read of the own datacenter.</summary>
public readonly record struct QueryOptions
{
    /// <summary>How fresh the answer must be.</summary>
    public ReadConsistency Consistency { get; init; }

    /// <summary><c>?cached</c>, when <c>http_config.use_cache</c> allows it.</summary>
    public bool Cached { get; init; }

    /// <summary>Longest age of a stale answer; zero = any.</summary>
    public TimeSpan MaxStale { get; init; }

    /// <summary>Answer only above this index; 0 = at once.</summary>
    public long Index { get; init; }

    /// <summary>Longest wait, already cut to the maximum, without jitter; zero when <see cref="Index"/> is 0.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Datacenter asked for; empty = own.</summary>
    public string Datacenter { get; init; }
}

/// <summary>Which enterprise parameters an endpoint refuses (http-core 1.4).</summary>
public enum ScopeRefusals
{
    /// <summary>Neither is looked at (txn, event, status, query, snapshot).</summary>
    None,

    /// <summary><c>partition</c> only (coordinate).</summary>
    Partition,

    /// <summary><c>ns</c> and <c>partition</c> (KV, session, catalog, health, agent, config).</summary>
    NamespaceAndPartition,
}
