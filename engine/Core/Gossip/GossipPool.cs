using System.Net;
using Praetor.Core.Gossip.Coordinates;

namespace Praetor.Core.Gossip;

/// <summary>
/// One node's part in a pool: failure detection (SWIM with Lifeguard), membership and user events, as a state machine. Every method is an
/// event: it takes the time (microseconds of any steady clock), changes the state and asks the shell for effects. Pure: no I/O, no clock, randomness
/// from the generator that is passed in. Not thread-safe: one caller at a time.
/// </summary>
/// <remarks>Das, Gupta, Motivala: SWIM (DSN 2002); Dadgar, Phillips, Currey: Lifeguard (arXiv 1707.00788); numbers from gossip-raft 1-3.</remarks>
public sealed partial class GossipPool
{
    private const long Never = long.MaxValue;

    private readonly GossipProfile _profile;
    private readonly Random _random;
    private readonly PeerTable _peers = new();
    private readonly RumourQueue _rumours = new();
    private readonly Peer _self;
    private readonly long[] _drops = new long[Enum.GetValues<GossipDrop>().Length];
    private GossipIdentity _identity;
    private long _nextGossipUs;
    private long _nextPushPullUs;
    private long _nextReapUs;
    private long _nextReconnectUs;
    private bool _isLeaving;

    /// <summary>A pool of one. <see cref="Start"/> is its first event.</summary>
    /// <exception cref="ArgumentException">The tags are longer than 512 bytes.</exception>
    public GossipPool(GossipIdentity identity, GossipProfile profile, Random random)
    {
        _identity = identity;
        _profile = profile;
        _random = random;
        _coordinates = new CoordinateEstimator(random);
        _self = new Peer(identity.Name, new PeerFacts(identity.EndPoint, EncodeTags(identity.Tags))) { Incarnation = identity.FirstIncarnation };
    }

    /// <summary>This node's name.</summary>
    public string Name => _self.Name;

    /// <summary>This node as the pool sees it.</summary>
    public Member Self => _self.Snapshot();

    /// <summary>All members, those that left or failed included, in no order. A new list.</summary>
    public IReadOnlyList<Member> Members => [.. _peers.All.Select(static peer => peer.Snapshot())];

    /// <summary>Members that are up, this one included.</summary>
    public int UpCount => _peers.UpCount;

    /// <summary>Lifeguard's local health: 0 (well) to 7.</summary>
    public int HealthScore => _score;

    /// <summary>Logical time of membership.</summary>
    public ulong MemberTime => _memberClock.Time;

    /// <summary>Logical time of user events.</summary>
    public ulong EventTime => _eventClock.Time;

    /// <summary>Rumours that wait to be told.</summary>
    public int QueuedRumours => _rumours.Count;

    /// <summary>Where this node lies in the space of latencies.</summary>
    public Coordinate Coordinate => _coordinates.Current;

    /// <summary>Where the members that are up lie, as far as this node has heard it from them. A new list.</summary>
    public IReadOnlyList<(string Name, Coordinate Coordinate)> Coordinates =>
        [.. _peers.All.Where(static peer => peer.IsUp).Select(peer => (peer.Name, peer == _self ? _coordinates.Current : peer.Coordinate))
            .Where(static known => known.Item2 is not null).Select(static known => (known.Name, known.Item2!))];

    /// <summary>When <see cref="Tick"/> wants to be called next, microseconds.</summary>
    public long NextTickUs
    {
        get
        {
            long next = Math.Min(Math.Min(_nextPushPullUs, _nextReapUs), Math.Min(_nextReconnectUs, NextProbeEventUs));
            if (!_rumours.IsEmpty && _peers.Count > 1)
                next = Math.Min(next, _nextGossipUs);
            foreach (Peer suspect in _suspects)
                next = Math.Min(next, suspect.Suspicion!.DeadlineUs);
            return next;
        }
    }

    /// <summary>How often packets or messages were dropped for a reason.</summary>
    public long Drops(GossipDrop reason) => _drops[(int)reason];

    /// <summary>Comes to life, alone.</summary>
    public void Start(long nowUs, GossipEffects effects)
    {
        _peers.Add(_self);
        _probeOrder.Add(_self);
        _peers.SetState(_self, SwimState.Alive, nowUs);
        _self.SetStatus(MemberStatus.Alive, nowUs);
        effects.Change(MemberChangeKind.Joined, _self.Snapshot());
        _self.IntentTime = _memberClock.Increment();
        _eventClock.Increment();
        _nextGossipUs = nowUs + Stagger(_profile.GossipIntervalMs);
        _nextProbeUs = nowUs + Stagger(_profile.ProbeIntervalMs);
        _nextPushPullUs = nowUs + Stagger(_profile.PushPullIntervalMs);
        _nextReapUs = nowUs + Us(_profile.ReapIntervalMs);
        _nextReconnectUs = nowUs + Stagger(_profile.ReconnectIntervalMs) + Us(_profile.ReconnectIntervalMs);
    }

    /// <summary>Does what is due. Calling it early does nothing.</summary>
    public void Tick(long nowUs, GossipEffects effects)
    {
        TickSuspicions(nowUs, effects);
        TickProbes(nowUs, effects);
        if (nowUs >= _nextGossipUs && !_rumours.IsEmpty)
        {
            _nextGossipUs = nowUs + Us(_profile.GossipIntervalMs);
            Gossip(nowUs, effects);
        }

        if (nowUs >= _nextPushPullUs)
        {
            _nextPushPullUs = nowUs + _profile.PushPullUs(_peers.UpCount);
            PushPull(effects);
        }

        if (nowUs >= _nextReapUs)
        {
            _nextReapUs = nowUs + Us(_profile.ReapIntervalMs);
            Reap(nowUs, effects);
        }

        if (nowUs >= _nextReconnectUs)
        {
            _nextReconnectUs = nowUs + Us(_profile.ReconnectIntervalMs);
            Reconnect(effects);
        }
    }

    /// <summary>A packet came. Whatever it holds, it does no harm beyond what its messages say.</summary>
    public void ReceivePacket(long nowUs, IPEndPoint from, ReadOnlySpan<byte> packet, GossipEffects effects)
    {
        if (!PacketReader.IsKnownVersion(packet))
        {
            _drops[(int)GossipDrop.UnknownVersion]++;
            return;
        }

        try
        {
            var reader = new PacketReader(packet[1..]);
            while (reader.TryNext(out GossipMessage kind, out ReadOnlySpan<byte> body))
                Receive(nowUs, from, kind, body, effects);
        }
        catch (InvalidDataException)
        {
            _drops[(int)GossipDrop.Malformed]++;
        }
    }

    private void Receive(long nowUs, IPEndPoint from, GossipMessage kind, ReadOnlySpan<byte> body, GossipEffects effects)
    {
        switch (kind)
        {
            case GossipMessage.Ping:
                OnPing(from, body, effects);
                break;
            case GossipMessage.PingRequest:
                OnPingRequest(nowUs, from, body, effects);
                break;
            case GossipMessage.Ack:
                OnAck(nowUs, body, effects);
                break;
            case GossipMessage.Nack:
                OnNack(body);
                break;
            case GossipMessage.Alive:
                effects.Count(GossipFigureKind.Alive);
                OnAlive(nowUs, body, effects);
                break;
            case GossipMessage.Suspect:
                effects.Count(GossipFigureKind.Suspect);
                OnSuspect(nowUs, body, effects);
                break;
            case GossipMessage.Dead:
                effects.Count(GossipFigureKind.Dead);
                OnDead(nowUs, body, effects);
                break;
            case GossipMessage.JoinIntent or GossipMessage.LeaveIntent:
                OnIntent(nowUs, kind, body, effects);
                break;
            case GossipMessage.UserEvent:
                OnUserEvent(body, effects);
                break;
            default:
                _drops[(int)GossipDrop.UnknownMessage]++;
                break;
        }
    }

    /// <summary>To a few members what the queue holds (SWIM, section 4.1).</summary>
    private void Gossip(long nowUs, GossipEffects effects)
    {
        _drawn.Clear();
        _peers.Draw(_random, _profile.GossipNodes, _drawn, (Pool: this, Now: nowUs), static (peer, state) => state.Pool.IsToldRumours(peer, state.Now));
        foreach (Peer peer in _drawn)
        {
            if (_rumours.IsEmpty)
                break;
            var packet = new PacketWriter(effects.Reserve(_profile.MaxPacketBytes));
            Finish(peer.EndPoint, ref packet, effects);
        }
    }

    private bool IsToldRumours(Peer peer, long nowUs) =>
        peer != _self && (peer.IsUp || (peer.State == SwimState.Dead && nowUs - peer.StateSinceUs < Us(_profile.GossipToTheDeadMs)));

    /// <summary>Fills the rest of a packet with rumours and sends it.</summary>
    private void Finish(IPEndPoint to, ref PacketWriter packet, GossipEffects effects)
    {
        packet.Advance(_rumours.Fill(packet.Rest, _profile.Retransmits(_peers.UpCount)));
        if (packet.Length > 1)
            effects.Commit(to, packet.Length);
    }

    private void Tell(RumourSubject subject, string name, byte[] message) => _rumours.Add(subject, name, message, _peers.Count);

    private long Stagger(int periodMs) => _random.NextInt64(Us(periodMs) + 1);

    private static long Us(long ms) => ms * 1000;

    private static byte[] EncodeTags(IReadOnlyDictionary<string, string> tags)
    {
        byte[] meta = TagCodec.Encode(tags);
        return meta.Length <= TagCodec.MaxBytes ? meta : throw new ArgumentException($"Encoded length of tags exceeds limit of {TagCodec.MaxBytes} bytes", nameof(tags));
    }
}

/// <summary>Why something that came was dropped.</summary>
public enum GossipDrop
{
    /// <summary>A packet of another protocol version.</summary>
    UnknownVersion,

    /// <summary>Bytes that are no message.</summary>
    Malformed,

    /// <summary>A message of a later version.</summary>
    UnknownMessage,

    /// <summary>A member that does not belong here.</summary>
    NotAdmitted,

    /// <summary>A probe for somebody else.</summary>
    WrongTarget,

    /// <summary>Too many probes on behalf of others at once.</summary>
    TooManyRelays,

    /// <summary>Too many members, or too many intents of unknown ones.</summary>
    TooManyMembers,
}
