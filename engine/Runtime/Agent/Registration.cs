using System.Globalization;
using System.Net;
using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Runtime.Agent;

/// <summary>What definitions become: defaulted records, as the catalog and clients see them (http-agent 2.9, 2.11). Pure.</summary>
public static class Registration
{
    private const string LanIpv4 = "lan_ipv4";
    private const string WanIpv4 = "wan_ipv4";
    private const string LanIpv6 = "lan_ipv6";
    private const string WanIpv6 = "wan_ipv6";

    // wan_ipv6 is not looked at, as in Consul.
    private static readonly (string Name, IpFamily Family)[] Families = [(LanIpv4, IpFamily.V4), (WanIpv4, IpFamily.V4), (LanIpv6, IpFamily.V6)];

    private enum IpFamily
    {
        None,
        V4,
        V6,
    }

    /// <summary>The service with its defaults: id, node, tagged addresses, destination types.</summary>
    public static ServiceRecord Service(ServiceRecord given, string node) => given with
    {
        Node = node,
        Id = given.Id.Length == 0 ? given.Name : given.Id,
        TaggedAddresses = TaggedAddresses(given),
        Proxy = given.Proxy is { Upstreams: { } upstreams } proxy ? proxy with { Upstreams = [.. upstreams.Select(WithDestinationType)] } : given.Proxy,
        CreateIndex = 0,
        ModifyIndex = 0,
    };

    /// <summary>Why the agent does not take the service (500 over HTTP); null if it does.</summary>
    public static string? Refusal(ServiceRecord service)
    {
        if (service.Name.Length == 0)
            return "Service name missing";
        foreach ((string name, IpFamily family) in Families)
        {
            if (service.TaggedAddresses?.TryGetValue(name, out ServiceAddress? tagged) == true && FamilyOf(tagged.Address) != family)
                return $"Service tagged address {GoQuote.Quote(name)} must be a valid {(family == IpFamily.V4 ? "ipv4" : "ipv6")} address";
        }

        return null;
    }

    /// <summary>
    /// The checks of a service under the ids they will have: their own, else <c>service:id</c>, numbered from 1 if there are several.
    /// </summary>
    public static IReadOnlyList<(CheckRecord Record, CheckSpec Spec)> ServiceChecks(ServiceRecord service, IReadOnlyList<CheckSpec> specs)
    {
        var checks = new List<(CheckRecord, CheckSpec)>(specs.Count);
        foreach (CheckSpec spec in specs)
        {
            string number = specs.Count > 1 ? ":" + (checks.Count + 1).ToString(CultureInfo.InvariantCulture) : "";
            checks.Add((new CheckRecord
            {
                Node = service.Node,
                CheckId = spec.CheckId.Length > 0 ? spec.CheckId : $"service:{service.Id}{number}",
                Name = spec.Name.Length > 0 ? spec.Name : $"Service '{service.Name}' check",
                Status = spec.Status.Length > 0 ? spec.Status : CheckStatus.Critical,
                Notes = spec.Notes,
                ServiceId = service.Id,
                ServiceName = service.Name,
                ServiceTags = service.Tags,
                Type = CheckRules.ShownType(spec),
                Interval = spec.Interval == TimeSpan.Zero ? "" : Text(spec.Interval),
                Timeout = spec.Timeout == TimeSpan.Zero ? "" : Text(spec.Timeout),
            }, spec));
        }

        return checks;
    }

    /// <summary>A check registered by itself, on the node or on an existing service.</summary>
    public static CheckRecord Check(CheckSpec spec, string node) => new()
    {
        Node = node,
        CheckId = spec.CheckId.Length > 0 ? spec.CheckId : spec.Name,
        Name = spec.Name,
        Status = spec.Status.Length > 0 ? spec.Status : CheckStatus.Critical,
        Notes = spec.Notes,
        ServiceId = spec.ServiceId,
        Type = CheckRules.ShownType(spec),
        Interval = Text(spec.Interval),
        Timeout = Text(spec.Timeout),
    };

    /// <summary>An IP address fills the tagged addresses of its family that were not given.</summary>
    private static IReadOnlyDictionary<string, ServiceAddress>? TaggedAddresses(ServiceRecord service)
    {
        string[] names = FamilyOf(service.Address) switch
        {
            IpFamily.V4 => [LanIpv4, WanIpv4],
            IpFamily.V6 => [LanIpv6, WanIpv6],
            _ => [],
        };
        if (names.Length == 0)
            return service.TaggedAddresses;
        var tagged = new SortedList<string, ServiceAddress>(StringComparer.Ordinal);
        foreach ((string name, ServiceAddress address) in service.TaggedAddresses ?? tagged)
            tagged[name] = address;
        foreach (string name in names)
            tagged.TryAdd(name, new ServiceAddress(service.Address, service.Port));
        return tagged;
    }

    /// <summary>Family of an address in its canonical notations only: <c>1.2</c> and <c>0x7f000001</c> are names here, as in Go.</summary>
    private static IpFamily FamilyOf(string address)
    {
        if (address.Contains('%') || address.Contains('[') || !IPAddress.TryParse(address, out IPAddress? ip))
            return IpFamily.None;
        if (address.Contains(':'))
            return ip.IsIPv4MappedToIPv6 ? IpFamily.V4 : IpFamily.V6;
        return ip.ToString() == address ? IpFamily.V4 : IpFamily.None;
    }

    private static ServiceUpstream WithDestinationType(ServiceUpstream upstream) =>
        upstream.DestinationType.Length == 0 ? upstream with { DestinationType = "service" } : upstream;

    private static string Text(TimeSpan span) => GoDuration.Format(GoDuration.FromTimeSpan(span));
}
