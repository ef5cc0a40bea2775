using System.Net;
using Praetor.Core.Codec;

namespace Praetor.Core.Gossip;

/// <summary>Exchanges over streams: joining, push-pull, coming back to the failed, probing where datagrams do not pass (gossip-raft 1.1, 2, 3.2).</summary>
public sealed partial class GossipPool
{
    private readonly Dictionary<long, Exchange> _exchanges = [];
    private long _lastToken;

    /// <summary>Asks the member at an address to take this node in. The outcome is told by <see cref="GossipEffects.Joins"/> under the token that is returned.</summary>
    public long Join(IPEndPoint seed, GossipEffects effects) => Ask(ExchangePurpose.Join, seed, State(isJoin: true, withEvents: false), null, effects);

    /// <summary>Another member asks.</summary>
    /// <returns>The answer, or the text of a refusal.</returns>
    public (byte[]? Answer, string? Refusal) ReceiveExchange(long nowUs, IPEndPoint from, ReadOnlySpan<byte> request, GossipEffects effects)
    {
        try
        {
            switch (PoolExchange.KindOf(request, out ReadOnlySpan<byte> body))
            {
                case ExchangeKind.State:
                    return AnswerState(nowUs, from, PoolExchange.Decode(body), effects);
                case ExchangeKind.Probe:
                    var reader = new FieldReader(body);
                    ReadOnlySpan<byte> target = GossipFields.Name(ref reader);
                    return target.SequenceEqual(_self.NameBytes)
                        ? (PoolExchange.EncodeProbe(_self.NameBytes), null)
                        : (null, $"this is {_self.Name}, not {GossipFields.Text(target)}");
                default:
                    return (null, "an exchange of an unknown kind");
            }
        }
        catch (InvalidDataException malformed)
        {
            _drops[(int)GossipDrop.Malformed]++;
            return (null, malformed.Message);
        }
    }

    /// <summary>An exchange that was asked for brought an answer.</summary>
    public void ExchangeAnswered(long nowUs, long token, ReadOnlySpan<byte> answer, GossipEffects effects)
    {
        if (!_exchanges.Remove(token, out Exchange exchange))
            return;
        if (exchange.Purpose == ExchangePurpose.Probe)
        {
            if (_probe is { } probe && probe.StreamToken == token)
                probe.IsReachedByStream = true;
            return;
        }

        if (exchange.Purpose == ExchangePurpose.LastCheck && exchange.Peer is { } name && _peers.TryFind(name, out Peer? suspect))
            Acquit(nowUs, suspect);
        string? error = TakeAnswer(nowUs, answer, exchange, effects);
        End(token, exchange, error, effects);
    }

    /// <summary>An exchange that was asked for failed.</summary>
    public void ExchangeFailed(long token, string reason, GossipEffects effects)
    {
        if (_exchanges.Remove(token, out Exchange exchange))
            End(token, exchange, reason, effects);
    }

    private static void End(long token, in Exchange exchange, string? error, GossipEffects effects)
    {
        if (exchange.Purpose == ExchangePurpose.Join)
            effects.Joins.Add(new JoinEnd(token, error));
        else if (error is not null && exchange.Purpose == ExchangePurpose.PushPull)
            effects.Notes.Add(new GossipNote(GossipNoteKind.ExchangeFailed, exchange.Peer ?? exchange.To.ToString(), error));
    }

    private string? TakeAnswer(long nowUs, ReadOnlySpan<byte> answer, in Exchange exchange, GossipEffects effects)
    {
        try
        {
            if (PoolExchange.KindOf(answer, out ReadOnlySpan<byte> body) != ExchangeKind.State)
                return "an answer of another kind";
            PoolState remote = PoolExchange.Decode(body);
            if (MergeRules.Refusal(_identity, _peers, remote) is { } refusal)
                return refusal;
            bool isJoin = exchange.Purpose == ExchangePurpose.Join;
            if (isJoin)
                _seen.MinTime = Math.Max(_seen.MinTime, remote.EventTime);
            Merge(nowUs, remote, effects);
            if (isJoin)
            {
                TellAlive(_self);
                TellJoin();
            }

            return null;
        }
        catch (InvalidDataException malformed)
        {
            _drops[(int)GossipDrop.Malformed]++;
            return malformed.Message;
        }
    }

    private (byte[]? Answer, string? Refusal) AnswerState(long nowUs, IPEndPoint from, PoolState remote, GossipEffects effects)
    {
        if ((MergeRules.Refusal(_identity, _peers, remote) ?? MergeRules.NotAdmittedFrom(_identity, remote.Sender, from.Address)) is { } refusal)
        {
            effects.Notes.Add(new GossipNote(GossipNoteKind.ExchangeRefused, from.ToString(), refusal));
            return (null, refusal);
        }

        // What is told is what was known before: the other side knows its own part.
        byte[] answer = PoolExchange.Encode(State(isJoin: false, withEvents: !remote.IsJoin));
        Merge(nowUs, remote, effects);
        return (answer, null);
    }

    private PoolState State(bool isJoin, bool withEvents) => new()
    {
        Pool = _identity.Pool,
        Sender = _self.Name,
        Datacenter = _identity.Tags.GetValueOrDefault("dc", ""),
        IsJoin = isJoin,
        MemberTime = _memberClock.Time,
        EventTime = _eventClock.Time,
        Peers = PeerStates(),
        Events = withEvents ? [.. _seen.All()] : [],
    };

    private PeerState[] PeerStates()
    {
        var states = new List<PeerState>();
        foreach (Peer peer in _peers.All)
            states.Add(new PeerState(peer.NameBytes, peer.Incarnation, peer.State, peer.Status, peer.IntentTime, peer.Facts));
        return [.. states];
    }

    private void Merge(long nowUs, PoolState remote, GossipEffects effects)
    {
        // A clock stands one beyond the last time that was used.
        _memberClock.Witness(Math.Max(remote.MemberTime, 1) - 1);
        _eventClock.Witness(Math.Max(remote.EventTime, 1) - 1);
        foreach (PeerState state in remote.Peers)
            Merge(nowUs, remote.Sender, state, effects);
        foreach ((ulong time, byte[] name, byte[] payload) in remote.Events)
            Deliver(time, name, payload, isRumour: false, effects);
    }

    /// <summary>Hearsay of a death is taken as a suspicion, so that the member has the time to refute it (gossip-raft 2).</summary>
    private void Merge(long nowUs, string sender, in PeerState state, GossipEffects effects)
    {
        Peer? peer = _peers.Find(state.Name);
        switch (state.State)
        {
            case SwimState.Alive:
                Alive(nowUs, state.Name, state.Incarnation, state.Facts, effects);
                break;
            case SwimState.Left when peer is not null:
                Dead(nowUs, peer, state.Incarnation, peer.Name, effects);
                break;
            case SwimState.Suspect or SwimState.Dead when peer is not null:
                Suspect(nowUs, peer, state.Incarnation, sender, effects);
                break;
        }

        if (state.Status == MemberStatus.None)
            return;
        GossipMessage intent = state.Status is MemberStatus.Leaving or MemberStatus.Left ? GossipMessage.LeaveIntent : GossipMessage.JoinIntent;
        Intent(nowUs, intent, state.IntentTime, state.Name, prune: false, isRumour: false, effects);
    }

    private void PushPull(GossipEffects effects)
    {
        _drawn.Clear();
        _peers.Draw(_random, 1, _drawn, _self, static (peer, self) => peer != self && peer.State == SwimState.Alive);
        if (_drawn.Count == 1)
            Ask(ExchangePurpose.PushPull, _drawn[0].EndPoint, State(isJoin: false, withEvents: true), _drawn[0].Name, effects);
    }

    /// <summary>With a probability that keeps the whole pool's attempts at about one a round for each failed member.</summary>
    private void Reconnect(GossipEffects effects)
    {
        int failed = _peers.All.Count(static peer => peer.Status == MemberStatus.Failed);
        if (failed == 0 || _random.NextDouble() > (double)failed / Math.Max(1, _peers.UpCount))
            return;
        _drawn.Clear();
        _peers.Draw(_random, 1, _drawn, 0, static (peer, _) => peer.Status == MemberStatus.Failed);
        if (_drawn.Count == 1)
            Ask(ExchangePurpose.Reconnect, _drawn[0].EndPoint, State(isJoin: false, withEvents: true), _drawn[0].Name, effects);
    }

    /// <summary>A suspect is asked for its own word, over a stream, before it is declared dead.</summary>
    private void AskLast(Peer suspect, GossipEffects effects)
    {
        long token = ++_lastToken;
        _exchanges[token] = new Exchange(ExchangePurpose.LastCheck, suspect.EndPoint, suspect.Name);
        effects.Exchanges.Add(new WantedExchange(token, suspect.EndPoint, PoolExchange.Encode(State(isJoin: false, withEvents: false)), _profile.ProbeIntervalMs));
    }

    private long AskOverStream(Probe probe, GossipEffects effects)
    {
        long token = ++_lastToken;
        _exchanges[token] = new Exchange(ExchangePurpose.Probe, probe.Target.EndPoint, probe.Target.Name);
        int timeoutMs = (int)Math.Max(1, (probe.DeadlineUs - probe.SentUs) / 1000);
        effects.Exchanges.Add(new WantedExchange(token, probe.Target.EndPoint, PoolExchange.EncodeProbe(probe.Target.NameBytes), timeoutMs));
        return token;
    }

    private long Ask(ExchangePurpose purpose, IPEndPoint to, PoolState state, string? peer, GossipEffects effects)
    {
        long token = ++_lastToken;
        _exchanges[token] = new Exchange(purpose, to, peer);
        effects.Exchanges.Add(new WantedExchange(token, to, PoolExchange.Encode(state), _profile.StreamTimeoutMs));
        return token;
    }

    private enum ExchangePurpose
    {
        Join,
        PushPull,
        Reconnect,
        Probe,
        LastCheck,
    }

    private readonly record struct Exchange(ExchangePurpose Purpose, IPEndPoint To, string? Peer);
}
