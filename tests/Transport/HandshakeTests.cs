using System.Text;
using Praetor.Core.Ports;
using Praetor.Tests.Support;
using Praetor.Transport.Framing;
using Praetor.Transport.Rpc;

namespace Praetor.Tests.Transport;

public class HandshakeTests
{
    /// <summary>A hello and why it is refused.</summary>
    public static TheoryData<string, RpcDrop, string> Refusals => new()
    {
        { "version", RpcDrop.WrongVersion, "wrong protocol version: this server speaks 1, the caller 2" },
        { "wanted datacenter", RpcDrop.WrongDatacenter, "wrong datacenter: this server is in \"dc1\", the caller wants \"dc2\"" },
        { "own datacenter", RpcDrop.WrongDatacenter, "wrong datacenter: this server is in \"dc1\", the caller in \"dc2\"" },
        { "wanted server", RpcDrop.WrongServer, "wrong server: this is \"id-1\", the caller wants \"id-7\"" },
        { "same id", RpcDrop.SameId, "the caller has the node id of this server, \"id-1\" (\"n1\")" },
        { "client", RpcDrop.NotAServer, "only servers may open this kind of connection" },
        { "control characters", RpcDrop.WrongDatacenter, "wrong datacenter: this server is in \"dc1\", the caller wants \"a?b\"" },
        { "lane", RpcDrop.MalformedHello, "malformed hello: lane 9 is not known" },
    };

    private static Hello HelloOf(string what) => what switch
    {
        "version" => Wire.NewHello() with { Version = 2 },
        "wanted datacenter" => Wire.NewHello() with { WantedDatacenter = "dc2" },
        "own datacenter" => Wire.NewHello(Lane.Messages) with { Datacenter = "dc2" },
        "wanted server" => Wire.NewHello() with { WantedServerId = "id-7" },
        "same id" => Wire.NewHello() with { NodeId = "id-1" },
        "client" => Wire.NewHello(Lane.Stream) with { IsServer = false },
        "control characters" => Wire.NewHello() with { WantedDatacenter = "a\nb" },
        "lane" => Wire.NewHello((Lane)9),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_wrong_hello_is_refused_with_the_reason(string what, RpcDrop drop, string reason)
    {
        await using RpcPair pair = await RpcPair.StartAsync();
        await using Stream raw = await pair.ConnectRawAsync();
        await raw.WriteAsync(Wire.Opening(HelloOf(what)));
        (FrameHeader Header, byte[] Body)? answer = await Wire.ReadFrameAsync(raw);
        Assert.Equal((FrameType.Refused, reason), (answer!.Value.Header.Type, Wire.Text(answer)));
        Assert.True(await Wire.IsClosedAsync(raw));
        Assert.Equal(1, pair.Server.Drops[drop]);
    }

    [Theory]
    [InlineData(Lane.Calls, true, "dc1")]
    [InlineData(Lane.Calls, false, "dc1")]
    [InlineData(Lane.Calls, true, "dc2")]
    [InlineData(Lane.Messages, true, "dc1")]
    [InlineData(Lane.Stream, true, "dc1")]
    [InlineData(Lane.AgentStream, false, "dc1")]
    public async Task A_right_hello_is_welcome(Lane lane, bool isServer, string datacenter)
    {
        await using RpcPair pair = await RpcPair.StartAsync();
        await using Stream raw = await pair.ConnectRawAsync();
        await raw.WriteAsync(Wire.Opening(Wire.NewHello(lane) with { IsServer = isServer, Datacenter = datacenter, WantedServerId = "id-1" }));
        (FrameHeader header, byte[] body) = (await Wire.ReadFrameAsync(raw))!.Value;
        Assert.Equal(FrameType.Welcome, header.Type);
        Assert.Equal(new Welcome(Features.Compression, "id-1", "n1"), Welcome.Decode(body));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(20)]
    public async Task A_hello_that_comes_in_pieces_is_welcome(int firstBytes)
    {
        await using RpcPair pair = await RpcPair.StartAsync();
        await using Stream raw = await pair.ConnectRawAsync();
        byte[] opening = Wire.Opening(Wire.NewHello());

        await raw.WriteAsync(opening.AsMemory(0, firstBytes));
        // Long enough for the first piece to be read alone, on all but the slowest machines.
        await Task.Delay(100);
        await raw.WriteAsync(opening.AsMemory(firstBytes));

        Assert.Equal(FrameType.Welcome, (await Wire.ReadFrameAsync(raw))!.Value.Header.Type);
    }

    [Fact]
    public async Task A_caller_sees_why_it_was_refused()
    {
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { ClientIdentity = new NodeIdentity("id-2", "n2", "dc2", IsServer: true) });
        ServerCallException refused = await Assert.ThrowsAsync<ServerCallException>(() => pair.CallAsync([1]));
        Assert.False(refused.MayHaveRun);
        Assert.Equal($"failed to connect to server id-1 at {pair.To.Address}: wrong datacenter: this server is in \"dc1\", the caller wants \"dc2\"", refused.Message);
    }

    [Fact]
    public async Task A_server_that_moved_is_not_taken_for_another()
    {
        await using RpcPair pair = await RpcPair.StartAsync();
        ServerCallException refused = await Assert.ThrowsAsync<ServerCallException>(async () =>
            await pair.Client.CallAsync(pair.To with { Id = "id-7" }, ServerMethod.Propose, default, TimeSpan.FromSeconds(30), default));
        Assert.Contains("wrong server: this is \"id-1\", the caller wants \"id-7\"", refused.Message, StringComparison.Ordinal);
        Assert.Equal([1], await pair.CallAsync([1]));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", RpcDrop.NotThisProtocol)]
    [InlineData("\0", RpcDrop.NotThisProtocol)]
    [InlineData("PRAX", RpcDrop.NotThisProtocol)]
    [InlineData("PRAE\xff\xff\xff\xff\x01\0\0\0\0\0\0\0", RpcDrop.MalformedHello)]
    [InlineData("PRAE\x01\0\0\0\x05\0\0\0\x01\0\0\0\x01", RpcDrop.MalformedHello)]
    [InlineData("PRAE\x02\0\0\0\x01\0\0\0\0\0\0\0\x01\x01", RpcDrop.MalformedHello)]
    [InlineData("PRAE\0\0\0\0\x01\0\0\0\0\0\0\0", RpcDrop.WrongVersion)]
    public async Task Another_protocol_is_refused_and_counted(string bytes, RpcDrop drop)
    {
        await using RpcPair pair = await RpcPair.StartAsync();
        await using Stream raw = await pair.ConnectRawAsync();
        await raw.WriteAsync(Encoding.Latin1.GetBytes(bytes));
        Assert.Equal(FrameType.Refused, (await Wire.ReadFrameAsync(raw))!.Value.Header.Type);
        Assert.Equal(1, pair.Server.Drops[drop]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(20)]
    public async Task A_caller_that_dawdles_is_closed(int bytesSent)
    {
        var time = new ManualTime();
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Time = time });
        await using Stream raw = await pair.ConnectRawAsync();
        await raw.WriteAsync(Wire.Opening(Wire.NewHello()).AsMemory(0, bytesSent));
        // The connection's own timer stands beside the two that sweep.
        await Wire.UntilAsync(() => time.ActiveTimers >= 3);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(0, pair.Server.Drops[RpcDrop.HandshakeTimeout]);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await Wire.IsClosedAsync(raw));
        Assert.Equal(1, pair.Server.Drops[RpcDrop.HandshakeTimeout]);
    }

    [Fact]
    public async Task Connections_of_one_address_are_bounded_and_a_closed_one_makes_room()
    {
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Server = new RpcOptions { MaxConnectionsPerClient = 2 } });
        Stream first = await OpenAsync(pair);
        await using Stream second = await OpenAsync(pair);
        Assert.True(await IsClosedAtOnceAsync(pair));
        Assert.Equal(1, pair.Server.Drops[RpcDrop.TooManyConnections]);

        await first.DisposeAsync();
        await Wire.UntilAsync(() => pair.Server.ConnectionCount != 2);
        await using Stream again = await OpenAsync(pair);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_the_hello_is_given_up()
    {
        var time = new ManualTime();
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Time = time });
        using var mute = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        mute.Start();
        string address = mute.LocalEndpoint.ToString()!;
        Task call = pair.Client.CallAsync(new ServerAddress("id-5", address), ServerMethod.Propose, default, TimeSpan.FromMinutes(1), default).AsTask();
        using System.Net.Sockets.Socket accepted = await mute.AcceptSocketAsync();
        time.Advance(TimeSpan.FromSeconds(11));
        ServerCallException failed = await Assert.ThrowsAsync<ServerCallException>(() => call);
        Assert.Equal($"failed to connect to server id-5 at {address}: no connection within 10s", failed.Message);
        Assert.False(failed.MayHaveRun);
    }

    private static async Task<bool> IsClosedAtOnceAsync(RpcPair pair)
    {
        try
        {
            await using Stream raw = await pair.ConnectRawAsync();
            return await Wire.IsClosedAsync(raw);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Closed before connecting was even reported.
            return true;
        }
    }

    private static async Task<Stream> OpenAsync(RpcPair pair)
    {
        Stream raw = await pair.ConnectRawAsync();
        await raw.WriteAsync(Wire.Opening(Wire.NewHello()));
        Assert.Equal(FrameType.Welcome, (await Wire.ReadFrameAsync(raw))!.Value.Header.Type);
        return raw;
    }
}
