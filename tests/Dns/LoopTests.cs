using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Dns;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Recursion;
using Praetor.Api.Dns.Sockets;

namespace Praetor.Tests.Dns;

/// <summary>The loops behind the listeners: both kinds answer and stop, and the death of one reaches its owner.</summary>
public class LoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DnsWorld _world = new DnsWorld().Node("n1", "10.0.0.1");

    private UdpLoop Create(bool batched, Socket socket)
    {
        Assert.SkipUnless(!batched || OperatingSystem.IsLinux(), "Linux only");
        Responder responder = new(_world.Backend, 1);
        RequestLog log = new(NullLogger.Instance, TimeProvider.System);
        return batched ? new BatchedUdpLoop(socket, responder, Answers(), log) : new PlainUdpLoop(socket, responder, Answers(), log);
    }

    private RecursiveAnswers Answers() => new(new ResponderPool(_world.Backend, 1), new Recursors(() => _world.Backend.Settings.Options, TimeProvider.System, NullLogger.Instance));

    private static Socket Bound()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_loop_answers_until_it_is_stopped(bool batched)
    {
        using Socket socket = Bound();
        UdpLoop loop = Create(batched, socket);
        loop.Start();
        using UdpClient client = new(AddressFamily.InterNetwork);
        client.Connect((IPEndPoint)socket.LocalEndPoint!);
        using CancellationTokenSource limit = new(Patience);
        for (int i = 0; i < 100; i++)
        {
            await client.SendAsync(new byte[] { 1, 2, 3 }, limit.Token); // silence
            await client.SendAsync(new DnsQuery("n1.node.consul").ToBytes(), limit.Token);
            Assert.Equal(["10.0.0.1"], DnsMessage.Parse((await client.ReceiveAsync(limit.Token)).Buffer).AnswerData);
        }
        Assert.False(loop.Completion.IsCompleted);
        loop.RequestStop();
        BoundSockets.Wake(socket);
        await loop.Completion.WaitAsync(Patience);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_socket_that_only_fails_ends_the_loop_with_the_cause(bool batched)
    {
        using Socket socket = Bound();
        UdpLoop loop = Create(batched, socket);
        socket.Blocking = false; // every receive fails at once
        loop.Start();
        Exception cause = await Assert.ThrowsAnyAsync<Exception>(() => loop.Completion.WaitAsync(Patience));
        Assert.True(cause is IOException or SocketException, cause.ToString());
    }

    [Fact]
    public async Task A_listener_that_dies_ends_its_loop_with_the_cause()
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await using TcpListenerLoop loop = new(listener, Answers(), TimeProvider.System, new RequestLog(NullLogger.Instance, TimeProvider.System));
        loop.Start();
        listener.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => loop.Completion.WaitAsync(Patience));
    }

    [Fact]
    public async Task The_first_dead_loop_reaches_the_owner()
    {
        TaskCompletionSource good = new(), bad = new(), stopped = new();
        DnsServer.Watch([good.Task, bad.Task], stopped);
        good.SetResult();
        Assert.False(stopped.Task.IsCompleted);
        bad.SetException(new IOException("dead"));
        Assert.Equal("dead", (await Assert.ThrowsAsync<IOException>(() => stopped.Task.WaitAsync(Patience))).Message);
    }
}
