using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Praetor.Transport.Rpc;
using Praetor.Transport.Tls;

namespace Praetor.Api.Http;

/// <summary>
/// The HTTP API on its listeners: Kestrel without framework on top. Fill the route table first, start once, stop once. Thread-safe
/// otherwise.
/// </summary>
public sealed class HttpServer : IAsyncDisposable
{
    private const int KeepAliveSeconds = 30;

    /// <summary>
    /// As good as never. Kestrel adds its "infinite" to a clock, where it overflows: idle connections would be closed within two seconds.
    /// </summary>
    private static readonly TimeSpan NoTimeout = TimeSpan.FromDays(3650);

    private readonly ApiApplication _application;
    private readonly HttpOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly List<EndPoint> _endPoints = [];
    private KestrelServer? _kestrel;

    /// <summary>A server for the routes; nothing is bound yet.</summary>
    public HttpServer(ApiServices services, RouteTable routes, ILoggerFactory loggers)
    {
        _application = new ApiApplication(services, routes);
        _options = services.Options;
        Connections = new AddressLimit(_options.MaxConnectionsPerClient);
        _loggers = loggers;
        _log = services.Log;
        _time = services.Time;
    }

    /// <summary>Where the server listens, in the order asked for; real ports in place of 0.</summary>
    public IReadOnlyList<EndPoint> EndPoints => _endPoints;

    /// <summary>Connections per client address.</summary>
    public AddressLimit Connections { get; }

    /// <summary>Binds every end point (<see cref="IPEndPoint"/> or <see cref="UnixDomainSocketEndPoint"/>) and serves until stopped.</summary>
    /// <exception cref="IOException">An address is in use or cannot be bound; nothing stays bound.</exception>
    public Task StartAsync(IReadOnlyList<EndPoint> endPoints, CancellationToken cancellation = default) => StartAsync(endPoints, [], null, cancellation);

    /// <summary>The same, with end points that speak TLS.</summary>
    /// <exception cref="IOException">An address is in use or cannot be bound; nothing stays bound.</exception>
    public async Task StartAsync(IReadOnlyList<EndPoint> endPoints, IReadOnlyList<EndPoint> secured, TlsContext? tls, CancellationToken cancellation = default)
    {
        var limit = new ConnectionLimit(Connections, _log);
        KestrelServerOptions kestrelOptions = KestrelOptions(_options);
        List<ListenOptions> listeners = [];
        foreach (EndPoint endPoint in endPoints)
            Listen(kestrelOptions, endPoint, limit, null, listeners);
        foreach (EndPoint endPoint in secured)
            Listen(kestrelOptions, endPoint, limit, new TlsListener(tls ?? throw new ArgumentNullException(nameof(tls)), _options.HttpsHandshakeTimeout, _time, _log), listeners);
        var sockets = new SocketTransportOptions { CreateBoundListenSocket = BindSocket, MaxWriteBufferSize = ApiRequest.PieceBytes };
        var transport = new SocketTransportFactory(Options.Create(sockets), _loggers);
        _kestrel = new KestrelServer(Options.Create(kestrelOptions), transport, _loggers);
        await _kestrel.StartAsync(_application, cancellation).ConfigureAwait(false);
        foreach (ListenOptions listener in listeners)
        {
            _endPoints.Add(listener.EndPoint);
            HttpLog.Listening(_log, listener.EndPoint.ToString() ?? "");
        }
    }

    /// <summary>Stops listening, lets running requests end until <paramref name="cancellation"/> fires, then closes what is left.</summary>
    public Task StopAsync(CancellationToken cancellation = default) => _kestrel?.StopAsync(cancellation) ?? Task.CompletedTask;

    /// <summary>Stops at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        _kestrel?.Dispose();
    }

    /// <summary>Kestrel's settings: no time-outs and no body limit (http-core 1.1).</summary>
    internal static KestrelServerOptions KestrelOptions(HttpOptions http)
    {
        var options = new KestrelServerOptions { AddServerHeader = false, AllowSynchronousIO = false, AllowHostHeaderOverride = true };
        KestrelServerLimits limits = options.Limits;
        limits.MaxRequestLineSize = http.MaxHeaderBytes;
        limits.MaxRequestHeadersTotalSize = http.MaxHeaderBytes;
        limits.MaxRequestHeaderCount = 4096;
        limits.MaxRequestBufferSize = Math.Max(http.MaxHeaderBytes, 1 << 20);
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.KeepAliveTimeout = NoTimeout;
        limits.RequestHeadersTimeout = NoTimeout;
        return options;
    }

    private static void Listen(KestrelServerOptions options, EndPoint endPoint, ConnectionLimit limit, TlsListener? tls, List<ListenOptions> listeners)
    {
        void Configure(ListenOptions listener)
        {
            listener.Protocols = tls is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            listener.Use(limit.Wrap);
            if (tls is not null)
                listener.Use(tls.Wrap);
            listeners.Add(listener);
        }

        if (endPoint is UnixDomainSocketEndPoint unix)
            options.ListenUnixSocket(unix.ToString(), Configure);
        else
            options.Listen((IPEndPoint)endPoint, Configure);
    }

    /// <summary>A bound socket with the keep-alive of http-core 1.1; accepted sockets inherit it.</summary>
    private Socket BindSocket(EndPoint endPoint)
    {
        if (endPoint is UnixDomainSocketEndPoint unix)
            return BindUnixSocket(unix);
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
        return socket;
    }

    /// <summary>A socket file that a dead server left behind is replaced.</summary>
    private Socket BindUnixSocket(UnixDomainSocketEndPoint endPoint)
    {
        string path = endPoint.ToString();
        File.Delete(path);
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        try
        {
            _options.UnixSockets.Apply(path);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
