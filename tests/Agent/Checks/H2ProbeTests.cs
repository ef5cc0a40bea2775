using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent.Checks;

/// <summary>gRPC health checks and HTTP/2 pings against Kestrel, with and without TLS.</summary>
public class H2ProbeTests
{
    [Theory]
    [InlineData("", 1, "passing", "gRPC check {0}: success")]
    [InlineData("/web", 1, "passing", "gRPC check {0}: success")]
    [InlineData("", 2, "critical", "gRPC {0} serving status: NOT_SERVING")]
    [InlineData("/web", 3, "critical", "gRPC {0} serving status: SERVICE_UNKNOWN")]
    [InlineData("", 0, "critical", "gRPC {0} serving status: UNKNOWN")]
    public async Task The_serving_status_decides(string service, byte status, string expected, string output)
    {
        byte[]? asked = null;
        await using var server = await StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            asked = body.ToArray();
            await AnswerAsync(context, status == 0 ? [] : [0x08, status], "0");
        });
        var target = server.Target + service;
        Assert.Equal(new CheckResult(expected, string.Format(null, output, target)), await Probe.RunAsync(new CheckSpec { Grpc = target }));
        Assert.Equal(service.Length == 0 ? [0, 0, 0, 0, 0] : [0, 0, 0, 0, 5, 0x0a, 3, .. "web"u8], asked!);
    }

    [Fact]
    public async Task The_health_method_is_called()
    {
        string? path = null;
        await using var server = await StartAsync(context =>
        {
            path = $"{context.Request.Method} {context.Request.Path} {context.Request.ContentType} {context.Request.Headers.TE}";
            return AnswerAsync(context, [0x08, 1], "0");
        });
        await Probe.RunAsync(new CheckSpec { Grpc = server.Target });
        Assert.Equal("POST /grpc.health.v1.Health/Check application/grpc trailers", path);
    }

    [Theory]
    [InlineData("5", "unknown service", "rpc error: code = NotFound desc = unknown service")]
    [InlineData("12", "unknown service grpc.health.v1.Health", "rpc error: code = Unimplemented desc = unknown service grpc.health.v1.Health")]
    [InlineData("14", "100%25 down", "rpc error: code = Unavailable desc = 100% down")]
    [InlineData("99", "", "rpc error: code = Code(99) desc = ")]
    public async Task A_refused_call_is_critical(string code, string message, string expected)
    {
        await using var server = await StartAsync(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = code;
            context.Response.Headers["grpc-message"] = message;
            return Task.CompletedTask;
        });
        Assert.Equal(CheckResult.Critical(expected), await Probe.RunAsync(new CheckSpec { Grpc = server.Target }));
    }

    [Fact]
    public async Task An_http_server_that_knows_no_grpc_is_critical()
    {
        await using var server = await StartAsync(context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        Assert.Equal(CheckResult.Critical("rpc error: code = Unavailable desc = unexpected HTTP status code received from server: 404 (Not Found)"),
            await Probe.RunAsync(new CheckSpec { Grpc = server.Target }));
    }

    [Theory]
    [InlineData(new byte[] { 0x08 })]
    [InlineData(new byte[] { 0x0a, 1 })]
    [InlineData(new byte[] { 0x08, 0xff })]
    public async Task An_answer_that_is_no_health_answer_is_critical(byte[] message)
    {
        await using var server = await StartAsync(context => AnswerAsync(context, message, "0"));
        Assert.Equal(CheckResult.Critical("rpc error: code = Internal desc = malformed health answer"), await Probe.RunAsync(new CheckSpec { Grpc = server.Target }));
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_to_the_end()
    {
        await using var server = await StartAsync(context => AnswerAsync(context, new byte[100_000], "0"));
        Assert.Equal(CheckResult.Critical("rpc error: code = ResourceExhausted desc = health answer too large"), await Probe.RunAsync(new CheckSpec { Grpc = server.Target }));
    }

    [Fact]
    public async Task A_grpc_server_that_is_not_there_is_unavailable()
    {
        using var unused = Probe.Unused(out var port);
        Assert.Equal(
            CheckResult.Critical($"rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp 127.0.0.1:{port}: connect: connection refused\""),
            await Probe.RunAsync(new CheckSpec { Grpc = $"127.0.0.1:{port}" }));
    }

    [Fact]
    public async Task A_silent_grpc_server_exceeds_the_deadline()
    {
        await using var server = new CannedServer(_ => null);
        using var deadline = new CancellationTokenSource();
        var run = Probe.RunAsync(new CheckSpec { Grpc = $"127.0.0.1:{server.Port}" }, deadline.Token);
        await server.FirstRequest.Task;
        await deadline.CancelAsync();
        Assert.Equal(CheckResult.Critical("rpc error: code = DeadlineExceeded desc = context deadline exceeded"), await run);
    }

    [Fact]
    public async Task Grpc_over_TLS_verifies_the_certificate()
    {
        await using var server = await StartAsync(context => AnswerAsync(context, [0x08, 1], "0"), useTls: true);
        Assert.Equal(CheckResult.Critical("rpc error: code = Unavailable desc = connection error: desc = \"transport: authentication handshake failed: "
            + "tls: failed to verify certificate: x509: certificate signed by unknown authority\""), await Probe.RunAsync(new CheckSpec { Grpc = server.Target, GrpcUseTls = true }));
        Assert.Equal(CheckResult.Passing($"gRPC check {server.Target}: success"), await Probe.RunAsync(new CheckSpec { Grpc = server.Target, GrpcUseTls = true, TlsSkipVerify = true }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_acknowledged_ping_is_passing(bool useTls)
    {
        await using var server = await StartAsync(_ => Task.CompletedTask, useTls);
        Assert.Equal(CheckResult.Passing("HTTP2 ping was successful"),
            await Probe.RunAsync(new CheckSpec { H2Ping = server.Target, H2PingUseTls = useTls, TlsSkipVerify = true }));
    }

    [Fact]
    public async Task A_ping_of_nobody_failed_to_dial()
    {
        using var unused = Probe.Unused(out var port);
        Assert.Equal(CheckResult.Critical($"Failed to dial to 127.0.0.1:{port}: dial tcp 127.0.0.1:{port}: connect: connection refused"),
            await Probe.RunAsync(new CheckSpec { H2Ping = $"127.0.0.1:{port}", H2PingUseTls = false }));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP2 ping failed: http2: frame too large")]
    [InlineData("\0\0\0\u0004\0\0\0\0\0\0\0\u0008\u0007\0\0\0\0\0\0\0\0\0\0\0\0\0", "HTTP2 ping failed: http2: server sent GOAWAY and closed the connection")]
    [InlineData("\0\0\u0008\u0006\u0001\0\0\0\0ABCDEFGH", "HTTP2 ping failed: http2: wrong ping data")]
    [InlineData("\0\0", "HTTP2 ping failed: EOF")]
    public async Task A_server_that_does_not_acknowledge_is_critical(string answer, string expected)
    {
        await using var server = new CannedServer(answer);
        Assert.Equal(CheckResult.Critical(expected), await Probe.RunAsync(new CheckSpec { H2Ping = $"127.0.0.1:{server.Port}", H2PingUseTls = false }));
    }

    private static async Task AnswerAsync(HttpContext context, byte[] message, string status)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        byte[] length = [0, (byte)(message.Length >> 24), (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length];
        await context.Response.Body.WriteAsync(length.Concat(message).ToArray());
        context.Response.AppendTrailer("grpc-status", status);
    }

    private static async Task<Http2Server> StartAsync(RequestDelegate handler, bool useTls = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (useTls)
                listen.UseHttps(Probe.Certificate([], [IPAddress.Loopback]));
        }));
        var app = builder.Build();
        app.Run(handler);
        await app.StartAsync();
        return new Http2Server(app);
    }

    private sealed class Http2Server(WebApplication app) : IAsyncDisposable
    {
        public string Target { get; } = new Uri(app.Urls.Single()).Authority;

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
