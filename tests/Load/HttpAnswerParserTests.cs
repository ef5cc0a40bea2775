using System.Text;
using Praetor.Load.Wire;

namespace Praetor.Tests.Load;

public class HttpAnswerParserTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Consul-Index: 17\r\n\r\ntrue", 200, 17, 4)]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, 0, 0)]
    [InlineData("HTTP/1.1 200 OK\r\nX-Consul-Index: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n", 200, 3, 15)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nTrailer: y\r\n\r\n", 200, 0, 1)]
    public void The_end_of_an_answer_is_found_however_it_arrives(string answer, int status, long index, long bodyBytes)
    {
        var bytes = Encoding.ASCII.GetBytes(answer);
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            var parser = new HttpAnswerParser();
            // Two answers on one connection.
            for (var round = 0; round < 2; round++)
            {
                Assert.True(parser.IsIdle);
                for (var at = 0; at < bytes.Length; at += piece)
                {
                    var part = bytes.AsSpan(at, Math.Min(piece, bytes.Length - at));
                    Assert.Equal(at + piece >= bytes.Length, parser.Feed(part, out var consumed));
                    Assert.Equal(part.Length, consumed);
                }

                Assert.Equal((status, index, bodyBytes), (parser.Status, parser.Index, parser.BodyBytes));
            }
        }
    }

    [Fact]
    public void Bytes_of_the_next_answer_are_left()
    {
        var parser = new HttpAnswerParser();
        Assert.True(parser.Feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP"u8, out var consumed));
        Assert.Equal(40, consumed);
    }

    [Theory]
    [InlineData("SSH-2.0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nthree\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n")]
    [InlineData("HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.\r\n\r\n")]
    public void What_has_no_end_is_refused(string answer) =>
        Assert.Throws<FormatException>(() => new HttpAnswerParser().Feed(Encoding.ASCII.GetBytes(answer), out _));

    [Fact]
    public void Headers_without_end_are_refused() =>
        Assert.Throws<FormatException>(() => new HttpAnswerParser().Feed(new byte[100_000], out _));

    [Fact]
    public void Random_bytes_never_do_more_than_be_refused()
    {
        var random = new Random(11);
        string[] pieces = ["HTTP/1.1 200 OK\r\n", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "\r\n", "\n", "-", "7", "ffff", ":", "x", "\0", "0\r\n\r\n"];
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)])));
            var parser = new HttpAnswerParser();
            try
            {
                parser.Feed(bytes, out var consumed);
                Assert.InRange(consumed, 0, bytes.Length);
                Assert.InRange(parser.BodyBytes, 0, long.MaxValue);
            }
            catch (FormatException)
            {
                // The one way to say that it is no answer.
            }
        }
    }
}
