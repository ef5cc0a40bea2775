using System.Buffers;
using System.Text;
using Praetor.Transport.Framing;

namespace Praetor.Tests.Transport;

/// <summary>Bytes as they go over a connection, made and read by hand.</summary>
internal static class Wire
{
    public static byte[] Frame(FrameType type, byte method, uint streamId, ReadOnlySpan<byte> body, FrameFlags flags = FrameFlags.None)
    {
        byte[] frame = new byte[FrameHeader.SizeBytes + body.Length];
        new FrameHeader(body.Length, type, flags, method, streamId).Write(frame);
        body.CopyTo(frame.AsSpan(FrameHeader.SizeBytes));
        return frame;
    }

    public static Hello NewHello(Lane lane = Lane.Calls) =>
        new() { Lane = lane, IsServer = true, NodeId = "id-9", NodeName = "n9", Datacenter = "dc1", WantedDatacenter = "dc1" };

    public static byte[] Opening(Hello hello) => [.. Hello.Preface, .. Frame(FrameType.Hello, 0, 0, hello.Encode())];

    /// <summary>The next frame; null if the other side closed first.</summary>
    public static async Task<(FrameHeader Header, byte[] Body)?> ReadFrameAsync(Stream from)
    {
        byte[] head = new byte[FrameHeader.SizeBytes];
        try
        {
            await from.ReadExactlyAsync(head);
            Assert.True(FrameHeader.TryRead(head, out FrameHeader header));
            byte[] body = new byte[header.Length];
            await from.ReadExactlyAsync(body);
            return (header, body);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Completes when the other side has closed.</summary>
    public static async Task<bool> IsClosedAsync(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(60)) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public static string Text((FrameHeader Header, byte[] Body)? frame) => Encoding.UTF8.GetString(frame!.Value.Body);

    /// <summary>Bytes in pieces of a random length: readers must not depend on where a buffer ends.</summary>
    public static ReadOnlySequence<byte> InPieces(byte[] bytes, Random random)
    {
        Piece first = new(ReadOnlyMemory<byte>.Empty, null);
        Piece last = first;
        for (int at = 0; at < bytes.Length;)
        {
            int size = Math.Min(random.Next(1, 20), bytes.Length - at);
            last = new Piece(bytes.AsMemory(at, size), last);
            at += size;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }

    /// <summary>Waits until something holds; a test that would wait for ever fails instead.</summary>
    public static async Task UntilAsync(Func<bool> holds, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(holds))] string what = "")
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"waited in vain: {what}");
            await Task.Delay(1);
        }
    }
}
