namespace Praetor.Api.Dns;

/// <summary>
/// The <c>dns_config</c> keys (dns 11), all of which can be reloaded. Immutable; hand a new one to <see cref="DnsServer.Reload"/>.
/// Durations are truncated to whole seconds where they become a TTL.
/// </summary>
public sealed record DnsOptions
{
    /// <summary>Any server may answer from its own state. False: only while a leader is known.</summary>
    public bool AllowStale { get; init; } = true;

    /// <summary>Age of state beyond which the leader is asked instead; of no effect on a server that is alone.</summary>
    public TimeSpan MaxStale { get; init; } = TimeSpan.FromHours(87_600);

    /// <summary>TTL of node, NS, .addr and .virtual records.</summary>
    public TimeSpan NodeTtl { get; init; }

    /// <summary>TTL by service name; keys may be a name, a prefix with a final <c>*</c>, or <c>*</c>.</summary>
    public IReadOnlyDictionary<string, TimeSpan> ServiceTtl { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Set TC on answers that were cut.</summary>
    public bool EnableTruncate { get; init; }

    /// <summary>Leave out instances with a check that is not passing (default: with a critical one).</summary>
    public bool OnlyPassing { get; init; }

    /// <summary>Top-level <c>recursors</c>: host or host:port.</summary>
    public IReadOnlyList<string> Recursors { get; init; } = [];

    /// <summary>Whoever answers with these options has recursors, though perhaps elsewhere: an agent asks its own.</summary>
    public bool Recurses { get; init; }

    /// <summary>Order in which recursors are asked: sequential or random.</summary>
    public string RecursorStrategy { get; init; } = "sequential";

    /// <summary>Time one recursor gets.</summary>
    public TimeSpan RecursorTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Write every name in full.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>Answers over UDP without EDNS; never more than 8.</summary>
    public int UdpAnswerLimit { get; init; } = 3;

    /// <summary>Addresses per service answer, SRV excepted; 0 = all.</summary>
    public int ARecordLimit { get; init; }

    /// <summary>Add the node's metadata as TXT records to node and SRV answers.</summary>
    public bool EnableAdditionalNodeMetaTxt { get; init; } = true;

    /// <summary>Answer through the agent cache. Of no effect on a server, which answers from memory anyway.</summary>
    public bool UseCache { get; init; }

    /// <summary>Age bound of cached prepared-query answers; of no effect on a server.</summary>
    public TimeSpan CacheMaxAge { get; init; }

    /// <summary>Numbers of the SOA record.</summary>
    public SoaOptions Soa { get; init; } = new();
}

/// <summary>Numbers of the SOA record, all in seconds.</summary>
public sealed record SoaOptions
{
    /// <summary>Refresh interval.</summary>
    public uint RefreshS { get; init; } = 3600;

    /// <summary>Retry interval.</summary>
    public uint RetryS { get; init; } = 600;

    /// <summary>Expiry.</summary>
    public uint ExpireS { get; init; } = 86_400;

    /// <summary>Negative-caching TTL, also the record's own TTL.</summary>
    public uint MinTtlS { get; init; }
}
