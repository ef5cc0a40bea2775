using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>Archives of a whole cluster (http-core 8.4), through servers and agents.</summary>
public sealed class SnapshotTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    [Fact]
    public async Task An_archive_taken_anywhere_is_restored_anywhere()
    {
        foreach (HostedAgent from in cluster.Agents)
        {
            string key = $"archived/{from.Name}";
            await cluster.Client.SendAsync("PUT", $"/v1/kv/{key}", "then");
            Reply archive = await from.GetAsync("/v1/snapshot");
            Assert.Equal((200, "application/x-gzip", "true"), (archive.Status, archive.ContentType, archive.Header("X-Consul-Knownleader")));
            Assert.True(archive.Index > 1);

            foreach (HostedAgent to in cluster.Agents)
            {
                await cluster.Client.SendAsync("PUT", $"/v1/kv/{key}", "now");
                await cluster.Client.SendAsync("PUT", "/v1/kv/later", "x");
                Reply restored = await to.SendAsync("PUT", "/v1/snapshot", archive.Bytes);
                Assert.Equal((200, ""), (restored.Status, restored.Body));

                foreach (HostedAgent agent in cluster.Agents)
                    Assert.Equal(("then", 404), ((await agent.GetAsync($"/v1/kv/{key}?raw")).Body, (await agent.GetAsync("/v1/kv/later")).Status));
            }
        }
    }

    [Fact]
    public async Task Everybody_who_waits_is_told()
    {
        await cluster.Client.SendAsync("PUT", "/v1/kv/watched", "1");
        byte[] archive = (await cluster.Client.GetAsync("/v1/snapshot")).Bytes;
        long index = (await cluster.Client.GetAsync("/v1/kv/watched")).Index;
        long services = (await cluster.Client.GetAsync("/v1/catalog/services")).Index;
        Task<Reply>[] waiting = [.. cluster.Agents.Select(agent => agent.GetAsync($"/v1/kv/watched?index={index}&wait=120s")), .. cluster.Agents.Select(agent => agent.GetAsync($"/v1/catalog/services?index={services}&wait=120s"))];
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.All(waiting, static each => Assert.False(each.IsCompleted));

        await cluster.Agents[1].SendAsync("PUT", "/v1/snapshot", archive);

        foreach (Task<Reply> each in waiting)
            Assert.Equal(200, (await each).Status);
    }

    [Fact]
    public async Task Writes_go_on_above_all_indexes_of_before()
    {
        for (int i = 0; i < 30; i++)
            await cluster.Client.SendAsync("PUT", "/v1/kv/high", $"{i}");
        byte[] archive = (await cluster.Client.GetAsync("/v1/snapshot")).Bytes;
        long before = (await cluster.Client.JsonAsync("/v1/kv/high"))[0].GetProperty("ModifyIndex").GetInt64();

        await cluster.Client.SendAsync("PUT", "/v1/snapshot", archive);
        await cluster.Client.SendAsync("PUT", "/v1/kv/high", "after");

        Assert.True((await cluster.Client.JsonAsync("/v1/kv/high"))[0].GetProperty("ModifyIndex").GetInt64() > before);
    }

    [Fact]
    public async Task A_session_of_an_archive_ends_in_its_time()
    {
        string node = cluster.Agents[0].Name;
        string session = JsonDocument.Parse((await cluster.Client.SendAsync("PUT", "/v1/session/create", $$"""{"Node": "{{node}}", "Name": "kept"}""")).Bytes).RootElement.GetProperty("ID").GetString()!;
        await cluster.Client.SendAsync("PUT", $"/v1/kv/held?acquire={session}", "me");
        byte[] archive = (await cluster.Client.GetAsync("/v1/snapshot")).Bytes;
        await cluster.Client.SendAsync("PUT", $"/v1/session/destroy/{session}");

        await cluster.Client.SendAsync("PUT", "/v1/snapshot", archive);

        Assert.Equal(session, (await cluster.Client.JsonAsync("/v1/kv/held"))[0].GetProperty("Session").GetString());
        Assert.Equal("kept", (await cluster.Client.JsonAsync($"/v1/session/info/{session}"))[0].GetProperty("Name").GetString());
    }

    [Fact]
    public async Task A_node_that_joined_after_the_archive_is_registered_again()
    {
        byte[] archive = (await cluster.Client.GetAsync("/v1/snapshot")).Bytes;
        await cluster.Client.SendAsync("PUT", "/v1/catalog/deregister", $$"""{"Node": "{{cluster.Client.Name}}"}""");
        byte[] without = (await cluster.Client.GetAsync("/v1/snapshot")).Bytes;
        await cluster.Client.SendAsync("PUT", "/v1/snapshot", archive);

        await cluster.Client.SendAsync("PUT", "/v1/snapshot", without);

        await cluster.Client.UntilAsync(async () => (await cluster.Client.JsonAsync($"/v1/health/node/{cluster.Client.Name}")).EnumerateArray().Any(static check => check.GetProperty("Status").GetString() == "passing"), "its own node");
    }

    [Theory]
    [InlineData("GET", "/v1/snapshot?dc=nowhere", 500, "No path to datacenter")]
    [InlineData("PUT", "/v1/snapshot?dc=nowhere", 500, "No path to datacenter")]
    [InlineData("PUT", "/v1/snapshot?stale", 500, "stale not allowed for restore")]
    [InlineData("GET", "/v1/snapshot?stale&consistent", 400, "Cannot specify ?stale with ?consistent, conflicting semantics.")]
    [InlineData("PUT", "/v1/snapshot", 500, "failed to decompress snapshot: EOF")]
    [InlineData("POST", "/v1/snapshot", 405, "method POST not allowed")]
    public async Task Requests_that_cannot_be_are_refused_alike_everywhere(string method, string path, int status, string text)
    {
        foreach (HostedAgent agent in cluster.Agents)
        {
            Reply reply = await agent.SendAsync(method, path, method == "PUT" ? "" : null);

            Assert.True((status, text) == (reply.Status, reply.Body), $"{agent.Name}: {reply.Status} {reply.Body}");
        }
    }

    [Fact]
    public async Task An_archive_that_is_cut_changes_nothing()
    {
        await cluster.Client.SendAsync("PUT", "/v1/kv/stays", "1");
        byte[] archive = (await cluster.Client.GetAsync("/v1/snapshot")).Bytes;
        await cluster.Client.SendAsync("PUT", "/v1/kv/stays", "2");

        foreach (HostedAgent agent in cluster.Agents)
            Assert.Equal((500, "failed to read snapshot file: failed reading snapshot: unexpected EOF"), Text(await agent.SendAsync("PUT", "/v1/snapshot", archive[..(archive.Length / 2)])));

        Assert.Equal("2", (await cluster.Client.GetAsync("/v1/kv/stays?raw")).Body);
    }

    [Fact]
    public async Task A_restore_survives_leaders_that_go()
    {
        string value = new('x', 400 * 1024);
        for (int i = 0; i < 60; i++)
            await cluster.Client.SendAsync("PUT", $"/v1/kv/large/{i}", value + i);
        byte[] archive = (await cluster.Client.GetAsync("/v1/snapshot")).Bytes;
        await cluster.Client.SendAsync("DELETE", "/v1/kv/large/?recurse");

        Task<Reply> restoring = cluster.Client.SendAsync("PUT", "/v1/snapshot", archive);
        int transfers = 0;
        for (; !restoring.IsCompleted; transfers++)
        {
            await cluster.Agents[0].SendAsync("POST", "/v1/operator/raft/transfer-leader");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal((200, ""), Text(await restoring));
        Assert.True(transfers > 1);
        foreach (HostedAgent agent in cluster.Agents)
        {
            Assert.Equal(60, (await agent.JsonAsync("/v1/kv/large/?keys")).GetArrayLength());
            Assert.Equal(value + "59", (await agent.GetAsync("/v1/kv/large/59?raw")).Body);
        }

        await cluster.Client.SendAsync("DELETE", "/v1/kv/large/?recurse");
    }

    private static (int, string) Text(Reply reply) => (reply.Status, reply.Body);
}
