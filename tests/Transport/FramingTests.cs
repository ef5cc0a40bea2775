using System.Buffers;
using Praetor.Transport.Framing;

namespace Praetor.Tests.Transport;

public class FramingTests
{
    private const int MaxBodyBytes = 4096;

    [Fact]
    public void A_frame_in_pieces_is_read_as_it_was_written()
    {
        byte[] body = [1, 2, 3, 4, 5];
        byte[] bytes = [.. Wire.Frame(FrameType.Call, 7, 42, body), .. Wire.Frame(FrameType.Answer, 0, 43, [])];
        ReadOnlySequence<byte> buffer = Wire.InPieces(bytes, new Random(1));

        Assert.Equal(FrameRead.Frame, FrameReader.TryRead(ref buffer, MaxBodyBytes, out FrameHeader first, out ReadOnlySequence<byte> read));
        Assert.Equal(new FrameHeader(5, FrameType.Call, FrameFlags.None, 7, 42), first);
        Assert.Equal(body, read.ToArray());
        Assert.Equal(FrameRead.Frame, FrameReader.TryRead(ref buffer, MaxBodyBytes, out FrameHeader second, out _));
        Assert.Equal(new FrameHeader(0, FrameType.Answer, FrameFlags.None, 0, 43), second);
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void The_layout_is_frozen()
    {
        byte[] expected = [3, 0, 0, 0, 5, 1, 9, 0, 0x44, 0x33, 0x22, 0x11, 0xaa, 0xbb, 0xcc];
        Assert.Equal(expected, Wire.Frame(FrameType.Call, 9, 0x11223344, [0xaa, 0xbb, 0xcc], FrameFlags.Compressed));
    }

    [Fact]
    public void Every_prefix_of_a_frame_is_incomplete_and_takes_nothing()
    {
        byte[] frame = Wire.Frame(FrameType.Message, 1, 0, new byte[40]);
        for (int length = 0; length < frame.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(frame, 0, length);
            Assert.Equal(FrameRead.Incomplete, FrameReader.TryRead(ref buffer, MaxBodyBytes, out _, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Theory]
    [InlineData(4097, FrameRead.TooLong)]
    [InlineData(int.MaxValue, FrameRead.TooLong)]
    [InlineData(-1, FrameRead.TooLong)]
    [InlineData(int.MinValue, FrameRead.TooLong)]
    [InlineData(4096, FrameRead.Incomplete)]
    public void A_length_is_judged_before_its_bytes_arrive(int length, FrameRead expected)
    {
        byte[] head = new byte[FrameHeader.SizeBytes];
        new FrameHeader(length, FrameType.Call, FrameFlags.None, 0, 1).Write(head);
        var buffer = new ReadOnlySequence<byte>(head);
        Assert.Equal(expected, FrameReader.TryRead(ref buffer, MaxBodyBytes, out _, out _));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 13)]
    [InlineData(4, 255)]
    [InlineData(5, 2)]
    [InlineData(5, 0x80)]
    [InlineData(7, 1)]
    public void A_header_with_an_unknown_type_flag_or_filler_is_malformed(int at, byte value)
    {
        byte[] frame = Wire.Frame(FrameType.Call, 0, 1, [1]);
        frame[at] = value;
        var buffer = new ReadOnlySequence<byte>(frame);
        Assert.Equal(FrameRead.Malformed, FrameReader.TryRead(ref buffer, MaxBodyBytes, out _, out _));
    }

    [Fact]
    public void Random_and_mutated_bytes_never_do_more_than_be_refused()
    {
        var random = new Random(20260101);
        byte[] valid = [.. Wire.Frame(FrameType.Call, 1, 1, new byte[100]), .. Wire.Frame(FrameType.Cancel, 0, 1, []), .. Wire.Frame(FrameType.Call, 2, 2, new byte[300])];
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes;
            if (i % 2 == 0)
            {
                bytes = new byte[random.Next(64)];
                random.NextBytes(bytes);
            }
            else
            {
                bytes = valid.ToArray();
                for (int changes = random.Next(1, 4); changes > 0; changes--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            ReadOnlySequence<byte> buffer = i % 16 < 2 ? Wire.InPieces(bytes, random) : new ReadOnlySequence<byte>(bytes);
            long before = buffer.Length;
            while (FrameReader.TryRead(ref buffer, MaxBodyBytes, out FrameHeader header, out ReadOnlySequence<byte> body) == FrameRead.Frame)
            {
                Assert.Equal(header.Length, body.Length);
                Assert.Equal(before - FrameHeader.SizeBytes - header.Length, buffer.Length);
                before = buffer.Length;
            }
        }
    }

    [Fact]
    public void A_hello_is_read_as_it_was_written()
    {
        Hello hello = Wire.NewHello(Lane.Stream) with { Features = Features.Compression, WantedServerId = "id-1" };
        Assert.Equal(hello, Hello.Decode(hello.Encode()));
        var welcome = new Welcome(Features.Compression, "id", "name");
        Assert.Equal(welcome, Welcome.Decode(welcome.Encode()));
    }

    [Fact]
    public void What_a_later_build_appends_to_a_hello_is_passed_over() =>
        Assert.Equal(Wire.NewHello(), Hello.Decode([.. Wire.NewHello().Encode(), 1, 2, 3]));

    [Fact]
    public void Hostile_hellos_end_as_malformed_only()
    {
        var random = new Random(7);
        byte[] valid = Wire.NewHello().Encode();
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = i % 2 == 0 ? new byte[random.Next(40)] : valid[..random.Next(valid.Length + 1)];
            if (i % 2 == 0)
                random.NextBytes(bytes);
            else if (bytes.Length > 0)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Hello.Decode(bytes);
            }
            catch (InvalidDataException)
            {
                // The one way to refuse.
            }
        }
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(300_000)]
    public void A_large_body_that_shrinks_is_restored(int length)
    {
        byte[] body = new byte[length];
        for (int i = 0; i < length; i++)
            body[i] = (byte)(i / 50);
        byte[] compressed = new byte[CompressedBody.MaxCompressedBytes(length)];
        int size = CompressedBody.TryCompress(body, compressed);
        Assert.InRange(size, 1, length - (length / 8));
        Assert.Equal(body, CompressedBody.TryDecompress(compressed.AsSpan(0, size), length));
        Assert.Equal(body, CompressedBody.TryDecompress(Wire.InPieces(compressed[..size], new Random(3)), length));
    }

    [Fact]
    public void A_body_that_does_not_shrink_is_left_alone()
    {
        byte[] body = new byte[100_000];
        new Random(1).NextBytes(body);
        Assert.Equal(0, CompressedBody.TryCompress(body, new byte[CompressedBody.MaxCompressedBytes(body.Length)]));
    }

    [Fact]
    public void A_compressed_body_longer_than_allowed_is_refused()
    {
        byte[] compressed = new byte[CompressedBody.MaxCompressedBytes(10_000)];
        int size = CompressedBody.TryCompress(new byte[10_000], compressed);
        Assert.NotNull(CompressedBody.TryDecompress(compressed.AsSpan(0, size), 10_000));
        Assert.Null(CompressedBody.TryDecompress(compressed.AsSpan(0, size), 9_999));
    }

    [Fact]
    public void A_few_bytes_cannot_claim_a_large_body()
    {
        byte[] lie = [0, 0, 0, 2, 1, 0, 0, 0, 0];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(CompressedBody.TryDecompress(lie, int.MaxValue));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }

    [Fact]
    public void Mutated_compressed_bodies_are_restored_or_refused()
    {
        var random = new Random(11);
        byte[] body = new byte[5000];
        for (int i = 0; i < body.Length; i++)
            body[i] = (byte)(i % 23);
        byte[] compressed = new byte[CompressedBody.MaxCompressedBytes(body.Length)];
        byte[] valid = compressed[..CompressedBody.TryCompress(body, compressed)];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = valid.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            byte[]? restored = CompressedBody.TryDecompress(bytes.AsSpan(0, random.Next(bytes.Length + 1)), 8192);
            Assert.True(restored is null || restored.Length <= 8192);
        }
    }
}
