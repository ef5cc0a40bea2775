using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Status;

/// <summary>http-core 8.3.</summary>
public class StatusTests
{
    [Theory]
    [InlineData("/v1/status/leader", 200, "\"127.0.0.1:8300\"")]
    [InlineData("/v1/status/peers", 200, "[\"127.0.0.1:8300\"]")]
    [InlineData("/v1/status/peers?pretty", 200, "[\n    \"127.0.0.1:8300\"\n]\n")]
    [InlineData("/v1/status/leader?dc=dc1", 200, "\"127.0.0.1:8300\"")]
    [InlineData("/v1/status/leader?dc=dc2", 500, "No path to datacenter")]
    [InlineData("/v1/status/leader?index=x", 400, "Invalid index")]
    public async Task Leader_and_peers_are_told_without_read_metadata(string target, int status, string body)
    {
        await using TestServer server = await TestServer.StartAsync();
        Reply reply = await server.GetAsync(target);
        Assert.Equal((status, body), (reply.Status, reply.Body));
        Assert.Null(reply.Header("X-Consul-Index"));
    }
}
