using Praetor.Core;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>Who this agent is and how it treats its own services and checks.</summary>
public sealed record AgentOptions
{
    /// <summary>Node name.</summary>
    public required string NodeName { get; init; }

    /// <summary>Node id (UUID).</summary>
    public string NodeId { get; init; } = "";

    /// <summary>Own datacenter.</summary>
    public string Datacenter { get; init; } = "dc1";

    /// <summary>Advertised address.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>lan, wan, lan_ipv4, ... to address.</summary>
    public IReadOnlyDictionary<string, string>? TaggedAddresses { get; init; }

    /// <summary>Region and zone.</summary>
    public Locality? Locality { get; init; }

    /// <summary>check_update_interval: an output that changes without its status waits d/2 to 3d/2 for the catalog; zero means at once.</summary>
    public TimeSpan CheckUpdateInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>ae_interval: time between full syncs, before stagger.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Lowest port given to sidecars; below 1 turns the assignment off.</summary>
    public int SidecarMinPort { get; init; } = 21000;

    /// <summary>Highest port given to sidecars.</summary>
    public int SidecarMaxPort { get; init; } = 21255;

    /// <summary>The node as the catalog should hold it (http-agent 4.2 "node meta", "node tagged addresses").</summary>
    /// <param name="nodeMeta">Configured node_meta.</param>
    public NodeRecord NodeRecord(IReadOnlyDictionary<string, string>? nodeMeta)
    {
        var meta = new SortedList<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in nodeMeta ?? new Dictionary<string, string>())
            meta[key] = value;
        meta["consul-network-segment"] = "";
        meta["consul-version"] = ProductVersion.ConsulLevel;
        return new NodeRecord
        {
            Id = NodeId,
            Name = NodeName,
            Address = Address,
            Datacenter = Datacenter,
            TaggedAddresses = TaggedAddresses,
            Meta = meta,
            Locality = Locality,
        };
    }
}
