using System.IO.Compression;
using System.Text;
using Praetor.Api.Http;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Conventions;

/// <summary>http-core 1.5 and 1.6: headers, forms of bodies, faults.</summary>
public class ResponseTests(ProbeServer probe) : IClassFixture<ProbeServer>
{
    [Theory]
    [InlineData("/v1/object", "{\"A\":\"\\u003c\\u0026\\u003e\",\"B\":[\"x\"]}")]
    [InlineData("/v1/object?pretty", "{\n    \"A\": \"\\u003c\\u0026\\u003e\",\n    \"B\": [\n        \"x\"\n    ]\n}\n")]
    [InlineData("/v1/object?pretty=false", "{\n    \"A\": \"\\u003c\\u0026\\u003e\",\n    \"B\": [\n        \"x\"\n    ]\n}\n")]
    public async Task JSON_is_compact_or_with_pretty_indented_with_a_newline(string target, string expected)
    {
        Reply reply = await probe.Server.GetAsync(target);
        Assert.Equal((expected, "application/json"), (reply.Body, reply.ContentType));
    }

    [Theory]
    [InlineData("/v1/probe", "\"exact\"")]
    [InlineData("/v1/object", "{\n    \"A\": \"\\u003c\\u0026\\u003e\",\n    \"B\": [\n        \"x\"\n    ]\n}")]
    [InlineData("/v1/object?pretty", "{\n    \"A\": \"\\u003c\\u0026\\u003e\",\n    \"B\": [\n        \"x\"\n    ]\n}\n")]
    public async Task Dev_agents_indent_always_but_end_in_a_newline_only_with_pretty(string target, string expected)
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { AlwaysIndentJson = true }, Map = ProbeServer.Map });
        Assert.Equal(expected, (await server.GetAsync(target)).Body);
    }

    [Theory]
    [InlineData("GET", "/v1/empty", null, "application/json")]
    [InlineData("PUT", "/v1/empty", null, "application/json")]
    [InlineData("PUT", "/v1/empty", "text/x", "application/json")]
    [InlineData("GET", "/v1/empty", "text/x", "text/x")]
    [InlineData("DELETE", "/v1/empty", "text/x", "text/x")]
    [InlineData("PUT", "/v1/snapshot", null, "application/octet-stream")]
    [InlineData("PUT", "/v1/event/fire/x", null, "application/octet-stream")]
    public async Task A_200_without_body_has_a_content_type_all_the_same(string method, string target, string? requestType, string expected)
    {
        string typeHeader = requestType is null ? "" : $"Content-Type: {requestType}\r\n";
        Reply reply = await probe.Server.RawAsync($"{method} {target} HTTP/1.1\r\nHost: x\r\n{typeHeader}Content-Length: 0\r\n\r\n");
        Assert.Equal((200, "", expected, "0"), (reply.Status, reply.Body, reply.ContentType, reply.Header("Content-Length")));
    }

    [Fact]
    public async Task Header_names_are_spelled_as_clients_see_them_from_Consul()
    {
        Reply reply = await probe.Server.RawAsync("GET /v1/kv/missing HTTP/1.1\r\nHost: x\r\n\r\n");
        string[] names = [.. reply.Headers.Select(header => header.Key).Order(StringComparer.Ordinal)];
        Assert.Equal(["Content-Length", "Date", "Vary", "X-Consul-Default-Acl-Policy", "X-Consul-Index", "X-Consul-Knownleader", "X-Consul-Lastcontact", "X-Consul-Query-Backend"], names);
    }

    [Theory]
    [InlineData("/v1/probe", 200)]
    [InlineData("/v1/fault", 500)]
    [InlineData("/v1/kv/", 400)]
    public async Task Every_API_answer_carries_policy_and_vary(string target, int status)
    {
        Reply reply = await probe.Server.GetAsync(target);
        Assert.Equal((status, "allow", "Accept-Encoding"), (reply.Status, reply.Header("X-Consul-Default-Acl-Policy"), reply.Header("Vary")));
    }

    [Theory]
    [InlineData("/v1/probe", true)]
    [InlineData("/v1/nowhere", true)]
    [InlineData("/", true)]
    [InlineData("/v1/fault", true)]
    [InlineData("/v1/kv", false)]
    [InlineData("/v1/kv/%01", false)]
    public async Task Configured_headers_are_on_all_answers_but_redirects_and_unprintable_paths(string target, bool expected)
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions
        {
            Http = new HttpOptions { ResponseHeaders = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" } },
            Map = ProbeServer.Map,
        });
        Reply reply = await server.RawAsync($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal(expected ? "*" : null, reply.Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Translated_addresses_and_a_denying_policy_are_announced()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { TranslateWanAddresses = true, DefaultAclPolicy = "deny" } });
        Reply reply = await server.GetAsync("/v1/status/leader");
        Assert.Equal(("true", "deny"), (reply.Header("X-Consul-Translate-Addresses"), reply.Header("X-Consul-Default-Acl-Policy")));
        Assert.Null((await probe.Server.GetAsync("/v1/probe")).Header("X-Consul-Translate-Addresses"));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("deflate, gzip;q=0.5", true)]
    [InlineData("GZIP", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip;q=0.000, br", false)]
    [InlineData("deflate", false)]
    [InlineData("*", false)]
    public async Task Long_bodies_are_compressed_if_the_client_takes_gzip(string accepts, bool compressed)
    {
        string expected = $"\"{new string('x', 4000)}\"";
        Reply reply = await probe.Server.GetAsync("/v1/long", ("Accept-Encoding", accepts));
        Assert.Equal(compressed ? "gzip" : null, reply.Header("Content-Encoding"));
        Assert.Equal(expected, compressed ? Decompress(reply.Bytes) : reply.Body);
        Assert.True(!compressed || reply.Bytes.Length < 200);
    }

    [Fact]
    public async Task Short_bodies_are_never_compressed()
    {
        Reply reply = await probe.Server.GetAsync("/v1/object", ("Accept-Encoding", "gzip"));
        Assert.Null(reply.Header("Content-Encoding"));
        Assert.Equal("Accept-Encoding", reply.Header("Vary"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4_000_000)]
    public async Task A_body_of_megabytes_arrives_whole_also_when_there_is_no_room_for_it(long budgetBytes)
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions
        {
            Http = new HttpOptions { OutputBudgetBytes = budgetBytes },
            Map = ProbeServer.Map,
        });
        Reply reply = await server.GetAsync("/v1/huge");
        Assert.Equal((3_000_002, "3000002"), (reply.Bytes.Length, reply.Header("Content-Length")));
        Assert.True(reply.Bytes.AsSpan(1, 3_000_000).IndexOfAnyExcept((byte)'x') < 0);
        // The connection takes its next request only after it is done with the last.
        await server.GetAsync("/v1/object");
        Assert.Equal(0, server.Services.Output.ReservedBytes);
    }

    [Fact]
    public void Long_answers_share_a_budget()
    {
        var budget = new OutputBudget(100);
        Assert.Equal((60, 0, 40), (budget.Reserve(60), budget.Reserve(60), budget.Reserve(40)));
        budget.Return(60);
        budget.Return(0);
        Assert.Equal((60, 100), (budget.Reserve(60), budget.ReservedBytes));
    }

    [Theory]
    [InlineData("/v1/fault", "the handler fell over")]
    [InlineData("/v1/latefault", "the handler fell over late")]
    public async Task A_fault_in_a_handler_is_500_with_its_message_and_the_connection_goes_on(string target, string text)
    {
        using RawConnection connection = await probe.Server.ConnectAsync();
        await connection.SendAsync($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
        Reply reply = await connection.ReadReplyAsync();
        Assert.Equal((500, text, "text/plain; charset=utf-8"), (reply.Status, reply.Body, reply.ContentType));
        await connection.SendAsync("GET /v1/late HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal("true", (await connection.ReadReplyAsync()).Body);
    }

    [Theory]
    [InlineData("/v1/overload", "rate limit exceeded, try again later or against a different server")]
    [InlineData("/v1/waiters", "too many blocking queries, try again later")]
    public async Task Overload_is_429(string target, string text)
    {
        Reply reply = await probe.Server.GetAsync(target);
        Assert.Equal((429, text), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("hello", 200, "\"hello\"")]
    [InlineData("", 200, "\"\"")]
    public async Task A_body_is_read_whole(string body, int status, string expected)
    {
        Reply reply = await probe.Server.PutAsync("/v1/echo", body);
        Assert.Equal((status, expected), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task A_chunked_body_that_arrives_in_drops_is_read_whole()
    {
        using RawConnection connection = await probe.Server.ConnectAsync();
        foreach (string drop in (string[])["PUT /v1/echo HT", "TP/1.1\r\nHost: x\r\nTransfer-Enc", "oding: chunked\r\n\r\n3\r", "\nabc\r\n", "2\r\nde\r\n0\r", "\n\r\n"])
            await connection.SendAsync(drop);
        Assert.Equal("\"abcde\"", (await connection.ReadReplyAsync()).Body);
    }

    [Theory]
    [InlineData("Content-Length: 100001\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n")]
    public async Task A_body_above_the_limit_is_refused_without_being_kept(string rest)
    {
        using RawConnection connection = await probe.Server.ConnectAsync();
        await connection.SendAsync("PUT /v1/echo HTTP/1.1\r\nHost: x\r\n" + rest);
        if (rest.StartsWith("Transfer", StringComparison.Ordinal))
            await connection.SendAsync($"186A1\r\n{new string('x', 100_001)}\r\n");
        Assert.Equal(413, (await connection.ReadReplyAsync()).Status);
    }

    private static string Decompress(byte[] bytes)
    {
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
