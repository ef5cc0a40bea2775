using System.Net.Sockets;
using Praetor.Api.Dns;

namespace Praetor.Api;

/// <summary>The DNS interface.</summary>
public sealed partial class AgentHost
{
    private DnsServer? _dns;

    private void StartDns()
    {
        if (_config.Addresses.Dns.Count == 0)
            return;
        var options = new DnsServerOptions
        {
            Addresses = [.. _config.Addresses.Dns.Select(listener => listener.EndPoint!)],
            Domain = _config.Dns.Domain,
            AltDomain = _config.Dns.AltDomain,
            Datacenter = _config.Datacenter,
            Options = HostOptions.Dns(_config),
        };
        try
        {
            _dns = DnsServer.Start(options, () => _server.Root, () => _server.IsReadyLeader, _time, _loggers.CreateLogger("agent.dns"));
        }
        catch (SocketException cause)
        {
            throw new AgentStartException($"error starting DNS server: {BindErrors.Explain(cause, _config.Addresses.Dns)}", cause);
        }
        catch (ArgumentException cause)
        {
            throw new AgentStartException($"error starting DNS server: {cause.Message}", cause);
        }

        _stops.Push(_dns.DisposeAsync);
        _ = WatchAsync(_dns.Stopped);
    }
}
