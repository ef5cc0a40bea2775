using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Praetor.Api.Dns;
using Praetor.Api.Dns.Forwarding;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Recursion;
using Praetor.Runtime;

namespace Praetor.Api;

/// <summary>The DNS interface.</summary>
public sealed partial class AgentHost
{
    private Action<DnsOptions>? _reloadDns;

    private void StartDns()
    {
        if (_server is { } state)
            _callee!.Dns = new ForwardedDns(_config.Datacenter, StateOf(state), (ulong)Random.Shared.NextInt64(), _time, _loggers.CreateLogger("agent.dns")).AnswerAsync;
        if (_config.Addresses.Dns.Count == 0)
            return;
        var options = new DnsServerOptions
        {
            Addresses = [.. _config.Addresses.Dns.Select(listener => listener.EndPoint!)],
            Domain = _config.Dns.Domain,
            AltDomain = _config.Dns.AltDomain,
            Datacenter = _config.Datacenter,
            Agent = _config.NodeName,
            Meters = new DnsMeters(_meter, _config.NodeName),
            Options = HostOptions.Dns(_config),
        };
        try
        {
            foreach (string recursor in _config.Dns.Recursors)
                _ = Recursors.Parse(recursor);
            Listen(options, _loggers.CreateLogger("agent.dns"));
        }
        catch (SocketException cause)
        {
            throw new AgentStartException($"error starting DNS server: {BindErrors.Explain(cause, _config.Addresses.Dns)}", cause);
        }
        catch (FormatException cause)
        {
            throw new AgentStartException($"Invalid recursor address: {cause.Message}", cause);
        }
        catch (ArgumentException cause)
        {
            throw new AgentStartException($"error starting DNS server: {cause.Message}", cause);
        }
    }

    private static DnsState StateOf(ServerRuntime server) => new(() => server.Root, () => server.LeaderId is not null)
    {
        SinceLeader = () => server.SinceLeaderContact,
        IsFresh = () => server.IsFresh,
        ReadFreshAsync = cancellation => server.ReadAsync(ReadConsistency.Default, cancellation),
    };

    private void Listen(DnsServerOptions options, ILogger log)
    {
        if (_server is not { } server)
        {
            DnsForwarder forwarder = DnsForwarder.Start(options, _link!, _time, log);
            _stops.Push(forwarder.DisposeAsync);
            _ = WatchAsync(forwarder.Stopped);
            _reloadDns = forwarder.Reload;
            return;
        }

        DnsServer dns = DnsServer.Start(options, StateOf(server), _time, log);
        _stops.Push(dns.DisposeAsync);
        _ = WatchAsync(dns.Stopped);
        _reloadDns = dns.Reload;
    }
}
