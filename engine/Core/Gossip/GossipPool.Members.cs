using System.Net;
using Praetor.Core.Codec;

namespace Praetor.Core.Gossip;

/// <summary>Who is there: alive, suspect, dead (SWIM, section 4.2; gossip-raft 2, 'Member state rules'). Only a member itself raises its incarnation.</summary>
public sealed partial class GossipPool
{
    // Far beyond any pool that is run; a bound on what forged members can make this node hold.
    private const int MaxMembers = 100_000;

    private readonly List<Peer> _suspects = [];

    /// <summary>Changes this node's tags and tells the others.</summary>
    /// <exception cref="ArgumentException">The tags are longer than 512 bytes.</exception>
    public void SetTags(long nowUs, IReadOnlyDictionary<string, string> tags, GossipEffects effects)
    {
        byte[] meta = EncodeTags(tags);
        _identity = _identity with { Tags = tags };
        if (meta.AsSpan().SequenceEqual(_self.Facts.Meta))
            return;
        _self.SetFacts(new PeerFacts(_self.EndPoint, meta));
        _self.Incarnation++;
        TellAlive(_self);
        effects.Change(MemberChangeKind.Updated, _self.Snapshot());
        _ = nowUs;
    }

    private void OnAlive(long nowUs, ReadOnlySpan<byte> body, GossipEffects effects)
    {
        var reader = new FieldReader(body);
        long incarnation = GossipFields.Incarnation(ref reader);
        ReadOnlySpan<byte> name = GossipFields.Name(ref reader);
        // Most rumours of a settled pool are old news: they must cost nothing.
        if (_peers.Find(name) is { IsUp: true } known && known != _self && incarnation <= known.Incarnation)
            return;
        IPEndPoint endPoint = GossipFields.EndPoint(ref reader);
        byte[] meta = GossipFields.Meta(ref reader);
        Alive(nowUs, name, incarnation, new PeerFacts(endPoint, meta), effects);
    }

    private void OnSuspect(long nowUs, ReadOnlySpan<byte> body, GossipEffects effects)
    {
        if (TryReadAccusation(body, out Peer? peer, out long incarnation, out ReadOnlySpan<byte> from))
            Suspect(nowUs, peer!, incarnation, NameOf(from), effects);
    }

    private void OnDead(long nowUs, ReadOnlySpan<byte> body, GossipEffects effects)
    {
        if (TryReadAccusation(body, out Peer? peer, out long incarnation, out ReadOnlySpan<byte> from))
            Dead(nowUs, peer!, incarnation, NameOf(from), effects);
    }

    private bool TryReadAccusation(ReadOnlySpan<byte> body, out Peer? peer, out long incarnation, out ReadOnlySpan<byte> from)
    {
        var reader = new FieldReader(body);
        incarnation = GossipFields.Incarnation(ref reader);
        peer = _peers.Find(GossipFields.Name(ref reader));
        from = GossipFields.Name(ref reader);
        return peer is not null;
    }

    /// <summary>The name as a string, without a new one for a known member.</summary>
    private string NameOf(ReadOnlySpan<byte> name) => _peers.Find(name)?.Name ?? GossipFields.Text(name);

    private void Alive(long nowUs, ReadOnlySpan<byte> name, long incarnation, in PeerFacts facts, GossipEffects effects)
    {
        Peer? peer = _peers.Find(name);
        if (peer == _self)
        {
            // Somebody speaks for this node: an older life of it, or another node of the same name.
            if (incarnation > _self.Incarnation || (incarnation == _self.Incarnation && !Same(facts, _self.Facts)))
                AliveElsewhere(incarnation, facts, effects);
            return;
        }

        if (peer is not null && incarnation <= peer.Incarnation && (peer.IsUp || GossipFields.Same(peer.EndPoint, facts.EndPoint)))
            return;
        string text = peer?.Name ?? GossipFields.Text(name);
        if ((MergeRules.NotAdmitted(_identity, text, TagCodec.Decode(facts.Meta)) ?? MergeRules.NotAdmittedFrom(_identity, text, facts.EndPoint.Address)) is { } refusal)
        {
            _drops[(int)GossipDrop.NotAdmitted]++;
            effects.Notes.Add(new GossipNote(GossipNoteKind.NotAdmitted, text, refusal));
            return;
        }

        if (peer is null)
            peer = TryAddPeer(text, facts);
        else if (!GossipFields.Same(peer.EndPoint, facts.EndPoint) && !MayMove(nowUs, peer, facts))
        {
            effects.Notes.Add(new GossipNote(GossipNoteKind.Conflict, peer.Name, $"Mine: {peer.EndPoint} Theirs: {facts.EndPoint}"));
            return;
        }

        if (peer is not null)
            TakeAlive(nowUs, peer, incarnation, facts, effects);
    }

    private void AliveElsewhere(long incarnation, in PeerFacts facts, GossipEffects effects)
    {
        if (!GossipFields.Same(facts.EndPoint, _self.EndPoint))
            effects.Notes.Add(new GossipNote(GossipNoteKind.Conflict, _self.Name, $"Mine: {_self.EndPoint} Theirs: {facts.EndPoint}"));
        Refute(incarnation, effects);
    }

    private Peer? TryAddPeer(string name, in PeerFacts facts)
    {
        if (_peers.Count >= MaxMembers)
        {
            _drops[(int)GossipDrop.TooManyMembers]++;
            return null;
        }

        var peer = new Peer(name, facts);
        _peers.Add(peer);
        // At a random place, so that joiners do not all wait for the end of a pass (SWIM, section 4.3).
        int place = _random.Next(_probeOrder.Count + 1);
        _probeOrder.Insert(place, peer);
        if (place < _probeIndex)
            _probeIndex++;
        return peer;
    }

    /// <summary>
    /// Whether a name may be taken over from another address: at once after a leave, after a while when its owner is dead. The same node id is the same node,
    /// which is where it says it is as soon as nobody answers at its old address.
    /// </summary>
    private bool MayMove(long nowUs, Peer peer, in PeerFacts facts) => peer.State switch
    {
        SwimState.Left => true,
        SwimState.Dead => nowUs - peer.StateSinceUs >= Us(_profile.DeadReclaimMs) || peer.Status == MemberStatus.Left || IsSameNode(peer, facts),
        SwimState.Suspect => IsSameNode(peer, facts),
        _ => false,
    };

    private static bool IsSameNode(Peer peer, in PeerFacts facts) =>
        peer.Tags.GetValueOrDefault("id", "") is { Length: > 0 } id && TagCodec.Decode(facts.Meta).GetValueOrDefault("id", "") == id;

    private void TakeAlive(long nowUs, Peer peer, long incarnation, in PeerFacts facts, GossipEffects effects)
    {
        bool isChanged = !Same(facts, peer.Facts);
        bool wasGone = !peer.IsUp;
        EndSuspicion(peer);
        peer.Incarnation = incarnation;
        if (isChanged)
            peer.SetFacts(facts);
        if (peer.State != SwimState.Alive)
            _peers.SetState(peer, SwimState.Alive, nowUs);
        if (wasGone && !_probeOrder.Contains(peer))
            _probeOrder.Add(peer);
        TellAlive(peer);
        if (wasGone)
            CameBack(nowUs, peer, effects);
        else if (isChanged)
            effects.Change(MemberChangeKind.Updated, peer.Snapshot());
    }

    private void Suspect(long nowUs, Peer peer, long incarnation, string from, GossipEffects effects)
    {
        if (incarnation < peer.Incarnation)
            return;
        if (peer.Suspicion is { } suspicion)
        {
            if (suspicion.Confirm(from))
                TellAccusation(GossipMessage.Suspect, peer, incarnation, from);
            return;
        }

        if (peer.State != SwimState.Alive)
            return;
        if (peer == _self)
        {
            Refute(incarnation, effects);
            return;
        }

        peer.Incarnation = incarnation;
        _peers.SetState(peer, SwimState.Suspect, nowUs);
        int members = _peers.UpCount;
        int wanted = _profile.SuspicionMult - 2;
        // Too few members to confirm anything.
        if (members - 2 < wanted)
            wanted = 0;
        long minUs = _profile.SuspicionMinUs(members);
        peer.Suspicion = new Suspicion(from, wanted, minUs, minUs * _profile.SuspicionMaxTimeoutMult, nowUs);
        _suspects.Add(peer);
        TellAccusation(GossipMessage.Suspect, peer, incarnation, from);
    }

    private void TickSuspicions(long nowUs, GossipEffects effects)
    {
        for (int i = _suspects.Count - 1; i >= 0; i--)
        {
            Peer peer = _suspects[i];
            if (nowUs < peer.Suspicion!.DeadlineUs)
                continue;
            // In a large pool now and then a rumour misses somebody. Who missed a refutation would declare a member dead whom all others know alive: before it does so
            // on its own word, it asks the member itself.
            if (peer.Suspicion.IsDoubtful)
            {
                peer.Suspicion.BeginLastCheck(nowUs + Us(_profile.ProbeIntervalMs));
                AskLast(peer, effects);
                continue;
            }

            if (peer.Suspicion.IsUnconfirmed)
                effects.Count(GossipFigureKind.DegradedTimeout);
            effects.Notes.Add(new GossipNote(GossipNoteKind.DeclaredFailed, peer.Name, $"{peer.Suspicion.Confirmations} peer confirmations"));
            Dead(nowUs, peer, peer.Incarnation, _self.Name, effects);
        }
    }

    /// <summary>The suspect itself has answered the last question.</summary>
    private void Acquit(long nowUs, Peer peer)
    {
        if (peer.Suspicion is null)
            return;
        EndSuspicion(peer);
        _peers.SetState(peer, SwimState.Alive, nowUs);
    }

    private void Dead(long nowUs, Peer peer, long incarnation, string from, GossipEffects effects)
    {
        if (incarnation < peer.Incarnation || !peer.IsUp)
            return;
        if (peer == _self && !_isLeaving)
        {
            Refute(incarnation, effects);
            return;
        }

        EndSuspicion(peer);
        peer.Incarnation = incarnation;
        bool hasLeft = from == peer.Name;
        _peers.SetState(peer, hasLeft ? SwimState.Left : SwimState.Dead, nowUs);
        TellAccusation(GossipMessage.Dead, peer, incarnation, from);
        WentAway(nowUs, peer, hasLeft, effects);
    }

    private void EndSuspicion(Peer peer)
    {
        if (peer.Suspicion is null)
            return;
        peer.Suspicion = null;
        _suspects.Remove(peer);
    }

    /// <summary>Says that this node is alive, louder than what was said of it.</summary>
    private void Refute(long accusedIncarnation, GossipEffects effects)
    {
        if (_isLeaving)
            return;
        _self.Incarnation = Math.Max(_self.Incarnation, accusedIncarnation) + 1;
        AddToScore(1);
        TellAlive(_self);
        effects.Notes.Add(new GossipNote(GossipNoteKind.Refuted, _self.Name, ""));
    }

    private void TellAlive(Peer peer) =>
        Tell(RumourSubject.Member, peer.Name, PacketWriter.Rumour(peer, static (ref PacketWriter writer, Peer told) => writer.Alive(told)));

    private void TellAccusation(GossipMessage kind, Peer peer, long incarnation, string from) =>
        Tell(RumourSubject.Member, peer.Name, PacketWriter.Rumour((kind, peer, incarnation, from),
            static (ref PacketWriter writer, (GossipMessage Kind, Peer Peer, long Incarnation, string From) told) =>
                writer.Accuse(told.Kind, told.Incarnation, told.Peer.NameBytes, System.Text.Encoding.UTF8.GetBytes(told.From))));

    private static bool Same(in PeerFacts left, in PeerFacts right) =>
        GossipFields.Same(left.EndPoint, right.EndPoint) && left.Meta.AsSpan().SequenceEqual(right.Meta);
}
