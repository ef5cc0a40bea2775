using System.Diagnostics;
using System.Diagnostics.Metrics;
using Praetor.Core.Gossip;

namespace Praetor.Runtime.Gossip;

/// <summary>What a node measures of its pools (config 8, memberlist.* and serf.*); one for all pools, told apart by the label network. Thread-safe.</summary>
public sealed class GossipMeters
{
    /// <summary>Who comes back so soon after it failed flaps.</summary>
    private static readonly TimeSpan FlapTime = TimeSpan.FromSeconds(60);

    /// <summary>Names of events and of failed members that are kept: anybody may make up names.</summary>
    private const int MaxNames = 1024;

    private readonly Meter _meter;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _received;
    private readonly Counter<long> _exchanges;
    private readonly Counter<long> _exchanged;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _events;
    private readonly Counter<long> _flapped;
    private readonly Counter<long>[] _figures;
    private readonly Counter<long>?[] _changes;
    private readonly Histogram<double> _probes;
    private readonly Histogram<double> _rounds;
    private readonly Histogram<double> _pushPulls;
    private readonly Histogram<long> _messagesSent;
    private readonly Histogram<long> _messagesReceived;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Counter<long>> _byEvent = new(StringComparer.Ordinal);
    private readonly Dictionary<(PoolKind, string), long> _failedAt = [];
    private readonly long[] _localBytes = new long[3];
    private readonly long[] _remoteBytes = new long[3];

    /// <summary>Adds the instruments to a meter.</summary>
    public GossipMeters(Meter meter)
    {
        Counter<long> Counter(string name, string? unit = null) => meter.CreateCounter<long>(name, unit);
        _meter = meter;
        _sent = Counter("memberlist.udp.sent", "bytes");
        _received = Counter("memberlist.udp.received", "bytes");
        _exchanges = Counter("memberlist.tcp.connect");
        _exchanged = Counter("memberlist.tcp.sent", "bytes");
        _accepted = Counter("memberlist.tcp.accept");
        _events = Counter("serf.events");
        _flapped = Counter("serf.member.flap");
        _figures = [null!, Counter("memberlist.degraded.probe"), Counter("memberlist.degraded.timeout"), Counter("memberlist.msg.alive"), Counter("memberlist.msg.suspect"), Counter("memberlist.msg.dead")];
        _changes = [Counter("serf.member.join"), Counter("serf.member.update"), Counter("serf.member.left"), Counter("serf.member.failed"), null];
        _probes = meter.CreateHistogram<double>("memberlist.probeNode", "ms");
        _rounds = meter.CreateHistogram<double>("memberlist.gossip", "ms");
        _pushPulls = meter.CreateHistogram<double>("memberlist.pushPullNode", "ms");
        _messagesSent = meter.CreateHistogram<long>("serf.msgs.sent", "bytes");
        _messagesReceived = meter.CreateHistogram<long>("serf.msgs.received", "bytes");
    }

    internal void Watch(GossipLoop loop)
    {
        KeyValuePair<string, object?> network = Network(loop.Kind);
        _meter.CreateObservableGauge("memberlist.health.score", () => new Measurement<long>(loop.Status.HealthScore, network));
        _meter.CreateObservableGauge("memberlist.node.instances", () => loop.Members.GroupBy(static member => member.Status).Select(each =>
            new Measurement<long>(each.Count(), KeyValuePair.Create<string, object?>("node_state", each.Key.ToString().ToLowerInvariant()), network)));
        _meter.CreateObservableGauge("memberlist.queue.broadcasts", () => new Measurement<long>(loop.Status.QueuedRumours, network));
        _meter.CreateObservableGauge("memberlist.size.local", () => new Measurement<long>(Volatile.Read(ref _localBytes[(int)loop.Kind]), network));
        _meter.CreateObservableGauge("memberlist.size.remote", () => new Measurement<long>(Volatile.Read(ref _remoteBytes[(int)loop.Kind]), network));
    }

    internal void Sent(PoolKind pool, int bytes)
    {
        _sent.Add(bytes, Network(pool));
        _messagesSent.Record(bytes, Network(pool));
    }

    internal void Received(PoolKind pool, int bytes)
    {
        _received.Add(bytes, Network(pool));
        _messagesReceived.Record(bytes, Network(pool));
    }

    internal void Accepted(PoolKind pool) => _accepted.Add(1, Network(pool));

    /// <summary>An exchange begins with so many bytes.</summary>
    internal void Connected(PoolKind pool, int bytes)
    {
        _exchanges.Add(1, Network(pool));
        _exchanged.Add(bytes, Network(pool));
        Volatile.Write(ref _localBytes[(int)pool], bytes);
    }

    /// <summary>It brought so many.</summary>
    internal void Exchanged(PoolKind pool, long begun, int bytes)
    {
        _pushPulls.Record(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, Network(pool));
        Volatile.Write(ref _remoteBytes[(int)pool], bytes);
    }

    /// <summary>The pool has done what was due.</summary>
    internal void Ticked(PoolKind pool, long begun) => _rounds.Record(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, Network(pool));

    internal void Seen(PoolKind pool, GossipFigure figure)
    {
        if (figure.Kind == GossipFigureKind.Probe)
            _probes.Record(figure.Value, Network(pool));
        else
            _figures[(int)figure.Kind].Add(1, Network(pool));
    }

    internal void Happened(PoolKind pool, PoolEvent happened)
    {
        _events.Add(1, Network(pool));
        Counter<long>? named;
        lock (_gate)
        {
            if (!_byEvent.TryGetValue(happened.Name, out named) && _byEvent.Count < MaxNames)
                _byEvent[happened.Name] = named = _meter.CreateCounter<long>($"serf.events.{happened.Name}");
        }

        named?.Add(1, Network(pool));
    }

    internal void Changed(PoolKind pool, in MemberChange change)
    {
        _changes[(int)change.Kind]?.Add(1, Network(pool));
        lock (_gate)
        {
            (PoolKind, string) who = (pool, change.Member.Name);
            if (change.Kind == MemberChangeKind.Joined && _failedAt.Remove(who, out long failedAt) && Stopwatch.GetElapsedTime(failedAt) < FlapTime)
                _flapped.Add(1, Network(pool));
            else if (change.Kind == MemberChangeKind.Failed && _failedAt.Count < MaxNames)
                _failedAt[who] = Stopwatch.GetTimestamp();
            else if (change.Kind == MemberChangeKind.Reaped)
                _failedAt.Remove(who);
        }
    }

    private static KeyValuePair<string, object?> Network(PoolKind pool) => KeyValuePair.Create<string, object?>("network", pool == PoolKind.Wan ? "wan" : "lan");
}
