using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Dns;
using Praetor.Core.State;
using Praetor.Tests.Support;

namespace Praetor.Tests.Dns;

/// <summary>dns 1 with real sockets: listeners, framing, limits, stopping.</summary>
public class DnsServerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static DnsServer Start(DnsWorld world, params IPEndPoint[] addresses) => Start(world, TimeProvider.System, addresses);

    private static DnsServer Start(DnsWorld world, TimeProvider time, params IPEndPoint[] addresses) => DnsServer.Start(
        new DnsServerOptions { Addresses = addresses.Length > 0 ? addresses : [new IPEndPoint(IPAddress.Loopback, 0)], Datacenter = "dc1", Seed = 1 },
        world.State(), time, NullLogger.Instance);

    private static DnsWorld World()
    {
        DnsWorld world = new DnsWorld().Node("n1", "10.0.0.1");
        for (int i = 0; i < 12; i++)
            world.Service("n1", "web", 8000 + i, $"192.0.2.{i}", $"web{i}");
        return world;
    }

    private static async Task<TcpClient> ConnectAsync(DnsServer server)
    {
        TcpClient client = new();
        await client.ConnectAsync(server.EndPoints[0]);
        return client;
    }

    private static byte[] Frame(params DnsQuery[] queries) =>
        [.. queries.SelectMany(q => q.ToBytes() is var bytes ? (byte[])[(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes] : [])];

    /// <summary>The next reply, or null if the server closed the connection.</summary>
    private static async Task<DnsMessage?> ReadTcpAsync(TcpClient client)
    {
        using CancellationTokenSource limit = new(Patience);
        byte[] length = new byte[2];
        if (await client.GetStream().ReadAtLeastAsync(length, 2, throwOnEndOfStream: false, limit.Token) < 2)
            return null;
        byte[] reply = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await client.GetStream().ReadExactlyAsync(reply, limit.Token);
        return DnsMessage.Parse(reply);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(Patience);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested);
            await Task.Delay(1);
        }
    }

    [Fact]
    public async Task Both_transports_answer_on_one_port()
    {
        await using DnsServer server = Start(World());
        IPEndPoint endPoint = Assert.Single(server.EndPoints);
        Assert.NotEqual(0, endPoint.Port);
        Assert.Equal(3, (await DnsClient.AskAsync(endPoint, new DnsQuery("web.service.consul"))).Answers.Count);
        using TcpClient client = await ConnectAsync(server);
        await client.GetStream().WriteAsync(Frame(new DnsQuery("web.service.consul")));
        Assert.Equal(12, (await ReadTcpAsync(client))!.Answers.Count);
    }

    [Fact]
    public async Task Every_address_has_its_own_listeners()
    {
        await using DnsServer server = Start(World(), new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
        Assert.Equal(2, server.EndPoints.Count);
        foreach (IPEndPoint endPoint in server.EndPoints)
            Assert.Equal(["10.0.0.1"], (await DnsClient.AskAsync(endPoint, new DnsQuery("n1.node.consul"))).AnswerData);
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.77")]
    [InlineData("::", "127.0.0.78")]
    [InlineData("::", "::1")]
    public async Task On_a_wildcard_address_replies_leave_from_the_address_that_was_asked(string bound, string asked)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || !bound.Contains(':'), "no IPv6 here");
        await using DnsServer server = Start(World(), new IPEndPoint(IPAddress.Parse(bound), 0));
        DnsMessage reply = await DnsClient.AskAsync(new IPEndPoint(IPAddress.Parse(asked), server.EndPoints[0].Port), new DnsQuery("n1.node.consul"));
        Assert.Equal(["10.0.0.1"], reply.AnswerData);
    }

    [Fact]
    public async Task A_thousand_datagrams_at_once_get_their_own_replies()
    {
        await using DnsServer server = Start(World());
        using UdpClient client = new(AddressFamily.InterNetwork);
        client.Client.ReceiveBufferSize = 4 * 1024 * 1024;
        client.Connect(server.EndPoints[0]);
        HashSet<ushort> open = [];
        using CancellationTokenSource limit = new(Patience);
        for (ushort id = 0; id < 1000; id++)
        {
            open.Add(id);
            await client.SendAsync(new DnsQuery("n1.node.consul") { Id = id }.ToBytes(), limit.Token);
            if (open.Count == 100)
                Assert.True(open.Remove(DnsMessage.Parse((await client.ReceiveAsync(limit.Token)).Buffer).Id));
        }
        while (open.Count > 0)
            Assert.True(open.Remove(DnsMessage.Parse((await client.ReceiveAsync(limit.Token)).Buffer).Id));
    }

    [Fact]
    public async Task Rubbish_stops_neither_transport()
    {
        await using DnsServer server = Start(World());
        using UdpClient rubbish = new(AddressFamily.InterNetwork);
        rubbish.Connect(server.EndPoints[0]);
        Random random = new(5);
        for (int i = 0; i < 200; i++)
        {
            byte[] packet = new byte[random.Next(600)];
            random.NextBytes(packet);
            await rubbish.SendAsync(packet);
        }
        using TcpClient client = await ConnectAsync(server);
        await client.GetStream().WriteAsync((byte[])[0, 0, 0, 3, 1, 2, 3, .. Frame(new DnsQuery("n1.node.consul"))]);
        Assert.Equal(["10.0.0.1"], (await ReadTcpAsync(client))!.AnswerData);
        Assert.Equal(["10.0.0.1"], (await DnsClient.AskAsync(server.EndPoints[0], new DnsQuery("n1.node.consul"))).AnswerData);
        Assert.False(server.Stopped.IsCompleted);
    }

    [Fact]
    public async Task Queries_on_one_connection_are_answered_in_order_however_they_are_cut()
    {
        await using DnsServer server = Start(World());
        using TcpClient client = await ConnectAsync(server);
        byte[] frames = Frame([.. Enumerable.Range(0, 20).Select(i => new DnsQuery("n1.node.consul") { Id = (ushort)i })]);
        foreach (byte[] piece in frames.Chunk(7))
            await client.GetStream().WriteAsync(piece);
        for (int i = 0; i < 20; i++)
            Assert.Equal(i, (await ReadTcpAsync(client))!.Id);
    }

    [Fact]
    public async Task A_query_longer_than_the_buffer_is_read_whole()
    {
        await using DnsServer server = Start(World());
        using TcpClient client = await ConnectAsync(server);
        byte[] query = [.. new DnsQuery("n1.node.consul").ToBytes(), .. new byte[30_000]];
        await client.GetStream().WriteAsync((byte[])[(byte)(query.Length >> 8), (byte)query.Length, .. query]);
        Assert.Equal(["10.0.0.1"], (await ReadTcpAsync(client))!.AnswerData);
    }

    [Fact]
    public async Task A_connection_is_closed_after_128_queries()
    {
        await using DnsServer server = Start(World());
        using TcpClient client = await ConnectAsync(server);
        for (int i = 0; i < 128; i++)
        {
            await client.GetStream().WriteAsync(Frame(new DnsQuery("n1.node.consul")));
            Assert.NotNull(await ReadTcpAsync(client));
        }
        Assert.Null(await ReadTcpAsync(client));
        await UntilAsync(() => server.ConnectionCount == 0);
    }

    [Fact]
    public async Task The_first_query_has_two_seconds_and_the_next_eight()
    {
        ManualTime time = new();
        await using DnsServer server = Start(World(), time);
        using TcpClient silent = await ConnectAsync(server), active = await ConnectAsync(server);
        await UntilAsync(() => time.ActiveTimers == 2);
        await active.GetStream().WriteAsync(Frame(new DnsQuery("n1.node.consul")));
        Assert.NotNull(await ReadTcpAsync(active));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await ReadTcpAsync(silent));
        time.Advance(TimeSpan.FromSeconds(5));
        await active.GetStream().WriteAsync(Frame(new DnsQuery("n1.node.consul")));
        Assert.NotNull(await ReadTcpAsync(active));
        time.Advance(TimeSpan.FromSeconds(8));
        Assert.Null(await ReadTcpAsync(active));
        await UntilAsync(() => server.ConnectionCount == 0);
    }

    [Fact]
    public async Task Stopping_closes_connections_and_frees_the_port()
    {
        DnsWorld world = World();
        DnsServer server = Start(world);
        IPEndPoint endPoint = server.EndPoints[0];
        using TcpClient client = await ConnectAsync(server);
        await client.GetStream().WriteAsync(Frame(new DnsQuery("n1.node.consul")));
        Assert.NotNull(await ReadTcpAsync(client));
        await server.DisposeAsync().AsTask().WaitAsync(Patience);
        await server.Stopped.WaitAsync(Patience);
        Assert.Null(await ReadTcpAsync(client));
        await server.DisposeAsync(); // twice is once
        using Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        udp.Bind(endPoint);
    }

    [Fact]
    public async Task A_port_in_use_is_an_error_at_start_and_leaves_nothing_bound()
    {
        await using DnsServer server = Start(World());
        IPEndPoint free = new(IPAddress.Parse("127.0.0.10"), server.EndPoints[0].Port);
        Assert.Throws<SocketException>(() => Start(World(), free, server.EndPoints[0]));
        await using DnsServer second = Start(World(), free);
        Assert.Equal(free, second.EndPoints[0]);
    }

    [Fact]
    public async Task New_options_hold_from_the_next_query()
    {
        await using DnsServer server = Start(World());
        server.Reload(new DnsOptions { UdpAnswerLimit = 5 });
        Assert.Equal(5, (await DnsClient.AskAsync(server.EndPoints[0], new DnsQuery("web.service.consul"))).Answers.Count);
    }

    [Fact]
    public async Task A_fault_in_the_state_is_SERVFAIL_on_the_wire()
    {
        DnsWorld world = World();
        await using DnsServer server = Start(world);
        Func<StateRoot> good = world.Root;
        world.RootOverride = () => throw new InvalidOperationException("gone");
        Assert.Equal("SERVFAIL", (await DnsClient.AskAsync(server.EndPoints[0], new DnsQuery("n1.node.consul"))).Code);
        world.RootOverride = good;
        Assert.Equal("NOERROR", (await DnsClient.AskAsync(server.EndPoints[0], new DnsQuery("n1.node.consul"))).Code);
    }
}
