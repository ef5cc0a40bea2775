using System.Diagnostics;
using System.Text;
using Praetor.Transport.Compression;

namespace Praetor.Tests.Compression;

public class Lz4Tests
{
    private const string Command = "/usr/bin/lz4";

    public static TheoryData<string, byte[]> Inputs()
    {
        var random = new Random(7);
        byte[] noise = new byte[200_000];
        random.NextBytes(noise);
        byte[] words = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 40_000).Select(i => $"service-{random.Next(500)} ")));
        return new TheoryData<string, byte[]>
        {
            { "empty", [] },
            { "one byte", [7] },
            { "twelve bytes", [.. Enumerable.Repeat((byte)1, 12)] },
            { "thirteen bytes", [.. Enumerable.Repeat((byte)1, 13)] },
            { "zeros", new byte[300_000] },
            { "one block exactly", new byte[Lz4Block.MaxInputBytes] },
            { "noise", noise },
            { "words", words },
            { "period 3", [.. Enumerable.Range(0, 70_000).Select(i => (byte)(i % 3))] },
        };
    }

    private static byte[] Pack(byte[] input)
    {
        var packed = new MemoryStream();
        using (Stream stream = new Lz4Frame().Compress(packed))
        {
            // Odd pieces, so that block borders fall anywhere.
            for (int at = 0; at < input.Length; at += 4099)
                stream.Write(input, at, Math.Min(4099, input.Length - at));
        }

        return packed.ToArray();
    }

    private static byte[] Unpack(byte[] packed)
    {
        var output = new MemoryStream();
        using Stream stream = new Lz4Frame().Decompress(new MemoryStream(packed));
        stream.CopyTo(output);
        return output.ToArray();
    }

    private static byte[] Run(string arguments, byte[] input)
    {
        Assert.SkipUnless(File.Exists(Command), "lz4 is not installed");
        using var process = Process.Start(new ProcessStartInfo(Command, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Task feed = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        });
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        feed.Wait();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void What_is_packed_unpacks_to_the_same(string name, byte[] input)
    {
        Assert.NotEmpty(name);
        Assert.Equal(input, Unpack(Pack(input)));
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void The_lz4_command_reads_our_frames(string name, byte[] input)
    {
        Assert.SkipUnless(File.Exists(Command), "the lz4 command is not installed");
        Assert.NotEmpty(name);
        Assert.Equal(input, Run("-d -c", Pack(input)));
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void We_read_the_frames_of_the_lz4_command(string name, byte[] input)
    {
        Assert.SkipUnless(File.Exists(Command), "the lz4 command is not installed");
        Assert.NotEmpty(name);
        Assert.Equal(input, Unpack(Run("-z -c -B4", input)));
        Assert.Equal(input, Unpack(Run("-z -c -9 -BX", input)));
    }

    [Fact]
    public void Repetitive_text_shrinks() => Assert.True(Pack([.. Enumerable.Repeat((byte)'a', 100_000)]).Length < 1_000);

    [Fact]
    public void A_frame_cut_anywhere_is_refused()
    {
        byte[] packed = Pack(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(i => $"{i} "))));
        for (int length = 0; length < packed.Length; length++)
            Assert.Throws<InvalidDataException>(() => Unpack(packed[..length]));
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_noticed()
    {
        byte[] packed = Pack(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(i => $"{i} "))));
        for (int at = 0; at < packed.Length; at++)
        {
            byte[] bad = [.. packed];
            bad[at] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => Unpack(bad));
        }
    }

    [Fact]
    public void Random_blocks_are_refused_or_stay_inside_their_output()
    {
        var random = new Random(9);
        byte[] output = new byte[4096];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] input = new byte[random.Next(1, 64)];
            random.NextBytes(input);
            Assert.InRange(Lz4Block.Decompress(input, output), -1, output.Length);
        }
    }

    [Fact]
    public void A_length_that_grows_without_end_is_refused()
    {
        byte[] input = [.. Enumerable.Repeat((byte)0xff, 1_000_000)];
        Assert.Equal(-1, Lz4Block.Decompress(input, new byte[1024]));
    }
}
