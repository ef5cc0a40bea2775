using Praetor.Api.Config;

namespace Praetor.Api;

/// <summary>Leave and reload (http-agent 2.4, config 4).</summary>
public sealed partial class AgentHost
{
    /// <summary>
    /// Leaves the cluster and stops everything but HTTP. A server without peers has nobody to tell and nothing to hand over, so none of the waits
    /// for news to spread are kept.
    /// </summary>
    public Task LeaveAsync(CancellationToken cancellation) => StopPartsAsync().WaitAsync(cancellation);

    /// <summary>Loads the configuration again and applies what may change while the agent runs.</summary>
    /// <returns>Null, or what was wrong; an error of loading leaves everything as it was.</returns>
    public async Task<string?> ReloadAsync(CancellationToken cancellation)
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
            return load.Config is { } config ? await ApplyAsync(config, cancellation).ConfigureAwait(false) : load.Error;
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    private async Task<string?> ApplyAsync(AgentConfig config, CancellationToken cancellation)
    {
        _setup.SetLogLevel(config.Log.Level);
        _reloadDns?.Invoke(HostOptions.Dns(config));
        _checkOptions.DiscardOutput = config.Checks.DiscardOutput;
        return await _agent.ReloadAsync(DefinitionsOf(config), cancellation).ConfigureAwait(false) is { } refusal
            ? $"Failed reloading services: {refusal}"
            : null;
    }
}
