using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Praetor.Core.Ports;
using Praetor.Tests.Support;
using Praetor.Transport.Rpc;

namespace Praetor.Tests.Transport;

public class MessageTests
{
    [Fact]
    public async Task Messages_arrive_in_order_from_the_first_on()
    {
        const int count = 20_000;
        await using RpcPair pair = await RpcPair.StartAsync();
        int sent = 0;
        for (; sent < count; sent++)
        {
            byte[] message = new byte[4 + (sent % 97)];
            BitConverter.TryWriteBytes(message, sent);
            // A sender that is faster than the network is told so; here it tries again.
            await Wire.UntilAsync(() => pair.Client.TrySend(pair.To, ServerMethod.Raft, message));
        }

        for (int i = 0; i < count; i++)
        {
            await pair.Callee.Received.WaitAsync();
            Assert.True(pair.Callee.Messages.TryDequeue(out (string From, ServerMethod Method, byte[] Message) received));
            Assert.Equal(("id-2", ServerMethod.Raft, i), (received.From, received.Method, BitConverter.ToInt32(received.Message)));
        }
    }

    [Fact]
    public async Task The_queue_of_a_connection_in_the_making_is_bounded()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Client = new RpcOptions { MaxQueuedWhileConnectingBytes = 1000 } });
        var to = new ServerAddress("id-5", mute.LocalEndpoint.ToString()!);
        int taken = 0;
        while (pair.Client.TrySend(to, ServerMethod.Raft, new byte[88]))
            taken++;
        Assert.Equal(10, taken);
        Assert.False(pair.Client.TrySend(to, ServerMethod.Raft, new byte[88]));
    }

    [Fact]
    public async Task The_queue_to_a_receiver_that_stands_still_is_bounded_and_sending_never_waits()
    {
        var gate = new ManualResetEventSlim();
        var callee = new ScriptedCallee { OnMessage = _ => gate.Wait() };
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Client = new RpcOptions { MaxQueuedMessageBytes = 1024 * 1024, Compress = false } }, callee);
        pair.Client.Send(pair.To, ServerMethod.Raft, [1]);
        byte[] message = new byte[64 * 1024];
        int taken = 0;
        int refused = 0;
        // What the kernel and the pipes between hold is some megabytes.
        for (int i = 0; i < 10_000 && refused < 100; i++)
        {
            if (pair.Client.TrySend(pair.To, ServerMethod.Raft, message))
                taken++;
            else
                refused++;
            if (refused > 0 && refused < 100)
                await Task.Delay(1);
        }

        gate.Set();
        Assert.Equal(100, refused);
        Assert.InRange(taken, 1, 1000);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_told_of_and_left_alone_for_a_while()
    {
        var time = new ManualTime();
        var unreachable = new SemaphoreSlim(0);
        var ids = new ConcurrentQueue<string>();
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Time = time });
        pair.Client.Unreachable = id =>
        {
            ids.Enqueue(id);
            unreachable.Release();
        };
        var nobody = new ServerAddress("id-5", "127.0.0.1:1");

        // 25, 50, 100, 200, 400, 400 ms of pause, and not a moment less.
        foreach (int pauseMs in new[] { 25, 50, 100, 200, 400, 400 })
        {
            Assert.True(pair.Client.TrySend(nobody, ServerMethod.Raft, [1]));
            await unreachable.WaitAsync();
            time.Advance(TimeSpan.FromMilliseconds(pauseMs - 1));
            Assert.False(pair.Client.TrySend(nobody, ServerMethod.Raft, [1]));
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.All(ids, id => Assert.Equal("id-5", id));
    }

    [Fact]
    public async Task After_a_lost_connection_the_next_message_connects_at_once()
    {
        var options = new RpcPairOptions { Time = new ManualTime() };
        await using RpcPair pair = await RpcPair.StartAsync(options);
        var lost = new SemaphoreSlim(0);
        pair.Client.Unreachable = _ => lost.Release();
        pair.Client.Send(pair.To, ServerMethod.Raft, [1]);
        await pair.Callee.Received.WaitAsync();
        IPEndPoint endPoint = pair.Server.EndPoint;
        await pair.Server.DisposeAsync();
        await lost.WaitAsync();
        var callee = new ScriptedCallee();
        await using RpcServer restarted = RpcPair.NewServer(options, callee);
        await restarted.StartAsync(endPoint);
        Assert.True(pair.Client.TrySend(pair.To, ServerMethod.Raft, [2]));
        await callee.Received.WaitAsync();
        Assert.True(callee.Messages.TryDequeue(out (string From, ServerMethod Method, byte[] Message) message));
        Assert.Equal([2], message.Message);
    }

    [Fact]
    public async Task Messages_do_not_wait_for_calls()
    {
        var gate = new ManualResetEventSlim();
        var callee = new ScriptedCallee
        {
            OnCall = (_, cancellation) =>
            {
                gate.Wait(cancellation);
                return new(ReadOnlyMemory<byte>.Empty);
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);
        Task stuck = pair.CallAsync(new byte[100_000]);
        pair.Client.Send(pair.To, ServerMethod.Raft, [1]);
        await pair.Callee.Received.WaitAsync();
        Assert.False(stuck.IsCompleted);
        gate.Set();
        await stuck;
    }
}
