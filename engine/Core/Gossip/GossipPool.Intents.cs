using Praetor.Core.Codec;

namespace Praetor.Core.Gossip;

/// <summary>Coming, going and being forgotten, as operators see it (gossip-raft 3).</summary>
public sealed partial class GossipPool
{
    private const int MaxEarlyIntents = 4096;
    private const int DirectFarewells = 64;

    private readonly Dictionary<string, (GossipMessage Kind, ulong Time, long AtUs)> _earlyIntents = new(StringComparer.Ordinal);
    private LamportClock _memberClock;

    /// <summary>True while this node leaves or has left.</summary>
    public bool IsLeaving => _isLeaving;

    /// <summary>First half of a leave: everybody hears that this node is about to go. The second is <see cref="FinishLeave"/>.</summary>
    public void Leave(long nowUs, GossipEffects effects)
    {
        _isLeaving = true;
        _self.IntentTime = _memberClock.Increment();
        _self.SetStatus(MemberStatus.Leaving, nowUs);
        effects.AreMembersChanged = true;
        TellIntent(GossipMessage.LeaveIntent, _self.IntentTime, _self, prune: false);
    }

    /// <summary>Second half: this node says of itself that it is gone, to the rumour queue and directly to a number of members.</summary>
    public void FinishLeave(long nowUs, GossipEffects effects)
    {
        Dead(nowUs, _self, _self.Incarnation, _self.Name, effects);
        _drawn.Clear();
        _peers.Draw(_random, DirectFarewells, _drawn, _self, static (peer, self) => peer != self && peer.IsUp);
        foreach (Peer peer in _drawn)
        {
            var packet = new PacketWriter(effects.Reserve(_profile.MaxPacketBytes));
            packet.Accuse(GossipMessage.Dead, _self.Incarnation, _self.NameBytes, _self.NameBytes);
            effects.Commit(peer.EndPoint, packet.Length);
        }
    }

    /// <summary>Says of a failed member that it has left; with <paramref name="prune"/> it is erased. False if nobody of that name is known.</summary>
    public bool ForceLeave(long nowUs, string name, bool prune, GossipEffects effects)
    {
        if (!_peers.TryFind(name, out Peer? peer))
            return false;
        TakeLeaveIntent(nowUs, peer, _memberClock.Increment(), prune, effects);
        return true;
    }

    private void OnIntent(long nowUs, GossipMessage kind, ReadOnlySpan<byte> body, GossipEffects effects)
    {
        var reader = new FieldReader(body);
        ulong time = reader.UInt();
        ReadOnlySpan<byte> name = GossipFields.Name(ref reader);
        bool prune = reader.Bool();
        Intent(nowUs, kind, time, name, prune, isRumour: true, effects);
    }

    private void Intent(long nowUs, GossipMessage kind, ulong time, ReadOnlySpan<byte> name, bool prune, bool isRumour, GossipEffects effects)
    {
        _memberClock.Witness(time);
        if (_peers.Find(name) is not { } peer)
        {
            RememberEarly(nowUs, kind, time, GossipFields.Text(name), prune, isRumour);
            return;
        }

        if (time <= peer.IntentTime)
            return;
        if (kind == GossipMessage.LeaveIntent)
        {
            TakeLeaveIntent(nowUs, peer, time, prune, effects, isRumour);
            return;
        }

        peer.IntentTime = time;
        if (peer.Status == MemberStatus.Leaving && peer != _self)
        {
            peer.SetStatus(MemberStatus.Alive, nowUs);
            effects.AreMembersChanged = true;
        }

        if (isRumour)
            TellIntent(kind, time, peer, prune: false);
    }

    private void TakeLeaveIntent(long nowUs, Peer peer, ulong time, bool prune, GossipEffects effects, bool isRumour = true)
    {
        if (peer == _self)
        {
            if (!_isLeaving)
                TellJoin();
            return;
        }

        peer.IntentTime = time;
        if (isRumour)
            TellIntent(GossipMessage.LeaveIntent, time, peer, prune);
        peer.Prune |= prune;
        switch (peer.Status)
        {
            case MemberStatus.Alive:
                peer.SetStatus(MemberStatus.Leaving, nowUs);
                effects.AreMembersChanged = true;
                break;
            case MemberStatus.Failed:
                peer.SetStatus(MemberStatus.Left, nowUs);
                effects.Change(MemberChangeKind.Left, peer.Snapshot());
                break;
        }

        if (prune && peer.Status == MemberStatus.Left)
            Erase(peer, effects);
    }

    /// <summary>The intent overtook the member itself.</summary>
    private void RememberEarly(long nowUs, GossipMessage kind, ulong time, string name, bool prune, bool isRumour)
    {
        if (_earlyIntents.TryGetValue(name, out var known) ? time <= known.Time : _earlyIntents.Count >= MaxEarlyIntents)
            return;
        _earlyIntents[name] = (kind, time, nowUs);
        if (!isRumour)
            return;
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(name);
        Tell(RumourSubject.Intent, name, PacketWriter.Rumour((kind, time, bytes, prune),
            static (ref PacketWriter writer, (GossipMessage Kind, ulong Time, byte[] Name, bool Prune) told) => writer.Intent(told.Kind, told.Time, told.Name, told.Prune)));
    }

    private void TellJoin()
    {
        _self.IntentTime = _memberClock.Increment();
        TellIntent(GossipMessage.JoinIntent, _self.IntentTime, _self, prune: false);
    }

    private void TellIntent(GossipMessage kind, ulong time, Peer peer, bool prune) =>
        Tell(RumourSubject.Intent, peer.Name, PacketWriter.Rumour((kind, time, peer, prune),
            static (ref PacketWriter writer, (GossipMessage Kind, ulong Time, Peer Peer, bool Prune) told) =>
                writer.Intent(told.Kind, told.Time, told.Peer.NameBytes, told.Prune)));

    private void CameBack(long nowUs, Peer peer, GossipEffects effects)
    {
        peer.Prune = false;
        peer.SetStatus(MemberStatus.Alive, nowUs);
        if (_earlyIntents.Remove(peer.Name, out var early) && early.Time > peer.IntentTime)
        {
            peer.IntentTime = early.Time;
            if (early.Kind == GossipMessage.LeaveIntent)
                peer.SetStatus(MemberStatus.Leaving, nowUs);
        }

        effects.Change(MemberChangeKind.Joined, peer.Snapshot());
    }

    private void WentAway(long nowUs, Peer peer, bool hasLeft, GossipEffects effects)
    {
        if (peer.Status == MemberStatus.Left)
            return;
        bool onPurpose = hasLeft || peer.Status == MemberStatus.Leaving;
        peer.SetStatus(onPurpose ? MemberStatus.Left : MemberStatus.Failed, nowUs);
        effects.Change(onPurpose ? MemberChangeKind.Left : MemberChangeKind.Failed, peer.Snapshot());
        if (onPurpose && peer.Prune && peer != _self)
            Erase(peer, effects);
    }

    private void Reap(long nowUs, GossipEffects effects)
    {
        foreach (Peer peer in _peers.All.Where(peer => peer.Status is MemberStatus.Failed or MemberStatus.Left && nowUs - peer.GoneSinceUs >= KeptUs(peer) && peer != _self).ToList())
            Erase(peer, effects);
        foreach ((string name, (GossipMessage Kind, ulong Time, long AtUs) early) in _earlyIntents)
        {
            // Removing is what a dictionary allows while it is walked.
            if (nowUs - early.AtUs >= Us(_profile.RecentIntentMs))
                _earlyIntents.Remove(name);
        }
    }

    private long KeptUs(Peer peer)
    {
        if (peer.Status == MemberStatus.Left)
            return Us(_profile.TombstoneTimeoutMs);
        return peer.Tags.TryGetValue("rc_tm", out string? own) && GoDuration.TryParse(own, out long keptNanoseconds, out _) ? keptNanoseconds / 1000 : Us(_profile.ReconnectTimeoutMs);
    }

    private void Erase(Peer peer, GossipEffects effects)
    {
        EndSuspicion(peer);
        _peers.Remove(peer);
        int place = _probeOrder.IndexOf(peer);
        if (place >= 0)
        {
            _probeOrder.RemoveAt(place);
            if (place < _probeIndex)
                _probeIndex--;
        }

        if (_probe?.Target == peer)
            _probe = null;
        _coordinates.Forget(peer.Name);
        effects.Change(MemberChangeKind.Reaped, peer.Snapshot());
    }
}
