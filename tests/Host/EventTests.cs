using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>User events through a whole cluster (http-core 8.1, cli 8 'event').</summary>
public sealed class EventTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private static readonly string TooLong = new('x', 513);

    [Fact]
    public async Task An_event_reaches_every_agent_once()
    {
        JsonElement fired = await FireAsync(cluster.Client, "/v1/event/fire/everywhere", "abc");

        Assert.Equal(["ID", "Name", "Payload", "NodeFilter", "ServiceFilter", "TagFilter", "Version", "LTime"], fired.EnumerateObject().Select(static member => member.Name));
        Assert.Equal(("everywhere", "YWJj", 1, 0L), (Text(fired, "Name"), Text(fired, "Payload"), fired.GetProperty("Version").GetInt32(), fired.GetProperty("LTime").GetInt64()));
        foreach (HostedAgent agent in cluster.Agents)
        {
            await agent.UntilAsync(async () => (await ListAsync(agent, "everywhere")).Count > 0, "the event");
            JsonElement heard = Assert.Single(await ListAsync(agent, "everywhere"));
            Assert.Equal(Text(fired, "ID"), Text(heard, "ID"));
            Assert.True(heard.GetProperty("LTime").GetInt64() > 0);
        }
    }

    [Fact]
    public async Task An_event_without_a_payload_says_null()
    {
        JsonElement fired = await FireAsync(cluster.Client, "/v1/event/fire/silent", null);

        Assert.Equal(JsonValueKind.Null, fired.GetProperty("Payload").ValueKind);
    }

    [Fact]
    public async Task Only_agents_that_match_keep_it()
    {
        HostedAgent agent = cluster.Client;
        Assert.Equal(200, (await agent.SendAsync("PUT", "/v1/agent/service/register", """{"Name": "web", "ID": "web-1", "Tags": ["blue"]}""")).Status);
        await FireAsync(agent, "/v1/event/fire/by-node?node=^s2$", "1");
        await FireAsync(agent, "/v1/event/fire/by-service?service=web-", "1");
        await FireAsync(agent, "/v1/event/fire/by-tag?service=web&tag=red", "1");
        await FireAsync(agent, "/v1/event/fire/last", "1");

        foreach (HostedAgent each in cluster.Agents)
            await each.UntilAsync(async () => (await ListAsync(each, "last")).Count > 0, "the last event");

        Assert.Equal(["s2"], await HearersAsync("by-node"));
        Assert.Equal(["c1"], await HearersAsync("by-service"));
        Assert.Empty(await HearersAsync("by-tag"));
    }

    [Fact]
    public async Task Whoever_waits_hears_of_the_next_event()
    {
        HostedAgent agent = cluster.Client;
        await FireAsync(agent, "/v1/event/fire/waited", "1");
        await agent.UntilAsync(async () => (await ListAsync(agent, "waited")).Count == 1, "the first event");
        Reply before = await agent.GetAsync("/v1/event/list?name=waited");

        Task<Reply> waiting = agent.GetAsync($"/v1/event/list?name=waited&index={before.Header("X-Consul-Index")}&wait=60s");
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        await FireAsync(cluster.Agents[1], "/v1/event/fire/waited", "2");

        Reply after = await waiting;
        Assert.Equal(2, JsonDocument.Parse(after.Bytes).RootElement.GetArrayLength());
        Assert.NotEqual(before.Header("X-Consul-Index"), after.Header("X-Consul-Index"));
    }

    [Fact]
    public async Task No_events_are_an_empty_list_with_index_1()
    {
        Reply none = await cluster.Client.GetAsync("/v1/event/list?name=never-fired");

        Assert.Equal((200, "[]", "1"), (none.Status, none.Body, none.Header("X-Consul-Index")));
        Assert.Null(none.Header("X-Consul-Knownleader"));
    }

    [Fact]
    public async Task The_index_is_the_halves_of_the_last_id_folded()
    {
        string id = Text(await FireAsync(cluster.Client, "/v1/event/fire/folded", "1"), "ID").Replace("-", "", StringComparison.Ordinal);
        await cluster.Client.UntilAsync(async () => (await ListAsync(cluster.Client, "folded")).Count == 1, "the event");

        Reply listed = await cluster.Client.GetAsync("/v1/event/list?name=folded");

        ulong folded = Convert.ToUInt64(id[..16], 16) ^ Convert.ToUInt64(id[16..], 16);
        Assert.Equal(folded.ToString(System.Globalization.CultureInfo.InvariantCulture), listed.Header("X-Consul-Index"));
    }

    [Theory]
    [InlineData("/v1/event/fire/", 400, "Missing name")]
    [InlineData("/v1/event/fire/x?tag=t", 500, "Cannot provide tag filter without service filter")]
    [InlineData("/v1/event/fire/x?node=%28", 500, "Invalid node filter: error parsing regexp: missing closing ): `(`")]
    [InlineData("/v1/event/fire/x?service=%28", 500, "Invalid service filter: error parsing regexp: missing closing ): `(`")]
    [InlineData("/v1/event/fire/x?service=s&tag=%28", 500, "Invalid tag filter: error parsing regexp: missing closing ): `(`")]
    [InlineData("/v1/event/fire/x?dc=dc2", 500, "No path to datacenter")]
    public async Task What_cannot_be_fired_is_refused(string path, int status, string text)
    {
        Reply refused = await cluster.Client.SendAsync("PUT", path, "payload");

        Assert.Equal((status, text), (refused.Status, refused.Body));
    }

    [Fact]
    public async Task A_payload_beyond_the_limit_is_refused()
    {
        Reply refused = await cluster.Client.SendAsync("PUT", "/v1/event/fire/big", TooLong);

        Assert.Equal(500, refused.Status);
        Assert.Contains("user event exceeds configured limit of 512 bytes before encoding", refused.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("index=x", "Invalid index")]
    [InlineData("wait=x", "Invalid wait time")]
    public async Task A_wait_that_makes_no_sense_is_refused(string query, string text)
    {
        Reply refused = await cluster.Client.GetAsync("/v1/event/list?" + query);

        Assert.Equal((400, text), (refused.Status, refused.Body));
    }

    [Fact]
    public async Task The_command_prints_the_id()
    {
        (int code, string output, _) = await cluster.Client.RunAsync("event", "-name", "commanded", "hello");

        Assert.Equal(0, code);
        await cluster.Client.UntilAsync(async () => (await ListAsync(cluster.Client, "commanded")).Count == 1, "the event");
        JsonElement heard = Assert.Single(await ListAsync(cluster.Client, "commanded"));
        Assert.Equal(($"Event ID: {Text(heard, "ID")}\n", "aGVsbG8="), (output, Text(heard, "Payload")));
    }

    private static async Task<JsonElement> FireAsync(HostedAgent agent, string path, string? payload)
    {
        Reply reply = await agent.SendAsync("PUT", path, payload);
        Assert.True(reply.Status == 200, reply.Body);
        return JsonDocument.Parse(reply.Bytes).RootElement;
    }

    private static async Task<List<JsonElement>> ListAsync(HostedAgent agent, string name) => [.. (await agent.JsonAsync($"/v1/event/list?name={name}")).EnumerateArray()];

    private async Task<List<string>> HearersAsync(string name)
    {
        var hearers = new List<string>();
        foreach (HostedAgent each in cluster.Agents)
        {
            if ((await ListAsync(each, name)).Count > 0)
                hearers.Add(each.Name);
        }

        return hearers;
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
