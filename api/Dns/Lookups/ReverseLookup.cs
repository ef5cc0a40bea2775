using System.Globalization;
using System.Net;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Dns.Lookups;

/// <summary><c>arpa.</c> names: node, else service, that has the address (dns 8). Always the primary domain.</summary>
public sealed class ReverseLookup(DnsZone zone)
{
    private const string DerivedKey = "dns:addresses";
    private const int Ipv4Labels = 4;
    private const int Ipv6Labels = 32;

    /// <summary>First service name by registered service address.</summary>
    private sealed record AddressIndex(Dictionary<string, string> ServiceByAddress);

    /// <summary>Adds the one PTR record.</summary>
    public LookupOutcome Answer(LookupScope scope, Question question, RecordList answers)
    {
        if (ParseAddress(question.LowerName, question.Parts.DomainOffset) is not { } address)
            return LookupOutcome.Invalid;
        if (FindName(scope.Tables, address.ToString()) is not { } target)
            return LookupOutcome.NotFound;
        answers.Add(new AnswerRecord { Type = RecordType.Ptr, Target = target });
        return LookupOutcome.Answered;
    }

    private WireName? FindName(CatalogTables tables, string address)
    {
        foreach (NodeRecord node in tables.NodesByAddress(address))
        {
            if (WireName.TryCreate(node.Name, zone.Primary.Nodes) is { } name)
                return name;
        }
        AddressIndex index = tables.ServicesDerived.Find<AddressIndex>(DerivedKey) ?? tables.ServicesDerived.Keep(DerivedKey, Build(tables));
        return index.ServiceByAddress.TryGetValue(address, out string? service) ? WireName.TryCreate(service, zone.Primary.Services) : null;
    }

    private static AddressIndex Build(CatalogTables tables)
    {
        Dictionary<string, string> services = new(StringComparer.Ordinal);
        foreach (ServiceRecord service in tables.Services())
        {
            if (service.Address.Length > 0)
                services.TryAdd(service.Address, service.Name);
        }
        return new AddressIndex(services);
    }

    /// <summary>The address spelled by <c>4.3.2.1.in-addr.arpa</c> or 32 nibbles under <c>ip6.arpa</c>; null for anything else.</summary>
    private static IPAddress? ParseAddress(ReadOnlySpan<byte> lowerName, int arpaOffset)
    {
        Span<char> buffer = stackalloc char[DnsLimits.NameChars];
        ReadOnlySpan<char> text = buffer[..NameText.Write(lowerName, new LabelRun(0, arpaOffset), buffer)];
        const string ipv4Zone = ".in-addr", ipv6Zone = ".ip6";
        Span<Range> labels = stackalloc Range[Ipv6Labels + 1];
        if (text.EndsWith(ipv4Zone))
        {
            text = text[..^ipv4Zone.Length];
            return text.Split(labels, '.') == Ipv4Labels ? ParseIpv4(text, labels) : null;
        }
        if (text.EndsWith(ipv6Zone))
        {
            text = text[..^ipv6Zone.Length];
            return text.Split(labels, '.') == Ipv6Labels ? ParseIpv6(text, labels) : null;
        }
        return null;
    }

    private static IPAddress? ParseIpv4(ReadOnlySpan<char> text, ReadOnlySpan<Range> labels)
    {
        Span<byte> bytes = stackalloc byte[Ipv4Labels];
        for (int i = 0; i < Ipv4Labels; i++)
        {
            if (!byte.TryParse(text[labels[i]], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[Ipv4Labels - 1 - i]))
                return null;
        }
        return new IPAddress(bytes);
    }

    private static IPAddress? ParseIpv6(ReadOnlySpan<char> text, ReadOnlySpan<Range> labels)
    {
        Span<char> digits = stackalloc char[Ipv6Labels];
        for (int i = 0; i < Ipv6Labels; i++)
        {
            ReadOnlySpan<char> label = text[labels[i]];
            if (label.Length != 1)
                return null;
            digits[Ipv6Labels - 1 - i] = label[0];
        }
        Span<byte> bytes = stackalloc byte[Ipv6Labels / 2];
        if (Convert.FromHexString(digits, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            return null;
        IPAddress address = new(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
