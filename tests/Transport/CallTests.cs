using System.Net;
using Praetor.Core.Ports;
using Praetor.Tests.Support;
using Praetor.Transport.Framing;
using Praetor.Transport.Rpc;

namespace Praetor.Tests.Transport;

public class CallTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    private static byte[] Text(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    [Fact]
    public async Task A_call_brings_its_answer()
    {
        await using RpcPair pair = await RpcPair.StartAsync();
        Assert.Equal(Text("hello"), await pair.CallAsync(Text("hello")));
        Assert.Empty(await pair.CallAsync([]));
    }

    [Fact]
    public async Task Calls_are_answered_out_of_order_on_one_connection()
    {
        var gates = new Dictionary<byte, TaskCompletionSource>();
        for (byte i = 0; i < 10; i++)
            gates[i] = new TaskCompletionSource();
        var callee = new ScriptedCallee
        {
            OnCall = async (request, _) =>
            {
                byte[] own = request.ToArray();
                await gates[own[0]].Task;
                return own;
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);
        Task<byte[]>[] calls = [.. Enumerable.Range(0, 10).Select(i => pair.CallAsync([(byte)i]))];
        foreach (int i in Enumerable.Range(0, 10).Reverse())
        {
            Assert.All(calls[..i], call => Assert.False(call.IsCompleted));
            gates[(byte)i].SetResult();
            Assert.Equal([(byte)i], await calls[i]);
        }

        Assert.Equal(1, pair.Server.ConnectionCount);
    }

    [Fact]
    public async Task Many_calls_of_many_sizes_at_once_bring_each_its_own_answer()
    {
        await using RpcPair pair = await RpcPair.StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, cancellation) =>
        {
            byte[] request = new byte[i % 50 == 0 ? 100_000 : i % 300];
            new Random(i).NextBytes(request);
            Assert.Equal(request, await pair.CallAsync(request, cancellation));
        });
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Large_bodies_arrive_whole_whoever_compresses(bool serverCompresses, bool clientCompresses)
    {
        byte[] body = new byte[1_000_000];
        for (int i = 0; i < body.Length; i++)
            body[i] = (byte)(i / 1000);
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions
        {
            Server = new RpcOptions { Compress = serverCompresses },
            Client = new RpcOptions { Compress = clientCompresses },
        });
        Assert.Equal(body, await pair.CallAsync(body));
    }

    [Fact]
    public async Task Large_bodies_travel_compressed_only_to_a_side_that_agreed()
    {
        await using RpcPair pair = await RpcPair.StartAsync(callee: new ScriptedCallee { OnCall = static (_, _) => new(new byte[8192]) });
        foreach (Features features in new[] { Features.None, Features.Compression })
        {
            await using Stream raw = await pair.ConnectRawAsync();
            await raw.WriteAsync(Wire.Opening(Wire.NewHello() with { Features = features }));
            Assert.Equal(FrameType.Welcome, (await Wire.ReadFrameAsync(raw))!.Value.Header.Type);
            await raw.WriteAsync(Wire.Frame(FrameType.Call, 2, 1, []));
            FrameHeader answer = (await Wire.ReadFrameAsync(raw))!.Value.Header;
            Assert.Equal(features == Features.Compression ? FrameFlags.Compressed : FrameFlags.None, answer.Flags);
            Assert.Equal(features == Features.Compression, answer.Length < 8192);
        }
    }

    [Fact]
    public async Task The_callees_error_keeps_its_code_and_text()
    {
        var callee = new ScriptedCallee { OnCall = static (_, _) => throw new ServerErrorException(7, "no such thing") };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);
        ServerErrorException error = await Assert.ThrowsAsync<ServerErrorException>(() => pair.CallAsync([1]));
        Assert.Equal((7, "no such thing"), (error.Code, error.Message));
    }

    [Fact]
    public async Task A_fault_in_the_callee_is_an_error_and_the_connection_goes_on()
    {
        var callee = new ScriptedCallee { OnCall = static (_, _) => throw new InvalidOperationException("broken") };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);
        ServerErrorException error = await Assert.ThrowsAsync<ServerErrorException>(() => pair.CallAsync([1]));
        Assert.Equal((0, "broken"), (error.Code, error.Message));
        callee.OnCall = static (request, _) => new(request);
        Assert.Equal([2], await pair.CallAsync([2]));
        Assert.Equal(1, pair.Server.ConnectionCount);
    }

    [Fact]
    public async Task A_call_that_is_not_answered_in_time_may_have_run_and_is_cancelled_at_the_callee()
    {
        var time = new ManualTime();
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var callee = new ScriptedCallee
        {
            OnCall = async (_, cancellation) =>
            {
                cancellation.Register(cancelled.SetResult);
                started.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
                return default;
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Time = time }, callee);
        Task call = pair.CallAsync([1]);
        await started.Task;
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        ServerCallException late = await Assert.ThrowsAsync<ServerCallException>(() => call);
        Assert.True(late.MayHaveRun);
        await cancelled.Task;
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled_at_the_callee()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var callee = new ScriptedCallee
        {
            OnCall = async (_, cancellation) =>
            {
                cancellation.Register(cancelled.SetResult);
                started.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
                return default;
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);
        using var caller = new CancellationTokenSource();
        Task call = pair.CallAsync([1], caller.Token);
        await started.Task;
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cancelled.Task;
    }

    [Fact]
    public async Task When_the_connection_breaks_its_calls_may_have_run()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var callee = new ScriptedCallee
        {
            OnCall = async (_, cancellation) =>
            {
                cancellation.Register(cancelled.SetResult);
                started.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
                return default;
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);
        Task call = pair.CallAsync([1]);
        await started.Task;
        await pair.Server.DisposeAsync();
        ServerCallException lost = await Assert.ThrowsAsync<ServerCallException>(() => call);
        Assert.True(lost.MayHaveRun);
        Assert.StartsWith($"connection to server id-1 at {pair.To.Address} was lost: ", lost.Message, StringComparison.Ordinal);
        await cancelled.Task;
    }

    [Theory]
    [InlineData("", "no address is known")]
    [InlineData("nonsense", "the address is not host:port")]
    [InlineData("127.0.0.1:1", "Connection refused")]
    public async Task A_call_that_cannot_be_sent_has_not_run(string address, string reason)
    {
        await using RpcPair pair = await RpcPair.StartAsync();
        ServerCallException failed = await Assert.ThrowsAsync<ServerCallException>(async () =>
            await pair.Client.CallAsync(new ServerAddress("id-5", address), ServerMethod.Propose, default, s_long, default));
        Assert.False(failed.MayHaveRun);
        Assert.Contains($"server id-5 at {address}: {reason}", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_restart_of_the_server_the_next_call_connects_again()
    {
        var options = new RpcPairOptions();
        await using RpcPair pair = await RpcPair.StartAsync(options);
        await pair.CallAsync([1]);
        IPEndPoint endPoint = pair.Server.EndPoint;
        await pair.Server.DisposeAsync();
        await using RpcServer restarted = RpcPair.NewServer(options, new ScriptedCallee());
        await restarted.StartAsync(endPoint);

        // The end of the old connection may be noticed only by the call itself.
        byte[]? answer = null;
        while (answer is null)
        {
            try
            {
                answer = await pair.CallAsync([2]);
            }
            catch (ServerCallException lost) when (lost.MayHaveRun)
            {
            }
        }

        Assert.Equal([2], answer);
    }

    [Fact]
    public async Task A_request_longer_than_a_frame_is_refused_before_it_is_sent()
    {
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Client = new RpcOptions { MaxFrameBytes = 1000 } });
        ServerCallException failed = await Assert.ThrowsAsync<ServerCallException>(() => pair.CallAsync(new byte[1001]));
        Assert.False(failed.MayHaveRun);
        Assert.Equal("the request has 1001 bytes, more than 1000", failed.Message);
    }

    [Fact]
    public async Task An_answer_longer_than_a_frame_is_an_error()
    {
        var callee = new ScriptedCallee { OnCall = static (_, _) => new(new byte[1001]) };
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Server = new RpcOptions { MaxFrameBytes = 1000 } }, callee);
        ServerErrorException error = await Assert.ThrowsAsync<ServerErrorException>(() => pair.CallAsync([1]));
        Assert.Equal("the answer has 1001 bytes, more than 1000", error.Message);
    }

    [Fact]
    public async Task Calls_beyond_the_number_of_one_connection_are_rejected_and_have_not_run()
    {
        var gate = new TaskCompletionSource();
        var started = new SemaphoreSlim(0);
        var callee = new ScriptedCallee
        {
            OnCall = async (_, _) =>
            {
                started.Release();
                await gate.Task;
                return default;
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Server = new RpcOptions { MaxCallsPerConnection = 2 } }, callee);
        Task first = pair.CallAsync([1]);
        Task second = pair.CallAsync([2]);
        await started.WaitAsync();
        await started.WaitAsync();
        ServerCallException rejected = await Assert.ThrowsAsync<ServerCallException>(() => pair.CallAsync([3]));
        Assert.False(rejected.MayHaveRun);
        Assert.Equal("too many calls run on this connection", rejected.Message);
        Assert.Equal(1, pair.Server.Drops[RpcDrop.TooManyCalls]);
        gate.SetResult();
        await first;
        await second;
    }

    [Fact]
    public async Task A_server_whose_answers_are_not_read_reads_no_further_calls()
    {
        const int asked = 400;
        int unread = 0;
        int mostUnread = 0;
        var callee = new ScriptedCallee
        {
            OnCall = (request, _) =>
            {
                if (request.Length > 0)
                    return new(request);
                mostUnread = Math.Max(mostUnread, Interlocked.Increment(ref unread));
                return new(new byte[256 * 1024]);
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Server = new RpcOptions { MaxQueuedCallBytes = 512 * 1024 } }, callee);
        await using Stream raw = await pair.ConnectRawAsync();
        await raw.WriteAsync(Wire.Opening(Wire.NewHello()));
        Assert.Equal(FrameType.Welcome, (await Wire.ReadFrameAsync(raw))!.Value.Header.Type);
        for (uint id = 1; id <= asked; id++)
            await raw.WriteAsync(Wire.Frame(FrameType.Call, 2, id, []));
        // Others are served meanwhile, which also gives the server the time to do it wrong.
        for (int i = 0; i < 200; i++)
            await pair.CallAsync([1]);

        for (int i = 0; i < asked; i++)
        {
            Assert.Equal(FrameType.Answer, (await Wire.ReadFrameAsync(raw))!.Value.Header.Type);
            Interlocked.Decrement(ref unread);
        }

        // 100 MB of answers fit in no network buffer.
        Assert.InRange(mostUnread, 1, asked / 2);
    }

    [Fact]
    public async Task Connections_that_nobody_uses_are_closed()
    {
        var time = new ManualTime();
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Time = time });
        await pair.CallAsync([1]);
        await using Stream raw = await pair.ConnectRawAsync();
        await raw.WriteAsync(Wire.Opening(Wire.NewHello()));
        Assert.Equal(FrameType.Welcome, (await Wire.ReadFrameAsync(raw))!.Value.Header.Type);
        // The welcome leaves before the server waits for calls; with an answer it certainly does.
        await raw.WriteAsync(Wire.Frame(FrameType.Call, 2, 1, []));
        Assert.Equal(FrameType.Answer, (await Wire.ReadFrameAsync(raw))!.Value.Header.Type);
        Assert.Equal(2, pair.Server.ConnectionCount);
        time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(0, pair.Server.Drops[RpcDrop.Idle]);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(await Wire.IsClosedAsync(raw));
        Assert.InRange(pair.Server.Drops[RpcDrop.Idle], 1, 2);
        Assert.Equal([2], await pair.CallAsync([2]));
    }
}
