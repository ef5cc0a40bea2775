namespace Praetor.Core.Gossip;

/// <summary>What gossip says of a member. The numbers are what clients see (http-agent 2.3).</summary>
public enum MemberStatus
{
    /// <summary>Nothing is known.</summary>
    None = 0,

    /// <summary>Answers.</summary>
    Alive = 1,

    /// <summary>On its way out.</summary>
    Leaving = 2,

    /// <summary>Gone on purpose.</summary>
    Left = 3,

    /// <summary>Gone without a word.</summary>
    Failed = 4,
}

/// <summary>One member of a gossip pool. Immutable. Tags are sorted by key (ordinal).</summary>
public sealed record Member
{
    /// <summary>Node name; in the WAN pool <c>node.dc</c>.</summary>
    public required string Name { get; init; }

    /// <summary>IP address.</summary>
    public required string Addr { get; init; }

    /// <summary>Gossip port.</summary>
    public int Port { get; init; }

    /// <summary>Role, datacenter, versions, ports (gossip-raft 3.1).</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new SortedList<string, string>(StringComparer.Ordinal);

    /// <summary>Whether it answers.</summary>
    public MemberStatus Status { get; init; }

    /// <summary>Lowest gossip protocol understood.</summary>
    public int ProtocolMin { get; init; } = 1;

    /// <summary>Highest gossip protocol understood.</summary>
    public int ProtocolMax { get; init; } = 5;

    /// <summary>Gossip protocol spoken.</summary>
    public int ProtocolCur { get; init; } = 2;

    /// <summary>Lowest membership protocol understood.</summary>
    public int DelegateMin { get; init; } = 2;

    /// <summary>Highest membership protocol understood.</summary>
    public int DelegateMax { get; init; } = 5;

    /// <summary>Membership protocol spoken.</summary>
    public int DelegateCur { get; init; } = 4;
}
