using System.Net;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Dns.Answers;

/// <summary>What DNS says about one service instance, prepared once per <see cref="ServiceView"/>. Immutable.</summary>
public sealed class InstanceAnswers
{
    private const string NodeMaintenance = "_node_maintenance";
    private const string ServiceMaintenance = "_service_maintenance:";

    /// <summary>Prepares an instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="node">Its node, prepared.</param>
    /// <param name="targets">Addresses already prepared as SRV targets, by text: equal targets are one object and so compress.</param>
    /// <param name="zone">Where <c>.addr</c> names live.</param>
    public InstanceAnswers(ServiceInstance instance, NodeAnswers node, Dictionary<string, AddressChoice> targets, DnsZone zone)
    {
        ServiceRecord service = instance.Service;
        Instance = instance;
        Node = node;
        Port = (ushort)Math.Clamp(service.Port, 0, ushort.MaxValue);
        Weight = WeightOf(instance);
        LowerTags = Array.ConvertAll(service.Tags ?? [], static tag => tag.ToLowerInvariant());

        string v4 = Tagged(service, "lan_ipv4"), v6 = Tagged(service, "lan_ipv6");
        AnyText = v6.Length > 0 ? v6 : v4.Length > 0 ? v4 : service.Address;
        Ipv4 = Choose(v4.Length > 0 ? v4 : service.Address, RecordType.A, null);
        Ipv6 = Choose(v6.Length > 0 ? v6 : service.Address, RecordType.Aaaa, null);
        if (!targets.TryGetValue(AnyText, out AddressChoice? any))
        {
            any = Choose(AnyText, RecordType.Any, zone);
            if (any.Form == AddressForm.Ip && AnyText.Length > 0)
                targets.Add(AnyText, any);
        }
        Any = any;
    }

    /// <summary>The instance.</summary>
    public ServiceInstance Instance { get; }

    /// <summary>Its node.</summary>
    public NodeAnswers Node { get; }

    /// <summary>SRV port.</summary>
    public ushort Port { get; }

    /// <summary>SRV weight: by the aggregated state of the checks (dns 5, weight).</summary>
    public ushort Weight { get; }

    /// <summary>Tags in lower case.</summary>
    public string[] LowerTags { get; }

    /// <summary>Address for A questions.</summary>
    public AddressChoice Ipv4 { get; }

    /// <summary>Address for AAAA questions.</summary>
    public AddressChoice Ipv6 { get; }

    /// <summary>Address for all other questions, SRV included.</summary>
    public AddressChoice Any { get; }

    /// <summary>Service address text behind <see cref="Any"/>; empty if the node's is used. Part of an SRV record's identity.</summary>
    public string AnyText { get; }

    /// <summary>The address for a question type.</summary>
    public AddressChoice For(RecordType type) => type switch
    {
        RecordType.A => Ipv4,
        RecordType.Aaaa => Ipv6,
        _ => Any,
    };

    /// <summary>True if the instance carries the tag.</summary>
    public bool HasTag(ReadOnlySpan<char> lowerTag)
    {
        foreach (string tag in LowerTags)
        {
            if (lowerTag.SequenceEqual(tag))
                return true;
        }
        return false;
    }

    private AddressChoice Choose(string text, RecordType family, DnsZone? zone)
    {
        AddressChoice ofNode = Node.For(family);
        if (text.Length == 0)
            return ofNode;
        if (AddressChoice.ParseIp(text) is { } ip)
            return AddressChoice.OfIp(ip, zone);
        bool nodeHasIp = ofNode.Form is AddressForm.Node or AddressForm.Ip;
        return AddressChoice.OfHost(text, nodeHasIp ? AddressChoice.OfNode(new IPAddress(ofNode.Data), Node.Name) : null);
    }

    private static string Tagged(ServiceRecord service, string tag) =>
        service.TaggedAddresses is { } tagged && tagged.TryGetValue(tag, out ServiceAddress? address) ? address.Address : "";

    private static ushort WeightOf(ServiceInstance instance)
    {
        bool critical = false, warning = false, unknown = false;
        foreach (CheckRecord check in instance.Checks)
        {
            bool maintenance = check.CheckId.Equals(NodeMaintenance, StringComparison.Ordinal)
                || check.CheckId.StartsWith(ServiceMaintenance, StringComparison.Ordinal);
            critical |= maintenance || check.Status == CheckStatus.Critical;
            warning |= check.Status == CheckStatus.Warning;
            unknown |= check.Status is not (CheckStatus.Passing or CheckStatus.Warning or CheckStatus.Critical);
        }
        ServiceWeights weights = instance.Service.Weights;
        int weight = critical ? 0 : unknown ? 1 : warning ? weights.Warning : weights.Passing;
        return (ushort)Math.Clamp(weight, 0, ushort.MaxValue);
    }
}
