using System.Net;
using System.Net.Sockets;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent.Checks;

public class TcpProbeTests
{
    [Fact]
    public async Task A_connection_is_enough()
    {
        using var listener = Listen(out var port);
        Assert.Equal(CheckResult.Passing($"TCP connect 127.0.0.1:{port}: Success"), await Probe.RunAsync(new CheckSpec { Tcp = $"127.0.0.1:{port}" }));
    }

    [Fact]
    public async Task Of_a_name_with_two_addresses_either_suffices()
    {
        using var listener = Listen(out var port);
        Assert.Equal(CheckResult.Passing($"TCP connect localhost:{port}: Success"), await Probe.RunAsync(new CheckSpec { Tcp = $"localhost:{port}" }));
    }

    [Fact]
    public async Task A_refused_connection_is_critical()
    {
        using var unused = Probe.Unused(out var port);
        Assert.Equal(CheckResult.Critical($"dial tcp 127.0.0.1:{port}: connect: connection refused"), await Probe.RunAsync(new CheckSpec { Tcp = $"127.0.0.1:{port}" }));
    }

    [Fact]
    public async Task A_connection_that_is_not_made_in_time_is_critical()
    {
        using var listener = Listen(out var port);
        Assert.Equal(CheckResult.Critical($"dial tcp 127.0.0.1:{port}: i/o timeout"),
            await Probe.RunAsync(new CheckSpec { Tcp = $"127.0.0.1:{port}" }, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("localhost", "dial tcp: address localhost: missing port in address")]
    [InlineData("[::1]", "dial tcp: address [::1]: missing port in address")]
    [InlineData("::1:80", "dial tcp: address ::1:80: too many colons in address")]
    [InlineData("[::1:80", "dial tcp: address [::1:80: missing ']' in address")]
    [InlineData("localhost:70000", "dial tcp: address 70000: invalid port")]
    [InlineData("localhost:nope", "dial tcp: lookup tcp/nope: unknown port")]
    public async Task What_is_no_address_is_critical(string address, string expected) =>
        Assert.Equal(CheckResult.Critical(expected), await Probe.RunAsync(new CheckSpec { Tcp = address }));

    [Fact]
    public async Task With_TLS_the_handshake_is_part_of_the_connection()
    {
        using var certificate = Probe.Certificate(["web.example"]);
        await using var server = new CannedServer(_ => "", certificate);
        var spec = new CheckSpec { Tcp = $"127.0.0.1:{server.Port}", TcpUseTls = true, TlsServerName = "web.example" };
        Assert.Equal(CheckResult.Passing($"TCP+TLS connect 127.0.0.1:{server.Port}: Success"), await Probe.RunAsync(spec, new CheckRunnerOptions { AgentTls = () => new CheckTls([certificate], null) }));
        Assert.Equal(CheckResult.Critical("tls: failed to verify certificate: x509: certificate signed by unknown authority"), await Probe.RunAsync(spec));
    }

    [Fact]
    public async Task A_server_without_TLS_is_critical()
    {
        await using var server = new CannedServer("hello, this is no TLS");
        Assert.Equal(CheckResult.Critical("tls: first record does not look like a TLS handshake"),
            await Probe.RunAsync(new CheckSpec { Tcp = $"127.0.0.1:{server.Port}", TcpUseTls = true }));
    }

    [Fact]
    public async Task UDP_an_answer_is_passing()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var target = socket.LocalEndPoint!.ToString()!;
        var run = Probe.RunAsync(new CheckSpec { Udp = target });
        var asked = await socket.ReceiveFromAsync(new byte[8], new IPEndPoint(IPAddress.Any, 0));
        Assert.Equal(0, asked.ReceivedBytes);
        await socket.SendToAsync("pong"u8.ToArray(), asked.RemoteEndPoint);
        Assert.Equal(CheckResult.Passing($"UDP connect {target}: Success"), await run);
    }

    [Fact]
    public async Task UDP_silence_is_passing()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var deadline = new CancellationTokenSource();
        var run = Probe.RunAsync(new CheckSpec { Udp = socket.LocalEndPoint!.ToString()! }, deadline.Token);
        await socket.ReceiveFromAsync(new byte[8], new IPEndPoint(IPAddress.Any, 0));
        await deadline.CancelAsync();
        Assert.Equal("passing", (await run).Status);
    }

    [Fact]
    public async Task UDP_a_refusal_is_critical()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var target = socket.LocalEndPoint!.ToString()!;
        socket.Dispose();
        var result = await Probe.RunAsync(new CheckSpec { Udp = target });
        Assert.Equal("critical", result.Status);
        Assert.Matches($"^read udp 127.0.0.1:[0-9]+->{target}: read: connection refused$", result.Output);
    }

    private static Socket Listen(out int port)
    {
        var socket = Probe.Unused(out port);
        socket.Listen();
        return socket;
    }
}
