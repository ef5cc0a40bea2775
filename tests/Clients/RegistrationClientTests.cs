using System.Text.Json;
using Praetor.Tests.Host;
using Praetor.Tests.Support;

namespace Praetor.Tests.Clients;

/// <summary>What programs that register others send, and what they rely on (field 4), asked of an agent without state.</summary>
public sealed class RegistrationClientTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private HostedAgent Agent => cluster.Client;

    /// <summary>Nomad compares what the agent shows with what it registered, field by field, every half minute: any difference is registered again, for ever.</summary>
    [Fact]
    public async Task Nomad_finds_its_services_as_it_registered_them()
    {
        JsonElement self = await Agent.JsonAsync("/v1/agent/self");
        foreach (string field in (string[])["Server", "Version", "Revision", "NodeName", "Datacenter"])
            Assert.True(self.GetProperty("Config").TryGetProperty(field, out _), field);
        const string Service = """
            {"Kind": "", "ID": "_nomad-task-1-web", "Name": "nomad-web", "Tags": ["b", "a"], "Port": 23456, "Address": "10.0.0.7", "EnableTagOverride": false,
             "Meta": {"external-source": "nomad", "v": "1"}, "TaggedAddresses": {"lan_ipv4": {"Address": "10.0.0.7", "Port": 23456}, "wan_ipv4": {"Address": "10.0.0.7", "Port": 23456}}, "Checks": []}
            """;
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/agent/service/register?replace-existing-checks=true", Service)).Status);
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/agent/check/register",
            """{"ID": "_nomad-check-1", "Name": "alive", "ServiceID": "_nomad-task-1-web", "TTL": "30s", "Status": "critical"}""")).Status);
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/agent/check/update/_nomad-check-1", """{"Status": "passing", "Output": "ok"}""")).Status);

        JsonElement service = (await Agent.JsonAsync($"/v1/agent/services?filter={Uri.EscapeDataString("ID contains \"nomad\"")}")).GetProperty("_nomad-task-1-web");
        JsonElement wanted = JsonDocument.Parse(Service).RootElement;
        foreach (string field in (string[])["ID", "Port", "Address", "EnableTagOverride"])
            Assert.Equal(wanted.GetProperty(field).GetRawText(), service.GetProperty(field).GetRawText());
        Assert.Equal("nomad-web", service.GetProperty("Service").GetString());
        Assert.Equal(["b", "a"], service.GetProperty("Tags").EnumerateArray().Select(static tag => tag.GetString()));
        Assert.Equal(Compact(wanted.GetProperty("Meta")), Compact(service.GetProperty("Meta")));
        Assert.Equal(Compact(wanted.GetProperty("TaggedAddresses")), Compact(service.GetProperty("TaggedAddresses")));
        Assert.False(service.TryGetProperty("Kind", out JsonElement kind) && kind.GetString()!.Length > 0);
        Assert.Equal("passing", (await Agent.JsonAsync("/v1/agent/checks")).GetProperty("_nomad-check-1").GetProperty("Status").GetString());
        Assert.Equal(400, (await Agent.GetAsync("/v1/agent/services?ns=default")).Status);
        Assert.Equal("[\"dc1\"]", (await Agent.GetAsync("/v1/catalog/datacenters")).Body);

        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/agent/check/deregister/_nomad-check-1")).Status);
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/agent/service/deregister/_nomad-task-1-web")).Status);
    }

    /// <summary>registrator looks whether there is a leader and keeps its services on the agent.</summary>
    [Fact]
    public async Task Registrator_registers_what_runs_and_takes_it_away()
    {
        Assert.Matches("^\"[0-9.]+:8300\"$", (await Agent.GetAsync("/v1/status/leader")).Body);
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/agent/service/register", """{"ID": "host:redis:6379", "Name": "redis", "Port": 6379, "Tags": [], "Address": "10.0.0.9"}""")).Status);
        Assert.True((await Agent.JsonAsync("/v1/agent/services")).TryGetProperty("host:redis:6379", out _));
        Assert.Equal("true", (await Agent.SendAsync("PUT", "/v1/kv/registrator/redis/1", "10.0.0.9:6379")).Body);
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/agent/service/deregister/host:redis:6379")).Status);
        Assert.Equal("true", (await Agent.SendAsync("DELETE", "/v1/kv/registrator/redis/1")).Body);
    }

    /// <summary>consul-esm finds external nodes by their metadata and writes their health in transactions.</summary>
    [Fact]
    public async Task Consul_esm_finds_external_nodes_and_writes_their_health()
    {
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/txn", """
            [{"Node": {"Verb": "set", "Node": {"Node": "esm-google", "Address": "www.google.example", "Meta": {"external-node": "true", "external-probe": "true"}}}},
             {"Service": {"Verb": "set", "Node": "esm-google", "Service": {"ID": "search", "Service": "search", "Port": 80}}},
             {"Check": {"Verb": "set", "Check": {"Node": "esm-google", "CheckID": "search-1", "Name": "http", "Status": "critical", "ServiceID": "search",
                "Definition": {"HTTP": "http://www.google.example", "Interval": "30s", "Timeout": "5s"}}}}]
            """)).Status);

        JsonElement node = Assert.Single((await Agent.JsonAsync("/v1/catalog/nodes?node-meta=external-node:true")).EnumerateArray().ToArray());
        Assert.Equal("esm-google", node.GetProperty("Node").GetString());
        JsonElement check = Assert.Single((await Agent.JsonAsync("/v1/health/state/any?node-meta=external-node:true")).EnumerateArray().ToArray());
        Assert.Equal("30s", check.GetProperty("Definition").GetProperty("Interval").GetString());
        Reply updated = await Agent.SendAsync("PUT", "/v1/txn", $$$$"""
            [{"Check": {"Verb": "cas", "Check": {"Node": "esm-google", "CheckID": "search-1", "Name": "http", "Status": "passing", "ServiceID": "search", "ModifyIndex": {{{{check.GetProperty("ModifyIndex").GetInt64()}}}}}}}]
            """);
        Assert.Equal(200, updated.Status);
        Assert.Equal(1, (await Agent.JsonAsync("/v1/health/service/search?passing")).GetArrayLength());
        Assert.Equal(404, (await Agent.GetAsync("/v1/coordinate/node/esm-google")).Status);
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/coordinate/update", """{"Node": "esm-google", "Coord": {"Vec": [0.1,0,0,0,0,0,0,0], "Error": 1.5, "Adjustment": 0, "Height": 0.001}}""")).Status);
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
