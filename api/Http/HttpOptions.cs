using System.Net;

namespace Praetor.Api.Http;

/// <summary>What the configuration says about HTTP. Immutable; the composition root fills it from the merged configuration.</summary>
public sealed record HttpOptions
{
    /// <summary>Own datacenter, lower case.</summary>
    public string Datacenter { get; init; } = "dc1";

    /// <summary>Name of the agent that serves this API.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>Indent JSON always (<c>-dev</c>); the final newline still needs <c>?pretty</c> (http-core 1.5).</summary>
    public bool AlwaysIndentJson { get; init; }

    /// <summary>Wait of a blocking query that names none (http-core 2.1).</summary>
    public TimeSpan DefaultQueryTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Longest wait of a blocking query, jitter not counted.</summary>
    public TimeSpan MaxQueryTime { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary><c>limits.kv_max_value_size</c>: largest Content-Length of a KV PUT.</summary>
    public long KvMaxValueSizeBytes { get; init; } = 524_288;

    /// <summary><c>limits.txn_max_req_len</c>: longest body of a transaction.</summary>
    public long TxnMaxRequestBytes { get; init; } = 524_288;

    /// <summary><c>limits.http_max_conns_per_client</c>; 0 = no limit.</summary>
    public int MaxConnectionsPerClient { get; init; } = 200;

    /// <summary><c>http_config.response_headers</c>, sent with every API, index and 404 answer.</summary>
    public IReadOnlyDictionary<string, string> ResponseHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary><c>http_config.block_endpoints</c>: path prefixes that answer 403.</summary>
    public IReadOnlyList<string> BlockEndpoints { get; init; } = [];

    /// <summary><c>http_config.allow_write_http_from</c>; empty = everybody may write.</summary>
    public IReadOnlyList<IPNetwork> AllowWriteFrom { get; init; } = [];

    /// <summary><c>http_config.use_cache</c>: whether <c>?cached</c> counts.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary><c>http_config.max_header_bytes</c>: request line and headers together.</summary>
    public int MaxHeaderBytes { get; init; } = 1 << 20;

    /// <summary><c>disable_http_unprintable_char_filter</c>.</summary>
    public bool AllowUnprintablePath { get; init; }

    /// <summary><c>discovery_max_stale</c>: above zero, catalog and health reads that ask for nothing else are stale.</summary>
    public TimeSpan DiscoveryMaxStale { get; init; }

    /// <summary><c>translate_wan_addrs</c>: announced by a header.</summary>
    public bool TranslateWanAddresses { get; init; }

    /// <summary><c>acl.default_policy</c> as shown to clients: allow or deny.</summary>
    public string DefaultAclPolicy { get; init; } = "allow";

    /// <summary><c>ui_config.enabled</c>.</summary>
    public bool UiEnabled { get; init; }

    /// <summary>How long a TLS handshake may take.</summary>
    public TimeSpan HttpsHandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where <c>/</c> redirects to when the UI is on.</summary>
    public string UiPath { get; init; } = "/ui/";

    /// <summary>Owner and mode of Unix sockets (<c>unix_sockets</c>).</summary>
    public UnixSocketFile UnixSockets { get; init; } = UnixSocketFile.Unchanged;

    /// <summary>How much of long answers may lie in output buffers at once; beyond that they leave in pieces, at the pace of their readers.</summary>
    public long OutputBudgetBytes { get; init; } = 4 << 20;

    /// <summary>Seed of the jitter that is added to waits; tests set it to be repeatable.</summary>
    public int JitterSeed { get; init; } = Environment.TickCount;
}
