using Praetor.Core.Ports;
using Praetor.Tests.Support;
using Praetor.Transport.Framing;
using Praetor.Transport.Rpc;

namespace Praetor.Tests.Transport;

public class StreamTests
{
    private static byte[] Body(int length, bool isRandom)
    {
        byte[] body = new byte[length];
        if (isRandom)
            new Random(length).NextBytes(body);
        return body;
    }

    private static Task SendAsync(RpcPair pair, Stream body, CancellationToken cancellation = default) =>
        pair.Client.SendStreamAsync(pair.To, ServerMethod.Snapshot, new byte[] { 5, 6 }, body, reply: null, cancellation);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(65536, true)]
    [InlineData(65537, false)]
    [InlineData(3_000_000, true)]
    [InlineData(3_000_000, false)]
    public async Task A_stream_arrives_as_it_was_sent(int length, bool isRandom)
    {
        byte[] body = Body(length, isRandom);
        var taken = new MemoryStream();
        byte[] seenHeader = [];
        var callee = new ScriptedCallee
        {
            OnStream = async (header, stream, cancellation) =>
            {
                seenHeader = header.ToArray();
                await stream.CopyToAsync(taken, cancellation);
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);
        await SendAsync(pair, new MemoryStream(body));
        Assert.Equal([5, 6], seenHeader);
        Assert.Equal(body, taken.ToArray());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 200_000)]
    [InlineData(200_000, 10)]
    [InlineData(3_000_000, 3_000_000)]
    public async Task What_the_receiver_sends_back_arrives_before_its_answer(int length, int replyLength)
    {
        byte[] body = Body(length, isRandom: true);
        byte[] sentBack = Body(replyLength, isRandom: true);
        var taken = new MemoryStream();
        var callee = new ScriptedCallee
        {
            OnDuplex = async (stream, reply, cancellation) =>
            {
                await reply.WriteAsync(sentBack.AsMemory(0, replyLength / 2), cancellation);
                await stream.CopyToAsync(taken, cancellation);
                await reply.WriteAsync(sentBack.AsMemory(replyLength / 2), cancellation);
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);
        var back = new MemoryStream();

        await pair.Client.SendStreamAsync(pair.To, ServerMethod.HttpStream, default, new MemoryStream(body), back, default);

        Assert.Equal(body, taken.ToArray());
        Assert.Equal(sentBack, back.ToArray());
    }

    [Fact]
    public async Task The_stream_of_an_agent_carries_HTTP_and_nothing_else()
    {
        await using RpcPair pair = await RpcPair.StartAsync();
        await using Stream raw = await pair.ConnectRawAsync();
        await raw.WriteAsync(Wire.Opening(Wire.NewHello(Lane.AgentStream) with { IsServer = false }));
        Assert.Equal(FrameType.Welcome, (await Wire.ReadFrameAsync(raw))!.Value.Header.Type);
        var frames = new FrameBuffer();
        frames.Append(FrameType.StreamOpen, FrameFlags.None, (byte)ServerMethod.Snapshot, 0, [1]);
        frames.Append(FrameType.StreamEnd, FrameFlags.None, 0, 0, []);

        await raw.WriteAsync(frames.Memory);

        (FrameHeader header, byte[] text) = (await Wire.ReadFrameAsync(raw))!.Value;
        Assert.Equal((FrameType.Error, "method 4 is not for agents"), (header.Type, System.Text.Encoding.UTF8.GetString(text)));
    }

    [Fact]
    public async Task A_reply_that_nobody_asked_for_ends_the_stream()
    {
        var callee = new ScriptedCallee { OnDuplex = static async (_, reply, cancellation) => await reply.WriteAsync(new byte[10], cancellation) };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);

        await Assert.ThrowsAsync<ServerCallException>(() => SendAsync(pair, new MemoryStream()));
    }

    [Fact]
    public async Task A_sender_that_goes_ends_what_comes_back()
    {
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        var callee = new ScriptedCallee
        {
            OnDuplex = async (_, reply, cancellation) =>
            {
                await reply.WriteAsync(new byte[10], cancellation);
                begun.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(_ => ended.SetResult(), TaskScheduler.Default);
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);
        using var gone = new CancellationTokenSource();
        Task sent = pair.Client.SendStreamAsync(pair.To, ServerMethod.HttpStream, default, new MemoryStream(), new MemoryStream(), gone.Token);

        await begun.Task;
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        await ended.Task;
    }

    [Fact]
    public async Task A_refusal_ends_the_stream_before_all_of_it_was_sent()
    {
        var callee = new ScriptedCallee { OnStream = static (_, _, _) => throw new ServerErrorException(2, "one is being received already") };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);
        var endless = new EndlessStream();
        ServerErrorException refused = await Assert.ThrowsAsync<ServerErrorException>(() => SendAsync(pair, endless));
        Assert.Equal((2, "one is being received already"), (refused.Code, refused.Message));
    }

    [Fact]
    public async Task The_sender_goes_at_the_receivers_pace()
    {
        var gate = new TaskCompletionSource();
        var callee = new ScriptedCallee
        {
            OnStream = async (_, stream, cancellation) =>
            {
                await gate.Task;
                await stream.CopyToAsync(Stream.Null, cancellation);
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Client = new RpcOptions { Compress = false } }, callee);
        using var stop = new CancellationTokenSource();
        var endless = new EndlessStream();
        Task sending = SendAsync(pair, endless, stop.Token);
        // Others are served meanwhile.
        for (int i = 0; i < 200; i++)
            await pair.CallAsync([1]);
        long before = endless.ReadBytes;
        Assert.InRange(before, 1, 64 * 1024 * 1024);
        gate.SetResult();
        await Wire.UntilAsync(() => endless.ReadBytes >= before + (128 * 1024 * 1024));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task A_stream_that_is_cut_is_never_taken_for_a_whole_one()
    {
        var outcome = new TaskCompletionSource<Exception?>();
        var callee = new ScriptedCallee
        {
            OnStream = async (_, stream, cancellation) =>
            {
                try
                {
                    await stream.CopyToAsync(Stream.Null, cancellation);
                    outcome.SetResult(null);
                }
                catch (Exception cut) when (cut is IOException or OperationCanceledException)
                {
                    outcome.SetResult(cut);
                    throw;
                }
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);
        await using (Stream raw = await pair.ConnectRawAsync())
        {
            await raw.WriteAsync(Wire.Opening(Wire.NewHello(Lane.Stream)));
            await Wire.ReadFrameAsync(raw);
            await raw.WriteAsync(Wire.Frame(FrameType.StreamOpen, 4, 0, []));
            await raw.WriteAsync(Wire.Frame(FrameType.StreamData, 0, 0, new byte[1000]));
        }

        Assert.NotNull(await outcome.Task);
    }

    [Fact]
    public async Task A_source_that_fails_ends_the_stream_and_tells_the_sender()
    {
        await using RpcPair pair = await RpcPair.StartAsync();
        await Assert.ThrowsAsync<InvalidDataException>(() => SendAsync(pair, new EndlessStream { FailAfterBytes = 200_000 }));
    }

    [Fact]
    public async Task A_receiver_that_goes_away_ends_the_stream()
    {
        var started = new TaskCompletionSource();
        var callee = new ScriptedCallee
        {
            OnStream = async (_, _, cancellation) =>
            {
                started.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
            },
        };
        await using RpcPair pair = await RpcPair.StartAsync(callee: callee);
        Task sending = SendAsync(pair, new EndlessStream());
        await started.Task;
        await pair.Server.DisposeAsync();
        ServerCallException lost = await Assert.ThrowsAsync<ServerCallException>(() => sending);
        Assert.True(lost.MayHaveRun);
    }

    [Fact]
    public async Task A_stream_that_does_not_move_is_closed_by_the_server()
    {
        var time = new ManualTime();
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { Time = time });
        await using Stream raw = await pair.ConnectRawAsync();
        await raw.WriteAsync(Wire.Opening(Wire.NewHello(Lane.Stream)));
        await Wire.ReadFrameAsync(raw);
        await raw.WriteAsync(Wire.Frame(FrameType.StreamOpen, 4, 0, []));
        await Wire.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return pair.Server.Drops[RpcDrop.Idle] > 0;
        });

        Assert.True(await Wire.IsClosedAsync(raw));
    }

    /// <summary>Zeros without end, counted.</summary>
    private sealed class EndlessStream : Stream
    {
        private long _readBytes;

        public long ReadBytes => Volatile.Read(ref _readBytes);

        public long FailAfterBytes { get; init; } = long.MaxValue;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Interlocked.Add(ref _readBytes, count) > FailAfterBytes)
                throw new InvalidDataException("damaged");
            Array.Clear(buffer, offset, count);
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Interlocked.Add(ref _readBytes, buffer.Length) > FailAfterBytes)
                throw new InvalidDataException("damaged");
            buffer.Span.Clear();
            return new(buffer.Length);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
