using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Praetor.Core.Codec;
using Praetor.Core.Filtering;

namespace Praetor.Api.Config.Templates;

/// <summary>What <c>include</c> keeps and <c>exclude</c> drops (config 3).</summary>
internal static class AddressFilters
{
    /// <summary>The test of a selector such as "network" with its value.</summary>
    /// <param name="verb">include or exclude, for the error.</param>
    /// <param name="selector">What is looked at, in any case.</param>
    /// <param name="value">What it must be; alternatives are separated by bars.</param>
    /// <exception cref="TemplateException">No such selector, or the value does not fit it.</exception>
    public static Predicate<InterfaceAddress> Of(string verb, string selector, string value) => selector.ToLowerInvariant() switch
    {
        "address" => Matching("address", value, static address => address.ToString()),
        "name" => Matching("name", value, static address => address.Interface),
        "port" => Matching("port", value, static _ => "0"),
        "flag" or "flags" => OfFlags(value.ToLowerInvariant().Split('|')),
        "network" => OfNetworks(value.Split('|')),
        "rfc" or "rfcs" => OfRfcs(value.Split('|')),
        "size" => OfSize(value),
        "type" => OfTypes(value),
        _ => throw new TemplateException($"invalid {verb} selector {GoQuote.Quote(selector)}"),
    };

    private static Predicate<InterfaceAddress> Matching(string what, string pattern, Func<InterfaceAddress, string> text) =>
        GoRegex.TryCompile(pattern, out Regex? regex, out string? error)
            ? address => regex.IsMatch(text(address))
            : throw new TemplateException($"unable to compile {what} regexp {GoQuote.Quote(pattern)}: {error}");

    /// <summary>Flags of the interface must be there all together; of the address' own properties one is enough.</summary>
    private static Predicate<InterfaceAddress> OfFlags(string[] names)
    {
        InterfaceFlags wanted = 0;
        bool looksAtInterface = false;
        var properties = new List<Predicate<IPAddress>>();
        foreach (string name in names)
        {
            InterfaceFlags? flag = InterfaceFlagNames.FlagOf(name is "point-to-point" ? "pointtopoint" : name);
            Predicate<IPAddress>? property = PropertyOf(name);
            if (flag is null && property is null && name != "down")
                throw new TemplateException($"unknown interface flag: {GoQuote.Quote(name)}");
            looksAtInterface |= flag is not null || name == "down";
            wanted |= flag ?? 0;
            if (name == "down")
                wanted &= ~InterfaceFlags.Up;
            if (property is not null)
                properties.Add(property);
        }

        bool wantsDown = names.Contains("down");
        return address => (looksAtInterface && (address.Host.Flags & wanted) == wanted && (!wantsDown || !address.Host.Flags.HasFlag(InterfaceFlags.Up)))
            || properties.Exists(property => property(address.Address));
    }

    private static Predicate<IPAddress>? PropertyOf(string name) => name switch
    {
        "forwardable" => AddressKinds.IsForwardable,
        "global unicast" => static address => !IPAddress.IsLoopback(address) && !IsMulticast(address) && !IsLinkLocal(address) && !AddressKinds.IsAny(address) && !address.Equals(IPAddress.Broadcast),
        "interface-local multicast" => static address => address.AddressFamily == AddressFamily.InterNetworkV6 && (address.GetAddressBytes() is [0xff, var scope, ..] && (scope & 0xf) == 1),
        "link-local multicast" => static address => address.GetAddressBytes() is [224, 0, 0, _] || (address.GetAddressBytes() is { Length: 16 } and [0xff, var scope, ..] && (scope & 0xf) == 2),
        "link-local unicast" => IsLinkLocal,
        "loopback" => IPAddress.IsLoopback,
        "multicast" => IsMulticast,
        "unspecified" => AddressKinds.IsAny,
        _ => null,
    };

    private static bool IsMulticast(IPAddress address) => address.IsIPv6Multicast || (AddressKinds.IsIPv4(address) && (address.GetAddressBytes()[0] & 0xf0) == 0xe0);

    private static bool IsLinkLocal(IPAddress address) => address.IsIPv6LinkLocal || address.GetAddressBytes() is [169, 254, _, _];

    private static Predicate<InterfaceAddress> OfNetworks(string[] texts)
    {
        List<InterfaceAddress> networks = [.. texts.Select(ParseNetwork)];
        return address => networks.Exists(network => network.IsIPv4 == address.IsIPv4 && network.Network <= address.Network && network.Last >= address.Last);
    }

    private static InterfaceAddress ParseNetwork(string text)
    {
        string[] parts = text.Split('/');
        if (!IPAddress.TryParse(parts[0], out IPAddress? address) || parts.Length > 2)
            throw new TemplateException($"unable to create an IP address from {GoQuote.Quote(text)}");
        int bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        int prefix = bits;
        if (parts.Length == 2 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > bits))
            throw new TemplateException($"unable to create an IP address from {GoQuote.Quote(text)}");
        return InterfaceAddress.Of(new HostAddress("", address, prefix, false));
    }

    private static Predicate<InterfaceAddress> OfRfcs(string[] texts)
    {
        List<long> rfcs = [.. texts.Select(static text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long rfc) && SpecialNetworks.Contain(rfc, IPAddress.Any) is not null
            ? rfc
            : throw new TemplateException($"unable to lookup RFC number {GoQuote.Quote(text)}: unsupported RFC {text}"))];
        return address => rfcs.Exists(rfc => SpecialNetworks.Contain(rfc, address.Address) is true);
    }

    private static Predicate<InterfaceAddress> OfSize(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
        ? address => bits > address.Bits
            ? throw new TemplateException($"mask size out of bounds for {(address.IsIPv4 ? "IPv4" : "IPv6")} address: {bits}")
            : address.PrefixLength == bits
        : throw new TemplateException($"invalid exclude size argument ({GoQuote.Quote(text)})");

    private static Predicate<InterfaceAddress> OfTypes(string text)
    {
        string[] types = text.ToLowerInvariant().Split('|');
        if (types.FirstOrDefault(static type => type is not ("ip" or "ipv4" or "ipv6" or "unix")) is { } unknown)
            throw new TemplateException($"unsupported type {GoQuote.Quote(unknown)} {GoQuote.Quote(text)}");
        return address => types.Contains("ip") || types.Contains(address.IsIPv4 ? "ipv4" : "ipv6");
    }
}
