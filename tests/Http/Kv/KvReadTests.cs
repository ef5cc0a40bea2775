using System.Text;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Kv;

/// <summary>http-core 5 and 5.1: reading keys.</summary>
public class KvReadTests
{
    private static Task<TestServer> StartAsync() => TestServer.StartAsync();

    /// <summary>Writes keys with the value "v" and returns the index of the last one.</summary>
    private static async Task<long> PutAllAsync(TestServer server, params string[] keys)
    {
        foreach (string key in keys)
            Assert.Equal("true", (await server.PutAsync("/v1/kv/" + key, "v")).Body);
        return server.Runtime.Root.Index;
    }

    [Fact]
    public async Task A_key_is_an_array_of_one_entry_with_index_headers()
    {
        await using TestServer server = await StartAsync();
        await server.PutAsync("/v1/kv/a/b?flags=42", "hello");
        Reply reply = await server.GetAsync("/v1/kv/a/b");
        long index = reply.Index;
        Assert.Equal($$"""[{"LockIndex":0,"Key":"a/b","Flags":42,"Value":"aGVsbG8=","CreateIndex":{{index}},"ModifyIndex":{{index}}}]""", reply.Body);
        Assert.Equal((200, "application/json"), (reply.Status, reply.ContentType));
        Assert.Equal(("true", "0", "blocking-query"), (reply.Header("X-Consul-Knownleader"), reply.Header("X-Consul-Lastcontact"), reply.Header("X-Consul-Query-Backend")));
        Assert.Null(reply.Header("X-Consul-Effective-Consistency"));
    }

    [Theory]
    [InlineData("", "null")]
    [InlineData("a", "\"YQ==\"")]
    [InlineData("ab", "\"YWI=\"")]
    [InlineData("abc", "\"YWJj\"")]
    [InlineData("<&>", "\"PCY+\"")]
    public async Task A_value_is_padded_base64_or_null_when_empty(string value, string expected)
    {
        await using TestServer server = await StartAsync();
        await server.PutAsync("/v1/kv/a", value);
        Assert.Contains($"\"Value\":{expected},", (await server.GetAsync("/v1/kv/a")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pretty_indents_and_ends_in_a_newline()
    {
        await using TestServer server = await StartAsync();
        await server.PutAsync("/v1/kv/a", "hello");
        Reply reply = await server.GetAsync("/v1/kv/a?pretty");
        string expected = $$"""
            [
                {
                    "LockIndex": 0,
                    "Key": "a",
                    "Flags": 0,
                    "Value": "aGVsbG8=",
                    "CreateIndex": {{reply.Index}},
                    "ModifyIndex": {{reply.Index}}
                }
            ]

            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), reply.Body);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(5000)]
    [InlineData(70_000)]
    [InlineData(524_288)]
    public async Task Values_of_every_size_come_back_plain_raw_and_compressed(int sizeBytes)
    {
        await using TestServer server = await StartAsync();
        var random = new Random(sizeBytes);
        byte[] value = new byte[sizeBytes];
        random.NextBytes(value);
        using var content = new ByteArrayContent(value);
        using HttpResponseMessage put = await server.Client.PutAsync("/v1/kv/big", content);
        Assert.Equal("true", await put.Content.ReadAsStringAsync());
        string expected = $"\"Value\":\"{Convert.ToBase64String(value)}\"";
        Assert.Contains(expected, (await server.GetAsync("/v1/kv/big")).Body, StringComparison.Ordinal);
        Assert.Equal(value, (await server.GetAsync("/v1/kv/big?raw")).Bytes);
        Assert.Contains(expected, (await server.GetAsync("/v1/kv/?recurse")).Body, StringComparison.Ordinal);
        foreach (string target in (string[])["/v1/kv/big", "/v1/kv/?recurse"])
        {
            Reply zipped = await server.GetAsync(target, ("Accept-Encoding", "gzip"));
            Assert.Equal(sizeBytes >= 1400 ? "gzip" : null, sizeBytes == 1000 ? null : zipped.Header("Content-Encoding"));
            Assert.Contains(expected, Gunzip(zipped), StringComparison.Ordinal);
        }
    }

    private static string Gunzip(Reply reply)
    {
        if (reply.Header("Content-Encoding") != "gzip")
            return reply.Body;
        using var gzip = new System.IO.Compression.GZipStream(new MemoryStream(reply.Bytes), System.IO.Compression.CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        return reader.ReadToEnd();
    }

    [Fact]
    public async Task A_missing_key_is_an_empty_404_with_index_headers()
    {
        await using TestServer server = await StartAsync();
        long index = await PutAllAsync(server, "other");
        foreach (string query in (string[])["", "?raw", "?recurse", "?keys", "?recurse&raw"])
        {
            Reply reply = await server.GetAsync("/v1/kv/missing" + query);
            Assert.Equal((404, "", null, index), (reply.Status, reply.Body, reply.ContentType, reply.Index));
        }
    }

    [Fact]
    public async Task An_index_is_never_0()
    {
        await using TestServer server = await StartAsync();
        Assert.Equal(1, (await server.GetAsync("/v1/kv/missing")).Index);
    }

    [Theory]
    [InlineData("/v1/kv/")]
    [InlineData("/v1/kv/?raw")]
    public async Task No_key_is_400(string target)
    {
        await using TestServer server = await StartAsync();
        Reply reply = await server.GetAsync(target);
        Assert.Equal((400, "Missing key name"), (reply.Status, reply.Body));
        Assert.Null(reply.Header("X-Consul-Index"));
    }

    [Fact]
    public async Task Raw_is_the_bytes_with_headers_that_keep_browsers_from_running_them()
    {
        await using TestServer server = await StartAsync();
        await server.PutAsync("/v1/kv/a", "<script>");
        Reply reply = await server.GetAsync("/v1/kv/a?raw");
        Assert.Equal((200, "<script>", "text/plain", "8"), (reply.Status, reply.Body, reply.ContentType, reply.Header("Content-Length")));
        Assert.Equal(("nosniff", "sandbox"), (reply.Header("X-Content-Type-Options"), reply.Header("Content-Security-Policy")));
    }

    [Fact]
    public async Task Raw_of_an_empty_value_is_an_empty_200()
    {
        await using TestServer server = await StartAsync();
        await server.PutAsync("/v1/kv/a", "");
        Reply reply = await server.GetAsync("/v1/kv/a?raw");
        Assert.Equal((200, "", "text/plain"), (reply.Status, reply.Body, reply.ContentType));
    }

    [Fact]
    public async Task Keys_are_bytes_slashes_and_all()
    {
        await using TestServer server = await StartAsync();
        await PutAllAsync(server, "%2Fa%2F%2Fb", "a", "a/", "%ff", "%c3%bc");
        Assert.Equal("""["/a//b","a","a/",""" + "\"\u00fc\",\"\\ufffd\"]", (await server.GetAsync("/v1/kv/?keys")).Body);
        Assert.Equal(200, (await server.RawAsync("GET /v1/kv/%ff HTTP/1.1\r\nHost: x\r\n\r\n")).Status);
        Assert.Equal(404, (await server.RawAsync("GET /v1/kv/%fe HTTP/1.1\r\nHost: x\r\n\r\n")).Status);
    }

    [Fact]
    public async Task Recurse_lists_entries_under_a_plain_string_prefix_in_byte_order()
    {
        await using TestServer server = await StartAsync();
        await PutAllAsync(server, "foo/x", "fo", "B", "g", "foo-y", "f");
        Reply reply = await server.GetAsync("/v1/kv/fo?recurse");
        Assert.Equal(["fo", "foo-y", "foo/x"], KeysOf(reply));
        Assert.Equal(["B", "f", "fo", "foo-y", "foo/x", "g"], KeysOf(await server.GetAsync("/v1/kv/?recurse&raw")));
        Assert.Equal(200, reply.Status);
    }

    [Fact]
    public async Task Recurse_over_nothing_is_404_also_for_the_empty_prefix()
    {
        await using TestServer server = await StartAsync();
        Reply reply = await server.GetAsync("/v1/kv/?recurse");
        Assert.Equal((404, "", 1), (reply.Status, reply.Body, reply.Index));
    }

    [Fact]
    public async Task A_list_of_megabytes_arrives_whole_in_pieces()
    {
        await using TestServer server = await StartAsync();
        string value = new('v', 2000);
        for (int i = 0; i < 1500; i++)
            await server.PutAsync($"/v1/kv/list/{i:D5}", value);
        Reply plain = await server.RawAsync("GET /v1/kv/list/?recurse HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal("chunked", plain.Header("Transfer-Encoding"));
        Assert.Equal(1500, KeysOf(plain).Length);
        Reply zipped = await server.GetAsync("/v1/kv/list/?recurse", ("Accept-Encoding", "gzip"));
        Assert.Equal(plain.Body, Gunzip(zipped));
    }

    [Theory]
    [InlineData("?keys", """["a-x","a/b","a/x/1","a/x/2","b"]""")]
    [InlineData("a?keys", """["a-x","a/b","a/x/1","a/x/2"]""")]
    [InlineData("a/?keys&separator=/", """["a/b","a/x/"]""")]
    [InlineData("a?keys&separator=/", """["a-x","a/"]""")]
    [InlineData("a?keys&seperator=/", """["a-x","a/"]""")]
    [InlineData("a?keys&seperator=x&separator=/", """["a-x","a/"]""")]
    [InlineData("a?keys&separator=", """["a-x","a/b","a/x/1","a/x/2"]""")]
    [InlineData("?keys&separator=x/", """["a-x","a/b","a/x/","b"]""")]
    [InlineData("a/x/1?keys&separator=/", """["a/x/1"]""")]
    [InlineData("a?keys&recurse&raw", """["a-x","a/b","a/x/1","a/x/2"]""")]
    public async Task Keys_are_cut_after_the_first_separator_behind_the_prefix(string target, string expected)
    {
        await using TestServer server = await StartAsync();
        await PutAllAsync(server, "a-x", "a/b", "a/x/1", "a/x/2", "b");
        Reply reply = await server.GetAsync("/v1/kv/" + target);
        Assert.Equal((200, expected, "application/json"), (reply.Status, reply.Body, reply.ContentType));
    }

    [Fact]
    public async Task A_key_that_ends_in_the_separator_and_keys_below_it_are_one()
    {
        await using TestServer server = await StartAsync();
        await PutAllAsync(server, "a/", "a/b", "a/c");
        Assert.Equal("""["a/"]""", (await server.GetAsync("/v1/kv/?keys&separator=/")).Body);
        Assert.Equal("""["a/","a/b","a/c"]""", (await server.GetAsync("/v1/kv/a/?keys&separator=/")).Body);
    }

    [Fact]
    public async Task Keys_of_an_empty_store_are_an_empty_list_for_the_empty_prefix_only()
    {
        await using TestServer server = await StartAsync();
        Reply all = await server.GetAsync("/v1/kv/?keys");
        Assert.Equal((200, "[]"), (all.Status, all.Body));
        Assert.Equal(404, (await server.GetAsync("/v1/kv/a?keys")).Status);
    }

    [Fact]
    public async Task The_index_of_a_prefix_is_that_of_its_newest_change_deletes_included()
    {
        await using TestServer server = await StartAsync();
        long a = await PutAllAsync(server, "p/a");
        long b = await PutAllAsync(server, "p/b");
        await PutAllAsync(server, "q");
        Assert.Equal(b, (await server.GetAsync("/v1/kv/p/?recurse")).Index);
        Assert.Equal(a, (await server.GetAsync("/v1/kv/p/a?keys")).Index);
        await server.DeleteAsync("/v1/kv/p/b");
        long deleted = server.Runtime.Root.Index;
        await PutAllAsync(server, "q/later");
        Assert.Equal(deleted, (await server.GetAsync("/v1/kv/p/?keys")).Index);
        Assert.Equal(server.Runtime.Root.Index, (await server.GetAsync("/v1/kv/?keys")).Index);
        Assert.Equal(server.Runtime.Root.Index, (await server.GetAsync("/v1/kv/none?keys")).Index);
    }

    [Fact]
    public async Task A_list_prefix_shows_the_index_of_a_recursive_delete_above_it()
    {
        await using TestServer server = await StartAsync();
        await PutAllAsync(server, "p/a");
        await server.DeleteAsync("/v1/kv/p?recurse");
        long deleted = server.Runtime.Root.Index;
        Assert.Equal(deleted, (await server.GetAsync("/v1/kv/p/?keys")).Index);
    }

    [Theory]
    [InlineData("/v1/kv/a?dc=dc2")]
    [InlineData("/v1/kv/a?recurse&datacenter=dc2")]
    [InlineData("/v1/kv/a?keys&dc=dc2")]
    public async Task Another_datacenter_is_500(string target)
    {
        await using TestServer server = await StartAsync();
        Reply reply = await server.GetAsync(target);
        Assert.Equal((500, "No path to datacenter"), (reply.Status, reply.Body));
        Assert.Null(reply.Header("X-Consul-Index"));
    }

    [Theory]
    [InlineData("?stale")]
    [InlineData("?consistent")]
    [InlineData("?leader")]
    [InlineData("?cached")]
    [InlineData("?dc=dc1&datacenter=")]
    [InlineData("?token=x")]
    public async Task Every_mode_reads_the_same_here(string query)
    {
        await using TestServer server = await StartAsync();
        await PutAllAsync(server, "a");
        Reply reply = await server.GetAsync("/v1/kv/a" + query);
        Assert.Equal((200, "true", null), (reply.Status, reply.Header("X-Consul-Knownleader"), reply.Header("X-Cache")));
    }

    [Theory]
    [InlineData("?index=x", "Invalid index")]
    [InlineData("?ns=x", "Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature")]
    public async Task Common_parameters_are_checked_before_the_key_and_for_every_method(string query, string text)
    {
        await using TestServer server = await StartAsync();
        foreach (string method in (string[])["GET", "PUT", "DELETE"])
            Assert.Equal((400, text), await server.SendAsync(method, "/v1/kv/" + query, method == "PUT" ? "1" : null) is var reply ? (reply.Status, reply.Body) : default);
    }

    private static string[] KeysOf(Reply reply) =>
        [.. System.Text.Json.JsonDocument.Parse(Encoding.UTF8.GetString(reply.Bytes)).RootElement.EnumerateArray().Select(entry => entry.GetProperty("Key").GetString()!)];
}
