namespace Praetor.Api.Dns.Names;

/// <summary>Which handler a question name belongs to (dns 1, zone choice).</summary>
public enum ZoneKind : byte
{
    /// <summary>None that is served here.</summary>
    Elsewhere,

    /// <summary><c>domain</c> or <c>alt_domain</c>.</summary>
    Catalog,

    /// <summary><c>arpa.</c></summary>
    Reverse,
}

/// <summary>What a name under the domain asks for (dns 2).</summary>
public enum NameKind : byte
{
    /// <summary>The name cannot be parsed: no kind label, nothing before it, or a bad locality.</summary>
    Invalid,

    /// <summary><c>.node</c></summary>
    Node,

    /// <summary><c>.service</c> or an RFC 2782 name.</summary>
    Service,

    /// <summary><c>.connect</c></summary>
    Connect,

    /// <summary><c>.ingress</c></summary>
    Ingress,

    /// <summary><c>.virtual</c></summary>
    Virtual,

    /// <summary><c>.query</c></summary>
    Query,

    /// <summary><c>.addr</c></summary>
    Address,
}

/// <summary>
/// A run of labels inside a wire-form name: bytes [Start, End), of whose first label the first <paramref name="Skip"/> bytes
/// (an RFC 2782 underscore) do not count.
/// </summary>
public readonly record struct LabelRun(int Start, int End, int Skip = 0)
{
    /// <summary>True if there is no label in it.</summary>
    public bool IsEmpty => Start >= End;
}

/// <summary>A question name taken apart. Offsets refer to the wire-form name it was parsed from.</summary>
public readonly record struct QueryName
{
    /// <summary>Which handler it belongs to.</summary>
    public ZoneKind Zone { get; init; }

    /// <summary>Where the domain begins; the name's length for <see cref="ZoneKind.Elsewhere"/>.</summary>
    public int DomainOffset { get; init; }

    /// <summary>The domain the name lies in, for <see cref="ZoneKind.Catalog"/>.</summary>
    public DomainNames? Domain { get; init; }

    /// <summary>What is asked for.</summary>
    public NameKind Kind { get; init; }

    /// <summary>Node, service, query or hex address.</summary>
    public LabelRun Subject { get; init; }

    /// <summary>Tag filter; empty = none.</summary>
    public LabelRun Tag { get; init; }

    /// <summary>Datacenter named in the question; empty = local.</summary>
    public LabelRun Datacenter { get; init; }

    /// <summary>Cluster peer named in the question; empty = none.</summary>
    public LabelRun Peer { get; init; }
}
