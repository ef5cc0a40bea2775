using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Http;
using Praetor.Api.Http.Status;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Conventions;

/// <summary>http-core 1.1: listeners, limits, clients that misbehave.</summary>
public class ConnectionTests
{
    private const string StatusRequest = "GET /v1/status/leader HTTP/1.1\r\nHost: x\r\n\r\n";

    [Fact]
    public async Task Connections_beyond_the_limit_of_one_client_get_a_raw_429_and_are_closed()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { MaxConnectionsPerClient = 2 } });
        using RawConnection first = await server.ConnectAsync();
        using RawConnection second = await server.ConnectAsync();
        await first.SendAsync(StatusRequest);
        await second.SendAsync(StatusRequest);
        Assert.Equal(200, (await first.ReadReplyAsync()).Status);
        Assert.Equal(200, (await second.ReadReplyAsync()).Status);

        using RawConnection third = await server.ConnectAsync();
        Reply refused = await third.ReadReplyAsync();
        Assert.Equal((429, "Your IP is issuing too many concurrent connections, please rate limit your calls\n"), (refused.Status, refused.Body));
        Assert.Equal(("text/plain", "close"), (refused.ContentType, refused.Header("Connection")));
        Assert.Equal(["Content-Type", "Connection"], refused.Headers.Select(header => header.Key));
    }

    [Fact]
    public async Task A_closed_connection_makes_room_for_another_one()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { MaxConnectionsPerClient = 1 } });
        for (int round = 0; round < 5; round++)
        {
            using RawConnection connection = await server.ConnectAsync();
            await connection.SendAsync("GET /v1/status/leader HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            Reply reply = await connection.ReadReplyAsync();
            Assert.Equal(200, reply.Status);
            // The answer's end can be seen a moment before the server has let the connection go.
            Assert.True(await connection.IsClosedAsync());
        }
    }

    [Fact]
    public async Task Headers_above_the_limit_are_431()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { MaxHeaderBytes = 4096 } });
        Reply reply = await server.RawAsync($"GET /v1/status/leader HTTP/1.1\r\nHost: x\r\nX-Long: {new string('x', 5000)}\r\n\r\n");
        Assert.Equal(431, reply.Status);
    }

    [Fact]
    public async Task Headers_of_hundreds_of_kilobytes_and_many_headers_are_fine_by_default()
    {
        await using TestServer server = await TestServer.StartAsync();
        string many = string.Concat(Enumerable.Range(0, 500).Select(i => $"X-{i}: {i}\r\n"));
        Reply reply = await server.RawAsync($"GET /v1/kv/{new string('k', 200_000)} HTTP/1.1\r\nHost: x\r\nX-Long: {new string('x', 300_000)}\r\n{many}\r\n");
        Assert.Equal(404, reply.Status);
    }

    [Fact]
    public async Task A_request_in_drops_and_pipelined_requests_are_answered_in_order()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Map = ProbeServer.Map });
        using RawConnection connection = await server.ConnectAsync();
        foreach (char c in "GET /v1/probe/slow HTTP/1.1\r\nHost: x\r\n\r\n")
            await connection.SendAsync(c.ToString());
        await connection.SendAsync("GET /v1/probe/a HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/late HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/probe/b HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal("\"slow\"", (await connection.ReadReplyAsync()).Body);
        Assert.Equal("\"a\"", (await connection.ReadReplyAsync()).Body);
        Assert.Equal("true", (await connection.ReadReplyAsync()).Body);
        Assert.Equal("\"b\"", (await connection.ReadReplyAsync()).Body);
    }

    [Fact]
    public async Task A_client_that_vanishes_inside_a_body_harms_nobody()
    {
        await using TestServer server = await TestServer.StartAsync();
        using (RawConnection connection = await server.ConnectAsync())
        {
            await connection.SendAsync("PUT /v1/kv/half HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this");
            connection.Reset();
        }
        Assert.Equal("true", (await server.PutAsync("/v1/kv/other", "1")).Body);
        Assert.Equal(404, (await server.GetAsync("/v1/kv/half")).Status);
    }

    [Theory]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET /v1/kv/a HTTP/9.9\r\n\r\n")]
    [InlineData("GET /v1/kv/a HTTP/1.1\r\nno colon\r\n\r\n")]
    [InlineData("PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public async Task Malformed_requests_end_in_an_error_and_a_closed_connection(string request)
    {
        await using TestServer server = await TestServer.StartAsync();
        using RawConnection connection = await server.ConnectAsync();
        await connection.SendAsync(request);
        Assert.InRange((await connection.ReadReplyAsync()).Status, 400, 599);
        Assert.True(await connection.IsClosedAsync());
        Assert.Equal(200, (await server.GetAsync("/v1/status/leader")).Status);
    }

    [Fact]
    public async Task A_Unix_socket_serves_with_its_mode_and_replaces_a_stale_file()
    {
        string path = Path.Combine(Path.GetTempPath(), $"praetor-{Guid.NewGuid():N}.sock");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            dead.Bind(new UnixDomainSocketEndPoint(path));
        await using TestServer server = await TestServer.StartAsync();
        var services = new ApiServices(server.Runtime, new HttpOptions { UnixSockets = new UnixSocketFile("", "", "600") }, TimeProvider.System, NullLoggerFactory.Instance);
        var routes = new RouteTable();
        StatusRoom.Map(routes);
        await using var http = new HttpServer(services, routes, NullLoggerFactory.Instance);
        await http.StartAsync([new UnixDomainSocketEndPoint(path), new IPEndPoint(IPAddress.Loopback, 0)]);

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        using var connection = new RawConnection(socket);
        await connection.SendAsync(StatusRequest);
        Assert.Equal(200, (await connection.ReadReplyAsync()).Status);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(path).UnixFileMode);
        Assert.Equal(path, http.EndPoints[0].ToString());
        Assert.NotEqual(0, ((IPEndPoint)http.EndPoints[1]).Port);
    }

    [Fact]
    public void An_idle_connection_is_kept_for_years()
    {
        // Not Timeout.InfiniteTimeSpan: Kestrel adds it to its clock, where it overflows and closes idle connections at once.
        var limits = HttpServer.KestrelOptions(new HttpOptions()).Limits;
        Assert.InRange(limits.KeepAliveTimeout, TimeSpan.FromDays(365), TimeSpan.FromDays(36_500));
        Assert.InRange(limits.RequestHeadersTimeout, TimeSpan.FromDays(365), TimeSpan.FromDays(36_500));
    }

    [Fact]
    public async Task An_address_in_use_fails_the_start()
    {
        await using TestServer server = await TestServer.StartAsync();
        await using var second = new HttpServer(server.Services, new RouteTable(), NullLoggerFactory.Instance);
        await Assert.ThrowsAnyAsync<IOException>(() => second.StartAsync([server.EndPoint]));
    }

    [Fact]
    public async Task Without_a_leader_the_answer_is_No_cluster_leader()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { HasLeader = false });
        foreach (string method in (string[])["GET", "PUT", "DELETE"])
        {
            Reply reply = await server.SendAsync(method, "/v1/kv/a", method == "PUT" ? "1" : null);
            Assert.Equal((500, "No cluster leader"), (reply.Status, reply.Body));
            Assert.Null(reply.Header("X-Consul-Index"));
        }

        // Stale reads are answered without a leader, but not by a server that never had contact with one.
        Assert.Equal(500, (await server.GetAsync("/v1/kv/a?stale")).Status);
        Assert.Equal("\"\"", (await server.GetAsync("/v1/status/leader")).Body);
    }
}
