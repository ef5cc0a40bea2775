using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>operator/usage, agent/token and max_stale through any agent of a cluster.</summary>
public sealed class UsageTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    [Fact]
    public async Task Usage_counts_nodes_services_and_instances()
    {
        foreach (string service in new[] { """{"Service": "web", "ID": "w1"}""", """{"Service": "web", "ID": "w2"}""", """{"Service": "web-proxy", "Kind": "connect-proxy", "Port": 1, "Proxy": {"DestinationServiceName": "web"}}""", """{"Service": "native", "Port": 2, "Connect": {"Native": true}}""" })
            Assert.Equal(200, (await cluster.Client.SendAsync("PUT", "/v1/catalog/register", $$"""{"Node": "extra", "Address": "10.0.0.1", "Service": {{service}}}""")).Status);

        JsonElement answer = await cluster.Client.JsonAsync("/v1/operator/usage");

        Assert.Equal(["Usage", "Index", "LastContact", "KnownLeader", "ConsistencyLevel", "NotModified", "Backend", "ResultsFilteredByACLs"], answer.EnumerateObject().Select(static member => member.Name));
        Assert.Equal("""{"Services":4,"ServiceInstances":7,"ConnectServiceInstances":{"api-gateway":0,"connect-native":1,"connect-proxy":1,"ingress-gateway":0,"mesh-gateway":0,"terminating-gateway":0},"BillableServiceInstances":3,"Nodes":5}""",
            answer.GetProperty("Usage").GetProperty("dc1").GetRawText());
        Assert.Equal("stale", (await cluster.Client.JsonAsync("/v1/operator/usage?stale")).GetProperty("ConsistencyLevel").GetString());
    }

    [Fact]
    public async Task The_host_tells_of_memory_processors_system_and_disk()
    {
        JsonElement host = await cluster.Client.JsonAsync("/v1/agent/host");

        Assert.Equal(["Memory", "CPU", "Host", "Disk", "CollectionTime", "Errors"], host.EnumerateObject().Select(static member => member.Name));
        Assert.Equal(JsonValueKind.Null, host.GetProperty("Errors").ValueKind);
        Assert.InRange(host.GetProperty("Memory").GetProperty("usedPercent").GetDouble(), 0.1, 100);
        Assert.InRange(host.GetProperty("CPU").GetArrayLength(), 1, 4096);
        Assert.Equal((Environment.MachineName, "linux"), (host.GetProperty("Host").GetProperty("hostname").GetString(), host.GetProperty("Host").GetProperty("os").GetString()));
        Assert.True(host.GetProperty("Host").GetProperty("uptime").GetInt64() > 0);
        Assert.True(host.GetProperty("Disk").GetProperty("total").GetInt64() > host.GetProperty("Disk").GetProperty("free").GetInt64());
    }

    [Fact]
    public async Task Without_access_control_tokens_are_refused()
    {
        Reply refused = await cluster.Client.SendAsync("PUT", "/v1/agent/token/default", """{"Token": "x"}""");

        Assert.Equal((401, "ACL support disabled"), (refused.Status, refused.Body));
    }

    [Theory]
    [InlineData("/v1/catalog/nodes?max_stale=1ns", "leader")]
    [InlineData("/v1/catalog/nodes?max_stale=1h", "stale")]
    [InlineData("/v1/health/state/any?max_stale=1ns&stale", "leader")]
    public async Task A_read_that_is_too_stale_is_repeated_as_the_leader_would_answer(string path, string effective)
    {
        HostedAgent follower = await cluster.FollowerAsync();
        // A heartbeat may come in the very moment.
        await follower.UntilAsync(async () => (await follower.GetAsync(path)).Header("X-Consul-Effective-Consistency") == effective, effective);
    }

    [Fact]
    public async Task A_key_is_stale_however_stale_it_may_be() =>
        Assert.NotNull((await (await cluster.FollowerAsync()).GetAsync("/v1/kv/none?max_stale=1ns")).Header("X-Consul-Lastcontact"));
}
