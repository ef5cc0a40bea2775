using System.Globalization;
using Praetor.Core.Codec;
using Praetor.Runtime;

namespace Praetor.Api.Http;

public sealed partial class ApiRequest
{
    private const string StaleConflict = "Cannot specify ?stale with ?consistent, conflicting semantics.";
    private const string CachedConflict = "Cannot specify ?cached with ?consistent, conflicting semantics.";

    /// <summary>
    /// Reads the common parameters in the order of http-core 3: consistency, Cache-Control, wait, index, then ns and partition. Call it before
    /// anything else in a handler; on false answer with the refusal.
    /// </summary>
    public bool TryReadOptions(out QueryOptions options, out Refusal refusal, ScopeRefusals scopes = ScopeRefusals.NamespaceAndPartition)
    {
        options = new QueryOptions { Datacenter = "" };
        refusal = default;
        bool hasParameters = Query.Count > 0;
        if ((hasParameters || Options.DiscoveryMaxStale > TimeSpan.Zero) && !TryReadConsistency(ref options, out refusal))
            return false;
        return TryReadCacheControl(out refusal)
            && (!hasParameters || TryReadWait(ref options, out refusal))
            && TryReadScopes(scopes, out refusal);
    }

    /// <summary>Refuses <c>ns</c> and <c>partition</c> alone, for handlers without read parameters (agent).</summary>
    public bool TryReadScopes(ScopeRefusals scopes, out Refusal refusal)
    {
        refusal = default;
        if (scopes == ScopeRefusals.NamespaceAndPartition
            && !TryReadScope("ns", HeaderNames.Namespace, "Namespaces", out refusal))
            return false;
        return scopes == ScopeRefusals.None || TryReadScope("partition", HeaderNames.Partition, "Partitions", out refusal);
    }

    /// <summary>Datacenter asked for: <c>datacenter</c> wins over <c>dc</c>; empty = own.</summary>
    public string ReadDatacenter()
    {
        string datacenter = Query.Get("datacenter");
        return datacenter.Length > 0 ? datacenter : Query.Get("dc");
    }

    /// <summary>False with the refusal of an unknown datacenter (http-core 1.6).</summary>
    public bool TryReachDatacenter(string datacenter, out Refusal refusal)
    {
        bool own = string.IsNullOrEmpty(datacenter) || datacenter == Options.Datacenter;
        refusal = own ? default : new Refusal(500, "No path to datacenter");
        return own;
    }

    private bool TryReadConsistency(ref QueryOptions options, out Refusal refusal)
    {
        refusal = default;
        bool stale = Query.Has("stale");
        bool consistent = Query.Has("consistent");
        bool cached = Options.UseCache && Query.Has("cached");
        bool plain = !stale && !consistent && !cached && !Query.Has("leader");
        TimeSpan maxStale = default;
        string maxStaleText = Query.Get("max_stale");
        if (maxStaleText.Length > 0)
        {
            if (!GoDuration.TryParse(maxStaleText, out long maxStaleNs, out _))
                return Refuse($"Invalid max_stale value {GoQuote.Quote(maxStaleText)}", out refusal);
            // A nanosecond asks for the same as the least time there is here.
            maxStale = maxStaleNs > 0 ? TimeSpan.FromTicks(Math.Max(1, maxStaleNs / TimeSpan.NanosecondsPerTick)) : TimeSpan.Zero;
            stale |= maxStaleNs > 0;
            plain &= maxStaleNs <= 0;
        }
        if (plain && Options.DiscoveryMaxStale > TimeSpan.Zero && IsDiscoveryPath)
        {
            stale = true;
            maxStale = Options.DiscoveryMaxStale;
        }
        if (stale && consistent)
            return Refuse(StaleConflict, out refusal);
        if (cached && consistent)
            return Refuse(CachedConflict, out refusal);
        options = options with
        {
            Consistency = stale ? ReadConsistency.Stale : consistent ? ReadConsistency.Consistent : ReadConsistency.Default,
            Cached = cached,
            MaxStale = maxStale,
            Datacenter = ReadDatacenter(),
        };
        return true;
    }

    private bool IsDiscoveryPath =>
        Path.StartsWith("/v1/catalog", StringComparison.Ordinal) || Path.StartsWith("/v1/health", StringComparison.Ordinal);

    /// <summary>Answers are always fresh here, so the directives are only checked, not obeyed.</summary>
    private bool TryReadCacheControl(out Refusal refusal)
    {
        refusal = default;
        var values = RequestHeaders.CacheControl;
        if (values.Count == 0)
            return true;
        foreach (Range part in (values[0] ?? "").AsSpan().Split(','))
        {
            ReadOnlySpan<char> directive = values[0].AsSpan(part).Trim();
            if (!IsCacheNumber(directive, "max-age=") || !IsCacheNumber(directive, "stale-if-error="))
                return Refuse("Invalid Cache-Control header.", out refusal);
        }
        return true;
    }

    private static bool IsCacheNumber(ReadOnlySpan<char> directive, string name) =>
        !directive.StartsWith(name, StringComparison.OrdinalIgnoreCase)
        || long.TryParse(directive[name.Length..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private bool TryReadWait(ref QueryOptions options, out Refusal refusal)
    {
        refusal = default;
        TimeSpan wait = default;
        string waitText = Query.Get("wait");
        if (waitText.Length > 0)
        {
            if (!GoDuration.TryParse(waitText, out long waitNs, out _))
                return Refuse("Invalid wait time", out refusal);
            wait = GoDuration.ToTimeSpan(waitNs);
        }
        string indexText = Query.Get("index");
        if (indexText.Length == 0)
            return true;
        if (!GoStrconv.TryParseUint(indexText, out ulong index, out _))
            return Refuse("Invalid index", out refusal);
        if (index == 0)
            return true;
        wait = wait <= TimeSpan.Zero ? Options.DefaultQueryTime : wait;
        options = options with
        {
            Index = (long)Math.Min(index, long.MaxValue),
            Wait = wait > Options.MaxQueryTime ? Options.MaxQueryTime : wait,
        };
        return true;
    }

    private bool TryReadScope(string parameter, string header, string feature, out Refusal refusal)
    {
        refusal = default;
        if (Header(header).Length > 0)
            return Refuse($"Invalid header: \"{header}\" - {feature} are a Consul Enterprise feature", out refusal);
        if (Query.HasValue(parameter))
            return Refuse($"Invalid query parameter: \"{parameter}\" - {feature} are a Consul Enterprise feature", out refusal);
        return true;
    }

    private static bool Refuse(string text, out Refusal refusal)
    {
        refusal = new Refusal(400, text);
        return false;
    }
}
