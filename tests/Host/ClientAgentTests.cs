using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>An agent without state answers as a server does: status, headers and body alike (design, client agents).</summary>
public sealed class ClientAgentTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    /// <summary>Headers that tell who answered, or when.</summary>
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase) { "Date", "Content-Length", "Transfer-Encoding" };

    [Theory]
    [InlineData("GET", "/v1/kv/parity/a")]
    [InlineData("GET", "/v1/kv/parity/a?raw")]
    [InlineData("GET", "/v1/kv/parity/none")]
    [InlineData("GET", "/v1/kv/parity/?recurse")]
    [InlineData("GET", "/v1/kv/?keys&separator=/")]
    [InlineData("GET", "/v1/kv/parity/a?index=x")]
    [InlineData("GET", "/v1/kv/parity/a?stale&consistent")]
    [InlineData("GET", "/v1/kv/parity/a?dc=nowhere")]
    [InlineData("PUT", "/v1/kv/parity/a?cas=x")]
    [InlineData("PUT", "/v1/kv/")]
    [InlineData("PUT", "/v1/kv/parity/a?cas=1")]
    [InlineData("GET", "/v1/catalog/nodes")]
    [InlineData("GET", "/v1/catalog/services")]
    [InlineData("GET", "/v1/catalog/datacenters")]
    [InlineData("GET", "/v1/catalog/service/consul")]
    [InlineData("GET", "/v1/catalog/node/s1")]
    [InlineData("GET", "/v1/health/service/consul?passing")]
    [InlineData("GET", "/v1/health/state/any")]
    [InlineData("GET", "/v1/health/node/s1?filter=Nonsense")]
    [InlineData("GET", "/v1/status/leader")]
    [InlineData("GET", "/v1/status/peers")]
    [InlineData("GET", "/v1/operator/raft/configuration")]
    [InlineData("GET", "/v1/query")]
    [InlineData("GET", "/v1/query/none/execute")]
    [InlineData("GET", "/v1/query/none")]
    [InlineData("GET", "/v1/nonsense")]
    [InlineData("POST", "/v1/catalog/nodes")]
    [InlineData("PUT", "/v1/catalog/register")]
    public async Task An_agent_and_a_server_answer_alike(string method, string path)
    {
        Assert.Equal(200, (await cluster.Client.SendAsync("PUT", "/v1/kv/parity/a", "value")).Status);
        string? body = method == "GET" ? null : "{";

        // The cluster lives while it is asked (coordinates are written, the log grows): only what the server says alike before and
        // after the agent's answer is compared.
        HostedAgent server = await cluster.FollowerAsync();
        Reply ofServer, ofAgent, after;
        do
        {
            ofServer = await server.SendAsync(method, path, body);
            ofAgent = await cluster.Client.SendAsync(method, path, body);
            after = await server.SendAsync(method, path, body);
        }
        while (ofServer.Body != after.Body || ofServer.Header("X-Consul-Index") != after.Header("X-Consul-Index"));

        Assert.Equal((ofServer.Status, ofServer.Body), (ofAgent.Status, ofAgent.Body));
        Assert.Equal(Headers(ofServer), Headers(ofAgent));
    }

    [Fact]
    public async Task What_is_written_through_the_agent_is_read_through_every_server_at_once()
    {
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("true", (await cluster.Client.SendAsync("PUT", "/v1/kv/fresh", $"{i}")).Body.TrimEnd());
            foreach (HostedAgent agent in cluster.Agents)
                Assert.Equal($"{i}", (await agent.GetAsync("/v1/kv/fresh?raw")).Body);
        }
    }

    [Fact]
    public async Task Whoever_waits_through_the_agent_hears_of_the_change()
    {
        Reply before = await cluster.Client.SendAsync("PUT", "/v1/kv/waited", "1");
        Assert.Equal(200, before.Status);
        long index = (await cluster.Client.GetAsync("/v1/kv/waited")).Index;

        Task<Reply> waiting = cluster.Client.GetAsync($"/v1/kv/waited?raw&index={index}&wait=60s");
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        await cluster.Agents[0].SendAsync("PUT", "/v1/kv/waited", "2");

        Assert.Equal("2", (await waiting).Body);
    }

    [Fact]
    public async Task A_service_of_the_agent_is_in_the_catalog_and_goes_with_it()
    {
        Assert.Equal(200, (await cluster.Client.SendAsync("PUT", "/v1/agent/service/register", """{"Name": "web", "Port": 80, "Check": {"TTL": "60s", "Status": "passing"}}""")).Status);
        HostedAgent server = cluster.Agents[0];
        await server.UntilAsync(async () => (await server.JsonAsync("/v1/health/service/web?passing")).GetArrayLength() == 1, "a passing instance");

        Assert.Equal(200, (await cluster.Client.SendAsync("PUT", "/v1/agent/service/deregister/web")).Status);
        await server.UntilAsync(async () => (await server.JsonAsync("/v1/catalog/service/web")).GetArrayLength() == 0, "no instance");
    }

    [Fact]
    public async Task A_session_is_bound_to_the_agent_that_was_asked_and_its_lock_holds_everywhere()
    {
        string session = System.Text.Json.JsonDocument.Parse((await cluster.Client.SendAsync("PUT", "/v1/session/create", """{"TTL": "10s"}""")).Bytes).RootElement.GetProperty("ID").GetString()!;
        Assert.Equal("c1", (await cluster.Agents[0].JsonAsync($"/v1/session/info/{session}"))[0].GetProperty("Node").GetString());

        Assert.Equal("true", (await cluster.Client.SendAsync("PUT", $"/v1/kv/lock?acquire={session}", "mine")).Body);
        foreach (HostedAgent agent in cluster.Agents)
        {
            Assert.Equal(session, (await agent.JsonAsync("/v1/kv/lock"))[0].GetProperty("Session").GetString());
            Assert.Equal(200, (await agent.SendAsync("PUT", $"/v1/session/renew/{session}")).Status);
        }

        Assert.Equal("true", (await cluster.Client.SendAsync("PUT", $"/v1/session/destroy/{session}")).Body);
        foreach (HostedAgent agent in cluster.Agents)
            Assert.Equal("[]", (await agent.GetAsync($"/v1/session/info/{session}")).Body);
    }

    [Fact]
    public async Task A_transaction_comes_back_with_its_results_from_wherever_it_is_asked()
    {
        foreach (HostedAgent agent in cluster.Agents)
        {
            Reply reply = await agent.SendAsync("PUT", "/v1/txn", $$$"""[{"KV": {"Verb": "set", "Key": "txn/{{{agent.Name}}}", "Value": "MQ=="}}, {"KV": {"Verb": "get", "Key": "txn/{{{agent.Name}}}"}}]""");

            Assert.Equal(200, reply.Status);
            Assert.Equal("MQ==", System.Text.Json.JsonDocument.Parse(reply.Bytes).RootElement.GetProperty("Results")[1].GetProperty("KV").GetProperty("Value").GetString());
            Assert.Equal(409, (await agent.SendAsync("PUT", "/v1/txn", """[{"KV": {"Verb": "set", "Key": "txn/undone"}}, {"KV": {"Verb": "get", "Key": "none"}}]""")).Status);
        }

        Assert.Equal(404, (await cluster.Client.GetAsync("/v1/kv/txn/undone")).Status);
    }

    [Fact]
    public async Task A_prepared_query_is_made_run_and_deleted_through_the_agent()
    {
        Reply created = await cluster.Client.SendAsync("POST", "/v1/query", """{"Name": "servers", "Service": {"Service": "consul", "Near": "_agent"}}""");
        string id = System.Text.Json.JsonDocument.Parse(created.Bytes).RootElement.GetProperty("ID").GetString()!;

        foreach (HostedAgent agent in cluster.Agents)
            Assert.Equal(3, (await agent.JsonAsync("/v1/query/servers/execute")).GetProperty("Nodes").GetArrayLength());
        Assert.Equal("GET,PUT,DELETE", (await cluster.Client.SendAsync("POST", $"/v1/query/{id}")).Header("Allow")!.Replace(", ", ",", StringComparison.Ordinal));
        Assert.Equal(200, (await cluster.Client.SendAsync("DELETE", $"/v1/query/{id}")).Status);
        Assert.Equal(404, (await cluster.Agents[0].GetAsync("/v1/query/servers/execute")).Status);
    }

    [Fact]
    public async Task Large_values_pass_through_the_agent_as_they_are()
    {
        string value = new('x', 512 * 1024);

        Assert.Equal(200, (await cluster.Client.SendAsync("PUT", "/v1/kv/large", value)).Status);
        Assert.Equal(value, (await cluster.Client.GetAsync("/v1/kv/large?raw")).Body);
        Reply tooLarge = await cluster.Client.SendAsync("PUT", "/v1/kv/large", value + "x");
        Reply alike = await cluster.Agents[0].SendAsync("PUT", "/v1/kv/large", value + "x");
        Assert.Equal((413, alike.Body), (tooLarge.Status, tooLarge.Body));
    }

    [Fact]
    public async Task An_agent_that_knows_no_server_says_so()
    {
        string address = Executable.AgentProcess.FreshAddress();
        using var data = new Storage.TemporaryDirectory();
        await using HostedAgent alone = await HostedAgent.StartAsync("alone", address, isServer: false,
            [System.Text.Json.JsonSerializer.Serialize(new { node_name = "alone", data_dir = data.Path, bind_addr = address, client_addr = address })]);

        Reply refused = await alone.GetAsync("/v1/kv/a");

        Assert.Equal((500, "No known Consul servers"), (refused.Status, refused.Body));
    }

    private static Dictionary<string, string> Headers(Reply reply) =>
        reply.Headers.Where(static header => !Own.Contains(header.Key)).ToDictionary(static header => header.Key, static header => header.Value, StringComparer.OrdinalIgnoreCase);
}
