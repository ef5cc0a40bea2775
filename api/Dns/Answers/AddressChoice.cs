using System.Net;
using System.Net.Sockets;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Answers;

/// <summary>How the address of an instance is shown (dns 5, address choice).</summary>
public enum AddressForm : byte
{
    /// <summary>No address: no record.</summary>
    None,

    /// <summary>The node's registered IP: SRV points to the node's name.</summary>
    Node,

    /// <summary>Another IP: SRV points to its <c>.addr</c> name.</summary>
    Ip,

    /// <summary>A host name: a CNAME.</summary>
    Host,
}

/// <summary>The address text chosen for one family, in wire form. Immutable.</summary>
public sealed class AddressChoice
{
    /// <summary>No address.</summary>
    public static readonly AddressChoice None = new();

    /// <summary>How it is shown.</summary>
    public AddressForm Form { get; private init; }

    /// <summary>A or AAAA; None for host names.</summary>
    public RecordType Type { get; private init; }

    /// <summary>4 or 16 bytes of the IP.</summary>
    public byte[] Data { get; private init; } = [];

    /// <summary>SRV target, and for host names the CNAME target. Null only without address.</summary>
    public WireName? Target { get; private init; }

    /// <summary>For host names: the name in wire form as registered.</summary>
    public byte[] HostName { get; private init; } = [];

    /// <summary>For host names: what is used if the host name is the question itself, which would otherwise loop. Null if the node has no IP.</summary>
    public AddressChoice? NodeFallback { get; private init; }

    /// <summary>True if the address belongs into answers of this type: its own family, or any for ANY, TXT and SRV.</summary>
    public bool Suits(RecordType type) => type == Type || type is RecordType.Any or RecordType.Txt or RecordType.Srv;

    /// <summary>An address shown under the node's own name.</summary>
    public static AddressChoice OfNode(IPAddress address, WireName? nodeName) =>
        nodeName is null ? OfIp(address, null) : new() { Form = AddressForm.Node, Type = TypeOf(address), Data = BytesOf(address), Target = nodeName };

    /// <summary>An address shown under its <c>.addr</c> name; <paramref name="zone"/> null: never used as a target.</summary>
    public static AddressChoice OfIp(IPAddress address, DnsZone? zone)
    {
        byte[] data = BytesOf(address);
        return new()
        {
            Form = AddressForm.Ip,
            Type = TypeOf(address),
            Data = data,
            Target = zone is null ? null : WireName.TryCreate(Convert.ToHexStringLower(data), zone.Addresses, zone.LongestDomainBytes),
        };
    }

    /// <summary>A host name; no address at all if it cannot be written as labels.</summary>
    public static AddressChoice OfHost(string host, AddressChoice? nodeFallback) =>
        WireName.TryCreate(host, null) is { } name
            ? new() { Form = AddressForm.Host, Target = name, HostName = name.ToWire(), NodeFallback = nodeFallback }
            : None;

    /// <summary>Parses an IP as Go does: dotted quads with four decimal parts, or IPv6; an IPv4-mapped IPv6 address is IPv4.</summary>
    public static IPAddress? ParseIp(string text)
    {
        // IPAddress.Parse also takes "1", "0x7f.1" and scoped or bracketed forms, which are host names here.
        bool plausible = text.Contains(':') ? !text.AsSpan().ContainsAny('[', ']', '%') : IsDottedQuad(text);
        if (!plausible || !IPAddress.TryParse(text, out IPAddress? address))
            return null;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private static bool IsDottedQuad(string text)
    {
        int parts = 0;
        foreach (Range range in text.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> part = text.AsSpan(range);
            bool leadingZero = part.Length > 1 && part[0] == '0';
            if (++parts > 4 || leadingZero || part.Length is 0 or > 3 || part.ContainsAnyExceptInRange('0', '9'))
                return false;
        }
        return parts == 4;
    }

    private static byte[] BytesOf(IPAddress address) => address.GetAddressBytes();

    private static RecordType TypeOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? RecordType.A : RecordType.Aaaa;
}
