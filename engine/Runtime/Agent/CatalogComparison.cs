using System.Collections.Immutable;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>When the catalog and the agent disagree, and what the agent takes over from it (http-agent 4.2). Pure.</summary>
internal static class CatalogComparison
{
    private const string ServerMadePrefix = "consul-";

    /// <summary>The catalog's node record has to be rewritten. The address alone is no reason.</summary>
    public static bool NodeDiffers(NodeRecord own, NodeRecord? held) =>
        held is null || !CatalogCodec.SameContent(Compared(own, own), Compared(held, own));

    /// <summary>The service with what it takes over from the catalog, and marked in sync or not.</summary>
    public static LocalService Service(LocalService local, ServiceRecord? held)
    {
        if (held is null)
            return local.InSync ? local with { InSync = false } : local;
        ServiceRecord record = local.Record;
        if (record.EnableTagOverride && !local.HasFreshTags && !SameTags(record.Tags, held.Tags))
            record = record with { Tags = held.Tags };
        record = WithServerMadeAddresses(record, held);
        bool inSync = CatalogCodec.SameContent(Compared(record, record), Compared(held, record));
        bool freshTags = local.HasFreshTags && !inSync;
        return inSync == local.InSync && freshTags == local.HasFreshTags && ReferenceEquals(record, local.Record)
            ? local
            : local with { Record = record, InSync = inSync, HasFreshTags = freshTags };
    }

    /// <summary>The check marked in sync or not. While an output is deferred, outputs do not count.</summary>
    /// <param name="local">The check here.</param>
    /// <param name="serviceTags">Tags its service has now.</param>
    /// <param name="held">The check in the catalog; null if there is none.</param>
    public static LocalCheck Check(LocalCheck local, string[]? serviceTags, CheckRecord? held)
    {
        CheckRecord record = SameTags(local.Record.ServiceTags, serviceTags) ? local.Record : local.Record with { ServiceTags = serviceTags };
        bool inSync = held is not null
            && CatalogCodec.SameContent(Compared(record, record, local.Deferral != 0), Compared(held, record, local.Deferral != 0));
        return inSync == local.InSync && ReferenceEquals(record, local.Record) ? local : local with { Record = record, InSync = inSync };
    }

    private static NodeRecord Compared(NodeRecord node, NodeRecord own) => node with
    {
        Id = node.Id.ToLowerInvariant(),
        Name = own.Name,
        Address = "",
        Datacenter = "",
        TaggedAddresses = node.TaggedAddresses ?? ImmutableSortedDictionary<string, string>.Empty,
        Meta = node.Meta ?? ImmutableSortedDictionary<string, string>.Empty,
    };

    private static ServiceRecord Compared(ServiceRecord service, ServiceRecord own) => service with
    {
        Node = own.Node,
        Tags = service.Tags ?? [],
        Meta = service.Meta ?? ImmutableSortedDictionary<string, string>.Empty,
        TaggedAddresses = service.TaggedAddresses ?? ImmutableSortedDictionary<string, ServiceAddress>.Empty,
        Proxy = service.Proxy ?? new ServiceProxy(),
    };

    private static CheckRecord Compared(CheckRecord check, CheckRecord own, bool ignoreOutput) => check with
    {
        Node = own.Node,
        Output = ignoreOutput ? "" : check.Output,
        ServiceTags = check.ServiceTags ?? [],
        Type = "",
        Interval = "",
        Timeout = "",
        ExposedPort = 0,
    };

    /// <summary>The servers' addresses are those that the catalog has, no more and no fewer.</summary>
    private static ServiceRecord WithServerMadeAddresses(ServiceRecord record, ServiceRecord held)
    {
        static bool IsServerMade(KeyValuePair<string, ServiceAddress> address) => address.Key.StartsWith(ServerMadePrefix, StringComparison.Ordinal);
        IEnumerable<KeyValuePair<string, ServiceAddress>> own = record.TaggedAddresses ?? ImmutableSortedDictionary<string, ServiceAddress>.Empty;
        IEnumerable<KeyValuePair<string, ServiceAddress>> there = held.TaggedAddresses ?? ImmutableSortedDictionary<string, ServiceAddress>.Empty;
        if (own.Where(IsServerMade).SequenceEqual(there.Where(IsServerMade)))
            return record;
        var addresses = new SortedList<string, ServiceAddress>(StringComparer.Ordinal);
        foreach ((string name, ServiceAddress address) in own.Where(static each => !IsServerMade(each)).Concat(there.Where(IsServerMade)))
            addresses[name] = address;
        return record with { TaggedAddresses = addresses.Count == 0 ? null : addresses };
    }

    private static bool SameTags(string[]? left, string[]? right) => (left ?? []).AsSpan().SequenceEqual(right ?? []);
}
