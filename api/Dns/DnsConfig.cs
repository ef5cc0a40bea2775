using System.Net;
using Praetor.Api.Config;

namespace Praetor.Api.Dns;

/// <summary>Translates the agent's configuration into what the DNS interface takes. Pure.</summary>
internal static class DnsConfig
{
    /// <summary>Where to listen and what for. No addresses if <c>ports.dns</c> is off.</summary>
    public static DnsServerOptions Server(AgentConfig config) => new()
    {
        Addresses = [.. config.Addresses.Dns.Select(static listener => listener.EndPoint).OfType<IPEndPoint>()],
        Domain = config.Dns.Domain,
        AltDomain = config.Dns.AltDomain,
        Datacenter = config.Datacenter,
        Options = Options(config.Dns),
    };

    /// <summary>The part that can be reloaded.</summary>
    public static DnsOptions Options(DnsSettings settings) => new()
    {
        AllowStale = settings.AllowStale,
        MaxStale = settings.MaxStale,
        NodeTtl = settings.NodeTtl,
        ServiceTtl = settings.ServiceTtl,
        EnableTruncate = settings.EnableTruncate,
        OnlyPassing = settings.OnlyPassing,
        RecursorStrategy = settings.RecursorStrategy,
        RecursorTimeout = settings.RecursorTimeout,
        DisableCompression = settings.DisableCompression,
        UdpAnswerLimit = settings.UdpAnswerLimit,
        ARecordLimit = settings.ARecordLimit,
        EnableAdditionalNodeMetaTxt = settings.NodeMetaTxt,
        UseCache = settings.UseCache,
        CacheMaxAge = settings.CacheMaxAge,
        Soa = new SoaOptions
        {
            RefreshS = settings.Soa.Refresh,
            RetryS = settings.Soa.Retry,
            ExpireS = settings.Soa.Expire,
            MinTtlS = settings.Soa.MinTtl,
        },
    };
}
