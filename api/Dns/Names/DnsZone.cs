using System.Text;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Names;

/// <summary>Prepared names of one served domain, all in lower case.</summary>
public sealed class DomainNames
{
    internal DomainNames(string domain, string datacenter)
    {
        string text = domain.TrimEnd('.').ToLowerInvariant();
        Apex = Require(WireName.TryCreate(text, null), domain);
        Wire = Apex.ToWire();
        NameServer = Require(WireName.TryCreate("ns", Apex), domain);
        Hostmaster = Require(WireName.TryCreate("hostmaster", Apex), domain);
        WireName dc = Require(WireName.TryCreate(datacenter, Apex), datacenter);
        Nodes = Require(WireName.TryCreate("node", dc), domain);
        Services = Require(WireName.TryCreate("service", dc), domain);
    }

    /// <summary>The domain in wire form, root included.</summary>
    public byte[] Wire { get; }

    /// <summary><c>consul</c></summary>
    public WireName Apex { get; }

    /// <summary><c>ns.consul</c></summary>
    public WireName NameServer { get; }

    /// <summary><c>hostmaster.consul</c></summary>
    public WireName Hostmaster { get; }

    /// <summary><c>node.dc1.consul</c></summary>
    public WireName Nodes { get; }

    /// <summary><c>service.dc1.consul</c></summary>
    public WireName Services { get; }

    internal static WireName Require(WireName? name, string text) =>
        name ?? throw new ArgumentException($"\"{text}\" cannot be part of a DNS name", nameof(text));
}

/// <summary>
/// What this server answers for: <c>domain</c>, <c>alt_domain</c> and the local datacenter. None of it can be reloaded, so names
/// are prepared once. Immutable.
/// </summary>
public sealed class DnsZone
{
    /// <summary>Prepares the names. Throws <see cref="ArgumentException"/> if a part cannot be written as DNS labels.</summary>
    /// <param name="domain">Top-level <c>domain</c>, any case, with or without the final dot.</param>
    /// <param name="altDomain">Top-level <c>alt_domain</c>; null or empty if unset.</param>
    /// <param name="datacenter">Local datacenter.</param>
    public DnsZone(string domain, string? altDomain, string datacenter)
    {
        Datacenter = datacenter.ToLowerInvariant();
        Primary = new DomainNames(domain, Datacenter);
        Alternate = string.IsNullOrEmpty(altDomain) ? null : new DomainNames(altDomain, Datacenter);
        LongestDomainBytes = Math.Max(Primary.Wire.Length, Alternate?.Wire.Length ?? 0);
        WireName dc = DomainNames.Require(WireName.TryCreate(Datacenter, WireName.AskedDomain, LongestDomainBytes), datacenter);
        Nodes = DomainNames.Require(WireName.TryCreate("node", dc, LongestDomainBytes), datacenter);
        Addresses = DomainNames.Require(WireName.TryCreate("addr", dc, LongestDomainBytes), datacenter);
        DatacenterName = dc;
    }

    /// <summary>Local datacenter in lower case.</summary>
    public string Datacenter { get; }

    /// <summary><c>domain</c></summary>
    public DomainNames Primary { get; }

    /// <summary><c>alt_domain</c>, if set.</summary>
    public DomainNames? Alternate { get; }

    /// <summary><c>dc1.(domain as asked)</c></summary>
    public WireName DatacenterName { get; }

    /// <summary><c>node.dc1.(domain as asked)</c></summary>
    public WireName Nodes { get; }

    /// <summary><c>addr.dc1.(domain as asked)</c></summary>
    public WireName Addresses { get; }

    /// <summary>Wire length of the longer domain, root included.</summary>
    public int LongestDomainBytes { get; }

    /// <summary>The served domain a name lies in; the longer one if both match. Null if none does.</summary>
    /// <param name="lowerName">Whole name in wire form and lower case.</param>
    /// <param name="domainOffset">Where the domain begins in the name.</param>
    public DomainNames? Match(ReadOnlySpan<byte> lowerName, out int domainOffset)
    {
        DomainNames? best = null;
        domainOffset = -1;
        if (EndsWith(lowerName, Primary.Wire, out int offset))
            (best, domainOffset) = (Primary, offset);
        if (Alternate is not null && EndsWith(lowerName, Alternate.Wire, out offset) && (best is null || offset < domainOffset))
            (best, domainOffset) = (Alternate, offset);
        return best;
    }

    /// <summary>True if <paramref name="suffix"/> (with root) is the end of the name, cut at a label border.</summary>
    internal static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix, out int offset)
    {
        offset = name.Length - suffix.Length;
        if (offset < 0 || !name.EndsWith(suffix))
            return false;
        int at = 0;
        while (at < offset)
            at += 1 + name[at];
        return at == offset;
    }

    /// <inheritdoc/>
    public override string ToString() => Encoding.ASCII.GetString(Primary.Wire);
}
