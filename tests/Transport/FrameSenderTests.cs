using Praetor.Transport.Framing;
using Praetor.Transport.Rpc;

namespace Praetor.Tests.Transport;

/// <summary>When frames go to the network, and with which others.</summary>
public class FrameSenderTests
{
    [Fact]
    public void The_only_call_under_way_leaves_within_the_append()
    {
        var network = new RecordedWrites();
        FrameSender sender = Attached(network);
        Append(sender, callsUnderWay: 7);
        Assert.Equal([FrameHeader.SizeBytes + 4], network.Lengths);
    }

    [Fact]
    public async Task With_many_calls_under_way_nobody_waits_for_the_network_and_frames_leave_together()
    {
        var network = new RecordedWrites();
        FrameSender sender = Attached(network);
        network.Hold();
        for (int i = 0; i < 20; i++)
            Append(sender, callsUnderWay: 8 + i);
        network.Release();
        await Wire.UntilAsync(() => network.Lengths.Sum() == 20 * (FrameHeader.SizeBytes + 4));
        // The first write may have begun before the last frame came; what came during it is one write.
        Assert.InRange(network.Lengths.Length, 1, 2);
    }

    private static FrameSender Attached(Stream network)
    {
        var sender = new FrameSender(static broken => Assert.Fail(broken.Message));
        sender.Attach(network, compress: false);
        return sender;
    }

    private static void Append(FrameSender sender, int callsUnderWay) =>
        Assert.NotEqual(FrameSender.NotAppended, sender.TryAppend(FrameType.Call, 1, 1, "body"u8, 1 << 20, callsUnderWay));

    /// <summary>A network that notes each write, and can be made to wait with it.</summary>
    private sealed class RecordedWrites : MemoryStream
    {
        private readonly ManualResetEventSlim _isOpen = new(initialState: true);
        private readonly List<int> _writes = [];

        public int[] Lengths
        {
            get
            {
                lock (_writes)
                    return [.. _writes];
            }
        }

        public void Hold() => _isOpen.Reset();

        public void Release() => _isOpen.Set();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_isOpen.Wait(TimeSpan.FromSeconds(30), cancellationToken))
                throw new IOException("who appends waits for the network");
            lock (_writes)
                _writes.Add(buffer.Length);
            return ValueTask.CompletedTask;
        }
    }
}
