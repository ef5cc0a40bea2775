using System.Text;
using Praetor.Runtime.Agent.Checks;
using Praetor.Runtime.Children;

namespace Praetor.Tests.Agent.Checks;

public class TailBufferTests
{
    [Theory]
    [InlineData(4, "", "")]
    [InlineData(4, "abc", "abc")]
    [InlineData(4, "abcd", "abcd")]
    [InlineData(4, "abcde", "Captured 4 of 5 bytes\n...\nbcde")]
    [InlineData(1, "xyz", "Captured 1 of 3 bytes\n...\nz")]
    public void What_does_not_fit_is_cut_at_the_front_and_counted(int capacityBytes, string written, string expected)
    {
        var buffer = new TailBuffer(capacityBytes);
        buffer.Write(Encoding.ASCII.GetBytes(written));
        Assert.Equal(expected, buffer.ToCapturedText());
    }

    [Fact]
    public void Any_sequence_of_writes_leaves_the_last_bytes()
    {
        var random = new Random(5);
        for (var round = 0; round < 500; round++)
        {
            var buffer = new TailBuffer(random.Next(1, 2000));
            var all = new StringBuilder();
            for (var i = random.Next(12); i > 0; i--)
            {
                var piece = new string((char)('a' + random.Next(26)), random.Next(900));
                buffer.Write(Encoding.ASCII.GetBytes(piece));
                all.Append(piece);
            }

            var text = all.ToString();
            Assert.Equal(text[Math.Max(0, text.Length - buffer.CapacityBytes)..], buffer.ToString());
            Assert.Equal(text.Length, buffer.TotalBytes);
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_are_shown_as_such()
    {
        var buffer = new TailBuffer(8);
        buffer.Write([0x61, 0xff, 0x62]);
        Assert.Equal("a\ufffdb", buffer.ToString());
    }
}
