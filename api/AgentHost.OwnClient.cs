using System.Net;
using Microsoft.Extensions.Logging;
using Praetor.Api.Cli.Client;
using Praetor.Api.Config;
using Praetor.Api.RemoteExec;
using Praetor.Api.Watches;

namespace Praetor.Api;

/// <summary>What uses the agent's own HTTP API: the watches of the configuration (cli 11) and remote execution (cli 9).</summary>
public sealed partial class AgentHost
{
    private WatchRunner? _watches;

    /// <summary>Starts the watches of a configuration in place of those that run; null, or what is wrong with them, which leaves those that run.</summary>
    private async Task<string?> RestartWatchesAsync(AgentConfig config)
    {
        var watches = new List<ConfiguredWatch>();
        foreach (ConfigValue given in config.Registrations.Watches)
        {
            if (ConfiguredWatch.TryRead(given, out ConfiguredWatch watch) is { } error)
                return error;
            watches.Add(watch);
        }

        if (watches.Count > 0 && config.Addresses.Http.Count == 0)
            return "watch plans require an HTTP or HTTPS endpoint";
        await StopWatchesAsync().ConfigureAwait(false);
        if (watches.Count > 0)
            _watches = WatchRunner.Start(watches, OwnHttpAddress(), config.Acl.Tokens.TryGetValue("default", out string? token) ? token : "", _loggers, _time);
        return null;
    }

    private async ValueTask StopWatchesAsync()
    {
        if (Interlocked.Exchange(ref _watches, null) is { } watches)
            await watches.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Runs what events ask for, where that is allowed (cli 9).</summary>
    private void StartRemoteExecution()
    {
        if (_config.DisableRemoteExec || _config.Addresses.Http.Count == 0)
            return;
        if (ConsulClient.Create(new ClientSettings { Address = OwnHttpAddress(), Token = _config.Acl.Tokens.GetValueOrDefault("agent") }, out ConsulClient client) is { } error)
            throw new AgentStartException(error);
        var executor = new RemoteExecutor(client, _config.NodeName, _loggers.CreateLogger("agent"));
        _events.OnRemoteExecution = executor.Take;
        _stops.Push(executor.DisposeAsync);
    }

    /// <summary>Where this agent's HTTP API can be reached from here.</summary>
    private string OwnHttpAddress()
    {
        ListenAddress address = _config.Addresses.Http[0];
        if (address.SocketPath is { } path)
            return $"unix://{path}";
        IPEndPoint endPoint = address.EndPoint!;
        bool isAny = endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
        return new IPEndPoint(isAny ? (endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback) : endPoint.Address, endPoint.Port).ToString();
    }
}
