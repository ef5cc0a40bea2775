using System.Net.Sockets;
using Praetor.Api.Config;
using Praetor.Api.Http;
using Praetor.Api.Http.Agent;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Coordinates;
using Praetor.Api.Http.Description;
using Praetor.Api.Http.Event;
using Praetor.Api.Http.Forwarding;
using Praetor.Api.Http.Health;
using Praetor.Api.Http.Kv;
using Praetor.Api.Http.Operator;
using Praetor.Api.Http.Query;
using Praetor.Api.Http.Session;
using Praetor.Api.Http.Snapshot;
using Praetor.Api.Http.Status;
using Praetor.Api.Http.Txn;
using Praetor.Api.Http.Ui;
using Praetor.Api.Http.Watch;
using Praetor.Core.Ports;
using Praetor.Core.State.Coordinates;
using Praetor.Runtime.Gossip;

namespace Praetor.Api;

/// <summary>The HTTP API.</summary>
public sealed partial class AgentHost
{
    /// <summary>How long running requests may take to end when the agent stops.</summary>
    private static readonly TimeSpan s_httpDrainLimit = TimeSpan.FromMilliseconds(500);

    private RequestLimits? _requestLimits;
    private volatile MetricsProxyOptions _metricsProxyOptions = MetricsProxyOptions.None;

    private async Task StartHttpAsync(CancellationToken cancellation)
    {
        HttpOptions options = HostOptions.Http(_config);
        var services = new ApiServices(_server, options, _time, _loggers, _httpMeters);
        var routes = new RouteTable();
        AgentRoom.Map(routes, Surroundings());
        _metricsProxyOptions = HostOptions.MetricsProxy(_config);
        var metricsProxy = new MetricsProxy(_config.Http.UiEnabled, () => _metricsProxyOptions, _loggers.CreateLogger("agent.ui_metrics_proxy"));
        _stops.Push(() =>
        {
            metricsProxy.Dispose();
            return ValueTask.CompletedTask;
        });
        metricsProxy.Map(routes);
        if (_config.Http.UiDirectory.Length > 0)
            new UiFiles(_config.Http.UiDirectory).Map(routes, _config.Http.UiContentPath);
        new EventRoom(_events, _lan!.Loop.FireEvent, Guid.NewGuid).Map(routes);
        if (_server is not null)
        {
            _requestLimits = new RequestLimits(() => _server.IsReadyLeader, _time, _loggers.CreateLogger("agent.server.rate-limit"))
            {
                Exceeded = _meter.CreateCounter<long>("rpc.rate_limit.exceeded"),
                Untold = _meter.CreateCounter<long>("rpc.rate_limit.log_dropped"),
            };
            ConfigureLimits(_config);
            var state = new RouteTable();
            MapState(state);
            routes.MapAs(state, _requestLimits.Guard);
            // What other agents pass on was let in there: this server's rules for its own listeners are not for them.
            HttpOptions forwarded = options with { AllowWriteFrom = [], BlockEndpoints = [], ResponseHeaders = new Dictionary<string, string>(), AlwaysIndentJson = false };
            var ofAgents = new ForwardedHttp(new ApiApplication(new ApiServices(_server, forwarded, _time, _loggers, _httpMeters), routes));
            _callee!.Http = ofAgents.AnswerAsync;
            _callee.HttpStream = ofAgents.StreamAsync;
        }
        else
        {
            ConfigureLimits(_config);
            var ofServer = new RouteTable();
            MapState(ofServer);
            var forwarder = new RequestForwarder((request, isRead, timeout, cancelled) => _link!.AskAsync(ServerMethod.Http, request, isRead, timeout, cancelled), () => CallTimeout);
            var streams = new StreamForwarder((request, body, reply, cancelled) => _link!.StreamAsync(ServerMethod.HttpStream, request, body, reply, cancelled));
            routes.MapAs(ofServer, route => route.IsStream ? streams.ForwardAsync : forwarder.ForwardAsync);
        }

        OpenApi.Map(routes);
        _http = new HttpServer(services, routes, _loggers);
        try
        {
            await _http.StartAsync([.. _config.Addresses.Http.Select(HostOptions.ToEndPoint)], [.. _config.Addresses.Https.Select(HostOptions.ToEndPoint)], _httpsTls, cancellation).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is IOException or SocketException or UnauthorizedAccessException)
        {
            throw new AgentStartException(BindErrors.Explain(cause, [.. _config.Addresses.Http, .. _config.Addresses.Https]), cause);
        }

        foreach (var listener in _config.Addresses.Http)
            HostLog.StartingServer(_log, listener.ToString(), listener.Network, "http");
        foreach (var listener in _config.Addresses.Https)
            HostLog.StartingServer(_log, listener.ToString(), listener.Network, "https");
    }

    /// <summary>Rates of requests, at the start and when the configuration was loaded again.</summary>
    private void ConfigureLimits(AgentConfig config)
    {
        _link?.ConfigureRate(config.Limits.RpcRate, config.Limits.RpcMaxBurst);
        RequestLimitMode mode = config.Limits.RequestMode switch { "enforcing" => RequestLimitMode.Enforcing, "permissive" => RequestLimitMode.Permissive, _ => RequestLimitMode.Disabled };
        _requestLimits?.Configure(mode, config.Limits.ReadRate, config.Limits.WriteRate);
        if (_http is not null)
            _http.Connections.MaxPerAddress = config.Limits.HttpMaxConnsPerClient;
        if (_rpc is not null)
            _rpc.Limit.MaxPerAddress = config.Limits.RpcMaxConnsPerClient;
    }

    /// <summary>What is answered from the state.</summary>
    private void MapState(RouteTable routes)
    {
        KvRoom.Map(routes);
        StatusRoom.Map(routes);
        CatalogRoom.Map(routes);
        HealthRoom.Map(routes);
        TxnRoom.Map(routes);
        new QueryRoom(Guid.NewGuid).Map(routes);
        new SnapshotRoom(NewSpool).Map(routes);
        WatchRoom.Map(routes);
        UiRoom.Map(routes);
        new SessionRoom(_config.SessionTtlMin, Guid.NewGuid).Map(routes);
        new OperatorRoom(LanMembers).Map(routes);
        var leader = new RequestForwarder(async (request, _, _, cancelled) => await _server!.AskLeaderAsync(ServerMethod.Http, request, cancelled).ConfigureAwait(false), () => CallTimeout);
        new AutopilotRoom(() => _autopilot!.JudgeAsync(), leader.ForwardAsync).Map(routes);
        new CoordinateRoom(!_config.DisableCoordinates, _config.Datacenter, WanCoordinates, update => _coordinates!.Add(update)).Map(routes);
        new KeyringRoom(KeyringPools(), _config.Datacenter).Map(routes);
    }

    /// <summary>A file of its own beside the data, where there is room for it; without data it is where the system keeps such files.</summary>
    private FileStream NewSpool()
    {
        string directory = _config.DataDirectory.Length > 0 ? _config.DataDirectory : Path.GetTempPath();
        string path = Path.Combine(directory, $"restore-{Guid.NewGuid():N}.tmp");
        var spool = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 64 * 1024, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        // Where an open file can be deleted, not even a killed agent leaves it behind.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return spool;
    }

    /// <summary>Servers of the WAN pool whose coordinates this server knows, without the datacenter in their names.</summary>
    private IReadOnlyList<NodeCoordinate> WanCoordinates()
    {
        string suffix = $".{_config.Datacenter}";
        return _wan is null ? [] : [.. _wan.Loop.Coordinates.Where(each => each.Name.EndsWith(suffix, StringComparison.Ordinal))
            .Select(each => new NodeCoordinate(each.Name[..^suffix.Length], each.Coordinate)).OrderBy(static each => each.Node, StringComparer.Ordinal)];
    }

    private IReadOnlyList<KeyringPool> KeyringPools()
    {
        KeyringPool Of(GossipParts pool, bool isWan) => new(isWan, (action, key, cancelled) => KeyRingOperation.RunAsync(pool.Loop, action, key, cancelled));
        return _wan is null ? [Of(_lan!, isWan: false)] : [Of(_wan, isWan: true), Of(_lan!, isWan: false)];
    }

    private AgentSurroundings Surroundings() => new()
    {
        Agent = _agent!,
        Consensus = _server is { } server ? () => server.Status : null,
        KnownServers = () => _directory.All.Count,
        JoinAsync = JoinAsync,
        ForceLeave = ForceLeave,
        Pool = wan => (wan ? _wan! : _lan!).Loop.Status,
        Coordinate = () => _lan!.Loop.Coordinate,
        LanMembers = LanMembers,
        Metrics = _metrics,
        OpenMonitor = _setup.OpenMonitor,
        WanMembers = WanMembers,
        PrimaryDatacenter = _config.PrimaryDatacenter,
        AclsEnabled = _config.Acl.Enabled,
        Bootstrap = _config.Bootstrap,
        HasCoordinates = !_config.DisableCoordinates,
        DebugConfig = json => DebugConfig.Write(_config, json),
        LeaveAsync = () => LeaveAsync(CancellationToken.None),
        Left = () => _left.TrySetResult(),
        ReloadAsync = ReloadAsync,
    };

    private async Task StopHttpAsync()
    {
        if (Interlocked.Exchange(ref _http, null) is not { } http)
            return;
        using (var limit = new CancellationTokenSource(s_httpDrainLimit, _time))
            await http.StopAsync(limit.Token).ConfigureAwait(false);
        await http.DisposeAsync().ConfigureAwait(false);
    }
}
