using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Names;

/// <summary>Takes question names apart (dns 2). Pure; allocates nothing; any valid wire-form name is acceptable input.</summary>
public static class QueryNameParser
{
    private const int MaxLabels = 128;

    private static ReadOnlySpan<byte> Arpa => "\u0004arpa\0"u8;

    /// <summary>Parses a question name.</summary>
    /// <param name="lowerName">Wire form, root included, in lower case.</param>
    /// <param name="type">Question type: for SRV the <c>.service</c> label may be missing.</param>
    /// <param name="zone">Domains served.</param>
    public static QueryName Parse(ReadOnlySpan<byte> lowerName, RecordType type, DnsZone zone)
    {
        if (zone.Match(lowerName, out int domainOffset) is { } domain)
            return ParseCatalog(lowerName, type, new QueryName { Zone = ZoneKind.Catalog, DomainOffset = domainOffset, Domain = domain });
        return DnsZone.EndsWith(lowerName, Arpa, out int arpaOffset)
            ? new QueryName { Zone = ZoneKind.Reverse, DomainOffset = arpaOffset }
            : new QueryName { Zone = ZoneKind.Elsewhere, DomainOffset = lowerName.Length };
    }

    private static QueryName ParseCatalog(ReadOnlySpan<byte> name, RecordType type, QueryName query)
    {
        Span<byte> starts = stackalloc byte[MaxLabels]; // offsets fit a byte: names have at most 255 bytes
        int labels = 0;
        for (int at = 0; at < query.DomainOffset; at += 1 + name[at])
            starts[labels++] = (byte)at;

        for (int i = labels - 1; i >= 0; i--)
        {
            ReadOnlySpan<byte> label = name.Slice(starts[i] + 1, name[starts[i]]);
            NameKind kind = KindOf(label);
            if (kind != NameKind.Invalid)
                return ParseParts(name, query, kind, starts[..i], starts[(i + 1)..labels], partsEnd: starts[i]);
            if (type == RecordType.Srv && label[0] == (byte)'_')
            {
                int partsEnd = starts[i] + 1 + label.Length;
                return ParseParts(name, query, NameKind.Service, starts[..(i + 1)], starts[(i + 1)..labels], partsEnd);
            }
        }
        return query;
    }

    private static NameKind KindOf(ReadOnlySpan<byte> label) => label.Length switch
    {
        4 when label.SequenceEqual("node"u8) => NameKind.Node,
        4 when label.SequenceEqual("addr"u8) => NameKind.Address,
        5 when label.SequenceEqual("query"u8) => NameKind.Query,
        7 when label.SequenceEqual("service"u8) => NameKind.Service,
        7 when label.SequenceEqual("connect"u8) => NameKind.Connect,
        7 when label.SequenceEqual("ingress"u8) => NameKind.Ingress,
        7 when label.SequenceEqual("virtual"u8) => NameKind.Virtual,
        _ => NameKind.Invalid,
    };

    private static QueryName ParseParts(ReadOnlySpan<byte> name, QueryName query, NameKind kind, ReadOnlySpan<byte> parts,
        ReadOnlySpan<byte> locality, int partsEnd)
    {
        if (parts.IsEmpty)
            return query;
        LabelRun all = new(parts[0], partsEnd), last = new(parts[^1], partsEnd), tag = default;
        LabelRun subject;
        switch (kind)
        {
            case NameKind.Node:
                subject = all;
                break;
            case NameKind.Address:
                return parts.Length == 1 ? query with { Kind = kind, Subject = all } : query;
            case NameKind.Query:
                bool hasProtocol = parts.Length > 1 && IsUnderscored(name, parts[0]) && IsUnderscored(name, parts[^1]);
                subject = hasProtocol ? new LabelRun(parts[0], parts[^1], Skip: 1) : all;
                break;
            case NameKind.Service when parts.Length == 2 && IsUnderscored(name, parts[0]) && IsUnderscored(name, parts[1]):
                subject = new LabelRun(parts[0], parts[1], Skip: 1);
                bool anyTag = name[(parts[1] + 1)..partsEnd].SequenceEqual("_tcp"u8);
                tag = anyTag ? default : new LabelRun(parts[1], partsEnd, Skip: 1);
                break;
            default:
                subject = last;
                tag = kind == NameKind.Service ? new LabelRun(parts[0], parts[^1]) : default;
                break;
        }
        return ParseLocality(name, query with { Kind = kind, Subject = subject, Tag = tag }, locality);
    }

    private static bool IsUnderscored(ReadOnlySpan<byte> name, int label) => name[label + 1] == (byte)'_';

    /// <summary>Reads the labels between the kind and the domain (dns 2, locality); bad ones make the name invalid.</summary>
    private static QueryName ParseLocality(ReadOnlySpan<byte> name, QueryName query, ReadOnlySpan<byte> labels)
    {
        bool isVirtual = query.Kind == NameKind.Virtual;
        if (labels.Length == 1)
        {
            LabelRun only = RunOf(name, labels[0]);
            return isVirtual ? query with { Peer = only } : query with { Datacenter = only };
        }

        QueryName invalid = query with { Kind = NameKind.Invalid };
        if (labels.Length is not (0 or 2 or 4) || (query.Kind == NameKind.Query && labels.Length > 0))
            return invalid;
        LabelRun datacenter = default, peer = default;
        for (int i = 0; i < labels.Length; i += 2)
        {
            ReadOnlySpan<byte> keyword = name.Slice(labels[i + 1] + 1, name[labels[i + 1]]);
            if (keyword.SequenceEqual("dc"u8))
                datacenter = RunOf(name, labels[i]);
            else if (keyword.SequenceEqual("peer"u8))
                peer = RunOf(name, labels[i]);
            else
                return invalid;
        }
        if (!datacenter.IsEmpty && !peer.IsEmpty)
            return invalid;

        // Mesh and ingress lookups never leave for a peer; virtual addresses never for a datacenter.
        return query with
        {
            Datacenter = isVirtual ? default : datacenter,
            Peer = query.Kind is NameKind.Connect or NameKind.Ingress ? default : peer,
        };
    }

    private static LabelRun RunOf(ReadOnlySpan<byte> name, int label) => new(label, label + 1 + name[label]);
}
