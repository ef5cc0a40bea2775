using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Praetor.Core.Gossip;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Events;
using Praetor.Runtime.Gossip;

namespace Praetor.Api;

/// <summary>The pools: joining, what members and events set off, leaving.</summary>
public sealed partial class AgentHost : IPoolListener
{
    /// <summary>Longest time for one piece of news about the own leave to be told (gossip-raft 3).</summary>
    private static readonly TimeSpan s_broadcastPatience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the news of a leave is given to spread after it was told. Less than the three seconds of gossip-raft 3.3: the queue of rumours is empty by then, and
    /// up to 64 members were told directly.
    /// </summary>
    private static readonly TimeSpan s_leavePropagation = TimeSpan.FromSeconds(1);

    /// <summary>How often servers of the LAN that are missing in the WAN are joined there (gossip-raft 3.2).</summary>
    private static readonly TimeSpan s_floodPeriod = TimeSpan.FromMinutes(1);

    private readonly UserEvents _events;
    private GossipParts? _lan;
    private GossipParts? _wan;

    ValueTask IPoolListener.OnMemberAsync(MemberChange change)
    {
        HostLog.MemberChanged(_log, change.Kind.ToString().ToLowerInvariant(), change.Member.Name, change.Member.Addr);
        _duties?.OnMember(change);
        _link?.OnMember(change);
        // An agent that could not tell the catalog because it knew no server does so as soon as there is one (gossip-raft 4).
        if (_server is null && change.Kind == MemberChangeKind.Joined && change.Member.Tags.GetValueOrDefault("role") == "consul")
            _agent?.TriggerFullSync();
        if (change.Kind is MemberChangeKind.Joined or MemberChangeKind.Updated && change.Member.Name != _config.NodeName)
            FloodIntoWan(change.Member);
        return ValueTask.CompletedTask;
    }

    ValueTask IPoolListener.OnEventAsync(PoolEvent happened)
    {
        _events.Take(happened);
        return ValueTask.CompletedTask;
    }

    private async Task OpenGossipAsync()
    {
        Member self = _config.Server ? OwnMember.Lan(_agentOptions, _facts) : OwnMember.Client(_agentOptions, _facts);
        _lan = await GossipParts.OpenAsync(_config, self, _config.Addresses.SerfLan, _time, _loggers, _gossipMeters).ConfigureAwait(false);
        _stops.Push(_lan.DisposeAsync);
        if (_config.Server && _config.Addresses.SerfWan is { } wan && OwnMember.Wan(_agentOptions, _facts) is { } own)
        {
            _wan = await GossipParts.OpenAsync(_config, own, wan, _time, _loggers, _gossipMeters, PoolKind.Wan).ConfigureAwait(false);
            _stops.Push(_wan.DisposeAsync);
        }
    }

    private void StartGossip()
    {
        _lan!.Start(this);
        _ = WatchAsync(_lan.Running);
        if (_wan is null)
            return;
        _wan.Start(new WanListener());
        _ = WatchAsync(_wan.Running);
    }

    /// <summary>Looks for the pools: who was known in the last life, and whom the operator names.</summary>
    private void StartJoining()
    {
        JoinRemembered(_lan!);
        if (_config.Cluster.RetryJoin.Count == 0)
            _setup.Joined();
        else
            RunAside("join", cancellation => JoinAsync(_lan!, new RetryJoinOptions(_config.Cluster.RetryJoin, _config.Ports.SerfLan, _config.Cluster.RetryInterval, _config.Cluster.RetryMax), cancellation));
        if (_wan is null)
            return;
        JoinRemembered(_wan);
        RunAside("flood", FloodIntoWanAsync);
        if (_config.Cluster.RetryJoinWan.Count > 0)
            RunAside("join wan", cancellation => JoinAsync(_wan, new RetryJoinOptions(_config.Cluster.RetryJoinWan, _config.Ports.SerfWan, _config.Cluster.RetryIntervalWan, _config.Cluster.RetryMaxWan), cancellation));
    }

    private void JoinRemembered(GossipParts pool)
    {
        if (pool.Remembered.Count > 0)
            RunAside("rejoin", cancellation => RetryJoin.JoinAsync(pool.Loop, pool.Remembered, [], cancellation));
    }

    private async Task JoinAsync(GossipParts pool, RetryJoinOptions options, CancellationToken cancellation)
    {
        ILogger log = _loggers.CreateLogger("agent");
        if (!await RetryJoin.RunAsync(pool.Loop, options, ResolveAsync, _time, log, cancellation).ConfigureAwait(false))
            throw new AgentStartException($"agent: max join {(pool == _lan ? "LAN" : "WAN")} retry exhausted, exiting");
        if (pool == _lan)
            _setup.Joined();
    }

    /// <summary>One join on demand; null, or why not.</summary>
    private async Task<string?> JoinAsync(string address, bool wan, CancellationToken cancellation)
    {
        GossipParts pool = wan ? _wan! : _lan!;
        JoinResult result = await RetryJoin.JoinAsync(pool.Loop, [address], wan ? _config.Ports.SerfWan : _config.Ports.SerfLan, ResolveAsync, cancellation).ConfigureAwait(false);
        if (result.Contacted == 0)
            return string.Join("; ", result.Errors);
        if (!wan)
            _setup.Joined();
        return null;
    }

    /// <summary>A server speaks of the member's name in both pools (http-agent 2.4).</summary>
    private bool ForceLeave(string name, bool wanOnly, bool prune)
    {
        bool isKnown = !wanOnly && _lan!.Loop.ForceLeave(name, prune);
        if (_wan is null)
            return isKnown;
        string ofWan = name.EndsWith($".{_config.Datacenter}", StringComparison.Ordinal) ? name : $"{name}.{_config.Datacenter}";
        return _wan.Loop.ForceLeave(wanOnly ? name : ofWan, prune) | isKnown;
    }

    private static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellation)
    {
        try
        {
            return await System.Net.Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
        }
        catch (SocketException unknown)
        {
            throw new IOException(unknown.Message, unknown);
        }
    }

    /// <summary>A join that failed is tried again with the next round.</summary>
    private async Task FloodIntoWanAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(s_floodPeriod, _time);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            foreach (Member member in LanMembers())
            {
                if (member.Status == MemberStatus.Alive && member.Name != _config.NodeName)
                    FloodIntoWan(member);
            }
        }
    }

    /// <summary>One join over the WAN is enough for a datacenter: each of its servers brings the others along (gossip-raft 3.2).</summary>
    private void FloodIntoWan(Member member)
    {
        if (_wan is null || member.Tags.GetValueOrDefault("role") != "consul" || !IPAddress.TryParse(member.Addr, out IPAddress? address)
            || !int.TryParse(member.Tags.GetValueOrDefault("wan_join_port"), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || _wan.Loop.Members.Any(known => known.Name == $"{member.Name}.{_config.Datacenter}" && known.Status == MemberStatus.Alive))
            return;
        _ = _wan.Loop.JoinAsync(new IPEndPoint(address, port));
    }

    private sealed class WanListener : IPoolListener
    {
        public ValueTask OnMemberAsync(MemberChange change) => ValueTask.CompletedTask;

        public ValueTask OnEventAsync(PoolEvent happened) => ValueTask.CompletedTask;
    }
}
