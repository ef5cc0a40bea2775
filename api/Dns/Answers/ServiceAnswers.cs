using System.Runtime.InteropServices;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Dns.Answers;

/// <summary>
/// What DNS says about a set of instances, normally all of one <see cref="ServiceView"/>: prepared once, used by every query
/// until the view is replaced. Equal addresses and equal SRV records carry equal numbers, so that a query drops duplicates by
/// marking numbers instead of comparing bytes. Immutable.
/// </summary>
public sealed class ServiceAnswers
{
    private const string DerivedKey = "dns";

    private readonly int[] _ipv4Ids;
    private readonly int[] _ipv6Ids;
    private readonly int[] _anyIds;

    /// <summary>Prepares instances.</summary>
    public ServiceAnswers(IReadOnlyList<ServiceInstance> instances, DnsZone zone)
    {
        Zone = zone;
        Instances = new InstanceAnswers[instances.Count];
        _ipv4Ids = new int[instances.Count];
        _ipv6Ids = new int[instances.Count];
        _anyIds = new int[instances.Count];
        SrvIds = new int[instances.Count];

        Dictionary<NodeRecord, NodeAnswers> nodes = new(ReferenceEqualityComparer.Instance);
        Dictionary<string, AddressChoice> targets = new(StringComparer.Ordinal);
        Dictionary<string, int> addresses = new(StringComparer.Ordinal);
        Dictionary<(string Node, string Address, int Port), int> srvs = [];
        for (int i = 0; i < instances.Count; i++)
        {
            ref NodeAnswers? node = ref CollectionsMarshal.GetValueRefOrAddDefault(nodes, instances[i].Node, out _);
            node ??= new NodeAnswers(instances[i].Node, zone);
            InstanceAnswers instance = new(instances[i], node, targets, zone);
            Instances[i] = instance;
            _ipv4Ids[i] = Number(addresses, TextOf(instance.Ipv4));
            _ipv6Ids[i] = Number(addresses, TextOf(instance.Ipv6));
            _anyIds[i] = Number(addresses, TextOf(instance.Any));
            SrvIds[i] = Number(srvs, (instance.Node.Record.Name, instance.AnyText, instance.Port));
        }
        IdCount = Math.Max(addresses.Count, srvs.Count);
    }

    /// <summary>The instances.</summary>
    public InstanceAnswers[] Instances { get; }

    /// <summary>Number of each instance's SRV record (node, service address, port).</summary>
    public int[] SrvIds { get; }

    /// <summary>All numbers are below this.</summary>
    public int IdCount { get; }

    private DnsZone Zone { get; }

    /// <summary>Number of each instance's address for a question type.</summary>
    public int[] AddressIds(RecordType type) => type switch
    {
        RecordType.A => _ipv4Ids,
        RecordType.Aaaa => _ipv6Ids,
        _ => _anyIds,
    };

    /// <summary>The answers of a view, prepared at first use and shared by all loops.</summary>
    public static ServiceAnswers Of(ServiceView view, DnsZone zone)
    {
        if (view.Derived.Find<ServiceAnswers>(DerivedKey) is { } kept && ReferenceEquals(kept.Zone, zone))
            return kept;
        ServiceAnswers fresh = new(view.Instances, zone);
        ServiceAnswers shared = view.Derived.Keep(DerivedKey, fresh);
        return ReferenceEquals(shared.Zone, zone) ? shared : fresh;
    }

    /// <summary>A host name counts as the address that may stand in for it.</summary>
    private static string TextOf(AddressChoice address) => Convert.ToHexString((address.NodeFallback ?? address).Data);

    private static int Number<T>(Dictionary<T, int> numbers, T key) where T : notnull
    {
        if (!numbers.TryGetValue(key, out int number))
            numbers.Add(key, number = numbers.Count);
        return number;
    }
}
