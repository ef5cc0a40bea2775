using System.Net;
using Praetor.Core.Codec;
using Praetor.Core.Gossip.Coordinates;

namespace Praetor.Core.Gossip;

/// <summary>Probing: directly, then with the help of others and over a stream (SWIM, section 3.1; Lifeguard, section IV-A; gossip-raft 2).</summary>
public sealed partial class GossipPool
{
    private const int MaxScore = 7;
    private const int MaxRelays = 1024;

    private readonly CoordinateEstimator _coordinates;
    private readonly List<Peer> _probeOrder = [];
    private readonly List<Peer> _drawn = [];
    private readonly List<Relay> _relays = [];
    private Probe? _probe;
    private int _probeIndex;
    private long _nextProbeUs;
    private uint _sequence;
    private int _score;

    private long NextProbeEventUs
    {
        get
        {
            long next = _probe is { } probe ? probe.NextUs : _peers.Count > 1 ? _nextProbeUs : Never;
            foreach (Relay relay in _relays)
                next = Math.Min(next, relay.NackAtUs);
            return next;
        }
    }

    private void TickProbes(long nowUs, GossipEffects effects)
    {
        TickRelays(nowUs, effects);
        if (_probe is { } probe && nowUs >= probe.NextUs)
        {
            if (probe.IsHelped)
                EndProbe(nowUs, probe, effects);
            else
                AskForHelp(probe, effects);
        }

        if (_probe is null && nowUs >= _nextProbeUs && _peers.Count > 1)
            BeginProbe(nowUs, effects);
    }

    private void BeginProbe(long nowUs, GossipEffects effects)
    {
        _nextProbeUs = nowUs + Us(_profile.ProbeIntervalMs);
        if (NextToProbe(nowUs) is not { } target)
            return;
        if (_score > 0)
            effects.Count(GossipFigureKind.DegradedProbe);
        long deadlineUs = nowUs + (Us(_profile.ProbeIntervalMs) * (_score + 1));
        _probe = new Probe(target, ++_sequence, nowUs, Math.Min(deadlineUs, nowUs + Us(_profile.ProbeTimeoutMs)), deadlineUs);
        var packet = new PacketWriter(effects.Reserve(_profile.MaxPacketBytes));
        packet.Ping(_sequence, target.NameBytes);
        // Whoever is suspected hears of it with the probe and can refute at once (Lifeguard's buddy system).
        if (target.State == SwimState.Suspect)
            packet.Accuse(GossipMessage.Suspect, target.Incarnation, target.NameBytes, _self.NameBytes);
        Finish(target.EndPoint, ref packet, effects);
    }

    /// <summary>Round robin over a list that is shuffled after each pass, so that the time to the next probe of each member is bounded (SWIM, section 4.3).</summary>
    private Peer? NextToProbe(long nowUs)
    {
        for (int looked = 0; looked <= _probeOrder.Count; looked++)
        {
            if (_probeIndex >= _probeOrder.Count)
            {
                _probeOrder.RemoveAll(peer => !peer.IsUp && nowUs - peer.StateSinceUs > Us(_profile.GossipToTheDeadMs));
                _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_probeOrder));
                _probeIndex = 0;
                if (_probeOrder.Count == 0)
                    return null;
            }

            Peer peer = _probeOrder[_probeIndex++];
            if (peer != _self && peer.IsUp)
                return peer;
        }

        return null;
    }

    private void AskForHelp(Probe probe, GossipEffects effects)
    {
        probe.IsHelped = true;
        probe.NextUs = probe.DeadlineUs;
        _drawn.Clear();
        _peers.Draw(_random, _profile.IndirectChecks, _drawn, (Self: _self, probe.Target), static (peer, state) =>
            peer != state.Self && peer != state.Target && peer.State == SwimState.Alive);
        foreach (Peer helper in _drawn)
        {
            var packet = new PacketWriter(effects.Reserve(_profile.MaxPacketBytes));
            packet.PingRequest(probe.Sequence, probe.Target.NameBytes, probe.Target.EndPoint);
            Finish(helper.EndPoint, ref packet, effects);
        }

        probe.NacksDue = _drawn.Count;
        probe.StreamToken = AskOverStream(probe, effects);
    }

    private void EndProbe(long nowUs, Probe probe, GossipEffects effects)
    {
        _probe = null;
        Timed(nowUs, probe, effects);
        if (probe.IsReachedByStream)
        {
            effects.Notes.Add(new GossipNote(GossipNoteKind.StreamOnly, probe.Target.Name, ""));
            return;
        }

        // A member that helpers answered for is probably gone; silence of helpers speaks against this node itself.
        AddToScore(probe.NacksDue > 0 ? probe.NacksDue - probe.Nacks : 1);
        if (!probe.Target.IsUp)
            return;
        effects.Notes.Add(new GossipNote(GossipNoteKind.Suspected, probe.Target.Name, ""));
        Suspect(nowUs, probe.Target, probe.Target.Incarnation, _self.Name, effects);
    }

    private void OnPing(IPEndPoint from, ReadOnlySpan<byte> body, GossipEffects effects)
    {
        var reader = new FieldReader(body);
        uint sequence = GossipFields.Sequence(ref reader);
        ReadOnlySpan<byte> target = GossipFields.Name(ref reader);
        if (!target.SequenceEqual(_self.NameBytes))
        {
            _drops[(int)GossipDrop.WrongTarget]++;
            effects.Notes.Add(new GossipNote(GossipNoteKind.WrongTarget, GossipFields.Text(target), from.ToString()));
            return;
        }

        var packet = new PacketWriter(effects.Reserve(_profile.MaxPacketBytes));
        packet.Ack(sequence, _coordinates.Current);
        // Who asks lives. The rumour of its death has long been told, so it would not hear of it, and not refute it, before the next exchange.
        if (_peers.FindDead(from) is { } asker)
            packet.Accuse(GossipMessage.Dead, asker.Incarnation, asker.NameBytes, _self.NameBytes);
        Finish(from, ref packet, effects);
    }

    private void OnPingRequest(long nowUs, IPEndPoint from, ReadOnlySpan<byte> body, GossipEffects effects)
    {
        var reader = new FieldReader(body);
        uint sequence = GossipFields.Sequence(ref reader);
        ReadOnlySpan<byte> target = GossipFields.Name(ref reader);
        IPEndPoint endPoint = GossipFields.EndPoint(ref reader);
        // Packets are sent to known members only: a request must not make this node attack an address of the requester's choice.
        if (_peers.Find(target) is not { } peer || !GossipFields.Same(peer.EndPoint, endPoint))
        {
            _drops[(int)GossipDrop.WrongTarget]++;
            return;
        }

        if (_relays.Count >= MaxRelays)
        {
            _drops[(int)GossipDrop.TooManyRelays]++;
            return;
        }

        _relays.Add(new Relay(++_sequence, from, sequence, nowUs + Us(_profile.ProbeTimeoutMs), nowUs + Us(_profile.ProbeIntervalMs)));
        var packet = new PacketWriter(effects.Reserve(_profile.MaxPacketBytes));
        packet.Ping(_sequence, target);
        Finish(peer.EndPoint, ref packet, effects);
    }

    private void OnAck(long nowUs, ReadOnlySpan<byte> body, GossipEffects effects)
    {
        var reader = new FieldReader(body);
        uint sequence = GossipFields.Sequence(ref reader);
        if (_probe is { } probe && probe.Sequence == sequence)
        {
            // What helpers pass on has taken another way: its time says nothing.
            if (!probe.IsHelped && Coordinate.TryDecode(reader.Rest, out Coordinate? coordinate))
            {
                probe.Target.Coordinate = coordinate;
                _coordinates.Update(probe.Target.Name, coordinate, (nowUs - probe.SentUs) / 1e6);
            }

            _probe = null;
            Timed(nowUs, probe, effects);
            AddToScore(-1);
            return;
        }

        for (int i = 0; i < _relays.Count; i++)
        {
            if (_relays[i].Sequence != sequence)
                continue;
            Answer(_relays[i], isNack: false, effects);
            _relays.RemoveAt(i);
            return;
        }
    }

    private void OnNack(ReadOnlySpan<byte> body)
    {
        var reader = new FieldReader(body);
        if (_probe is { } probe && probe.Sequence == GossipFields.Sequence(ref reader) && probe.Nacks < probe.NacksDue)
            probe.Nacks++;
    }

    private void TickRelays(long nowUs, GossipEffects effects)
    {
        for (int i = _relays.Count - 1; i >= 0; i--)
        {
            Relay relay = _relays[i];
            if (nowUs < relay.NackAtUs)
                continue;
            // After the nack the relay still passes a late ack on.
            if (relay.NackAtUs < relay.EndUs)
            {
                Answer(relay, isNack: true, effects);
                _relays[i] = relay with { NackAtUs = relay.EndUs };
            }
            else
            {
                _relays.RemoveAt(i);
            }
        }
    }

    private void Answer(in Relay relay, bool isNack, GossipEffects effects)
    {
        var packet = new PacketWriter(effects.Reserve(_profile.MaxPacketBytes));
        if (isNack)
            packet.Nack(relay.AskedSequence);
        else
            packet.Ack(relay.AskedSequence, _coordinates.Current);
        Finish(relay.AskedBy, ref packet, effects);
    }

    private static void Timed(long nowUs, Probe probe, GossipEffects effects) => effects.Figures.Add(new GossipFigure(GossipFigureKind.Probe, (nowUs - probe.SentUs) / 1000.0));

    private void AddToScore(int delta) => _score = Math.Clamp(_score + delta, 0, MaxScore);

    /// <summary>A probe under way.</summary>
    private sealed class Probe(Peer target, uint sequence, long sentUs, long helpAtUs, long deadlineUs)
    {
        public Peer Target { get; } = target;

        public uint Sequence { get; } = sequence;

        public long SentUs { get; } = sentUs;

        public long DeadlineUs { get; } = deadlineUs;

        public long NextUs { get; set; } = helpAtUs;

        public bool IsHelped { get; set; }

        public int NacksDue { get; set; }

        public int Nacks { get; set; }

        public long StreamToken { get; set; }

        public bool IsReachedByStream { get; set; }
    }

    /// <summary>A probe on behalf of another member.</summary>
    private readonly record struct Relay(uint Sequence, IPEndPoint AskedBy, uint AskedSequence, long NackAtUs, long EndUs);
}
