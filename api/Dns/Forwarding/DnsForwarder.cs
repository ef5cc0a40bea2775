using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Sockets;
using Praetor.Api.Dns.Wire;
using Praetor.Core.Ports;
using Praetor.Runtime;
using Praetor.Runtime.Servers;

namespace Praetor.Api.Dns.Forwarding;

/// <summary>
/// The DNS interface of an agent without state: each query goes to a server with this agent's settings, and the reply comes back as it is. Thread-safe.
/// </summary>
public sealed class DnsForwarder : IDnsAnswers, IAsyncDisposable
{
    private const int MaxUnderWay = 4096;
    private const int LengthBytes = 2;

    /// <summary>Resolvers ask again after a few seconds; an answer that comes later helps nobody.</summary>
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    private readonly DnsServerOptions _options;
    private readonly ServerLink _servers;
    private readonly RequestLog _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _room = new(MaxUnderWay);
    private readonly List<Socket> _udpSockets = [];
    private readonly List<TcpListenerLoop> _tcpLoops = [];
    private readonly List<Task> _udpLoops = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _settings;

    private DnsForwarder(DnsServerOptions options, ServerLink servers, TimeProvider time, ILogger logger)
    {
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
        _ = new DnsZone(options.Domain, options.AltDomain, options.Datacenter);
        var forwarder = new DnsForwarder(options, servers, time, logger);
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
    public void Reload(DnsOptions options) => Volatile.Write(ref _settings, DnsQueryCodec.EncodeSettings(_options, options));

    /// <inheritdoc/>
    async ValueTask<(byte[]? Frame, int Length)> IDnsAnswers.FrameAsync(ReadOnlyMemory<byte> packet, IPAddress? client, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> reply = await AskAsync(packet, DnsTransport.Tcp, client, cancellation).ConfigureAwait(false);
        if (reply.IsEmpty)
            return (null, 0);
        byte[] frame = ArrayPool<byte>.Shared.Rent(LengthBytes + reply.Length);
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)reply.Length);
        reply.Span.CopyTo(frame.AsSpan(LengthBytes));
        return (frame, LengthBytes + reply.Length);
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
        var connections = new TcpListenerLoop(tcp, this, _time, _log);
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
            ReadOnlyMemory<byte> reply = await AskAsync(packet, DnsTransport.Udp, (socket.LocalEndPoint!.Create(to) as IPEndPoint)?.Address, _stopping.Token).ConfigureAwait(false);
            if (!reply.IsEmpty)
                await socket.SendToAsync(reply, SocketFlags.None, to, _stopping.Token).ConfigureAwait(false);
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
    private async ValueTask<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> packet, DnsTransport transport, IPAddress? client, CancellationToken cancellation)
    {
        byte[] request = DnsQueryCodec.EncodeQuery(Volatile.Read(ref _settings), new Asker(transport, client?.GetAddressBytes() ?? [], _options.Agent), packet.Span);
        try
        {
            return await _servers.AskAsync(ServerMethod.Dns, request, isRead: true, s_callTimeout, cancellation).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is IOException or OverloadedException)
        {
            return ServerFailure(packet.Span);
        }
    }

    private static byte[] ServerFailure(ReadOnlySpan<byte> packet)
    {
        if (DnsRequestParser.Parse(packet, out DnsRequest request) == RequestVerdict.Ignore)
            return [];
        byte[] reply = new byte[DnsLimits.MessageBytes];
        return reply[..Answers.ReplyEncoder.WriteHeaderOnly(request, ResponseCode.ServerFailure, reply)];
    }

    private static SocketAddress Copy(SocketAddress from)
    {
        var copy = new SocketAddress(from.Family, from.Size);
        from.Buffer.Span[..from.Size].CopyTo(copy.Buffer.Span);
        return copy;
    }
}
