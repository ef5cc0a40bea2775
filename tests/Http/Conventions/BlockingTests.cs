using Praetor.Api.Http;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Conventions;

/// <summary>http-core 2: waiting for a change, shown on the KV store.</summary>
public class BlockingTests
{
    private static async Task<long> PutAsync(TestServer server, string key, string value)
    {
        Assert.Equal("true", (await server.PutAsync("/v1/kv/" + key, value)).Body);
        return server.Runtime.Root.Index;
    }

    /// <summary>Starts a blocking read and returns when it waits.</summary>
    private static async Task<Task<Reply>> WaitOnAsync(TestServer server, string target)
    {
        int before = server.Runtime.Watches.Count;
        Task<Reply> waiting = server.GetAsync(target);
        await server.WaitForWaitersAsync(before + 1);
        return waiting;
    }

    [Fact]
    public async Task An_index_below_the_current_one_is_answered_at_once()
    {
        await using TestServer server = await TestServer.StartAsync();
        long index = await PutAsync(server, "a", "1");
        Reply reply = await server.GetAsync($"/v1/kv/a?index={index - 1}");
        Assert.Equal((200, index), (reply.Status, reply.Index));
    }

    [Theory]
    [InlineData("a?index={0}", "PUT", "a", 200)]
    [InlineData("a?index={0}", "DELETE", "a", 404)]
    [InlineData("a?index={0}", "DELETE", "?recurse", 404)]
    [InlineData("a?index={0}&consistent", "PUT", "a", 200)]
    [InlineData("a?index={0}&stale", "PUT", "a", 200)]
    [InlineData("a?index={0}&cached", "PUT", "a", 200)]
    [InlineData("a?index={0}&raw", "PUT", "a", 200)]
    [InlineData("?recurse&index={0}", "PUT", "z", 200)]
    [InlineData("a?recurse&index={0}", "PUT", "a/new", 200)]
    [InlineData("a?keys&index={0}", "PUT", "a/new", 200)]
    [InlineData("a?keys&index={0}", "DELETE", "a", 200)]
    [InlineData("a/?keys&index={0}", "DELETE", "a?recurse", 404)]
    [InlineData("a/?recurse&index={0}", "DELETE", "?recurse", 404)]
    [InlineData("missing?index={0}", "PUT", "missing", 200)]
    [InlineData("none/?keys&index={0}", "PUT", "none/x", 200)]
    public async Task A_waiter_wakes_when_what_it_watches_changes(string target, string method, string changed, int status)
    {
        await using TestServer server = await TestServer.StartAsync();
        await PutAsync(server, "a", "1");
        long index = await PutAsync(server, "a/b", "1");
        Task<Reply> waiting = await WaitOnAsync(server, "/v1/kv/" + string.Format(System.Globalization.CultureInfo.InvariantCulture, target, index));
        await server.SendAsync(method, "/v1/kv/" + changed, method == "PUT" ? "2" : null);
        Reply reply = await waiting;
        Assert.Equal((status, server.Runtime.Root.Index), (reply.Status, reply.Index));
        await server.WaitForWaitersAsync(0);
    }

    [Theory]
    [InlineData("a", "PUT", "b")]
    [InlineData("a", "PUT", "a/b")]
    [InlineData("a", "PUT", "a?cas=99999")]
    [InlineData("a", "PUT", "a?same")]
    [InlineData("a", "DELETE", "a/x?recurse")]
    [InlineData("a", "DELETE", "missing")]
    [InlineData("missing", "PUT", "other")]
    [InlineData("missing", "DELETE", "a")]
    [InlineData("a/?keys", "PUT", "a")]
    [InlineData("a/?recurse", "PUT", "b")]
    [InlineData("a/?recurse", "DELETE", "b?recurse")]
    public async Task A_waiter_sleeps_through_changes_of_other_things(string target, string method, string changed)
    {
        await using TestServer server = await TestServer.StartAsync();
        await PutAsync(server, "a/x", "1");
        long index = await PutAsync(server, "a", "1");
        Task<Reply> waiting = await WaitOnAsync(server, $"/v1/kv/{target}{(target.Contains('?', StringComparison.Ordinal) ? "&" : "?")}index={index}");
        await server.SendAsync(method, "/v1/kv/" + changed, method == "PUT" ? "1" : null);
        // What changes after the foreign write ends the wait; had the foreign write done so, the index would be its own.
        await server.PutAsync("/v1/kv/" + target.Split('?')[0] + (target.Contains('?', StringComparison.Ordinal) ? "new" : ""), "awake");
        Assert.Equal(server.Runtime.Root.Index, (await waiting).Index);
    }

    [Fact]
    public async Task The_first_look_at_a_missing_key_returns_when_anything_in_the_table_moved()
    {
        await using TestServer server = await TestServer.StartAsync();
        long before = await PutAsync(server, "a", "1");
        long after = await PutAsync(server, "b", "1");
        Reply reply = await server.GetAsync($"/v1/kv/missing?index={before}");
        Assert.Equal((404, after), (reply.Status, reply.Index));
    }

    [Theory]
    [InlineData("wait=10s", 10.0, 10.625)]
    [InlineData("wait=1h", 600.0, 637.5)]
    [InlineData("wait=0", 300.0, 318.75)]
    [InlineData("x", 300.0, 318.75)]
    public async Task A_wait_ends_within_its_time_and_a_sixteenth(string query, double earliestSeconds, double latestSeconds)
    {
        var time = new ManualTime();
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Time = time });
        long index = await PutAsync(server, "a", "1");
        Task<Reply> waiting = await WaitOnAsync(server, $"/v1/kv/a?index={index}&{query}");
        await WaitForTimerAsync(server);
        time.Advance(TimeSpan.FromSeconds(earliestSeconds - 1));
        Assert.Equal(1, server.Runtime.Watches.Count);
        time.Advance(TimeSpan.FromSeconds(latestSeconds - earliestSeconds + 2));
        Reply reply = await waiting;
        Assert.Equal((200, index), (reply.Status, reply.Index));
        await server.WaitForWaitersAsync(0);
    }

    /// <summary>The ticket is counted a moment before its time-out is armed.</summary>
    private static async Task WaitForTimerAsync(TestServer server)
    {
        while (server.Runtime.Watches.Timeouts.Armed == 0)
            await Task.Delay(1);
    }

    [Fact]
    public async Task A_wait_for_a_missing_key_ends_in_404()
    {
        var time = new ManualTime();
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Time = time });
        long index = await PutAsync(server, "a", "1");
        Task<Reply> waiting = await WaitOnAsync(server, $"/v1/kv/missing?index={index}&wait=5s");
        await WaitForTimerAsync(server);
        time.Advance(TimeSpan.FromSeconds(6));
        Reply reply = await waiting;
        Assert.Equal((404, index), (reply.Status, reply.Index));
    }

    [Fact]
    public async Task An_index_in_the_future_waits_until_it_is_passed()
    {
        await using TestServer server = await TestServer.StartAsync();
        long index = await PutAsync(server, "a", "1");
        Task<Reply> waiting = await WaitOnAsync(server, $"/v1/kv/a?index={index + 2}");
        await PutAsync(server, "a", "2");
        await PutAsync(server, "a", "3");
        await PutAsync(server, "a", "4");
        Assert.Equal(index + 3, (await waiting).Index);
    }

    [Fact]
    public async Task A_thousand_waiters_of_one_key_all_get_the_new_value()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { MaxConnectionsPerClient = 0 } });
        long index = await PutAsync(server, "a", "1");
        Task<Reply>[] waiting = [.. Enumerable.Range(0, 1000).Select(_ => server.GetAsync($"/v1/kv/a?raw&index={index}"))];
        await server.WaitForWaitersAsync(1000);
        await PutAsync(server, "a", "new");
        foreach (Reply reply in await Task.WhenAll(waiting))
            Assert.Equal(("new", index + 1), (reply.Body, reply.Index));
        await server.WaitForWaitersAsync(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_goes_away_leaves_no_waiter_behind(bool reset)
    {
        await using TestServer server = await TestServer.StartAsync();
        long index = await PutAsync(server, "a", "1");
        foreach (string target in (string[])["a?", "?recurse&", "?keys&"])
        {
            RawConnection connection = await server.ConnectAsync();
            await connection.SendAsync($"GET /v1/kv/{target}index={index} HTTP/1.1\r\nHost: x\r\n\r\n");
            await server.WaitForWaitersAsync(1);
            if (reset)
                connection.Reset();
            else
                connection.Dispose();
            await server.WaitForWaitersAsync(0);
        }
        Assert.Equal(200, (await server.GetAsync("/v1/kv/a")).Status);
    }

    [Fact]
    public async Task Stopping_the_server_ends_the_waits()
    {
        TestServer server = await TestServer.StartAsync();
        long index = await PutAsync(server, "a", "1");
        Task<Reply> waiting = await WaitOnAsync(server, $"/v1/kv/a?index={index}");
        await server.Runtime.DisposeAsync();
        Assert.Equal((200, index), (await waiting) is var reply ? (reply.Status, reply.Index) : default);
        await server.DisposeAsync();
    }
}
