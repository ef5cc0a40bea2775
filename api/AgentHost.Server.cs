using Microsoft.Extensions.Logging;
using Praetor.Core.Consensus;
using Praetor.Runtime;

namespace Praetor.Api;

/// <summary>Stores, consensus and state.</summary>
public sealed partial class AgentHost
{
    private void StartServer()
    {
        var stores = AgentStores.Open(_config, _loggers);
        _stops.Push(stores.DisposeAsync);
        _server = StartRuntime(stores.Stores);
        _stops.Push(_server.DisposeAsync);
        _ = WatchAsync(_server.Stopped);
    }

    /// <summary>
    /// What operators set (performance.raft_multiplier) is a factor of Consul's times. Ours are shorter by the same factor throughout: heartbeats have a
    /// thread of their own and wait for no disk, so that a silence of 0.6 s means what five seconds mean there.
    /// </summary>
    private static RaftOptions RaftTiming(TimeSpan electionTimeout, long trailingLogs)
    {
        double ms = Math.Max(electionTimeout.TotalMilliseconds, 250);
        return new RaftOptions(ElectionTimeoutMs: (int)(ms * 0.12), LeaseMs: (int)(ms * 0.1), HeartbeatMs: (int)(ms * 0.02), TrailingEntries: trailingLogs);
    }

    private ServerRuntime StartRuntime(ServerStores stores)
    {
        var options = new ServerOptions
        {
            ServerId = _config.NodeId,
            RpcAddress = _config.Addresses.RpcAdvertise.ToString(),
            Bootstrap = _config.Bootstrap || _config.DevMode,
            RpcHoldTime = _config.Raft.RpcHoldTimeout,
            Raft = RaftTiming(_config.Raft.ElectionTimeout, _config.Raft.TrailingLogs),
            Snapshots = new SnapshotOptions(_config.Raft.SnapshotThreshold, (long)_config.Raft.SnapshotInterval.TotalMilliseconds),
            Seed = Environment.TickCount,
        };
        try
        {
            return ServerRuntime.Start(options, stores, _time, _loggers.CreateLogger("agent.server.raft"));
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException)
        {
            throw new AgentStartException($"Failed to start Consul server: {cause.Message}", cause);
        }
    }

    /// <summary>Tools wait for these lines to know that writes are accepted.</summary>
    private async Task AnnounceLeaderAsync()
    {
        try
        {
            await _server.WaitForLeaderAsync(Timeout.InfiniteTimeSpan, _stopping.Token).ConfigureAwait(false);
            var log = _loggers.CreateLogger("agent.server");
            HostLog.LeadershipAcquired(log);
            HostLog.NewLeader(log, _config.NodeName);
        }
        catch (Exception e) when (e is OperationCanceledException or ServerStoppedException)
        {
            // The agent stopped before anybody was elected.
        }
    }
}
