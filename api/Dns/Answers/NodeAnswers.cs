using System.Net;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Dns.Answers;

/// <summary>What DNS says about one node, prepared once per <see cref="NodeRecord"/>. Immutable.</summary>
public sealed class NodeAnswers
{
    private const string LanIpv4 = "lan_ipv4";
    private const string LanIpv6 = "lan_ipv6";

    /// <summary>Prepares a node.</summary>
    public NodeAnswers(NodeRecord node, DnsZone zone)
    {
        Record = node;
        Name = WireName.TryCreate(node.Name, zone.Nodes, zone.LongestDomainBytes);
        Texts = NodeText.Encode(node.Meta);
        string? v4 = Tagged(node, LanIpv4), v6 = Tagged(node, LanIpv6);
        AddressChoice plain = Choose(node.Address, zone);
        Ipv4 = v4 is null ? plain : Choose(v4, zone);
        Ipv6 = v6 is null ? plain : Choose(v6, zone);
        Any = v6 is not null ? Ipv6 : v4 is not null ? Ipv4 : plain;
        Registered = AddressChoice.ParseIp(node.Address) is null && node.Address.Length > 0 ? AddressChoice.OfHost(node.Address, null) : null;
    }

    /// <summary>The node.</summary>
    public NodeRecord Record { get; }

    /// <summary><c>n1.node.dc1.(domain as asked)</c>, spelled as registered; null if the name has no wire form.</summary>
    public WireName? Name { get; }

    /// <summary>Data of one TXT record per metadata pair.</summary>
    public byte[][] Texts { get; }

    /// <summary>Address for A questions.</summary>
    public AddressChoice Ipv4 { get; }

    /// <summary>Address for AAAA questions.</summary>
    public AddressChoice Ipv6 { get; }

    /// <summary>Address for all other questions.</summary>
    public AddressChoice Any { get; }

    /// <summary>The registered <c>Address</c> if it is a host name; the target of the node's CNAME whatever tagged address was chosen.</summary>
    public AddressChoice? Registered { get; }

    /// <summary>The address for a question type.</summary>
    public AddressChoice For(RecordType type) => type switch
    {
        RecordType.A => Ipv4,
        RecordType.Aaaa => Ipv6,
        _ => Any,
    };

    private AddressChoice Choose(string text, DnsZone zone)
    {
        if (text.Length == 0)
            return AddressChoice.None;
        if (AddressChoice.ParseIp(text) is not { } ip)
            return AddressChoice.OfHost(text, null);
        bool isRegistered = string.Equals(text, Record.Address, StringComparison.Ordinal)
            || ip.Equals(AddressChoice.ParseIp(Record.Address));
        return isRegistered ? AddressChoice.OfNode(ip, Name) : AddressChoice.OfIp(ip, zone);
    }

    private static string? Tagged(NodeRecord node, string tag) =>
        node.TaggedAddresses is { } tagged && tagged.TryGetValue(tag, out string? address) && address.Length > 0 ? address : null;
}
