using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Http;
using Praetor.Api.Http.Kv;
using Praetor.Api.Http.Status;
using Praetor.Core.Mvcc;
using Praetor.Runtime;
using Praetor.Storage.Heap;
using Praetor.Storage.Log;
using Praetor.Storage.Snapshots;

namespace Praetor.Tests.Support;

/// <summary>How a <see cref="TestServer"/> differs from the default.</summary>
public sealed record TestServerOptions
{
    /// <summary>HTTP settings.</summary>
    public HttpOptions Http { get; init; } = new() { JitterSeed = 1 };

    /// <summary>Clock of runtime and HTTP; a <see cref="ManualTime"/> where a test moves it.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>False: a server that never finds a leader.</summary>
    public bool HasLeader { get; init; } = true;

    /// <summary>How long old versions stay.</summary>
    public HistoryOptions History { get; init; } = new();

    /// <summary>Maps the routes of the room under test, beside those of KV and status.</summary>
    public Action<RouteTable, ApiServices> Map { get; init; } = static (_, _) => { };
}

/// <summary>A whole server in this process: in-memory stores, the real runtime, the real HTTP server on a free port of 127.0.0.1.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private TestServer(ServerRuntime runtime, ApiServices services, HttpServer http)
    {
        Runtime = runtime;
        Services = services;
        Http = http;
        EndPoint = (IPEndPoint)http.EndPoints[0];
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = new Uri($"http://{EndPoint}"),
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    /// <summary>State behind the API.</summary>
    public ServerRuntime Runtime { get; }

    /// <summary>What handlers see.</summary>
    public ApiServices Services { get; }

    /// <summary>The listener.</summary>
    public HttpServer Http { get; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>A client that follows no redirects and decompresses nothing.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts a server and waits until it leads.</summary>
    public static async Task<TestServer> StartAsync(TestServerOptions? options = null)
    {
        options ??= new TestServerOptions();
        var stores = new ServerStores(new MemoryLog(), new MemoryRecordHeap(), new MemorySnapshotStore());
        var serverOptions = new ServerOptions
        {
            ServerId = "s1",
            RpcAddress = "127.0.0.1:8300",
            Bootstrap = options.HasLeader,
            RpcHoldTime = options.HasLeader ? TimeSpan.FromSeconds(7) : TimeSpan.Zero,
            History = options.History,
        };
        ServerRuntime runtime = ServerRuntime.Start(serverOptions, stores, options.Time, NullLogger.Instance);
        if (options.HasLeader)
            Assert.True(await runtime.WaitForLeaderAsync(TimeSpan.FromSeconds(30), CancellationToken.None));
        var services = new ApiServices(runtime, options.Http, options.Time, NullLoggerFactory.Instance);
        var routes = new RouteTable();
        KvRoom.Map(routes);
        StatusRoom.Map(routes);
        options.Map(routes, services);
        var http = new HttpServer(services, routes, NullLoggerFactory.Instance);
        await http.StartAsync([new IPEndPoint(IPAddress.Loopback, 0)]);
        return new TestServer(runtime, services, http);
    }

    /// <summary>Sends a request and reads the whole answer. Targets that <see cref="Uri"/> would rewrite need <see cref="RawAsync"/>.</summary>
    public async Task<Reply> SendAsync(string method, string target, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach ((string name, string value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value) || request.Content!.Headers.TryAddWithoutValidation(name, value));
        using HttpResponseMessage response = await Client.SendAsync(request);
        return await Reply.ReadAsync(response);
    }

    /// <summary>GET.</summary>
    public Task<Reply> GetAsync(string target, params (string Name, string Value)[] headers) => SendAsync("GET", target, null, headers);

    /// <summary>PUT.</summary>
    public Task<Reply> PutAsync(string target, string body = "") => SendAsync("PUT", target, body);

    /// <summary>DELETE.</summary>
    public Task<Reply> DeleteAsync(string target) => SendAsync("DELETE", target);

    /// <summary>Opens a connection for tests in which the bytes matter.</summary>
    public async Task<RawConnection> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(EndPoint);
        return new RawConnection(socket);
    }

    /// <summary>Sends raw bytes of one request on its own connection and reads one answer.</summary>
    public async Task<Reply> RawAsync(string request)
    {
        using RawConnection connection = await ConnectAsync();
        await connection.SendAsync(request);
        return await connection.ReadReplyAsync();
    }

    /// <summary>Waits until so many blocking queries wait.</summary>
    public async Task WaitForWaitersAsync(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Runtime.Watches.Count != count)
        {
            Assert.False(limit.IsCancellationRequested, $"{Runtime.Watches.Count} waiters, not {count}");
            await Task.Delay(1);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Http.DisposeAsync();
        await Runtime.DisposeAsync();
    }
}
