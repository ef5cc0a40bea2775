using Praetor.Api.Http;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Conventions;

/// <summary>http-core 1.2 steps 1 to 3 and 1.7.</summary>
public class RoutingTests(ProbeServer probe) : IClassFixture<ProbeServer>
{
    private Task<Reply> GetRawAsync(string target, string method = "GET") =>
        probe.Server.RawAsync($"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n");

    [Theory]
    [InlineData("/v1/probe", "\"exact\"")]
    [InlineData("/v1/probe?x=1", "\"exact\"")]
    [InlineData("/v1/probe/", "\"\"")]
    [InlineData("/v1/probe/a", "\"a\"")]
    [InlineData("/v1/probe/a/b/", "\"a/b/\"")]
    [InlineData("/v1/probe/a%20b", "\"a b\"")]
    [InlineData("/v1/probe/a+b", "\"a+b\"")]
    [InlineData("/v1/probe/%2Fa%2F%2Fb", "\"/a//b\"")]
    [InlineData("/v1/probe/%2e%2e/x", "\"../x\"")]
    [InlineData("/v1/probe/%c3%bc", "\"\u00fc\"")]
    [InlineData("/v1/probe/%ff", "\"\ufffd\"")]
    [InlineData("/v1/probe/a?b#c", "\"a\"")]
    [InlineData("/v1/probe/deep/x", "\"deep x\"")]
    [InlineData("/v1/probe/deeper/x", "\"deeper/x\"")]
    [InlineData("/v1/%70robe/x", "\"x\"")]
    [InlineData("http://some.host/v1/probe/x?y", "\"x\"")]
    public async Task A_path_reaches_the_longest_route_and_its_tail_is_decoded(string target, string expected)
    {
        Reply reply = await GetRawAsync(target);
        Assert.Equal((200, expected), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("/v1/kv/a%0ab")]
    [InlineData("/v1/kv/%00")]
    [InlineData("/v1/kv/a%09")]
    [InlineData("/v1/kv/%c2%a0")]
    [InlineData("/v1/kv/%e2%80%8b")]
    [InlineData("/nowhere/%7f")]
    [InlineData("/v1//kv/%01")]
    [InlineData("/v1/kv/%zz")]
    [InlineData("/v1/kv/%a")]
    public async Task An_unprintable_or_broken_path_is_400_without_body_or_Consul_headers(string target)
    {
        Reply reply = await GetRawAsync(target);
        Assert.Equal((400, ""), (reply.Status, reply.Body));
        Assert.DoesNotContain(reply.Headers, header => header.Key.StartsWith("X-Consul", StringComparison.OrdinalIgnoreCase));
        Assert.Null(reply.Header("Vary"));
    }

    [Fact]
    public async Task The_filter_of_unprintable_paths_can_be_turned_off()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { AllowUnprintablePath = true }, Map = ProbeServer.Map });
        Reply reply = await server.RawAsync("GET /v1/probe/a%0ab HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal((200, "\"a\\nb\""), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("/v1//probe", "/v1/probe")]
    [InlineData("//v1/probe?x=1", "/v1/probe?x=1")]
    [InlineData("/v1/./probe", "/v1/probe")]
    [InlineData("/v1/x/../probe", "/v1/probe")]
    [InlineData("/v1/probe/..", "/v1")]
    [InlineData("/v1/probe/.", "/v1/probe")]
    [InlineData("/v1/probe/a//", "/v1/probe/a/")]
    [InlineData("/../../v1/probe/a%20b", "/v1/probe/a%20b")]
    [InlineData("/v1//nowhere", "/v1/nowhere")]
    [InlineData("/v1/kv", "/v1/kv/")]
    [InlineData("/v1/kv?keys", "/v1/kv/?keys")]
    [InlineData("/v1/own", "/v1/own/")]
    public async Task An_unclean_path_or_a_prefix_without_slash_is_redirected_for_every_method(string target, string location)
    {
        foreach (string method in (string[])["GET", "PUT", "DELETE", "OPTIONS"])
        {
            Reply reply = await GetRawAsync(target, method);
            Assert.Equal((301, location), (reply.Status, reply.Header("Location")));
            Assert.Equal(method == "GET" ? $"<a href=\"{location}\">Moved Permanently</a>.\n\n" : "", reply.Body);
            Assert.Equal(method == "GET" ? "text/html; charset=utf-8" : null, reply.ContentType);
            Assert.Null(reply.Header("X-Consul-Default-Acl-Policy"));
        }
    }

    [Theory]
    [InlineData("/v1/probe/.a")]
    [InlineData("/v1/probe/..a")]
    [InlineData("/v1/probe/a.")]
    [InlineData("/v1/probe/a..b/...")]
    public async Task Dots_inside_a_segment_are_no_reason_to_redirect(string target) =>
        Assert.Equal(200, (await GetRawAsync(target)).Status);

    [Theory]
    [InlineData("/v1/nowhere", "Invalid URL path: not a recognized HTTP API endpoint\n")]
    [InlineData("/v1/", "Invalid URL path: not a recognized HTTP API endpoint\n")]
    [InlineData("/x/v1/kv/a", "Invalid URL path: not a recognized HTTP API endpoint\n")]
    [InlineData("/v1/operator/license", "Invalid URL path: not a recognized HTTP API endpoint\n")]
    [InlineData("/v1", "Invalid URL path: if attempting to use the HTTP API, ensure the path starts with '/v1/'\n")]
    [InlineData("/kv/a", "Invalid URL path: if attempting to use the HTTP API, ensure the path starts with '/v1/'\n")]
    [InlineData("/v1%2Fkv/a", "Invalid URL path: not a recognized HTTP API endpoint\n")]
    [InlineData("/v1/emptyish", "Invalid URL path: not a recognized HTTP API endpoint\n")]
    public async Task An_unknown_path_is_404_for_every_method(string target, string text)
    {
        foreach (string method in (string[])["GET", "PUT", "PATCH"])
        {
            Reply reply = await GetRawAsync(target, method);
            Assert.Equal((404, text, "text/plain; charset=utf-8"), (reply.Status, reply.Body, reply.ContentType));
        }
    }

    [Fact]
    public async Task Without_UI_the_root_says_so()
    {
        Reply reply = await probe.Server.GetAsync("/");
        Assert.Equal((200, "Consul Agent: UI disabled. To enable, set ui_config.enabled=true in the agent configuration and restart."), (reply.Status, reply.Body));
        Assert.Equal("text/plain; charset=utf-8", reply.ContentType);
    }

    [Fact]
    public async Task With_UI_the_root_redirects_to_it()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { UiEnabled = true } });
        Reply reply = await server.GetAsync("/");
        Assert.Equal((301, "/ui/"), (reply.Status, reply.Header("Location")));
    }

    [Fact]
    public void A_path_can_be_mapped_once_only()
    {
        var routes = new RouteTable();
        routes.Map("GET", "/v1/a", static request => request.RespondTrueAsync());
        routes.Map("GET", "/v1/a/", static request => request.RespondTrueAsync());
        Assert.Throws<InvalidOperationException>(() => routes.Map("PUT", "/v1/a", static request => request.RespondTrueAsync()));
    }
}
