using System.Globalization;
using System.Text.Json;
using Praetor.Tests.Host;
using Praetor.Tests.Support;

namespace Praetor.Tests.Clients;

/// <summary>What programs that look for services send, and what they rely on (field 4), asked of an agent without state.</summary>
public sealed class DiscoveryClientTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private HostedAgent Agent => cluster.Client;

    /// <summary>Prometheus consul_sd: reads its datacenter, watches the names, then the instances of each with an index and a wait in milliseconds.</summary>
    [Fact]
    public async Task Prometheus_finds_its_datacenter_watches_names_and_then_instances()
    {
        await RegisterAsync("prom-web", """["a", "b"]""");
        Assert.Equal("dc1", (await Agent.JsonAsync("/v1/agent/self")).GetProperty("Config").GetProperty("Datacenter").GetString());
        Reply names = await Agent.GetAsync("/v1/catalog/services?index=0&stale=&wait=120000ms");
        Assert.Equal(["a", "b"], Json(names).GetProperty("prom-web").EnumerateArray().Select(static tag => tag.GetString()).Order());
        Reply instances = await Agent.GetAsync("/v1/health/service/prom-web?index=0&stale=&tag=a&tag=b&wait=120000ms");
        JsonElement instance = Assert.Single(Json(instances).EnumerateArray().ToArray());
        foreach (string field in (string[])["Address", "Node", "Datacenter", "TaggedAddresses", "Meta"])
            Assert.True(instance.GetProperty("Node").TryGetProperty(field, out _), field);
        Assert.True(instances.Index > 0);

        Task<Reply> waiting = Agent.GetAsync($"/v1/health/service/prom-web?index={instances.Index}&stale=&tag=a&tag=b&wait=120000ms");
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        await RegisterAsync("prom-web", """["a", "b"]""", port: 9191);
        Assert.Equal(9191, Json(await waiting)[0].GetProperty("Service").GetProperty("Port").GetInt32());
    }

    /// <summary>Traefik joins catalog/service and health/service by position: both have the same instances in the same order.</summary>
    [Fact]
    public async Task Traefik_joins_catalog_and_health_by_position()
    {
        for (int i = 0; i < 30; i++)
            await Agent.SendAsync("PUT", "/v1/catalog/register", $$$"""{"Node": "traefik-{{{(i * 7) % 30}}}", "Address": "10.1.0.{{{i}}}", "Service": {"ID": "t{{{i}}}", "Service": "traefik-web", "Port": {{{i + 1}}}}}""");
        await CaughtUpAsync();

        foreach (string mode in (string[])["stale", "consistent", "cached", "leader"])
        {
            JsonElement catalog = await Agent.JsonAsync($"/v1/catalog/service/traefik-web?{mode}");
            JsonElement health = await Agent.JsonAsync($"/v1/health/service/traefik-web?{mode}");

            Assert.Equal(30, catalog.GetArrayLength());
            Assert.Equal(catalog.EnumerateArray().Select(static row => row.GetProperty("ServiceID").GetString()), health.EnumerateArray().Select(static row => row.GetProperty("Service").GetProperty("ID").GetString()));
        }
    }

    /// <summary>Fabio watches all checks consistently, reads services consistently and keeps its routes in the store by check-and-set.</summary>
    [Fact]
    public async Task Fabio_watches_checks_and_keeps_routes_by_check_and_set()
    {
        Reply checks = await Agent.GetAsync("/v1/health/state/any?consistent");
        Assert.Equal("consistent", checks.Header("X-Consul-Effective-Consistency"));
        Task<Reply> waiting = Agent.GetAsync($"/v1/health/state/any?consistent&index={checks.Index}");
        Assert.Equal("true", (await Agent.SendAsync("PUT", "/v1/kv/fabio/config?cas=0", "route add x / http://h/")).Body);
        Assert.Equal("false", (await Agent.SendAsync("PUT", "/v1/kv/fabio/config?cas=0", "other")).Body);
        await RegisterAsync("fabio-web", "[]", check: """{"TTL": "60s", "Status": "passing"}""");

        Reply changed = await waiting;
        while (!changed.Body.Contains("service:fabio-web", StringComparison.Ordinal))
            changed = await Agent.GetAsync($"/v1/health/state/any?consistent&index={changed.Index}");
        Assert.Equal(1, (await Agent.JsonAsync("/v1/catalog/service/fabio-web?consistent")).GetArrayLength());
        Assert.True((await Agent.JsonAsync("/v1/agent/services")).TryGetProperty("fabio-web", out _));
    }

    /// <summary>consul-template reads everything with wait=60s and stale, and shares its work with a lock of a millisecond's delay.</summary>
    [Fact]
    public async Task Consul_template_reads_lists_and_shares_its_work_by_a_lock()
    {
        await RegisterAsync("ct-web", """["x"]""", check: """{"TTL": "60s", "Status": "passing"}""");
        await Agent.UntilAsync(async () => (await Agent.JsonAsync("/v1/health/service/ct-web?passing=1&stale&tag=x")).GetArrayLength() == 1, "a passing instance");
        foreach (string path in (string[])["/v1/catalog/services", "/v1/catalog/nodes?near=_agent", "/v1/catalog/datacenters", "/v1/catalog/service/ct-web", $"/v1/catalog/node/{Agent.Name}", "/v1/kv/?keys&separator=/"])
            Assert.Equal(200, (await Agent.GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}stale&wait=60s")).Status);

        string session = await SessionAsync("""{"Name": "consul-template", "TTL": "15s", "LockDelay": "1ms", "Behavior": "delete"}""");
        Assert.Equal("true", (await Agent.SendAsync("PUT", $"/v1/kv/consul-template/dedup/abc/lock?acquire={session}&flags=3304740253564472344", "")).Body);
        JsonElement entry = (await Agent.JsonAsync("/v1/kv/consul-template/dedup/abc/lock"))[0];
        Assert.Equal((session, 3304740253564472344UL), (entry.GetProperty("Session").GetString(), entry.GetProperty("Flags").GetUInt64()));
    }

    /// <summary>Spring Cloud Consul polls with short waits and needs an index on the 404 of an empty prefix.</summary>
    [Fact]
    public async Task Spring_waits_on_a_prefix_that_is_still_empty()
    {
        Reply empty = await Agent.GetAsync("/v1/kv/config/spring/?recurse");
        Assert.Equal((404, ""), (empty.Status, empty.Body));

        Task<Reply> waiting = Agent.GetAsync($"/v1/kv/config/spring/?recurse&wait=55s&index={empty.Index}");
        await Agent.SendAsync("PUT", "/v1/kv/config/spring/data", "a: 1");

        Assert.Equal("config/spring/data", Json(await waiting)[0].GetProperty("Key").GetString());
        Assert.Equal(200, (await Agent.GetAsync("/v1/catalog/services?wait=2s&index=0")).Status);
        Assert.Equal("[]", (await Agent.GetAsync("/v1/health/service/spring-none?passing=true")).Body);
    }

    /// <summary>Steeltoe and consuldotnet parse booleans, enums and durations strictly.</summary>
    [Fact]
    public async Task Consuldotnet_registers_and_passes_a_TTL_with_the_forms_of_its_language()
    {
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/agent/service/register",
            """{"ID": "dotnet-1", "Name": "dotnet", "Port": 5000, "Address": "10.2.0.1", "Tags": ["secure=false"], "Meta": {"v": "1"}, "Check": {"TTL": "10s", "DeregisterCriticalServiceAfter": "30m", "Status": "passing"}}""")).Status);
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/agent/check/pass/service:dotnet-1?note=ok")).Status);

        await Agent.UntilAsync(async () => (await Agent.JsonAsync("/v1/health/service/dotnet?passing=1&tag=secure%3Dfalse")).GetArrayLength() == 1, "a passing instance");
        JsonElement check = (await Agent.JsonAsync("/v1/health/service/dotnet"))[0].GetProperty("Checks").EnumerateArray().Single(static check => check.GetProperty("ServiceID").GetString() == "dotnet-1");
        Assert.Equal("passing", check.GetProperty("Status").GetString());
        Assert.True((await Agent.JsonAsync($"/v1/catalog/services?filter={Uri.EscapeDataString("ServiceName == \"dotnet\"")}")).TryGetProperty("dotnet", out _));
    }

    /// <summary>HAProxy's dataplane lists services by an expression.</summary>
    [Fact]
    public async Task Dataplaneapi_lists_services_by_an_expression()
    {
        await RegisterAsync("dp-web", "[]");

        JsonElement services = await Agent.JsonAsync($"/v1/catalog/services?filter={Uri.EscapeDataString("ServiceName matches \"^dp-\"")}");

        Assert.Equal(["dp-web"], services.EnumerateObject().Select(static service => service.Name));
    }

    private async Task RegisterAsync(string name, string tags, int port = 80, string check = "")
    {
        string checkField = check.Length > 0 ? $", \"Check\": {check}" : "";
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/agent/service/register", $$"""{"Name": "{{name}}", "Port": {{port.ToString(CultureInfo.InvariantCulture)}}, "Tags": {{tags}}{{checkField}}}""")).Status);
        await Agent.UntilAsync(async () => (await Agent.JsonAsync($"/v1/catalog/service/{name}")) is var rows && rows.GetArrayLength() == 1 && rows[0].GetProperty("ServicePort").GetInt32() == port, "the service in the catalog");
        await CaughtUpAsync();
    }

    /// <summary>Any server may answer a stale read: a consistent one waits until its server has all that was written.</summary>
    private async Task CaughtUpAsync()
    {
        foreach (HostedAgent server in cluster.Agents.Take(3))
            Assert.Equal(200, (await server.GetAsync("/v1/catalog/services?consistent")).Status);
    }

    private async Task<string> SessionAsync(string body) => Json(await Agent.SendAsync("PUT", "/v1/session/create", body)).GetProperty("ID").GetString()!;

    private static JsonElement Json(Reply reply)
    {
        Assert.True(reply.Status == 200, $"{reply.Status} {reply.Body}");
        return JsonDocument.Parse(reply.Bytes).RootElement;
    }
}
