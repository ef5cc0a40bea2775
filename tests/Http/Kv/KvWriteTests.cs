using Praetor.Api.Http;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Kv;

/// <summary>http-core 5.2, 5.3 and the rows of 7.4 that need no session.</summary>
public class KvWriteTests
{
    private static async Task<(int Status, string Body)> SendAsync(TestServer server, string method, string target, string? body = null)
    {
        Reply reply = await server.SendAsync(method, target, body);
        Assert.Null(reply.Header("X-Consul-Index"));
        return (reply.Status, reply.Body);
    }

    [Fact]
    public async Task A_put_answers_true_as_JSON()
    {
        await using TestServer server = await TestServer.StartAsync();
        Reply reply = await server.PutAsync("/v1/kv/a", "1");
        Assert.Equal((200, "true", "application/json"), (reply.Status, reply.Body, reply.ContentType));
        Assert.Equal("true\n", (await server.PutAsync("/v1/kv/a?pretty", "1")).Body);
    }

    [Fact]
    public async Task An_update_keeps_CreateIndex_and_resets_flags_that_are_not_given()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutAsync("/v1/kv/a?flags=18446744073709551615", "1");
        long created = server.Runtime.Root.Index;
        Assert.Contains("\"Flags\":18446744073709551615,", (await server.GetAsync("/v1/kv/a")).Body, StringComparison.Ordinal);
        await server.PutAsync("/v1/kv/a", "2");
        Reply reply = await server.GetAsync("/v1/kv/a");
        Assert.Equal($$"""[{"LockIndex":0,"Key":"a","Flags":0,"Value":"Mg==","CreateIndex":{{created}},"ModifyIndex":{{reply.Index}}}]""", reply.Body);
        Assert.True(reply.Index > created);
    }

    [Fact]
    public async Task An_identical_put_is_true_without_a_new_index()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutAsync("/v1/kv/a?flags=1", "1");
        long index = (await server.GetAsync("/v1/kv/a")).Index;
        Assert.Equal((200, "true"), await SendAsync(server, "PUT", "/v1/kv/a?flags=1", "1"));
        Assert.Equal(index, (await server.GetAsync("/v1/kv/a")).Index);
    }

    [Fact]
    public async Task Delete_and_put_make_a_new_CreateIndex()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutAsync("/v1/kv/a", "1");
        long first = (await server.GetAsync("/v1/kv/a")).Index;
        await server.DeleteAsync("/v1/kv/a");
        await server.PutAsync("/v1/kv/a", "1");
        Reply reply = await server.GetAsync("/v1/kv/a");
        Assert.Contains($"\"CreateIndex\":{reply.Index},", reply.Body, StringComparison.Ordinal);
        Assert.True(reply.Index > first);
    }

    [Fact]
    public async Task Check_and_set_writes_only_what_it_expects()
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Equal((200, "false"), await SendAsync(server, "PUT", "/v1/kv/a?cas=7", "1"));
        Assert.Equal((200, "true"), await SendAsync(server, "PUT", "/v1/kv/a?cas=0", "1"));
        Assert.Equal((200, "false"), await SendAsync(server, "PUT", "/v1/kv/a?cas=0", "2"));
        long index = (await server.GetAsync("/v1/kv/a")).Index;
        Assert.Equal((200, "false"), await SendAsync(server, "PUT", $"/v1/kv/a?cas={index + 1}", "2"));
        Assert.Equal((200, "false"), await SendAsync(server, "PUT", "/v1/kv/a?cas=18446744073709551615", "2"));
        Assert.Equal((200, "true"), await SendAsync(server, "PUT", $"/v1/kv/a?cas={index}", "2"));
        Assert.Equal("2", (await server.GetAsync("/v1/kv/a?raw")).Body);
    }

    [Theory]
    [InlineData("?flags=abc", 500, "strconv.ParseUint: parsing \"abc\": invalid syntax")]
    [InlineData("?flags=", 500, "strconv.ParseUint: parsing \"\": invalid syntax")]
    [InlineData("?flags", 500, "strconv.ParseUint: parsing \"\": invalid syntax")]
    [InlineData("?flags=-1", 500, "strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("?flags=18446744073709551616", 500, "strconv.ParseUint: parsing \"18446744073709551616\": value out of range")]
    [InlineData("?cas=x", 500, "strconv.ParseUint: parsing \"x\": invalid syntax")]
    [InlineData("?cas=x&flags=y", 500, "strconv.ParseUint: parsing \"y\": invalid syntax")]
    [InlineData("?cas=1&acquire=x", 400, "Conflicting flags: acquire=x&cas=1\n")]
    [InlineData("?release=b&acquire=a&flags=zz", 400, "Conflicting flags: acquire=a&flags=zz&release=b\n")]
    [InlineData("?z=a%20b%2fc&cas=&release&y=%C3%BC&cas=2", 400, "Conflicting flags: cas=&cas=2&release=&y=%C3%BC&z=a+b%2Fc\n")]
    [InlineData("?acquire=", 500, "raft apply failed: missing session")]
    [InlineData("?release=", 500, "raft apply failed: missing session")]
    [InlineData("?acquire=zz", 500, "raft apply failed: invalid session \"zz\"")]
    [InlineData("?release=zz", 200, "false")]
    [InlineData("?dc=dc2", 500, "No path to datacenter")]
    public async Task A_put_is_refused_with_the_text_clients_know(string query, int status, string text)
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Equal((status, text), await SendAsync(server, "PUT", "/v1/kv/a" + query, "1"));
        Assert.Equal(404, (await server.GetAsync("/v1/kv/a")).Status);
    }

    [Theory]
    [InlineData("", 400, "Missing key name")]
    [InlineData("?cas=1&acquire=x", 400, "Missing key name")]
    public async Task A_put_without_key_is_400_before_its_flags_are_looked_at(string query, int status, string text)
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Equal((status, text), await SendAsync(server, "PUT", "/v1/kv/" + query, "1"));
    }

    [Fact]
    public async Task A_value_of_exactly_the_limit_is_fine_and_one_byte_more_is_413()
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Equal((200, "true"), await SendAsync(server, "PUT", "/v1/kv/a", new string('x', 524_288)));
        Assert.Equal(
            (413, "Request body(524289 bytes) too large, max size: 524288 bytes. See https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size."),
            await SendAsync(server, "PUT", "/v1/kv/b", new string('x', 524_289)));
        Assert.Equal(404, (await server.GetAsync("/v1/kv/b")).Status);
    }

    [Fact]
    public async Task The_limit_is_configurable_and_checked_after_the_flags()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { KvMaxValueSizeBytes = 3 } });
        Assert.Equal(
            (413, "Request body(4 bytes) too large, max size: 3 bytes. See https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size."),
            await SendAsync(server, "PUT", "/v1/kv/a", "1234"));
        Assert.Equal((500, "strconv.ParseUint: parsing \"x\": invalid syntax"), await SendAsync(server, "PUT", "/v1/kv/a?cas=x", "1234"));
    }

    [Fact]
    public async Task A_chunked_body_is_not_checked_against_the_limit()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { KvMaxValueSizeBytes = 3 } });
        Reply reply = await server.RawAsync("PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        Assert.Equal((200, "true"), (reply.Status, reply.Body));
        Assert.Equal("hello", (await server.GetAsync("/v1/kv/a?raw")).Body);
    }

    [Fact]
    public async Task A_client_that_waits_for_100_continue_is_told_to_go_on()
    {
        await using TestServer server = await TestServer.StartAsync();
        using RawConnection connection = await server.ConnectAsync();
        await connection.SendAsync("PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(100, (await connection.ReadReplyAsync(headRequest: true)).Status);
        await connection.SendAsync("hello");
        Assert.Equal("true", (await connection.ReadReplyAsync()).Body);
    }

    [Theory]
    [InlineData("a", "true", "a/b b")]
    [InlineData("missing", "true", "a a/b b")]
    [InlineData("a?recurse", "true", "b")]
    [InlineData("a/?recurse", "true", "a b")]
    [InlineData("missing?recurse", "true", "a a/b b")]
    [InlineData("?recurse", "true", "")]
    [InlineData("a?recurse=false", "true", "b")]
    [InlineData("missing?cas=5", "true", "a a/b b")]
    [InlineData("missing?cas=0", "true", "a a/b b")]
    [InlineData("a?cas=0", "false", "a a/b b")]
    [InlineData("a?cas=999", "false", "a a/b b")]
    public async Task A_delete_removes_what_it_names(string target, string answer, string left)
    {
        await using TestServer server = await TestServer.StartAsync();
        foreach (string key in (string[])["a", "a/b", "b"])
            await server.PutAsync("/v1/kv/" + key, "1");
        Assert.Equal((200, answer), await SendAsync(server, "DELETE", "/v1/kv/" + target));
        Assert.Equal("[" + string.Join(',', left.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(key => $"\"{key}\"")) + "]", (await server.GetAsync("/v1/kv/?keys")).Body);
    }

    [Fact]
    public async Task A_delete_on_condition_removes_when_the_index_matches()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutAsync("/v1/kv/a", "1");
        long index = (await server.GetAsync("/v1/kv/a")).Index;
        Assert.Equal((200, "true"), await SendAsync(server, "DELETE", $"/v1/kv/a?cas={index}"));
        Assert.Equal(404, (await server.GetAsync("/v1/kv/a")).Status);
    }

    [Theory]
    [InlineData("", 400, "Missing key name")]
    [InlineData("a?recurse&cas=1", 400, "Conflicting flags: cas=1&recurse=\n")]
    [InlineData("?recurse&cas=1", 400, "Conflicting flags: cas=1&recurse=\n")]
    [InlineData("a?cas=x", 500, "strconv.ParseUint: parsing \"x\": invalid syntax")]
    [InlineData("a?dc=dc2", 500, "No path to datacenter")]
    public async Task A_delete_is_refused_with_the_text_clients_know(string target, int status, string text)
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutAsync("/v1/kv/a", "1");
        Assert.Equal((status, text), await SendAsync(server, "DELETE", "/v1/kv/" + target));
        Assert.Equal(200, (await server.GetAsync("/v1/kv/a")).Status);
    }

    [Theory]
    [InlineData("DELETE", "/v1/kv/missing")]
    [InlineData("DELETE", "/v1/kv/missing?recurse")]
    [InlineData("PUT", "/v1/kv/a?cas=99")]
    public async Task What_changes_nothing_moves_no_index(string method, string target)
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutAsync("/v1/kv/a", "1");
        long index = (await server.GetAsync("/v1/kv/?keys")).Index;
        await SendAsync(server, method, target, method == "PUT" ? "other" : null);
        Assert.Equal(index, (await server.GetAsync("/v1/kv/?keys")).Index);
    }
}
