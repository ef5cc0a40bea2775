using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Praetor.Core.Ports;
using Praetor.Transport.Tls;

namespace Praetor.Transport.Rpc;

/// <summary>
/// The listening side of connections between nodes: one port for messages, calls and streams, plain and TLS. Start once, stop
/// once. Thread-safe.
/// </summary>
public sealed class RpcServer : IAsyncDisposable
{
    private static readonly TimeSpan s_sweepPeriod = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_unacknowledgedTimeout = TimeSpan.FromSeconds(60);

    private readonly NodeIdentity _identity;
    private readonly IServerCallee _callee;
    private readonly RpcOptions _options;
    private readonly TlsContext? _tls;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly AddressLimit _limit;
    private readonly ConcurrentDictionary<RpcServerConnection, Task> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private IConnectionListener? _listener;
    private ITimer? _sweep;
    private Task _accepting = Task.CompletedTask;

    /// <summary>A server that hands what arrives to <paramref name="callee"/>. Without <paramref name="tls"/> all connections are plain.</summary>
    public RpcServer(NodeIdentity identity, IServerCallee callee, RpcOptions options, TlsContext? tls, TimeProvider time, ILogger log)
    {
        _identity = identity;
        _callee = callee;
        _options = options;
        _tls = tls;
        _time = time;
        _log = log;
        _limit = new AddressLimit(options.MaxConnectionsPerClient);
    }

    /// <summary>Where the server listens, with the real port.</summary>
    public IPEndPoint EndPoint => (IPEndPoint?)_listener?.EndPoint ?? throw new InvalidOperationException("the server was not started");

    /// <summary>Connections per source address.</summary>
    public AddressLimit Limit => _limit;

    /// <summary>What was refused or dropped.</summary>
    public RpcDrops Drops { get; } = new();

    /// <summary>Hears of each connection that is taken; null for nobody. Set before the start.</summary>
    public Action? OnAccepted { get; init; }

    /// <summary>Connections that are open.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Binds and serves until stopped.</summary>
    /// <exception cref="IOException">The address is in use or cannot be bound.</exception>
    public async Task StartAsync(IPEndPoint endPoint, CancellationToken cancellation = default)
    {
        var sockets = new SocketTransportOptions { CreateBoundListenSocket = BindSocket, UnsafePreferInlineScheduling = true };
        _listener = await ConnectionListener.BindAsync(endPoint, sockets, cancellation).ConfigureAwait(false);
        RpcLog.Listening(_log, _listener.EndPoint);
        _sweep = _time.CreateTimer(static server => ((RpcServer)server!).Sweep(), this, s_sweepPeriod, s_sweepPeriod);
        _accepting = AcceptAllAsync(_listener);
    }

    /// <summary>Stops listening and closes all connections; completes when none is served any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_listener is null || _stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _listener.UnbindAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        foreach ((RpcServerConnection connection, _) in _connections)
            connection.Close(null, "the server stops");
        await Task.WhenAll(_connections.Values).ConfigureAwait(false);
        if (_sweep is not null)
            await _sweep.DisposeAsync().ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private static Socket BindSocket(EndPoint endPoint)
    {
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        // Accepted sockets inherit both.
        SocketTuning.SetKeepAlive(socket);
        SocketTuning.SetUnacknowledgedTimeout(socket, s_unacknowledgedTimeout);
        return socket;
    }

    private async Task AcceptAllAsync(IConnectionListener listener)
    {
        try
        {
            while (await listener.AcceptAsync(_stopping.Token).ConfigureAwait(false) is { } connection)
                Serve(connection);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The way an accept ends when the server stops.
        }
#pragma warning disable CA1031 // Told here: nobody waits for this task while the server runs.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            RpcLog.AcceptFailed(_log, fault);
        }
    }

    private void Serve(ConnectionContext transport)
    {
        IPAddress source = (transport.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (!_limit.TryEnter(source))
        {
            Drops.Count(RpcDrop.TooManyConnections);
            RpcLog.Refused(_log, transport.RemoteEndPoint, "too many connections from this address");
            transport.Abort();
            _ = transport.DisposeAsync().AsTask();
            return;
        }

        OnAccepted?.Invoke();
        var connection = new RpcServerConnection(transport, _identity, _callee, _options, _tls, _time, Drops, _log);
        var served = new TaskCompletionSource();
        _connections[connection] = served.Task;
        _ = ServeAsync(connection, source, served);
    }

    private async Task ServeAsync(RpcServerConnection connection, IPAddress source, TaskCompletionSource served)
    {
        try
        {
            await connection.ServeAsync().ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            _limit.Leave(source);
            served.SetResult();
        }
    }

    private void Sweep()
    {
        foreach ((RpcServerConnection connection, _) in _connections)
            connection.CloseIfIdle();
    }
}
