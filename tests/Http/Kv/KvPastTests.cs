using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Kv;

/// <summary>What Consul does not have: keys as they were, their versions, and lists in pages.</summary>
public sealed class KvPastTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_key_is_read_as_it_was()
    {
        long first = await PutAsync("k", "one");
        long second = await PutAsync("k", "two");
        await _server.SendAsync("DELETE", "/v1/kv/k");
        long gone = (await _server.GetAsync("/v1/kv/k")).Index;

        Assert.Equal("one", (await _server.GetAsync($"/v1/kv/k?at={first}&raw")).Body);
        Assert.Equal("two", (await _server.GetAsync($"/v1/kv/k?raw&at={second}")).Body);
        Assert.Equal(404, (await _server.GetAsync($"/v1/kv/k?at={gone}")).Status);
        Assert.Equal(404, (await _server.GetAsync($"/v1/kv/k?at={first - 1}")).Status);
        JsonElement entry = JsonDocument.Parse((await _server.GetAsync($"/v1/kv/k?at={first}")).Bytes).RootElement[0];
        Assert.Equal((first, "b25l"), (entry.GetProperty("ModifyIndex").GetInt64(), entry.GetProperty("Value").GetString()));
    }

    [Fact]
    public async Task A_prefix_is_read_as_it_was()
    {
        await PutAsync("p/a", "1");
        long then = await PutAsync("p/b", "2");
        await PutAsync("p/a", "changed");
        await PutAsync("p/c", "new");
        await _server.SendAsync("DELETE", "/v1/kv/p/b");

        Assert.Equal(["p/a=MQ==", "p/b=Mg=="], await ListAsync($"p/?recurse&at={then}"));
        Assert.Equal(["p/b=Mg=="], await ListAsync($"p/?recurse&at={then}&after=p/a&limit=5"));
        Assert.Equal(404, (await _server.GetAsync($"/v1/kv/q/?recurse&at={then}")).Status);
    }

    [Fact]
    public async Task The_versions_of_a_key_are_listed()
    {
        long first = await PutAsync("v", "1");
        long second = await PutAsync("v", "2");
        await _server.SendAsync("DELETE", "/v1/kv/v");
        await PutAsync("v", "3");

        JsonElement[] versions = [.. JsonDocument.Parse((await _server.GetAsync("/v1/kv/v?history")).Bytes).RootElement.EnumerateArray()];

        Assert.Equal(["MQ==", "Mg==", "deleted", "Mw=="], versions.Select(static version => version.TryGetProperty("Deleted", out _) ? "deleted" : version.GetProperty("Value").GetString()));
        Assert.Equal([first, second], versions.Take(2).Select(static version => version.GetProperty("ModifyIndex").GetInt64()));
        Assert.Equal(404, (await _server.GetAsync("/v1/kv/never?history")).Status);
    }

    [Fact]
    public async Task Outside_of_what_is_kept_is_gone()
    {
        for (int i = 0; i < 1100; i++)
            await PutAsync("k", $"{i}");
        await Task.Delay(1200, TestContext.Current.CancellationToken);
        await PutAsync("k", "last");

        Reply reply = await _server.GetAsync("/v1/kv/k?at=5");

        Assert.Equal(410, reply.Status);
        Assert.Matches("^Index 5 is outside of what this server keeps: [0-9]+ to [0-9]+$", reply.Body);
        Assert.True(long.Parse(reply.Header("X-Praetor-Oldest-Index")!, System.Globalization.CultureInfo.InvariantCulture) > 5);
        Assert.Equal(410, (await _server.GetAsync("/v1/kv/k?at=999999")).Status);
    }

    [Theory]
    [InlineData("/v1/kv/k?at=x", 400, "Invalid at: an index is a number")]
    [InlineData("/v1/kv/k?at=", 400, "Invalid at: an index is a number")]
    [InlineData("/v1/kv/k?at=-1", 400, "Invalid at: an index is a number")]
    [InlineData("/v1/kv/?at=1", 400, "Missing key name")]
    [InlineData("/v1/kv/?history", 400, "Missing key name")]
    [InlineData("/v1/kv/?recurse&limit=0", 400, "Invalid limit: a number from 1 on")]
    [InlineData("/v1/kv/?recurse&limit=x", 400, "Invalid limit: a number from 1 on")]
    [InlineData("/v1/kv/k?at=1&dc=nowhere", 500, "No path to datacenter")]
    public async Task What_cannot_be_is_refused(string path, int status, string text)
    {
        Reply reply = await _server.GetAsync(path);

        Assert.Equal((status, text), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task A_long_list_is_read_page_by_page()
    {
        for (int i = 0; i < 25; i++)
            await PutAsync($"page/{i:00}", "x");
        await PutAsync("pages", "not below");

        var seen = new List<string>();
        for (string after = ""; ;)
        {
            Reply reply = await _server.GetAsync($"/v1/kv/page/?recurse&limit=10&after={after}");
            if (reply.Status == 404)
                break;
            string[] keys = [.. JsonDocument.Parse(reply.Bytes).RootElement.EnumerateArray().Select(static entry => entry.GetProperty("Key").GetString()!)];
            Assert.InRange(keys.Length, 1, 10);
            seen.AddRange(keys);
            after = keys[^1];
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(static i => $"page/{i:00}"), seen);
    }

    private async Task<long> PutAsync(string key, string value)
    {
        Assert.Equal(200, (await _server.PutAsync($"/v1/kv/{key}", value)).Status);
        return (await _server.GetAsync($"/v1/kv/{key}")).Index;
    }

    private async Task<string[]> ListAsync(string path) =>
        [.. JsonDocument.Parse((await _server.GetAsync($"/v1/kv/{path}")).Bytes).RootElement.EnumerateArray().Select(static entry => $"{entry.GetProperty("Key").GetString()}={entry.GetProperty("Value").GetString()}")];
}
