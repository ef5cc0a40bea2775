using System.Net;
using System.Net.Sockets;

namespace Praetor.Api.Config;

/// <summary>What kind of address one is (RFC 6890). Pure.</summary>
internal static class AddressKinds
{
    private static readonly IPNetwork[] s_private = Networks("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7");

    private static readonly IPNetwork[] s_notForwardable = Networks("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24",
        "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32", "::1/128", "::/128", "fe80::/10", "2001:db8::/32");

    /// <summary>0.0.0.0 or ::.</summary>
    public static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>IPv4.</summary>
    public static bool IsIPv4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>For use inside an organisation, and routable there.</summary>
    public static bool IsPrivate(IPAddress address) => Array.Exists(s_private, network => network.Contains(address));

    /// <summary>A router may pass packets for it on.</summary>
    public static bool IsForwardable(IPAddress address) => !Array.Exists(s_notForwardable, network => network.Contains(address));

    /// <summary>Reachable from everywhere.</summary>
    public static bool IsPublic(IPAddress address) => IsForwardable(address) && !IsPrivate(address);

    private static IPNetwork[] Networks(params string[] texts) => Array.ConvertAll(texts, IPNetwork.Parse);
}
