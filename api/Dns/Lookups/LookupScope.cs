using System.Net;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Dns.Lookups;

/// <summary>What a lookup found; the responder turns it into a code and an authority section (dns 3, outcome rules).</summary>
public enum LookupOutcome : byte
{
    /// <summary>NOERROR with whatever was added, even nothing.</summary>
    Answered,

    /// <summary>NOERROR; with the SOA if nothing was added.</summary>
    NoData,

    /// <summary>NXDOMAIN, because the name cannot exist whatever the catalog holds.</summary>
    Invalid,

    /// <summary>NXDOMAIN, because the catalog holds nothing of that name; without a leader that is not known, so SERVFAIL.</summary>
    NotFound,
}

/// <summary>One query in the hands of the lookups: the state it sees and what it looks for. Reused from query to query.</summary>
public sealed class LookupScope
{
    private readonly byte[] _address = new byte[16];
    private int _addressLength;

    /// <summary>The root taken for this query.</summary>
    public required StateRoot Root { get; set; }

    /// <summary>Its catalog.</summary>
    public CatalogTables Tables => Root.Catalog;

    /// <summary>Options in force.</summary>
    public required AnswerSettings Settings { get; set; }

    /// <summary>Domains served.</summary>
    public required DnsZone Zone { get; init; }

    /// <summary>The request offers EDNS.</summary>
    public bool HasEdns { get; set; }

    /// <summary>What recursors told of hosts outside of the served domains; null while they were not asked.</summary>
    public ResolvedHosts? Resolved { get; set; }

    /// <summary>Hosts that an answer would need to have resolved first: names in wire form and lower case.</summary>
    public List<byte[]> Wanted { get; } = [];

    /// <summary>Node name of the agent that was asked.</summary>
    public string Agent { get; set; } = "";

    /// <summary>Address that the answer is for; null if it is not known. Made on each use: few queries want it.</summary>
    public IPAddress? Address => _addressLength is 4 or 16 ? new IPAddress(_address.AsSpan(0, _addressLength)) : null;

    /// <summary>Sets the address that the answer is for: of 4 or 16 bytes, of which the last may be missing; any other is not known.</summary>
    public void SetAddress(ReadOnlySpan<byte> address, int length)
    {
        _addressLength = length;
        Array.Clear(_address);
        address[..Math.Min(address.Length, _address.Length)].CopyTo(_address);
    }
}

/// <summary>A question to look up: the client's, or the name of a host that an answer leads to. Reused.</summary>
public sealed class Question
{
    private readonly byte[] _name = new byte[DnsLimits.NameBytes];
    private readonly byte[] _lowerName = new byte[DnsLimits.NameBytes];
    private int _length;

    /// <summary>The name as spelled, wire form.</summary>
    public ReadOnlySpan<byte> Name => _name.AsSpan(0, _length);

    /// <summary>The name in lower case, wire form.</summary>
    public ReadOnlySpan<byte> LowerName => _lowerName.AsSpan(0, _length);

    /// <summary>The name taken apart.</summary>
    public QueryName Parts { get; private set; }

    /// <summary>Type asked for.</summary>
    public RecordType Type { get; private set; }

    /// <summary>Owner of the answers: null for the client's question.</summary>
    public WireName? Owner { get; private set; }

    /// <summary>Owner of answers that spell the left part in lower case, in front of the domain as sent.</summary>
    public WireName? LowerOwner
    {
        get
        {
            ReadOnlySpan<byte> lowerLeft = LowerName[..Parts.DomainOffset];
            return Owner is not null || Name[..Parts.DomainOffset].SequenceEqual(lowerLeft) ? Owner : WireName.UnderAskedDomain(lowerLeft);
        }
    }

    /// <summary>Sets the question.</summary>
    public void Set(ReadOnlySpan<byte> name, RecordType type, WireName? owner, DnsZone zone)
    {
        name.CopyTo(_name);
        _length = name.Length;
        NameText.ToLower(name, _lowerName);
        Type = type;
        Owner = owner;
        Parts = QueryNameParser.Parse(LowerName, type, zone);
    }

    /// <summary>Text of some labels in lower case; see <see cref="NameText.Write"/>.</summary>
    public ReadOnlySpan<char> Text(LabelRun run, Span<char> buffer) => buffer[..NameText.Write(LowerName, run, buffer)];

    /// <summary>True unless the name asks for another datacenter.</summary>
    public bool IsLocal(DnsZone zone)
    {
        if (Parts.Datacenter.IsEmpty)
            return true;
        Span<char> buffer = stackalloc char[DnsLimits.NameChars];
        return Text(Parts.Datacenter, buffer).SequenceEqual(zone.Datacenter);
    }
}
