using System.Net;

namespace Praetor.Core.Gossip;

/// <summary>Who may be in a pool (gossip-raft 3.2). Pure.</summary>
internal static class MergeRules
{
    /// <summary>Why the two sides of an exchange must not become one pool; null if they may.</summary>
    public static string? Refusal(GossipIdentity self, PeerTable known, PoolState remote)
    {
        if (remote.Pool != self.Pool)
            return $"this is the {self.Pool} pool of {self.Name}, not the {remote.Pool} pool";
        string ownId = self.Tags.GetValueOrDefault("id", "");
        var ids = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (PeerState state in remote.Peers)
        {
            if (state.State is SwimState.Dead or SwimState.Left || state.Status is MemberStatus.Left or MemberStatus.Failed)
                continue;
            Peer? peer = known.Find(state.Name);
            // What is known with the same tags was admitted already.
            SortedList<string, string> tags = peer is { IsUp: true } && peer.Facts.Meta.AsSpan().SequenceEqual(state.Facts.Meta) ? peer.Tags : TagCodec.Decode(state.Facts.Meta);
            string name = GossipFields.Text(state.Name);
            if (NotAdmitted(self, name, tags) is { } refusal)
                return refusal;
            if (self.Pool != PoolKind.Lan || tags.GetValueOrDefault("id", "") is not { Length: > 0 } id)
                continue;
            if (id.Equals(ownId, StringComparison.OrdinalIgnoreCase) && name != self.Name)
                return $"Member '{name}' has conflicting node ID '{id}' with this agent's ID";
            if (!ids.TryAdd(id, name) && ids[id] != name)
                return $"Member '{name}' has conflicting node ID '{id}' with member '{ids[id]}'";
        }

        return Conflict(self, known, remote, ids);
    }

    /// <summary>Why a single member is not admitted; null if it is.</summary>
    public static string? NotAdmitted(GossipIdentity self, string name, IReadOnlyDictionary<string, string> tags)
    {
        if (self.Pool == PoolKind.Wan)
            return tags.GetValueOrDefault("role") == "consul" ? null : $"Member '{name}' is not a server";
        string datacenter = tags.GetValueOrDefault("dc", "");
        return datacenter == self.Tags.GetValueOrDefault("dc", "") ? null : $"Member '{name}' part of wrong datacenter '{datacenter}'";
    }

    /// <summary>Why no member may be at an address; null if it may (gossip-raft 2, allowed CIDRs).</summary>
    public static string? NotAdmittedFrom(GossipIdentity self, string name, IPAddress address) =>
        self.AllowedNetworks.Count == 0 || self.AllowedNetworks.Any(network => network.Contains(address)) ? null : $"Member '{name}' has IP address '{address}', which is not in an allowed network";

    /// <summary>The sender itself must not come with the id of somebody who is there under another name.</summary>
    private static string? Conflict(GossipIdentity self, PeerTable known, PoolState remote, Dictionary<string, string> ids)
    {
        if (self.Pool != PoolKind.Lan)
            return null;
        foreach (Peer peer in known.All)
        {
            if (!peer.IsUp || peer.Status == MemberStatus.Left || peer.Tags.GetValueOrDefault("id", "") is not { Length: > 0 } id)
                continue;
            if (ids.TryGetValue(id, out string? name) && name != peer.Name && name == remote.Sender)
                return $"Member '{name}' has conflicting node ID '{id}' with member '{peer.Name}'";
        }

        return null;
    }
}
