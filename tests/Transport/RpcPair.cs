using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.Ports;
using Praetor.Transport.Rpc;
using Praetor.Transport.Tls;

namespace Praetor.Tests.Transport;

/// <summary>How a <see cref="RpcPair"/> differs from the default.</summary>
internal sealed record RpcPairOptions
{
    public RpcOptions Server { get; init; } = new();

    public RpcOptions Client { get; init; } = new();

    public TlsContext? ServerTls { get; init; }

    public TlsContext? ClientTls { get; init; }

    public NodeIdentity ClientIdentity { get; init; } = new("id-2", "n2", "dc1", IsServer: true);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>A server with a scripted callee, and a client of it, over loopback.</summary>
internal sealed class RpcPair : IAsyncDisposable
{
    private RpcPair(RpcServer server, RpcClient client, ScriptedCallee callee)
    {
        Server = server;
        Client = client;
        Callee = callee;
        To = new ServerAddress("id-1", server.EndPoint.ToString());
    }

    public RpcServer Server { get; }

    public RpcClient Client { get; }

    public ScriptedCallee Callee { get; }

    public ServerAddress To { get; }

    public static async Task<RpcPair> StartAsync(RpcPairOptions? options = null, ScriptedCallee? callee = null)
    {
        options ??= new RpcPairOptions();
        callee ??= new ScriptedCallee();
        RpcServer server = NewServer(options, callee);
        await server.StartAsync(new IPEndPoint(IPAddress.Loopback, 0));
        return new RpcPair(server, new RpcClient(options.ClientIdentity, options.Client, options.ClientTls, options.Time, NullLogger.Instance), callee);
    }

    public static RpcServer NewServer(RpcPairOptions options, ScriptedCallee callee) =>
        new(new NodeIdentity("id-1", "n1", "dc1", IsServer: true), callee, options.Server, options.ServerTls, options.Time, NullLogger.Instance);

    /// <summary>Calls with a time-out that no healthy test meets.</summary>
    public async Task<byte[]> CallAsync(byte[] request, CancellationToken cancellation = default) =>
        (await Client.CallAsync(To, ServerMethod.Propose, request, TimeSpan.FromSeconds(30), cancellation)).ToArray();

    /// <summary>A connection that says whatever the test wants.</summary>
    public async Task<NetworkStream> ConnectRawAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Server.EndPoint);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
