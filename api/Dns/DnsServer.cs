using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Recursion;
using Praetor.Api.Dns.Sockets;

namespace Praetor.Api.Dns;

/// <summary>Where a DNS server listens and what it answers for. None of it can be reloaded but <see cref="Options"/>.</summary>
public sealed record DnsServerOptions
{
    /// <summary>Addresses; each gets one UDP and one TCP listener on the same port. Port 0 takes a free one.</summary>
    public required IReadOnlyList<IPEndPoint> Addresses { get; init; }

    /// <summary>Top-level <c>domain</c>.</summary>
    public string Domain { get; init; } = "consul.";

    /// <summary>Top-level <c>alt_domain</c>; empty if unset.</summary>
    public string AltDomain { get; init; } = "";

    /// <summary>Local datacenter.</summary>
    public required string Datacenter { get; init; }

    /// <summary>Node name of this agent.</summary>
    public string Agent { get; init; } = "";

    /// <summary>The <c>dns_config</c> keys.</summary>
    public DnsOptions Options { get; init; } = new();

    /// <summary>What is measured; null for nothing.</summary>
    public DnsMeters? Meters { get; init; }

    /// <summary>Seed of the answer order.</summary>
    public ulong Seed { get; init; } = (ulong)Random.Shared.NextInt64();
}

/// <summary>
/// The DNS interface of a server: answers names of nodes and services from the newest state, over UDP and TCP. Thread-safe.
/// A listener that dies shows in <see cref="Stopped"/>.
/// </summary>
public sealed class DnsServer : IAsyncDisposable
{
    private readonly DnsBackend _backend;
    private readonly RecursiveAnswers _answers;
    private readonly RequestLog _log;
    private readonly List<IPEndPoint> _endPoints = [];
    private readonly List<Socket> _udpSockets = [];
    private readonly List<UdpLoop> _udpLoops = [];
    private readonly List<TcpListenerLoop> _tcpLoops = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isDisposed;

    private DnsServer(DnsBackend backend, ulong seed)
    {
        _backend = backend;
        _answers = new RecursiveAnswers(new ResponderPool(backend, ~seed), new Recursors(() => backend.Settings.Options, backend.Time, backend.Logger));
        _log = new RequestLog(backend.Logger, backend.Time);
    }

    /// <summary>Where it listens, with the ports that were taken for port 0; in the order of the addresses.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => _endPoints;

    /// <summary>TCP connections open now.</summary>
    public int ConnectionCount => _tcpLoops.Sum(static loop => loop.ConnectionCount);

    /// <summary>Ends when the server was disposed; faulted if a listener died before.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Binds all addresses and starts to answer.</summary>
    /// <param name="options">Where and what.</param>
    /// <param name="state">What answers are made from.</param>
    /// <param name="time">Clock of SOA serials, timeouts and latencies.</param>
    /// <param name="logger">Log.</param>
    /// <exception cref="SocketException">An address cannot be bound.</exception>
    /// <exception cref="ArgumentException">A domain or the datacenter cannot be part of a name.</exception>
    public static DnsServer Start(DnsServerOptions options, DnsState state, TimeProvider time, ILogger logger)
    {
        DnsZone zone = new(options.Domain, options.AltDomain, options.Datacenter);
        DnsServer server = new(new DnsBackend(zone, options.Agent, state, options.Options, time, logger) { Meters = options.Meters }, options.Seed);
        List<(Socket Udp, Socket Tcp)> sockets = [];
        try
        {
            foreach (IPEndPoint address in options.Addresses)
                sockets.Add(BoundSockets.Bind(address));
        }
        catch
        {
            foreach ((Socket udp, Socket tcp) in sockets)
            {
                udp.Dispose();
                tcp.Dispose();
            }
            throw;
        }
        foreach ((Socket udp, Socket tcp) in sockets)
            server.Listen(udp, tcp, options.Seed);
        Watch([.. server._udpLoops.Select(static l => l.Completion), .. server._tcpLoops.Select(static l => l.Completion)], server._stopped);
        return server;
    }

    /// <summary>Puts new options in force, from the next query on.</summary>
    public void Reload(DnsOptions options) => _backend.Reload(options);

    /// <summary>Closes all listeners and connections and waits for the answers under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        foreach (UdpLoop loop in _udpLoops)
            loop.RequestStop();
        foreach (Socket socket in _udpSockets)
            BoundSockets.Wake(socket);
        foreach (TcpListenerLoop loop in _tcpLoops)
            await loop.DisposeAsync().ConfigureAwait(false);
        foreach (UdpLoop loop in _udpLoops)
            await loop.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Socket socket in _udpSockets)
            socket.Dispose();
        _stopped.TrySetResult();
    }

    private void Listen(Socket udp, Socket tcp, ulong seed)
    {
        IPEndPoint endPoint = (IPEndPoint)tcp.LocalEndPoint!;
        _endPoints.Add(endPoint);
        _udpSockets.Add(udp);
        for (int i = 0; i < SocketPolicy.UdpThreads; i++)
        {
            UdpLoop loop = UdpLoop.Create(udp, new Responder(_backend, seed + (ulong)_udpLoops.Count), _answers, _log);
            _udpLoops.Add(loop);
            loop.Start();
        }
        DnsLog.Started(_backend.Logger, endPoint.ToString(), "udp");
        TcpListenerLoop connections = new(tcp, _answers, _backend.Time, _log);
        _tcpLoops.Add(connections);
        connections.Start();
        DnsLog.Started(_backend.Logger, endPoint.ToString(), "tcp");
    }

    /// <summary>The first loop that dies faults <paramref name="stopped"/>; loops that end as they should do nothing.</summary>
    internal static void Watch(IEnumerable<Task> loops, TaskCompletionSource stopped)
    {
        foreach (Task loop in loops)
        {
            loop.ContinueWith(
                static (dead, stopped) => ((TaskCompletionSource)stopped!).TrySetException(dead.Exception!.InnerExceptions),
                stopped, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }
}
