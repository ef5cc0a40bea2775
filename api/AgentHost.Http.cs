using System.Net.Sockets;
using Praetor.Api.Config;
using Praetor.Api.Http;
using Praetor.Api.Http.Agent;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Health;
using Praetor.Api.Http.Kv;
using Praetor.Api.Http.Operator;
using Praetor.Api.Http.Status;

namespace Praetor.Api;

/// <summary>The HTTP API.</summary>
public sealed partial class AgentHost
{
    /// <summary>How long running requests may take to end when the agent stops.</summary>
    private static readonly TimeSpan s_httpDrainLimit = TimeSpan.FromMilliseconds(500);

    private async Task StartHttpAsync(CancellationToken cancellation)
    {
        var services = new ApiServices(_server, HostOptions.Http(_config), _time, _loggers);
        var routes = new RouteTable();
        KvRoom.Map(routes);
        StatusRoom.Map(routes);
        CatalogRoom.Map(routes);
        HealthRoom.Map(routes);
        AgentRoom.Map(routes, Surroundings());
        new OperatorRoom(LanMembers).Map(routes);
        _http = new HttpServer(services, routes, _loggers);
        try
        {
            await _http.StartAsync([.. _config.Addresses.Http.Select(HostOptions.ToEndPoint)], cancellation).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is IOException or SocketException or UnauthorizedAccessException)
        {
            throw new AgentStartException(BindErrors.Explain(cause, _config.Addresses.Http), cause);
        }

        foreach (var listener in _config.Addresses.Http)
            HostLog.StartingServer(_log, listener.ToString(), listener.Network, "http");
    }

    private AgentSurroundings Surroundings() => new()
    {
        Agent = _agent,
        LanMembers = LanMembers,
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
