using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Agent;

/// <summary>GET agent/services, agent/service/:id; deregister and maintenance (http-agent 2.7, 2.10, 10.8, 10.9).</summary>
public sealed class ServiceReadTests
{
    private const string Register = "/v1/agent/service/register";

    [Fact]
    public async Task No_services_are_an_empty_map()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Reply reply = await agent.GetAsync("/v1/agent/services");
        Assert.Equal("{}", reply.Body);
        Assert.Null(reply.Header("X-Consul-Index"));
    }

    [Fact]
    public async Task A_plain_service_has_these_fields_in_this_order()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web"}""");
        Assert.Equal("""{"web":{"ID":"web","Service":"web","Tags":[],"Meta":{},"Port":0,"Address":"","Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Datacenter":"dc1"}}""",
            (await agent.GetAsync("/v1/agent/services")).Body);
    }

    [Fact]
    public async Task A_full_service_has_these_fields_in_this_order()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """
            {"Kind":"connect-proxy","ID":"p1","Name":"p","Tags":["b","a"],"Meta":{"k":"v"},"Port":9,"Address":"10.0.0.9","SocketPath":"/s","Weights":{"Passing":2,"Warning":0},
             "EnableTagOverride":true,"Locality":{"Region":"r","Zone":"z"},
             "Proxy":{"destination_service_name":"web","Mode":"transparent","Config":{"b":1,"a":"x"},"Upstreams":[{"destination_name":"db","local_bind_port":5}],
                      "mesh_gateway":{"Mode":"local"},"Expose":{"Checks":true},"access_logs":{"Enabled":true},"transparent_proxy":{"OutboundListenerPort":7},
                      "EnvoyExtensions":[{"Name":"e"}]}}
            """);
        Assert.Equal("""
            {"p1":{"Kind":"connect-proxy","ID":"p1","Service":"p","Tags":["b","a"],"Meta":{"k":"v"},"Port":9,"Address":"10.0.0.9","SocketPath":"/s","TaggedAddresses":{"lan_ipv4":{"Address":"10.0.0.9","Port":9},"wan_ipv4":{"Address":"10.0.0.9","Port":9}},"Weights":{"Passing":2,"Warning":0},"EnableTagOverride":true,"Proxy":{"EnvoyExtensions":[{"Name":"e","Required":false,"Arguments":null,"ConsulVersion":"","EnvoyVersion":""}],"DestinationServiceName":"web","Mode":"transparent","TransparentProxy":{"OutboundListenerPort":7},"Config":{"a":"x","b":1},"Upstreams":[{"DestinationType":"service","DestinationName":"db","LocalBindPort":5,"MeshGateway":{}}],"MeshGateway":{"Mode":"local"},"Expose":{"Checks":true},"AccessLogs":{"Enabled":true}},"Datacenter":"dc1","Locality":{"Region":"r","Zone":"z"}}}
            """.Trim(), (await agent.GetAsync("/v1/agent/services")).Body);
    }

    [Fact]
    public async Task Native_services_say_so()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web","Port":1,"Connect":{"Native":true}}""");
        Assert.Equal("""{"Native":true}""", (await agent.JsonAsync("/v1/agent/services")).GetProperty("web").GetProperty("Connect").GetRawText());
    }

    [Theory]
    [InlineData("Service==web", "web")]
    [InlineData("Tags contains \"b\"", "db")]
    [InlineData("Meta.env==prod or Port==1", "db web")]
    [InlineData("Service==nope", "")]
    public async Task Services_can_be_filtered(string filter, string ids)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web","Port":1}""");
        await agent.PutAsync(Register, """{"Name":"db","Tags":["b"],"Meta":{"env":"prod"}}""");
        JsonElement services = await agent.JsonAsync("/v1/agent/services?filter=" + Uri.EscapeDataString(filter));
        Assert.Equal(ids, string.Join(' ', services.EnumerateObject().Select(service => service.Name)));
    }

    [Theory]
    [InlineData("Foo==1", "Failed to create boolean expression evaluator: Selector \"Foo\" is not valid")]
    public async Task A_bad_filter_is_500(string filter, string text)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Reply reply = await agent.GetAsync("/v1/agent/services?filter=" + Uri.EscapeDataString(filter));
        Assert.Equal((500, text), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task The_servers_own_service_is_in_the_catalog_only()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Assert.Equal("{}", (await agent.GetAsync("/v1/agent/services")).Body);
        Assert.Equal("{}", (await agent.GetAsync("/v1/agent/checks")).Body);
        Assert.Equal(8300, (await agent.JsonAsync("/v1/catalog/service/consul"))[0].GetProperty("ServicePort").GetInt32());
        Assert.Equal("serfHealth", (await agent.JsonAsync("/v1/health/node/n1"))[0].GetProperty("CheckID").GetString());
    }

    [Fact]
    public async Task One_service_carries_its_hash()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web"}""");
        Reply reply = await agent.GetAsync("/v1/agent/service/web");
        string hash = JsonDocument.Parse(reply.Body).RootElement.GetProperty("ContentHash").GetString()!;
        Assert.Matches("^[0-9a-f]{16}$", hash);
        Assert.Equal(hash, reply.Header("X-Consul-ContentHash"));
        Assert.Equal($$"""{"ID":"web","Service":"web","Tags":[],"Meta":{},"Port":0,"Address":"","Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"ContentHash":"{{hash}}","Datacenter":"dc1"}""", reply.Body);
    }

    [Theory]
    [InlineData("/v1/agent/service/nope", 404, "unknown service ID: nope")]
    [InlineData("/v1/agent/service/nope?hash=x&wait=5m", 404, "unknown service ID: nope")]
    [InlineData("/v1/agent/service/WEB", 404, "unknown service ID: WEB")]
    [InlineData("/v1/agent/service/a%2Fb/c", 404, "unknown service ID: a/b/c")]
    [InlineData("/v1/agent/service/web?wait=10", 400, "Invalid wait time")]
    [InlineData("/v1/agent/service/web?index=x", 400, "Invalid index")]
    public async Task Refusals_of_one_service(string target, int status, string text)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web"}""");
        Reply reply = await agent.GetAsync(target);
        Assert.Equal((status, text), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Ids_may_hold_slashes()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web","ID":"a/b"}""");
        Assert.Equal(200, (await agent.GetAsync("/v1/agent/service/a/b")).Status);
        await agent.PutAsync("/v1/agent/service/deregister/a/b");
    }

    [Fact]
    public async Task An_equal_hash_waits_until_the_time_is_up_and_then_repeats()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web"}""");
        Reply first = await agent.GetAsync("/v1/agent/service/web");
        int timers = agent.Time.ActiveTimers;
        Task<Reply> waiting = agent.GetAsync($"/v1/agent/service/web?hash={first.Header("X-Consul-ContentHash")}&wait=1m");
        await Until(() => agent.Time.ActiveTimers > timers);
        agent.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(waiting.IsCompleted);
        agent.Time.Advance(TimeSpan.FromSeconds(5));
        Reply second = await waiting;
        Assert.Equal((200, first.Body), (second.Status, second.Body));
    }

    [Fact]
    public async Task Deregistering_wakes_a_waiter_with_404()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web"}""");
        Reply first = await agent.GetAsync("/v1/agent/service/web");
        int timers = agent.Time.ActiveTimers;
        Task<Reply> waiting = agent.GetAsync($"/v1/agent/service/web?hash={first.Header("X-Consul-ContentHash")}");
        await Until(() => agent.Time.ActiveTimers > timers);
        await agent.PutAsync("/v1/agent/service/deregister/web");
        Assert.Equal(404, (await waiting).Status);
    }

    [Theory]
    [InlineData("/v1/agent/service/deregister/x", 404, "Unknown service ID \"x\". Ensure that the service ID is passed, not the service name.")]
    [InlineData("/v1/agent/service/deregister/", 404, "Unknown service ID \"\". Ensure that the service ID is passed, not the service name.")]
    [InlineData("/v1/agent/service/maintenance/", 400, "Missing service ID")]
    [InlineData("/v1/agent/service/maintenance/x", 400, "Missing value for enable")]
    [InlineData("/v1/agent/service/maintenance/x?enable=", 400, "Invalid value for enable: \"\"")]
    [InlineData("/v1/agent/service/maintenance/x?enable=maybe", 400, "Invalid value for enable: \"maybe\"")]
    [InlineData("/v1/agent/service/maintenance/x?enable=1", 404, "Unknown service ID \"x\". Ensure that the service ID is passed, not the service name.")]
    [InlineData("/v1/agent/maintenance", 400, "Missing value for enable")]
    [InlineData("/v1/agent/maintenance?enable=x", 400, "Invalid value for enable: \"x\"")]
    public async Task Refusals_of_changes(string target, int status, string text)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Assert.Equal((status, text), await agent.RefusedAsync(target));
    }

    [Fact]
    public async Task Maintenance_shows_in_the_catalog_and_goes_again()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web"}""");
        await agent.PutAsync("/v1/agent/service/maintenance/web?enable=true&reason=work+going%20on");
        await agent.PutAsync("/v1/agent/maintenance?enable=t");
        JsonElement checks = (await agent.JsonAsync("/v1/health/service/web"))[0].GetProperty("Checks");
        Assert.Equal("_node_maintenance,serfHealth,_service_maintenance:web", string.Join(',', checks.EnumerateArray().Select(check => check.GetProperty("CheckID").GetString())));
        Assert.Equal("work going on", checks[2].GetProperty("Notes").GetString());
        Assert.Equal("[]", (await agent.GetAsync("/v1/health/service/web?passing")).Body);
        await agent.PutAsync("/v1/agent/service/maintenance/web?enable=false");
        await agent.PutAsync("/v1/agent/maintenance?enable=0");
        Assert.Equal(1, (await agent.JsonAsync("/v1/health/service/web?passing")).GetArrayLength());
    }

    [Theory]
    [InlineData("POST", "/v1/agent/services")]
    [InlineData("GET", "/v1/agent/service/register")]
    [InlineData("DELETE", "/v1/agent/check/deregister/x")]
    public async Task Other_methods_are_405(string method, string target)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Reply reply = await agent.Server.SendAsync(method, target);
        Assert.Equal((405, $"method {method} not allowed"), (reply.Status, reply.Body));
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested);
            await Task.Delay(1);
        }
    }
}
