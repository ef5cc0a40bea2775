namespace Praetor.Core.Gossip;

/// <summary>Which pool: every agent of a datacenter, or the servers of all of them (gossip-raft 1).</summary>
public enum PoolKind : byte
{
    /// <summary>All agents of one datacenter.</summary>
    Lan = 1,

    /// <summary>Servers of all datacenters.</summary>
    Wan = 2,
}

/// <summary>Times and counts of a pool (gossip-raft 1.1). Immutable. Times in milliseconds.</summary>
public sealed record GossipProfile
{
    /// <summary>Between two rounds of gossip while there is something to tell.</summary>
    public int GossipIntervalMs { get; init; } = 200;

    /// <summary>Members told in a round.</summary>
    public int GossipNodes { get; init; } = 3;

    /// <summary>Between two probes; also the base of the deadline of one.</summary>
    public int ProbeIntervalMs { get; init; } = 1000;

    /// <summary>How long the direct answer is waited for before others are asked to help.</summary>
    public int ProbeTimeoutMs { get; init; } = 500;

    /// <summary>Factor of the suspicion time.</summary>
    public int SuspicionMult { get; init; } = 4;

    /// <summary>How many times the shortest suspicion time the longest is.</summary>
    public int SuspicionMaxTimeoutMult { get; init; } = 6;

    /// <summary>Factor of how often a rumour is told.</summary>
    public int RetransmitMult { get; init; } = 4;

    /// <summary>Members asked to help with a probe.</summary>
    public int IndirectChecks { get; init; } = 3;

    /// <summary>Between two exchanges of the whole state in a small pool.</summary>
    public int PushPullIntervalMs { get; init; } = 30_000;

    /// <summary>How long the dead are still told what they need to come back.</summary>
    public int GossipToTheDeadMs { get; init; } = 30_000;

    /// <summary>Longest time of an exchange.</summary>
    public int StreamTimeoutMs { get; init; } = 10_000;

    /// <summary>After this long the name of a dead member may be taken over from another address.</summary>
    public int DeadReclaimMs { get; init; } = 30_000;

    /// <summary>How long failed members are kept.</summary>
    public long ReconnectTimeoutMs { get; init; } = 72L * 3600 * 1000;

    /// <summary>How long members that left are kept.</summary>
    public long TombstoneTimeoutMs { get; init; } = 24L * 3600 * 1000;

    /// <summary>Between two looks for members whose time is over.</summary>
    public int ReapIntervalMs { get; init; } = 15_000;

    /// <summary>Between two attempts to reach a failed member.</summary>
    public int ReconnectIntervalMs { get; init; } = 10_000;

    /// <summary>How long intents of members that are not known yet are remembered.</summary>
    public int RecentIntentMs { get; init; } = 300_000;

    /// <summary>Largest packet, bytes, sealing not included.</summary>
    public int MaxPacketBytes { get; init; } = 1360;

    /// <summary>Largest user event, bytes.</summary>
    public int MaxUserEventBytes { get; init; } = 512;

    /// <summary>The defaults of a LAN.</summary>
    public static GossipProfile Lan { get; } = new();

    /// <summary>The defaults of a WAN.</summary>
    public static GossipProfile Wan { get; } = new()
    {
        GossipIntervalMs = 500,
        ProbeIntervalMs = 5000,
        ProbeTimeoutMs = 3000,
        SuspicionMult = 6,
        PushPullIntervalMs = 60_000,
        GossipToTheDeadMs = 60_000,
        StreamTimeoutMs = 30_000,
        ReconnectIntervalMs = 30_000,
    };

    /// <summary>This profile as -dev has it; the help of others needs half of the probe's time.</summary>
    public GossipProfile ForDevelopment() => this with { GossipIntervalMs = 100, ProbeIntervalMs = 100, ProbeTimeoutMs = 50, SuspicionMult = 3 };

    /// <summary>How often a rumour is told in a pool of that many.</summary>
    public int Retransmits(int members) => RetransmitMult * (int)Math.Ceiling(Math.Log10(members + 1));

    /// <summary>Shortest suspicion in a pool of that many, microseconds.</summary>
    public long SuspicionMinUs(int members) => (long)(SuspicionMult * Math.Max(1, Math.Log10(Math.Max(1, members))) * ProbeIntervalMs * 1000);

    /// <summary>Between two exchanges of state in a pool of that many, microseconds.</summary>
    public long PushPullUs(int members)
    {
        long factor = members <= 32 ? 1 : (long)Math.Ceiling(Math.Log2(members) - 5) + 1;
        return factor * PushPullIntervalMs * 1000;
    }
}

/// <summary>Who this node is in a pool.</summary>
public sealed record GossipIdentity
{
    /// <summary>The pool.</summary>
    public required PoolKind Pool { get; init; }

    /// <summary>Name in the pool; <c>node.dc</c> in the WAN.</summary>
    public required string Name { get; init; }

    /// <summary>Where others reach it.</summary>
    public required System.Net.IPEndPoint EndPoint { get; init; }

    /// <summary>Its tags; <c>dc</c>, <c>id</c> and <c>role</c> are what admission looks at.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>Networks that members must be in (serf_lan_allowed_cidrs); empty for all.</summary>
    public IReadOnlyList<System.Net.IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>First incarnation. A value that grows with every start (such as a time) spares others the doubt about an older life.</summary>
    public long FirstIncarnation { get; init; } = 1;
}
