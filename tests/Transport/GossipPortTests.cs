using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.Ports;
using Praetor.Tests.Support;
using Praetor.Transport.Gossip;

namespace Praetor.Tests.Transport;

public class GossipPortTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    private static async Task<(GossipPort Port, Receiver Receiver)> OpenAsync(string keys = "", GossipOptions? options = null, TimeProvider? time = null, bool incoming = true, bool outgoing = true)
    {
        var ring = new KeyRing();
        foreach (char key in keys)
            ring.Install([(byte)key, .. new byte[15]]);
        var seal = new PacketSeal("lan", ring) { VerifyIncoming = incoming, VerifyOutgoing = outgoing };
        GossipPort port = await GossipPort.BindAsync("lan", new IPEndPoint(IPAddress.Loopback, 0), seal, options ?? new GossipOptions(), time ?? TimeProvider.System, NullLogger.Instance);
        var receiver = new Receiver();
        port.Start(receiver);
        return (port, receiver);
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    public async Task A_datagram_arrives_with_its_senders_address(string keys)
    {
        (GossipPort one, _) = await OpenAsync(keys);
        (GossipPort two, Receiver receiver) = await OpenAsync(keys);
        await using (one)
        await using (two)
        {
            for (int i = 0; i < 3; i++)
            {
                Assert.True(one.TrySend(two.EndPoint, Text("rumour")));
                await receiver.Arrived.WaitAsync();
                Assert.True(receiver.Packets.TryDequeue(out (IPEndPoint From, byte[] Packet) packet));
                Assert.Equal(one.EndPoint, packet.From);
                Assert.Equal("rumour", Encoding.UTF8.GetString(packet.Packet));
            }
        }
    }

    [Theory]
    [InlineData("", 1395)]
    [InlineData("a", 1367)]
    public async Task A_datagram_has_1400_bytes_with_everything(string keys, int expected)
    {
        (GossipPort port, _) = await OpenAsync(keys);
        using var plain = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        plain.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using (port)
        {
            Assert.Equal(expected, port.MaxPacketBytes);
            Assert.False(port.TrySend((IPEndPoint)plain.LocalEndPoint!, new byte[expected + 1]));
            Assert.Equal(1, port.Drops[PacketDrop.TooLong]);
            Assert.True(port.TrySend((IPEndPoint)plain.LocalEndPoint!, new byte[expected]));
            Assert.Equal(1400, await plain.ReceiveAsync(new byte[2000]));
        }
    }

    [Fact]
    public async Task Hostile_datagrams_are_counted_and_the_next_good_one_is_taken()
    {
        (GossipPort one, _) = await OpenAsync("a");
        (GossipPort two, Receiver receiver) = await OpenAsync("a");
        using var plain = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await using (one)
        await using (two)
        {
            byte[][] hostile = [[], [0x81], new byte[100], [0x81, .. new byte[100]], [0x01, .. new byte[100]], [0x77, .. new byte[100]], new byte[60_000]];
            foreach (byte[] datagram in hostile)
                plain.SendTo(datagram, two.EndPoint);
            Assert.True(one.TrySend(two.EndPoint, Text("no packet")));
            Assert.True(one.TrySend(two.EndPoint, Text("rumour")));
            await receiver.Arrived.WaitAsync();
            Assert.Equal("rumour", Encoding.UTF8.GetString(Assert.Single(receiver.Packets).Packet));
            Assert.Equal((2, 3, 1, 1, 1), (two.Drops[PacketDrop.TooShort], two.Drops[PacketDrop.UnknownKind], two.Drops[PacketDrop.Undecryptable],
                two.Drops[PacketDrop.NotEncrypted], two.Drops[PacketDrop.Malformed]));
        }
    }

    [Fact]
    public async Task Sending_a_datagram_allocates_nothing()
    {
        (GossipPort one, _) = await OpenAsync("a");
        (GossipPort two, Receiver receiver) = await OpenAsync("a");
        await using (one)
        await using (two)
        {
            receiver.Keep = false;
            byte[] packet = new byte[1000];
            one.TrySend(two.EndPoint, packet);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
                one.TrySend(two.EndPoint, packet);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public async Task An_exchange_brings_the_answer_whatever_its_size()
    {
        (GossipPort one, _) = await OpenAsync("a");
        (GossipPort two, Receiver receiver) = await OpenAsync("a");
        await using (one)
        await using (two)
        {
            foreach (int size in new[] { 0, 1, 5000, 1_000_000 })
            {
                byte[] request = new byte[size];
                new Random(size).NextBytes(request);
                receiver.OnExchange = static bytes => [.. bytes, 7];
                Assert.Equal((byte[])[.. request, 7], (await one.ExchangeAsync(two.EndPoint, request, s_long, default)).ToArray());
                Assert.Equal([.. new byte[size], 7], (await one.ExchangeAsync(two.EndPoint, new byte[size], s_long, default)).ToArray());
            }
        }
    }

    [Fact]
    public async Task A_refusal_reaches_the_caller_with_its_text()
    {
        (GossipPort one, _) = await OpenAsync();
        (GossipPort two, Receiver receiver) = await OpenAsync();
        await using (one)
        await using (two)
        {
            receiver.OnExchange = static _ => throw new PacketExchangeException("Member 'n2' part of wrong datacenter 'dc2'");
            Assert.Equal("Member 'n2' part of wrong datacenter 'dc2'", await FailureOfAsync(one, two));
            receiver.OnExchange = static _ => throw new InvalidDataException("bad");
            Assert.Equal("remote state is malformed (Malformed)", await FailureOfAsync(one, two));
            receiver.OnExchange = static _ => throw new InvalidOperationException("secret");
            Assert.Equal("internal error", await FailureOfAsync(one, two));
        }
    }

    /// <summary>gossip-raft 3.4: what the joiner sees.</summary>
    [Theory]
    [InlineData("", "a", "remote state is encrypted and encryption is not configured")]
    [InlineData("a", "", "encryption is configured but remote state is not encrypted")]
    [InlineData("a", "b", "no installed keys could decrypt the message")]
    public async Task A_joiner_without_the_right_key_sees_why(string joiner, string member, string text)
    {
        (GossipPort one, _) = await OpenAsync(joiner);
        (GossipPort two, Receiver receiver) = await OpenAsync(member);
        await using (one)
        await using (two)
        {
            Assert.Equal(text, await FailureOfAsync(one, two));
            Assert.Equal(0, receiver.Exchanges);
        }
    }

    [Fact]
    public async Task Encryption_is_turned_on_in_a_live_pool_step_by_step()
    {
        (bool HasKey, bool Incoming, bool Outgoing)[] steps = [(false, true, true), (true, false, false), (true, false, true), (true, true, true)];
        for (int step = 0; step < steps.Length - 1; step++)
        {
            // While one step is rolled out, members of it and of the one before talk to each other, both ways.
            (GossipPort one, _) = await OpenAsync(steps[step].HasKey ? "a" : "", incoming: steps[step].Incoming, outgoing: steps[step].Outgoing);
            (GossipPort two, _) = await OpenAsync(steps[step + 1].HasKey ? "a" : "", incoming: steps[step + 1].Incoming, outgoing: steps[step + 1].Outgoing);
            await using (one)
            await using (two)
            {
                Assert.Equal([1], (await one.ExchangeAsync(two.EndPoint, new byte[] { 1 }, s_long, default)).ToArray());
                Assert.Equal([2], (await two.ExchangeAsync(one.EndPoint, new byte[] { 2 }, s_long, default)).ToArray());
            }
        }
    }

    [Fact]
    public async Task Exchanges_beyond_the_number_at_once_are_refused()
    {
        var gate = new TaskCompletionSource();
        (GossipPort one, _) = await OpenAsync();
        (GossipPort two, Receiver receiver) = await OpenAsync(options: new GossipOptions { MaxInboundExchanges = 2 });
        await using (one)
        await using (two)
        {
            receiver.Gate = gate.Task;
            Task first = one.ExchangeAsync(two.EndPoint, new byte[1], s_long, default).AsTask();
            Task second = one.ExchangeAsync(two.EndPoint, new byte[1], s_long, default).AsTask();
            await Wire.UntilAsync(() => receiver.Exchanges >= 2);
            await Assert.ThrowsAsync<PacketExchangeException>(() => one.ExchangeAsync(two.EndPoint, new byte[1], s_long, default).AsTask());
            Assert.Equal(1, two.Drops[PacketDrop.TooManyExchanges]);
            gate.SetResult();
            await first;
            await second;
            await one.ExchangeAsync(two.EndPoint, new byte[1], s_long, default);
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(21 * 1024 * 1024)]
    public async Task A_length_beyond_20_MiB_is_refused(int length)
    {
        (GossipPort port, _) = await OpenAsync();
        await using (port)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(port.EndPoint);
            byte[] head = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(head, length);
            await socket.SendAsync(head);
            await using var stream = new NetworkStream(socket);
            byte[] answer = new byte[1000];
            int size = await stream.ReadAtLeastAsync(answer, 40, throwOnEndOfStream: false);
            Assert.EndsWith("remote state is larger than limit", Encoding.UTF8.GetString(answer, 0, size), StringComparison.Ordinal);
            Assert.Equal(1, port.Drops[PacketDrop.ExchangeTooLong]);
        }
    }

    [Fact]
    public async Task Exchanges_together_hold_no_more_than_their_budget()
    {
        (GossipPort one, _) = await OpenAsync();
        (GossipPort two, _) = await OpenAsync(options: new GossipOptions { MaxInboundBytes = 1_000_000 });
        await using (one)
        await using (two)
        {
            byte[] large = new byte[2_000_000];
            new Random(1).NextBytes(large);
            await Assert.ThrowsAsync<PacketExchangeException>(() => one.ExchangeAsync(two.EndPoint, large, s_long, default).AsTask());
            Assert.Equal(1, two.Drops[PacketDrop.ExchangeTooLong]);
            Assert.Equal([1], (await one.ExchangeAsync(two.EndPoint, new byte[] { 1 }, s_long, default)).ToArray());
        }
    }

    [Fact]
    public async Task A_caller_that_dawdles_is_closed()
    {
        var time = new ManualTime();
        (GossipPort port, _) = await OpenAsync(time: time);
        await using (port)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(port.EndPoint);
            await socket.SendAsync(new byte[] { 100, 0, 0, 0, 1 });
            await Wire.UntilAsync(() => time.ActiveTimers > 0);
            time.Advance(TimeSpan.FromSeconds(11));
            await using var stream = new NetworkStream(socket);
            Assert.True(await Wire.IsClosedAsync(stream));
        }
    }

    [Fact]
    public async Task An_exchange_that_is_not_answered_in_time_fails()
    {
        var time = new ManualTime();
        (GossipPort one, _) = await OpenAsync(time: time);
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        await using (one)
        {
            Task exchange = one.ExchangeAsync((IPEndPoint)mute.LocalEndpoint, new byte[1], TimeSpan.FromSeconds(5), default).AsTask();
            using Socket accepted = await mute.AcceptSocketAsync();
            time.Advance(TimeSpan.FromSeconds(6));
            PacketExchangeException late = await Assert.ThrowsAsync<PacketExchangeException>(() => exchange);
            Assert.Equal($"{mute.LocalEndpoint}: i/o timeout", late.Message);
        }
    }

    [Fact]
    public async Task A_port_in_use_is_told()
    {
        (GossipPort port, _) = await OpenAsync();
        await using (port)
        {
            await Assert.ThrowsAnyAsync<IOException>(() =>
                GossipPort.BindAsync("lan", port.EndPoint, new PacketSeal("lan", new KeyRing()), new GossipOptions(), TimeProvider.System, NullLogger.Instance));
        }
    }

    [Fact]
    public async Task A_port_that_was_given_back_is_free_again()
    {
        (GossipPort port, _) = await OpenAsync();
        await port.DisposeAsync();
        Assert.True(port.Running.IsCompletedSuccessfully);
        await using GossipPort again = await GossipPort.BindAsync("lan", port.EndPoint, new PacketSeal("lan", new KeyRing()), new GossipOptions(), TimeProvider.System, NullLogger.Instance);
        Assert.Equal(port.EndPoint, again.EndPoint);
    }

    private static async Task<string> FailureOfAsync(GossipPort from, GossipPort to) =>
        (await Assert.ThrowsAsync<PacketExchangeException>(() => from.ExchangeAsync(to.EndPoint, new byte[1], s_long, default).AsTask())).Message;

    private sealed class Receiver : IPacketReceiver
    {
        private int _exchanges;

        public ConcurrentQueue<(IPEndPoint From, byte[] Packet)> Packets { get; } = new();

        public SemaphoreSlim Arrived { get; } = new(0);

        public Func<byte[], byte[]> OnExchange { get; set; } = static bytes => bytes;

        public Task Gate { get; set; } = Task.CompletedTask;

        public int Exchanges => Volatile.Read(ref _exchanges);

        public bool Keep { get; set; } = true;

        public void OnPacket(IPEndPoint from, ReadOnlySpan<byte> packet)
        {
            if (packet.SequenceEqual("no packet"u8))
                throw new InvalidDataException("no packet");
            if (Keep)
                Packets.Enqueue((from, packet.ToArray()));
            Arrived.Release();
        }

        public async ValueTask<ReadOnlyMemory<byte>> OnExchangeAsync(IPEndPoint from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _exchanges);
            await Gate.WaitAsync(cancellation);
            return OnExchange(request.ToArray());
        }
    }
}
