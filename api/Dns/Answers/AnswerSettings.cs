namespace Praetor.Api.Dns.Answers;

/// <summary><see cref="DnsOptions"/> prepared for answering: TTLs in seconds, service patterns sorted. Immutable.</summary>
public sealed class AnswerSettings
{
    private readonly Dictionary<string, uint> _exactTtls = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, uint>> _prefixTtls = []; // longest first

    /// <summary>Prepares the options.</summary>
    public AnswerSettings(DnsOptions options)
    {
        Options = options;
        NodeTtlS = Seconds(options.NodeTtl);
        foreach ((string key, TimeSpan ttl) in options.ServiceTtl)
        {
            if (key.EndsWith('*'))
                _prefixTtls.Add(new(key[..^1], Seconds(ttl)));
            else
                _exactTtls[key] = Seconds(ttl);
        }
        _prefixTtls.Sort(static (a, b) => b.Key.Length.CompareTo(a.Key.Length));
    }

    /// <summary>The options as configured.</summary>
    public DnsOptions Options { get; }

    /// <summary><c>node_ttl</c> in seconds.</summary>
    public uint NodeTtlS { get; }

    /// <summary>
    /// <c>service_ttl</c> of a service in seconds: the exact key, else the longest prefix, else 0. Keys are case-sensitive while
    /// <paramref name="lowerService"/> is in lower case, so keys with capitals never match (dns 6).
    /// </summary>
    public uint ServiceTtlS(string lowerService)
    {
        if (_exactTtls.TryGetValue(lowerService, out uint exact))
            return exact;
        foreach ((string prefix, uint ttl) in _prefixTtls)
        {
            if (lowerService.StartsWith(prefix, StringComparison.Ordinal))
                return ttl;
        }
        return 0;
    }

    private static uint Seconds(TimeSpan span) => (uint)Math.Clamp(span.Ticks / TimeSpan.TicksPerSecond, 0, uint.MaxValue);
}
