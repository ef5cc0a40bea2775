using System.Diagnostics.Metrics;
using Praetor.Core.Gossip;

namespace Praetor.Runtime.Gossip;

/// <summary>What a node measures of its pools (config 8, memberlist.* and serf.*); one for all pools, told apart by the label network. Thread-safe.</summary>
public sealed class GossipMeters
{
    private readonly Meter _meter;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _received;
    private readonly Counter<long> _exchanges;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _events;
    private readonly Counter<long> _joined;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _left;
    private readonly Counter<long> _updated;

    /// <summary>Adds the instruments to a meter.</summary>
    public GossipMeters(Meter meter)
    {
        _meter = meter;
        _sent = meter.CreateCounter<long>("memberlist.udp.sent", "bytes");
        _received = meter.CreateCounter<long>("memberlist.udp.received", "bytes");
        _exchanges = meter.CreateCounter<long>("memberlist.tcp.connect");
        _accepted = meter.CreateCounter<long>("memberlist.tcp.accept");
        _events = meter.CreateCounter<long>("serf.events");
        _joined = meter.CreateCounter<long>("serf.member.join");
        _failed = meter.CreateCounter<long>("serf.member.failed");
        _left = meter.CreateCounter<long>("serf.member.left");
        _updated = meter.CreateCounter<long>("serf.member.update");
    }

    internal void Watch(GossipLoop loop)
    {
        KeyValuePair<string, object?> network = Network(loop.Kind);
        _meter.CreateObservableGauge("memberlist.health.score", () => new Measurement<long>(loop.Status.HealthScore, network));
        _meter.CreateObservableGauge("memberlist.node.instances", () => loop.Members.GroupBy(static member => member.Status).Select(each =>
            new Measurement<long>(each.Count(), KeyValuePair.Create<string, object?>("node_state", each.Key.ToString().ToLowerInvariant()), network)));
        _meter.CreateObservableGauge("memberlist.queue.broadcasts", () => new Measurement<long>(loop.Status.QueuedRumours, network));
    }

    internal void Sent(PoolKind pool, int bytes) => _sent.Add(bytes, Network(pool));

    internal void Received(PoolKind pool, int bytes) => _received.Add(bytes, Network(pool));

    internal void Connected(PoolKind pool) => _exchanges.Add(1, Network(pool));

    internal void Accepted(PoolKind pool) => _accepted.Add(1, Network(pool));

    internal void Happened(PoolKind pool) => _events.Add(1, Network(pool));

    internal void Changed(PoolKind pool, MemberChangeKind kind)
    {
        Counter<long>? counter = kind switch
        {
            MemberChangeKind.Joined => _joined,
            MemberChangeKind.Failed => _failed,
            MemberChangeKind.Left => _left,
            MemberChangeKind.Updated => _updated,
            _ => null,
        };
        counter?.Add(1, Network(pool));
    }

    private static KeyValuePair<string, object?> Network(PoolKind pool) => KeyValuePair.Create<string, object?>("network", pool == PoolKind.Wan ? "wan" : "lan");
}
