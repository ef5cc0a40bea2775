using System.Net;
using System.Text.Json;

namespace Praetor.Tests.Host;

/// <summary>/v1/watch, which Consul does not have: changes as server-sent events, through servers and agents.</summary>
public sealed class WatchTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    [Fact]
    public async Task Every_write_to_a_key_is_told_in_order_wherever_it_is_watched()
    {
        foreach (HostedAgent agent in cluster.Agents)
        {
            string key = $"watch/key/{agent.Name}";
            await cluster.Client.SendAsync("PUT", $"/v1/kv/{key}", "0");
            await using var events = await WatchStream.OpenAsync(agent, $"/v1/watch?type=key&key={key}");
            Assert.Equal(("state", "MA=="), Value(await events.NextAsync()));

            for (int i = 1; i <= 20; i++)
                await cluster.Client.SendAsync("PUT", $"/v1/kv/{key}", $"{i}");
            await cluster.Client.SendAsync("DELETE", $"/v1/kv/{key}");

            for (int i = 1; i <= 20; i++)
                Assert.Equal(("change", Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{i}"))), Value(await events.NextAsync()));
            Assert.True((await events.NextAsync()).Data[0].GetProperty("Deleted").GetBoolean());
        }
    }

    [Fact]
    public async Task A_prefix_tells_of_all_that_one_index_wrote_at_once()
    {
        await using var events = await WatchStream.OpenAsync(cluster.Client, "/v1/watch?type=keyprefix&prefix=watch/tree/");
        Assert.Equal(0, (await events.NextAsync()).Data.GetArrayLength());

        await cluster.Agents[0].SendAsync("PUT", "/v1/txn", """[{"KV": {"Verb": "set", "Key": "watch/tree/a", "Value": "MQ=="}}, {"KV": {"Verb": "set", "Key": "watch/tree/b", "Value": "Mg=="}}, {"KV": {"Verb": "set", "Key": "watch/other", "Value": "Mw=="}}]""");
        await cluster.Agents[0].SendAsync("DELETE", "/v1/kv/watch/tree/?recurse");

        WatchEvent written = await events.NextAsync();
        Assert.Equal(["watch/tree/a", "watch/tree/b"], written.Data.EnumerateArray().Select(static entry => entry.GetProperty("Key").GetString()));
        WatchEvent deleted = await events.NextAsync();
        Assert.Equal(2, deleted.Data.EnumerateArray().Count(static entry => entry.TryGetProperty("Deleted", out _)));
        Assert.True(deleted.Id > written.Id);
    }

    [Fact]
    public async Task Who_comes_back_goes_on_where_it_was()
    {
        await cluster.Client.SendAsync("PUT", "/v1/kv/watch/back", "1");
        long seen = (await cluster.Client.GetAsync("/v1/kv/watch/back")).Index;
        await cluster.Client.SendAsync("PUT", "/v1/kv/watch/back", "2");
        await cluster.Client.SendAsync("PUT", "/v1/kv/watch/back", "3");

        await using var events = await WatchStream.OpenAsync(cluster.Client, "/v1/watch?type=key&key=watch/back", lastEvent: $"{seen}");

        Assert.Equal(("change", "Mg=="), Value(await events.NextAsync()));
        Assert.Equal(("change", "Mw=="), Value(await events.NextAsync()));
    }

    [Fact]
    public async Task Who_was_away_for_too_long_is_told_to_begin_anew()
    {
        for (int i = 0; i < 1100; i++)
            await cluster.Agents[0].SendAsync("PUT", "/v1/kv/watch/long", $"{i}");
        await cluster.Client.SendAsync("PUT", "/v1/kv/watch/long", "now");

        await using var events = await WatchStream.OpenAsync(cluster.Client, "/v1/watch?type=key&key=watch/long&index=0");

        Assert.Equal(("resync", "bm93"), Value(await events.NextAsync()));
    }

    [Theory]
    [InlineData("type=services", "watched-services", "Object")]
    [InlineData("type=service&service=watched-service", "watched-service", "Array")]
    [InlineData("type=nodes", null, "Array")]
    [InlineData("type=checks", "watched-checks", "Array")]
    public async Task Lists_of_the_catalog_are_told_whole_when_they_change(string target, string? service, string kind)
    {
        await using var events = await WatchStream.OpenAsync(cluster.Client, $"/v1/watch?{target}");
        WatchEvent state = await events.NextAsync();
        Assert.Equal(("state", kind), (state.Kind, state.Data.ValueKind.ToString()));

        string body = service is null
            ? """{"Node": "watched-node", "Address": "10.9.9.9"}"""
            : $$$"""{"Node": "watched-{{{service}}}", "Address": "10.9.9.9", "Service": {"Service": "{{{service}}}"}, "Check": {"Name": "{{{service}}}", "Status": "passing", "ServiceID": "{{{service}}}"}}""";
        Assert.Equal(200, (await cluster.Agents[1].SendAsync("PUT", "/v1/catalog/register", body)).Status);

        WatchEvent change;
        do
            change = await events.NextAsync();
        while (!change.Data.GetRawText().Contains(service ?? "watched-node", StringComparison.Ordinal));
        Assert.Equal("change", change.Kind);
        Assert.True(change.Id > state.Id);
    }

    [Fact]
    public async Task A_restore_tells_everybody_to_begin_anew()
    {
        await cluster.Client.SendAsync("PUT", "/v1/kv/watch/restored", "then");
        byte[] archive = (await cluster.Client.GetAsync("/v1/snapshot")).Bytes;
        await cluster.Client.SendAsync("PUT", "/v1/kv/watch/restored", "now");
        await using var events = await WatchStream.OpenAsync(cluster.Client, "/v1/watch?type=key&key=watch/restored");
        Assert.Equal(("state", "bm93"), Value(await events.NextAsync()));

        await cluster.Client.SendAsync("PUT", "/v1/snapshot", archive);

        Assert.Equal(("resync", "dGhlbg=="), Value(await events.NextAsync()));
    }

    [Theory]
    [InlineData("/v1/watch", 400, "Watch type not specified")]
    [InlineData("/v1/watch?type=nonsense", 400, "Unsupported watch type: nonsense")]
    [InlineData("/v1/watch?type=key", 400, "Must specify a single key to watch")]
    [InlineData("/v1/watch?type=keyprefix", 400, "Must specify a single prefix to watch")]
    [InlineData("/v1/watch?type=service", 400, "Must specify a single service to watch")]
    [InlineData("/v1/watch?type=checks&service=a&state=b", 400, "Cannot specify service and state")]
    [InlineData("/v1/watch?type=nodes&filter=Nonsense", 500, null)]
    [InlineData("/v1/watch?type=nodes&index=x", 400, "Invalid index")]
    [InlineData("/v1/watch?type=nodes&dc=nowhere", 500, "No path to datacenter")]
    public async Task What_cannot_be_watched_is_refused_alike_everywhere(string path, int status, string? text)
    {
        foreach (HostedAgent agent in cluster.Agents)
        {
            var reply = await agent.GetAsync(path);
            Assert.Equal(status, reply.Status);
            if (text is not null)
                Assert.Equal(text, reply.Body);
        }
    }

    private static (string, string?) Value(WatchEvent seen) => (seen.Kind, seen.Data[0].GetProperty("Value").GetString());

    private sealed record WatchEvent(long Id, string Kind, JsonElement Data);

    /// <summary>A client of a stream.</summary>
    private sealed class WatchStream(HttpClient http, HttpResponseMessage response, StreamReader lines) : IAsyncDisposable
    {
        public static async Task<WatchStream> OpenAsync(HostedAgent agent, string path, string? lastEvent = null)
        {
            var http = new HttpClient { BaseAddress = new Uri($"http://{agent.Address}:8500"), Timeout = Timeout.InfiniteTimeSpan };
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (lastEvent is not null)
                request.Headers.Add("Last-Event-ID", lastEvent);
            HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            return new WatchStream(http, response, new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
        }

        public async Task<WatchEvent> NextAsync()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            (long id, string kind, string data) = (-1, "", "");
            while (true)
            {
                string line = await lines.ReadLineAsync(patience.Token) ?? throw new EndOfStreamException();
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                    id = long.Parse(line[4..], System.Globalization.CultureInfo.InvariantCulture);
                else if (line.StartsWith("event: ", StringComparison.Ordinal))
                    kind = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    data += line[6..];
                else if (line.Length == 0 && kind.Length > 0)
                    return new WatchEvent(id, kind, JsonDocument.Parse(data).RootElement);
            }
        }

        public ValueTask DisposeAsync()
        {
            lines.Dispose();
            response.Dispose();
            http.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
