using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Praetor.Core.Ports;
using Praetor.Transport.Rpc;

namespace Praetor.Transport.Gossip;

/// <summary>
/// The gossip port of one pool: datagrams and exchanges on the same port number. Bound when made, receiving from
/// <see cref="Start"/> on. Thread-safe.
/// </summary>
public sealed class GossipPort : IPackets, IAsyncDisposable
{
    // With port 0 the number that TCP was given may be taken for UDP: another is tried.
    private const int MaxBindAttempts = 20;

    private readonly string _pool;
    private readonly PacketSeal _seal;
    private readonly GossipOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IConnectionListener _listener;
    private readonly DatagramSocket _datagrams;
    private readonly ByteBudget _budget;
    private readonly CancellationTokenSource _stopping = new();
    private int _inbound;

    private GossipPort(string pool, PacketSeal seal, GossipOptions options, TimeProvider time, ILogger log, IConnectionListener listener, Socket datagrams)
    {
        _pool = pool;
        _seal = seal;
        _options = options;
        _time = time;
        _log = log;
        _listener = listener;
        _budget = new ByteBudget(options.MaxInboundBytes);
        _datagrams = new DatagramSocket(datagrams, pool, seal, options, Drops, log);
        EndPoint = (IPEndPoint)listener.EndPoint;
    }

    /// <summary>Where the port is, with the real number.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>What was dropped.</summary>
    public PacketDrops Drops { get; } = new();

    /// <summary>Completes when the port was disposed of; faults when receiving died, which the owner must not survive.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public int MaxPacketBytes => _options.MaxDatagramBytes - _seal.OverheadBytes;

    /// <summary>Binds both halves.</summary>
    /// <param name="pool">Name of the pool in logs.</param>
    /// <param name="endPoint">Where; port 0 = any that is free for both.</param>
    /// <param name="seal">The form of what is sent.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">Clock of the time-outs.</param>
    /// <param name="log">Log.</param>
    /// <exception cref="IOException">An address is in use or cannot be bound; nothing stays bound.</exception>
    public static async Task<GossipPort> BindAsync(string pool, IPEndPoint endPoint, PacketSeal seal, GossipOptions options, TimeProvider time, ILogger log)
    {
        for (int attempt = 1; ; attempt++)
        {
            IConnectionListener listener = await ConnectionListener.BindAsync(endPoint, new SocketTransportOptions(), CancellationToken.None).ConfigureAwait(false);
            var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                socket.Bind(listener.EndPoint);
                socket.Blocking = false;
                socket.ReceiveBufferSize = options.ReceiveBufferBytes;
                return new GossipPort(pool, seal, options, time, log, listener, socket);
            }
            catch (SocketException inUse)
            {
                socket.Dispose();
                await listener.DisposeAsync().ConfigureAwait(false);
                if (endPoint.Port != 0 || attempt == MaxBindAttempts)
                    throw new IOException($"Failed to bind to address udp://{endPoint}: {inUse.Message}", inUse);
            }
        }
    }

    /// <summary>Begins to receive. Called once.</summary>
    public void Start(IPacketReceiver receiver)
    {
        GossipLog.Listening(_log, _pool, EndPoint);
        Running = RunAsync(receiver);
    }

    /// <inheritdoc/>
    public bool TrySend(IPEndPoint to, ReadOnlySpan<byte> packet) => _datagrams.TrySend(to, packet);

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ExchangeAsync(IPEndPoint to, ReadOnlyMemory<byte> request, TimeSpan timeout, CancellationToken cancellation)
    {
        if (request.Length > IPackets.MaxExchangeBytes)
            throw new PacketExchangeException(PacketSeal.Text(PacketDrop.ExchangeTooLong));
        using var timer = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _stopping.Token, cancellation);
        try
        {
            return await AskAsync(to, request, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PacketExchangeException(timer.IsCancellationRequested ? $"{to}: i/o timeout" : "this node stops");
        }
        catch (ExchangeRefusedException refused)
        {
            Drops.Count(refused.Drop);
            throw new PacketExchangeException(refused.Message, refused);
        }
        catch (Exception broken) when (broken is SocketException or IOException)
        {
            throw new PacketExchangeException($"{to}: {(broken is EndOfStreamException ? "the connection was closed" : broken.Message)}", broken);
        }
    }

    /// <summary>Stops receiving and gives the port back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _listener.UnbindAsync().ConfigureAwait(false);
        _datagrams.Dispose();
        await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _listener.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task<ReadOnlyMemory<byte>> AskAsync(IPEndPoint to, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        using var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (!EndPoint.Address.Equals(IPAddress.Any) && !EndPoint.Address.Equals(IPAddress.IPv6Any) && EndPoint.AddressFamily == to.AddressFamily)
            socket.Bind(new IPEndPoint(EndPoint.Address, 0));
        await socket.ConnectAsync(to, cancellation).ConfigureAwait(false);
        using var stream = new NetworkStream(socket);
        await ExchangeForm.WriteAsync(stream, _seal, SealKind.Request, ExchangeContent.Bytes, request, cancellation).ConfigureAwait(false);
        (ExchangeContent content, byte[] answer) = await ExchangeForm.ReadAsync(stream, _seal, SealKind.Answer, _budget, cancellation).ConfigureAwait(false);
        return content != ExchangeContent.Error ? answer : throw new PacketExchangeException(System.Text.Encoding.UTF8.GetString(answer));
    }

    private async Task RunAsync(IPacketReceiver receiver)
    {
        try
        {
            Task packets = _datagrams.ReceiveAllAsync(receiver);
            Task exchanges = AcceptAllAsync(receiver);
            // Whichever dies first takes the port with it: half a port would look like a network fault.
            await (await Task.WhenAny(packets, exchanges).ConfigureAwait(false)).ConfigureAwait(false);
            await Task.WhenAll(packets, exchanges).ConfigureAwait(false);
        }
        catch (Exception fault) when (!_stopping.IsCancellationRequested)
        {
            GossipLog.SocketDied(_log, _pool, fault);
            throw;
        }
    }

    private async Task AcceptAllAsync(IPacketReceiver receiver)
    {
        try
        {
            while (await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false) is { } connection)
                _ = ServeAsync(connection, receiver);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The way an accept ends when the port is given back.
        }
    }

    private async Task ServeAsync(ConnectionContext connection, IPacketReceiver receiver)
    {
        using var timer = new CancellationTokenSource(_options.ExchangeTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _stopping.Token);
        using CancellationTokenRegistration abort = either.Token.UnsafeRegister(static open => ((ConnectionContext)open!).Abort(), connection);
        var stream = new PipeStream(connection.Transport);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                (ExchangeContent content, ReadOnlyMemory<byte> answer) = await AnswerAsync(stream, connection.RemoteEndPoint as IPEndPoint, receiver, either.Token).ConfigureAwait(false);
                await ExchangeForm.WriteAsync(stream, _seal, SealKind.Answer, content, answer, either.Token).ConfigureAwait(false);
            }
            catch (Exception broken) when (broken is IOException or OperationCanceledException or ObjectDisposedException)
            {
                Drops.Count(PacketDrop.ExchangeBroken);
            }
            finally
            {
                Interlocked.Decrement(ref _inbound);
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<(ExchangeContent Content, ReadOnlyMemory<byte> Answer)> AnswerAsync(Stream stream, IPEndPoint? from, IPacketReceiver receiver, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref _inbound) > _options.MaxInboundExchanges)
                throw new ExchangeRefusedException(PacketDrop.TooManyExchanges);
            (ExchangeContent content, byte[] request) = await ExchangeForm.ReadAsync(stream, _seal, SealKind.Request, _budget, cancellation).ConfigureAwait(false);
            if (content == ExchangeContent.Error)
                throw new ExchangeRefusedException(PacketDrop.Malformed);
            return (ExchangeContent.Bytes, await receiver.OnExchangeAsync(from ?? EndPoint, request, cancellation).ConfigureAwait(false));
        }
        catch (ExchangeRefusedException refused)
        {
            Drops.Count(refused.Drop);
            GossipLog.ExchangeRefused(_log, _pool, from, refused.Message);
            return (ExchangeContent.Error, FrameBody.Text(refused.Message));
        }
        catch (PacketExchangeException refusal)
        {
            return (ExchangeContent.Error, FrameBody.Text(refusal.Message));
        }
        catch (InvalidDataException)
        {
            Drops.Count(PacketDrop.Malformed);
            return (ExchangeContent.Error, FrameBody.Text(PacketSeal.Text(PacketDrop.Malformed)));
        }
        catch (Exception fault) when (fault is not (IOException or OperationCanceledException))
        {
            GossipLog.ExchangeFailed(_log, _pool, from, fault);
            return (ExchangeContent.Error, FrameBody.Text("internal error"));
        }
    }
}
