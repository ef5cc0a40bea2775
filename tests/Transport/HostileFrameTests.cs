using Praetor.Core.Ports;
using Praetor.Transport.Framing;
using Praetor.Transport.Rpc;

namespace Praetor.Tests.Transport;

public class HostileFrameTests
{
    /// <summary>A lane, a frame that has no place on it, and why the connection ends.</summary>
    public static TheoryData<Lane, byte[], RpcDrop> Forbidden => new()
    {
        { Lane.Calls, Wire.Frame(FrameType.Message, 1, 0, [1]), RpcDrop.UnexpectedFrame },
        { Lane.Calls, Wire.Frame(FrameType.Hello, 0, 0, Wire.NewHello().Encode()), RpcDrop.UnexpectedFrame },
        { Lane.Calls, Wire.Frame(FrameType.Answer, 0, 1, []), RpcDrop.UnexpectedFrame },
        { Lane.Calls, Wire.Frame(FrameType.Call, 1, 0, []), RpcDrop.UnexpectedFrame },
        { Lane.Calls, [.. Wire.Frame(FrameType.Call, 1, 1, []), .. Wire.Frame(FrameType.Call, 1, 1, [])], RpcDrop.UnexpectedFrame },
        { Lane.Calls, Wire.Frame(FrameType.Cancel, 1, 1, [1]), RpcDrop.UnexpectedFrame },
        { Lane.Calls, Wire.Frame(FrameType.Call, 1, 1, [1, 2, 3, 4, 5], FrameFlags.Compressed), RpcDrop.MalformedBody },
        { Lane.Calls, Wire.Frame(FrameType.Call, 1, 1, new byte[1001]), RpcDrop.FrameTooLong },
        { Lane.Calls, [0xff, 0xff, 0xff, 0x7f, 5, 0, 1, 0, 1, 0, 0, 0], RpcDrop.FrameTooLong },
        { Lane.Calls, [0xff, 0xff, 0xff, 0xff, 5, 0, 1, 0, 1, 0, 0, 0], RpcDrop.FrameTooLong },
        { Lane.Calls, new byte[12], RpcDrop.MalformedFrame },
        { Lane.Messages, Wire.Frame(FrameType.Call, 1, 1, []), RpcDrop.UnexpectedFrame },
        { Lane.Messages, Wire.Frame(FrameType.Message, 1, 5, []), RpcDrop.UnexpectedFrame },
        { Lane.Messages, Wire.Frame(FrameType.Message, 1, 0, [9, 9, 9, 9], FrameFlags.Compressed), RpcDrop.MalformedBody },
        { Lane.Messages, Wire.Frame(FrameType.Message, 1, 0, [66]), RpcDrop.MalformedMessage },
        { Lane.Stream, Wire.Frame(FrameType.StreamData, 0, 0, [1]), RpcDrop.UnexpectedFrame },
        { Lane.Stream, [.. Wire.Frame(FrameType.StreamOpen, 4, 0, []), .. Wire.Frame(FrameType.Call, 0, 1, [1])], RpcDrop.UnexpectedFrame },
        { Lane.Stream, [.. Wire.Frame(FrameType.StreamOpen, 4, 0, []), .. Wire.Frame(FrameType.StreamEnd, 0, 0, [1])], RpcDrop.UnexpectedFrame },
        { Lane.Stream, [.. Wire.Frame(FrameType.StreamOpen, 4, 0, []), .. Wire.Frame(FrameType.StreamData, 0, 0, [1, 2, 3], FrameFlags.Compressed)], RpcDrop.MalformedBody },
        { Lane.Stream, [.. Wire.Frame(FrameType.StreamOpen, 4, 0, []), 0xff, 0xff, 0xff, 0x7f, 11, 0, 0, 0, 0, 0, 0, 0], RpcDrop.FrameTooLong },
        { Lane.Stream, new byte[12], RpcDrop.MalformedFrame },
    };

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task A_forbidden_frame_closes_its_connection_with_a_counted_reason(Lane lane, byte[] bytes, RpcDrop drop)
    {
        var callee = new ScriptedCallee
        {
            OnMessage = static message =>
            {
                if (message is [66])
                    throw new InvalidDataException("no message");
            },
            OnCall = static async (_, cancellation) =>
            {
                await Task.Delay(Timeout.Infinite, cancellation);
                return default;
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Server = new RpcOptions { MaxFrameBytes = 1000 } }, callee);
        await using Stream raw = await pair.ConnectRawAsync();
        await raw.WriteAsync(Wire.Opening(Wire.NewHello(lane)));
        Assert.Equal(FrameType.Welcome, (await Wire.ReadFrameAsync(raw))!.Value.Header.Type);
        await raw.WriteAsync(bytes);
        Assert.True(await Wire.IsClosedAsync(raw));
        Assert.Equal(1, pair.Server.Drops[drop]);
    }

    [Fact]
    public async Task Connections_of_random_bytes_leave_a_server_that_serves()
    {
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Server = new RpcOptions { MaxFrameBytes = 10_000, MaxConnectionsPerClient = 0 } });
        await Parallel.ForEachAsync(Enumerable.Range(0, 600), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (seed, cancellation) =>
        {
            var random = new Random(seed);
            byte[] bytes = new byte[random.Next(1, 2000)];
            random.NextBytes(bytes);
            byte[] opening = Wire.Opening(Wire.NewHello((Lane)random.Next(1, 5)));
            if (seed % 3 == 1)
                opening[random.Next(opening.Length)] = (byte)random.Next(256);
            await using Stream raw = await pair.ConnectRawAsync();
            try
            {
                await raw.WriteAsync(seed % 3 == 0 ? bytes : (byte[])[.. opening, .. bytes], cancellation);
            }
            catch (IOException)
            {
                // Closed while it was still talking.
            }
        });

        Assert.Equal([1, 2, 3], await pair.CallAsync([1, 2, 3]));
        long closed = Enum.GetValues<RpcDrop>().Sum(drop => pair.Server.Drops[drop]);
        Assert.InRange(closed, 200, 600);
    }

    [Fact]
    public async Task A_server_that_sends_nonsense_fails_its_callers()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        await using RpcPair pair = await RpcPair.StartAsync();
        var to = new ServerAddress("", listener.LocalEndpoint.ToString()!);
        byte[][] answers =
        [
            new byte[12], Wire.Frame(FrameType.Call, 0, 1, []), Wire.Frame(FrameType.Answer, 0, 0, []),
            Wire.Frame(FrameType.Answer, 0, 1, [1, 2, 3, 4], FrameFlags.Compressed), [0xff, 0xff, 0xff, 0x7f, 6, 0, 0, 0, 1, 0, 0, 0],
        ];
        foreach (byte[] answer in answers)
        {
            Task call = pair.Client.CallAsync(to, ServerMethod.Propose, default, TimeSpan.FromMinutes(1), default).AsTask();
            using System.Net.Sockets.TcpClient accepted = await listener.AcceptTcpClientAsync();
            Stream stream = accepted.GetStream();
            byte[] preface = new byte[Hello.Preface.Length];
            await stream.ReadExactlyAsync(preface);
            await Wire.ReadFrameAsync(stream);
            await stream.WriteAsync(Wire.Frame(FrameType.Welcome, 0, 0, new Welcome(Features.None, "x", "x").Encode()));
            await Wire.ReadFrameAsync(stream);
            await stream.WriteAsync(answer);
            ServerCallException failed = await Assert.ThrowsAsync<ServerCallException>(() => call);
            Assert.True(failed.MayHaveRun);
        }
    }
}
