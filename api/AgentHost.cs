using Microsoft.Extensions.Logging;
using Praetor.Api.Config;
using Praetor.Api.Http;
using Praetor.Core.Consensus;
using Praetor.Runtime;

namespace Praetor.Api;

/// <summary>The agent could not be started; the message is what operators see.</summary>
public sealed class AgentStartException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// The composition root: makes the parts of an agent from its configuration, starts them in the order in which they need each other, and stops
/// them in reverse. Owns every part. Its methods may be called from any thread.
/// </summary>
public sealed partial class AgentHost : IAsyncDisposable
{
    private AgentConfig _config;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Stack<Func<ValueTask>> _stops = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServerRuntime _server = null!;

    private AgentHost(AgentConfig config, ILoggerFactory loggers, TimeProvider time)
    {
        _config = config;
        _loggers = loggers;
        _time = time;
        _log = loggers.CreateLogger("agent");
    }

    /// <summary>Faulted when a loop of the agent died.</summary>
    public Task Stopped => _server.Stopped;

    /// <summary>Completes after a client made the agent leave.</summary>
    public Task Left => _left.Task;

    /// <summary>Starts all parts. What had been started is stopped again when a later part fails.</summary>
    /// <exception cref="AgentStartException">A part could not be started.</exception>
    public static async Task<AgentHost> StartAsync(AgentConfig config, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        var host = new AgentHost(config, loggers, time);
        try
        {
            await host.StartPartsAsync(cancellation).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Leaves the cluster: ends background work. A server without peers has nobody to tell and nothing to hand over.</summary>
    public Task LeaveAsync(CancellationToken cancellation) => _stopping.CancelAsync().WaitAsync(cancellation);

    /// <summary>Applies what may change while the agent runs (config 4).</summary>
    public void Reload(AgentConfig config) => _config = config;

    /// <summary>Stops all parts in the reverse order of their start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        while (_stops.TryPop(out var stop))
            await stop().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task StartPartsAsync(CancellationToken cancellation)
    {
        if (!_config.Server)
            throw new AgentStartException("this version runs servers only: start it with -server or -dev");
        StartServer();
        cancellation.ThrowIfCancellationRequested();
        StartLeaderDuties();
        await StartLocalAgentAsync(cancellation).ConfigureAwait(false);
        await StartHttpAsync(cancellation).ConfigureAwait(false);
        _ = AnnounceLeaderAsync();
    }

    private void StartServer()
    {
        var stores = AgentStores.Open(_config, _loggers);
        _stops.Push(stores.DisposeAsync);
        _server = ServerRuntime.Start(
            new ServerOptions
            {
                ServerId = _config.NodeId,
                RpcAddress = _config.Addresses.RpcAdvertise.ToString(),
                Bootstrap = _config.Bootstrap || _config.DevMode,
                RpcHoldTime = _config.Raft.RpcHoldTimeout,
                Raft = new RaftOptions((int)_config.Raft.ElectionTimeout.TotalMilliseconds, _config.Raft.TrailingLogs),
                Snapshots = new SnapshotOptions(_config.Raft.SnapshotThreshold, (long)_config.Raft.SnapshotInterval.TotalMilliseconds),
                Seed = Environment.TickCount,
            },
            stores.Stores, _time, _loggers.CreateLogger("agent.server.raft"));
        _stops.Push(_server.DisposeAsync);
    }

    private async Task StartHttpAsync(CancellationToken cancellation)
    {
        var services = new ApiServices(_server, HostOptions.Http(_config), _time, _loggers);
        var routes = new RouteTable();
        Http.Kv.KvRoom.Map(routes);
        Http.Status.StatusRoom.Map(routes);
        Http.Catalog.CatalogRoom.Map(routes);
        Http.Health.HealthRoom.Map(routes);
        var http = new HttpServer(services, routes, _loggers);
        _stops.Push(http.DisposeAsync);
        try
        {
            await http.StartAsync([.. _config.Addresses.Http.Select(HostOptions.ToEndPoint)], cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new AgentStartException($"Failed to start HTTP server: {e.Message}", e);
        }

        foreach (var listener in _config.Addresses.Http)
            HostLog.StartingServer(_log, listener.ToString(), listener.Network, "http");
    }

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
