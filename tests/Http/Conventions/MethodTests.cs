using System.Net;
using Praetor.Api.Http;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Conventions;

/// <summary>http-core 1.2 steps 4 to 10 and 1.3.</summary>
public class MethodTests(ProbeServer probe) : IClassFixture<ProbeServer>
{
    private Task<Reply> RawAsync(string method, string target) => probe.Server.RawAsync($"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n");

    [Theory]
    [InlineData("/v1/kv/a", "OPTIONS,GET,PUT,DELETE")]
    [InlineData("/v1/probe", "OPTIONS,GET,PUT")]
    [InlineData("/v1/probe/x", "OPTIONS,GET,POST,PUT,DELETE")]
    [InlineData("/v1/status/leader", "OPTIONS,GET")]
    public async Task OPTIONS_is_200_without_body_and_tells_the_methods(string target, string allow)
    {
        Reply reply = await RawAsync("OPTIONS", target);
        Assert.Equal((200, "", allow), (reply.Status, reply.Body, reply.Header("Allow")));
        Assert.Equal("application/json", reply.ContentType);
        Assert.Equal("allow", reply.Header("X-Consul-Default-Acl-Policy"));
    }

    [Theory]
    [InlineData("POST", "/v1/kv/a", "OPTIONS,GET,PUT,DELETE")]
    [InlineData("PATCH", "/v1/probe", "OPTIONS,GET,PUT")]
    [InlineData("get", "/v1/status/leader", "OPTIONS,GET")]
    [InlineData("PUT", "/v1/status/peers", "OPTIONS,GET")]
    public async Task A_method_that_a_route_lacks_is_405(string method, string target, string allow)
    {
        Reply reply = await RawAsync(method, target);
        Assert.Equal((405, $"method {method} not allowed", allow), (reply.Status, reply.Body, reply.Header("Allow")));
        Assert.Equal("text/plain; charset=utf-8", reply.ContentType);
    }

    [Fact]
    public async Task HEAD_is_405_with_headers_only_and_the_connection_goes_on()
    {
        using RawConnection connection = await probe.Server.ConnectAsync();
        await connection.SendAsync("HEAD /v1/kv/a HTTP/1.1\r\nHost: x\r\n\r\n");
        Reply head = await connection.ReadReplyAsync(headRequest: true);
        await connection.SendAsync("GET /v1/probe HTTP/1.1\r\nHost: x\r\n\r\n");
        Reply next = await connection.ReadReplyAsync();
        Assert.Equal((405, "OPTIONS,GET,PUT,DELETE"), (head.Status, head.Header("Allow")));
        Assert.Equal((200, "\"exact\""), (next.Status, next.Body));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("OPTIONS")]
    [InlineData("PATCH")]
    public async Task A_route_without_methods_checks_them_itself(string method)
    {
        Reply reply = await RawAsync(method, "/v1/own/");
        Assert.Equal((200, $"\"own {method}\""), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("/v1/kv/a?x=%zz")]
    [InlineData("/v1/kv/a?%")]
    [InlineData("/v1/kv/a?a;b")]
    [InlineData("/v1/kv/a?a=1&b=2;")]
    [InlineData("/v1/kv/a?=%2")]
    public async Task A_query_that_does_not_parse_is_500_without_body(string target)
    {
        foreach (string method in (string[])["GET", "OPTIONS", "PATCH"])
        {
            Reply reply = await RawAsync(method, target);
            Assert.Equal((500, "", null), (reply.Status, reply.Body, reply.ContentType));
            Assert.Equal("Accept-Encoding", reply.Header("Vary"));
        }
    }

    [Fact]
    public async Task A_blocked_endpoint_is_403_before_methods_are_looked_at()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { BlockEndpoints = ["/v1/kv/secret"] } });
        Reply blocked = await server.SendAsync("PATCH", "/v1/kv/secret/x");
        Assert.Equal((403, "Endpoint is blocked by agent configuration", "text/plain; charset=utf-8"), (blocked.Status, blocked.Body, blocked.ContentType));
        Assert.Equal(404, (await server.GetAsync("/v1/kv/public")).Status);
    }

    [Fact]
    public async Task Writes_from_outside_the_allowed_networks_are_403()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { AllowWriteFrom = [IPNetwork.Parse("10.0.0.0/8")] } });
        Reply write = await server.PutAsync("/v1/kv/a", "1");
        Assert.Equal((403, "Access is restricted"), (write.Status, write.Body));
        Assert.Equal(404, (await server.GetAsync("/v1/kv/a")).Status);
        Assert.Equal(200, (await server.SendAsync("OPTIONS", "/v1/kv/a")).Status);
        Assert.Equal(405, (await server.SendAsync("PATCH", "/v1/kv/a")).Status);
    }

    [Fact]
    public async Task Writes_from_an_allowed_network_pass()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { AllowWriteFrom = [IPNetwork.Parse("127.0.0.0/8")] } });
        Assert.Equal("true", (await server.PutAsync("/v1/kv/a", "1")).Body);
    }

    [Fact]
    public async Task A_body_of_a_GET_is_ignored()
    {
        using RawConnection connection = await probe.Server.ConnectAsync();
        await connection.SendAsync("GET /v1/probe HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
        Assert.Equal("\"exact\"", (await connection.ReadReplyAsync()).Body);
        await connection.SendAsync("GET /v1/probe/next HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal("\"next\"", (await connection.ReadReplyAsync()).Body);
    }
}
