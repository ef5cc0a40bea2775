using System.Net;
using System.Net.Sockets;
using System.Text;
using Praetor.Load.Wire;

namespace Praetor.Tests.Load;

/// <summary>What counts as an answer of an agent (load/README.md, Columns).</summary>
public sealed class HttpChannelTests
{
    [Theory]
    [InlineData("200 OK", "[{}]", Received.Ok)]
    [InlineData("200 OK", "", Received.Ok)]
    [InlineData("200 OK", "[]", Received.Fail)]
    [InlineData("500 Internal Server Error", "no leader", Received.Fail)]
    public async Task An_answer_counts_if_it_is_200_and_no_empty_list(string status, string body, Received expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var channel = new HttpChannel((IPEndPoint)listener.LocalEndpoint, new byte[4096]);
        channel.Open();
        using Socket agent = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await agent.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n\r\n{body}"), TestContext.Current.CancellationToken);
        channel.Socket!.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead);

        Assert.Equal(expected, channel.Receive(out _));
    }
}
