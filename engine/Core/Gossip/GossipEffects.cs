using System.Net;

namespace Praetor.Core.Gossip;

/// <summary>What happened to a member.</summary>
public enum MemberChangeKind
{
    /// <summary>It is there, for the first time or again.</summary>
    Joined,

    /// <summary>Its tags or its address changed.</summary>
    Updated,

    /// <summary>It went on purpose.</summary>
    Left,

    /// <summary>It went without a word.</summary>
    Failed,

    /// <summary>It is forgotten.</summary>
    Reaped,
}

/// <summary>A change of the member list.</summary>
public readonly record struct MemberChange(MemberChangeKind Kind, Member Member);

/// <summary>A user event as the pool delivers it: at most once per node (gossip-raft 3).</summary>
/// <param name="Time">Logical time.</param>
/// <param name="Name">Name.</param>
/// <param name="Payload">Bytes of the sender.</param>
public sealed record PoolEvent(ulong Time, string Name, ReadOnlyMemory<byte> Payload);

/// <summary>An exchange that is to be made; its outcome is told with the token.</summary>
public readonly record struct WantedExchange(long Token, IPEndPoint To, byte[] Request, int TimeoutMs);

/// <summary>The end of <see cref="GossipPool.Join"/>: null or why not.</summary>
public readonly record struct JoinEnd(long Token, string? Error);

/// <summary>Something operators want to read in the log.</summary>
public enum GossipNoteKind
{
    /// <summary>A probe failed.</summary>
    Suspected,

    /// <summary>A suspicion came to its end.</summary>
    DeclaredFailed,

    /// <summary>This node had to say that it is alive.</summary>
    Refuted,

    /// <summary>Two nodes use one name.</summary>
    Conflict,

    /// <summary>Datagrams do not pass and streams do.</summary>
    StreamOnly,

    /// <summary>A probe for another node came here.</summary>
    WrongTarget,

    /// <summary>A member was not admitted.</summary>
    NotAdmitted,

    /// <summary>An exchange failed.</summary>
    ExchangeFailed,

    /// <summary>Another node was told why its exchange is refused.</summary>
    ExchangeRefused,
}

/// <summary>A line for the log.</summary>
public readonly record struct GossipNote(GossipNoteKind Kind, string Name, string Detail);

/// <summary>What a pool counts and times.</summary>
public enum GossipFigureKind
{
    /// <summary>A probe has ended, after so many milliseconds.</summary>
    Probe,

    /// <summary>A probe began while this node was not well itself.</summary>
    DegradedProbe,

    /// <summary>A suspicion ran out with fewer confirmations than were hoped for.</summary>
    DegradedTimeout,

    /// <summary>Somebody said that a member is alive.</summary>
    Alive,

    /// <summary>Somebody said that a member is suspect.</summary>
    Suspect,

    /// <summary>Somebody said that a member is dead.</summary>
    Dead,
}

/// <summary>A figure for whoever measures.</summary>
/// <param name="Kind">Of what.</param>
/// <param name="Value">Milliseconds of what is timed, 1 of what is counted.</param>
public readonly record struct GossipFigure(GossipFigureKind Kind, double Value);

/// <summary>A packet to send: a part of <see cref="GossipEffects.Bytes"/>.</summary>
public readonly record struct OutgoingPacket(IPEndPoint To, int Offset, int Length);

/// <summary>What a pool asks its shell to do. Filled by any number of events, carried out in any order, then cleared; lists and bytes are reused.</summary>
public sealed class GossipEffects
{
    private byte[] _bytes = new byte[16 * 1024];
    private int _used;

    /// <summary>Packets to send. Any may be lost.</summary>
    public List<OutgoingPacket> Packets { get; } = [];

    /// <summary>Exchanges to make.</summary>
    public List<WantedExchange> Exchanges { get; } = [];

    /// <summary>Joins that ended.</summary>
    public List<JoinEnd> Joins { get; } = [];

    /// <summary>Changes of the member list, in order.</summary>
    public List<MemberChange> Changes { get; } = [];

    /// <summary>The member list is not what it was; statuses between alive and left are no <see cref="Changes"/>.</summary>
    public bool AreMembersChanged { get; internal set; }

    /// <summary>User events to deliver, in order.</summary>
    public List<PoolEvent> Events { get; } = [];

    /// <summary>Lines for the log.</summary>
    public List<GossipNote> Notes { get; } = [];

    /// <summary>Figures, in order.</summary>
    public List<GossipFigure> Figures { get; } = [];

    /// <summary>The bytes of a packet.</summary>
    public ReadOnlySpan<byte> Bytes(in OutgoingPacket packet) => _bytes.AsSpan(packet.Offset, packet.Length);

    /// <summary>Empties everything.</summary>
    public void Clear()
    {
        _used = 0;
        AreMembersChanged = false;
        Packets.Clear();
        Exchanges.Clear();
        Joins.Clear();
        Changes.Clear();
        Events.Clear();
        Notes.Clear();
        Figures.Clear();
    }

    internal void Count(GossipFigureKind kind) => Figures.Add(new GossipFigure(kind, 1));

    internal void Change(MemberChangeKind kind, Member member)
    {
        AreMembersChanged = true;
        Changes.Add(new MemberChange(kind, member));
    }

    internal Span<byte> Reserve(int length)
    {
        if (_bytes.Length - _used < length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + length));
        return _bytes.AsSpan(_used, length);
    }

    internal void Commit(IPEndPoint to, int length)
    {
        Packets.Add(new OutgoingPacket(to, _used, length));
        _used += length;
    }
}
