using Praetor.Api.Config;
using Praetor.Core.Gossip;
using Praetor.Runtime;
using Praetor.Transport.Tls;

namespace Praetor.Api;

/// <summary>Leave and reload (http-agent 2.4, config 4).</summary>
public sealed partial class AgentHost
{
    private static readonly TimeSpan s_removalPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pollPause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Leaves the cluster in order (gossip-raft 3.3) and stops everything but HTTP: leadership goes to another server, then the pools hear of it, then those who
    /// still ask get the time to find somebody else. An agent that is alone has nobody to tell and waits for nothing.
    /// </summary>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        HostLog.Leaving(_log);
        bool isAlone = LanMembers().Count(static member => member.Status == MemberStatus.Alive) <= 1;
        if (_server is not null && !isAlone)
            await GiveLeadershipAwayAsync(_server, cancellation).ConfigureAwait(false);
        if (_wan is not null)
            await _wan.LeaveAsync(s_broadcastPatience, s_leavePropagation, cancellation).ConfigureAwait(false);
        if (_lan is not null)
            await _lan.LeaveAsync(s_broadcastPatience, s_leavePropagation, cancellation).ConfigureAwait(false);
        if (_server is not null && !isAlone)
            await DrainAsync(_server, cancellation).ConfigureAwait(false);
        await StopPartsAsync().WaitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task GiveLeadershipAwayAsync(ServerRuntime server, CancellationToken cancellation)
    {
        if (!server.IsReadyLeader || server.Status.Servers.Count < 2)
            return;
        if (await server.TransferLeadershipAsync(null, cancellation).ConfigureAwait(false) is { } refusal)
            HostLog.NotTransferred(_log, refusal);
        long start = _time.GetTimestamp();
        while (server.LeaderId is null || (server.LeaderId == _config.NodeId && _time.GetElapsedTime(start) < s_removalPatience))
        {
            if (_time.GetElapsedTime(start) >= s_removalPatience)
                return;
            await Task.Delay(s_pollPause, _time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The others take this server out of the configuration; whoever leaves earlier would still be counted.</summary>
    private async Task DrainAsync(ServerRuntime server, CancellationToken cancellation)
    {
        long start = _time.GetTimestamp();
        while (await IsInConfigurationAsync(server, cancellation).ConfigureAwait(false))
        {
            if (_time.GetElapsedTime(start) >= s_removalPatience)
            {
                HostLog.StillInConfiguration(_log);
                break;
            }

            await Task.Delay(s_pollPause, _time, cancellation).ConfigureAwait(false);
        }

        TimeSpan left = _config.Raft.LeaveDrainTime - _time.GetElapsedTime(start);
        if (left > TimeSpan.Zero)
            await Task.Delay(left, _time, cancellation).ConfigureAwait(false);
    }

    /// <summary>The leader is asked: who was removed is not told so.</summary>
    private async Task<bool> IsInConfigurationAsync(ServerRuntime server, CancellationToken cancellation)
    {
        try
        {
            RaftConfiguration now = await server.ConfigurationAsync(isStale: false, cancellation).WaitAsync(s_removalPatience, _time, cancellation).ConfigureAwait(false);
            return now.Servers.Any(each => each.Server.Id == _config.NodeId);
        }
        catch (Exception unknown) when (unknown is NoLeaderException or TimeoutException)
        {
            return true;
        }
    }

    /// <summary>Loads the configuration again and applies what may change while the agent runs.</summary>
    /// <returns>Null, or what was wrong; an error of loading leaves everything as it was.</returns>
    public Task<string?> ReloadAsync(CancellationToken cancellation) => ReloadAsync(isAutomatic: false, cancellation);

    private async Task<string?> ReloadAsync(bool isAutomatic, CancellationToken cancellation)
    {
        await _lifecycle.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_stopping.IsCancellationRequested)
                return "agent is shutting down";
            HostLog.Reloading(_log);
            var load = _setup.Load();
            foreach (var warning in load.Warnings)
                HostLog.ConfigWarning(_log, warning);
            return load.Config is { } config ? await ApplyAsync(isAutomatic ? Guarded(config) : config, cancellation).ConfigureAwait(false) : load.Error;
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    private async Task<string?> ApplyAsync(AgentConfig config, CancellationToken cancellation)
    {
        try
        {
            _tls?.Reload(HostOptions.RpcTls(config));
            _httpsTls?.Reload(HostOptions.HttpsTls(config));
        }
        catch (TlsSettingsException refused)
        {
            return refused.Message;
        }

        _reloaded = config;
        if (ReloadableKeys.Pending(_config.Raw, config.Raw) is { Count: > 0 } pending)
            HostLog.NeedsRestart(_log, string.Join(", ", pending));
        _setup.SetLogLevel(config.Log.Level);
        _reloadDns?.Invoke(HostOptions.Dns(config));
        ConfigureLimits(config);
        if (_server is not null)
            await _server.TuneAsync(HostOptions.Raft(config), HostOptions.Snapshots(config)).ConfigureAwait(false);
        _metrics.Filter(config.Telemetry.Filters, _config.Telemetry.FilterDefault);
        _metricsProxyOptions = HostOptions.MetricsProxy(config);
        _checkOptions.DiscardOutput = config.Checks.DiscardOutput;
        if (await _agent!.ReloadAsync(DefinitionsOf(config), cancellation).ConfigureAwait(false) is { } refusal)
            return $"Failed reloading services: {refusal}";
        return await RestartWatchesAsync(config).ConfigureAwait(false) is { } watchError ? $"Failed reloading watches: {watchError}" : null;
    }
}
