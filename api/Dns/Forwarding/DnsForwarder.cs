using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Recursion;
using Praetor.Api.Dns.Sockets;
using Praetor.Api.Dns.Wire;
using Praetor.Core.Ports;
using Praetor.Runtime;
using Praetor.Runtime.Servers;

namespace Praetor.Api.Dns.Forwarding;

/// <summary>
/// The DNS interface of an agent without state: each query goes to a server with this agent's settings, and the reply comes back as it is;
/// what takes recursors is asked of this agent's own. Thread-safe.
/// </summary>
public sealed class DnsForwarder : IAsyncDisposable
{
    private const int MaxUnderWay = 4096;

    /// <summary>Resolvers ask again after a few seconds; an answer that comes later helps nobody.</summary>
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    private readonly DnsServerOptions _options;
    private readonly ServerLink _servers;
    private readonly RequestLog _log;
    private readonly DnsBackend _backend;
    private readonly ResponderPool _responders;
    private readonly RecursiveAnswers _answers;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _room = new(MaxUnderWay);
    private readonly List<Socket> _udpSockets = [];
    private readonly List<TcpListenerLoop> _tcpLoops = [];
    private readonly List<Task> _udpLoops = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _settings;

    private DnsForwarder(DnsServerOptions options, DnsZone zone, ServerLink servers, TimeProvider time, ILogger logger)
    {
        // There is no state: only what takes none is answered from this.
        _backend = new DnsBackend(zone, options.Agent, new DnsState(static () => throw new InvalidOperationException("no state"), static () => false), options.Options, time, logger);
        _responders = new ResponderPool(_backend, options.Seed);
        _answers = new RecursiveAnswers(AskAsync, _responders, new Recursors(() => _backend.Settings.Options, time, logger));
        _options = options;
        _servers = servers;
        _time = time;
        _log = new RequestLog(logger, time);
        _settings = DnsQueryCodec.EncodeSettings(options, options.Options);
    }

    /// <summary>Ends when the forwarder was disposed of; faulted if a listener died before.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Binds all addresses and starts to answer.</summary>
    /// <exception cref="SocketException">An address cannot be bound.</exception>
    /// <exception cref="ArgumentException">A domain or the datacenter cannot be part of a name.</exception>
    public static DnsForwarder Start(DnsServerOptions options, ServerLink servers, TimeProvider time, ILogger logger)
    {
        var forwarder = new DnsForwarder(options, new DnsZone(options.Domain, options.AltDomain, options.Datacenter), servers, time, logger);
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
            forwarder.Listen(udp, tcp);
        DnsServer.Watch([.. forwarder._udpLoops, .. forwarder._tcpLoops.Select(static loop => loop.Completion)], forwarder._stopped);
        return forwarder;
    }

    /// <summary>Puts new options in force, from the next query on.</summary>
    public void Reload(DnsOptions options)
    {
        _backend.Reload(options);
        Volatile.Write(ref _settings, DnsQueryCodec.EncodeSettings(_options, options));
    }

    /// <summary>Closes all listeners and connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (TcpListenerLoop loop in _tcpLoops)
            await loop.DisposeAsync().ConfigureAwait(false);
        foreach (Socket socket in _udpSockets)
            socket.Dispose();
        await Task.WhenAll(_udpLoops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopped.TrySetResult();
    }

    private void Listen(Socket udp, Socket tcp)
    {
        string address = tcp.LocalEndPoint?.ToString() ?? "";
        _udpSockets.Add(udp);
        _udpLoops.Add(ReceiveAsync(udp));
        DnsLog.Started(_log.Logger, address, "udp");
        var connections = new TcpListenerLoop(tcp, _answers, _time, _log);
        _tcpLoops.Add(connections);
        connections.Start();
        DnsLog.Started(_log.Logger, address, "tcp");
    }

    private async Task ReceiveAsync(Socket socket)
    {
        byte[] buffer = new byte[DnsLimits.MessageBytes];
        var from = new SocketAddress(socket.AddressFamily);
        int failuresInARow = 0;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                int length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, from, _stopping.Token).ConfigureAwait(false);
                failuresInARow = 0;
                // More than that at once are dropped: their resolvers ask again.
                if (await _room.WaitAsync(0, CancellationToken.None).ConfigureAwait(false))
                    _ = AnswerAsync(socket, buffer.AsSpan(0, length).ToArray(), Copy(from));
            }
            catch (SocketException) when (++failuresInARow < SocketPolicy.MaxReceiveFailures)
            {
                // A client that is not there any more.
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException && _stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(Socket socket, byte[] packet, SocketAddress to)
    {
        try
        {
            (byte[]? frame, int length) = await _answers.FrameAsync(packet, DnsTransport.Udp, (socket.LocalEndPoint!.Create(to) as IPEndPoint)?.Address, _stopping.Token).ConfigureAwait(false);
            if (frame is null)
                return;
            await socket.SendToAsync(frame.AsMemory(IDnsAnswers.LengthBytes, length - IDnsAnswers.LengthBytes), SocketFlags.None, to, _stopping.Token).ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(frame);
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody is there to be answered.
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>The reply; SERVFAIL if no server gives one.</summary>
    private async ValueTask<PooledReply> AskAsync(ReadOnlyMemory<byte> packet, LateAsker asker, ResolvedHosts? resolved, CancellationToken cancellation)
    {
        if (AnswerAlone(packet.Span, asker.Transport) is { } alone)
            return alone;
        byte[] request = DnsQueryCodec.EncodeQuery(Volatile.Read(ref _settings), new Asker(asker.Transport, asker.Address, _options.Agent), packet.Span, resolved);
        try
        {
            ReadOnlyMemory<byte> answer = await _servers.AskAsync(ServerMethod.Dns, request, isRead: true, s_callTimeout, cancellation).ConfigureAwait(false);
            return DnsQueryCodec.DecodeAnswer(answer.Span, IDnsAnswers.LengthBytes);
        }
        catch (Exception failed) when (failed is IOException or OverloadedException or InvalidDataException)
        {
            using LentResponder lent = _responders.Take();
            return lent.Keep(lent.Responder.Fail(packet.Span, asker.Transport, lent.Buffer), IDnsAnswers.LengthBytes);
        }
    }

    private PooledReply? AnswerAlone(ReadOnlySpan<byte> packet, DnsTransport transport)
    {
        using LentResponder lent = _responders.Take();
        return lent.Responder.TryAnswerWithoutState(packet, transport, lent.Buffer, out int length) ? lent.Keep(length, IDnsAnswers.LengthBytes) : null;
    }

    private static SocketAddress Copy(SocketAddress from)
    {
        var copy = new SocketAddress(from.Family, from.Size);
        from.Buffer.Span[..from.Size].CopyTo(copy.Buffer.Span);
        return copy;
    }
}
