using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Agent;

/// <summary>PUT agent/service/register (http-agent 2.9, 10.1 to 10.4).</summary>
public sealed class ServiceRegisterTests
{
    private const string Register = "/v1/agent/service/register";

    public static TheoryData<string, string> Refused => new()
    {
        { "", "Request decode failed: EOF" },
        { "{", "Request decode failed: unexpected EOF" },
        { """{"Name":"web","Port":"80"}""", "Request decode failed: json: cannot unmarshal string into Go struct field .Port of type int" },
        { """{"Name":"web","Bogus":1}""", "Request decode failed: json: unknown field \"Bogus\"" },
        { """{"Name":"web","Ports":[]}""", "Request decode failed: json: unknown field \"Ports\"" },
        { """{"Name":"web","Namespace":"x"}""", "Request decode failed: json: unknown field \"Namespace\"" },
        { """{"Name":"web","socket_path":"x"}""", "Request decode failed: json: unknown field \"socket_path\"" },
        { """{"Name":"web","Check":{"ID":"x"}}""", "Request decode failed: json: unknown field \"ID\"" },
        { """{"Name":"web","Check":{"Script":"x"}}""", "Request decode failed: json: unknown field \"Script\"" },
        { """{"Name":"web","Check":{"Token":"x"}}""", "Request decode failed: json: unknown field \"Token\"" },
        { """{"Name":"web","Check":{"disable_redirects":true}}""", "Request decode failed: json: unknown field \"disable_redirects\"" },
        { """{"Name":"web","Check":{"TTL":"abc"}}""", "Request decode failed: time: invalid duration \"abc\"" },
        { """{"Name":"web","Check":{"TTL":"10"}}""", "Request decode failed: time: missing unit in duration \"10\"" },
        { """{"Name":"web","Check":{"TTL":"1x"}}""", "Request decode failed: time: unknown unit \"x\" in duration \"1x\"" },
        { "{}", "Missing service name" },
        { "null", "Missing service name" },
        { """{"ID":"x"}""", "Missing service name" },
        { """{"Name":"web","Address":"0.0.0.0"}""", "Invalid service address" },
        { """{"Name":"web","Address":"::"}""", "Invalid service address" },
        { """{"Name":"web","Address":"[::]"}""", "Invalid service address" },
        { """{"Name":"web","Weights":{"Passing":0,"Warning":1}}""", "Invalid Weights: Passing must be greater than 0" },
        { """{"Name":"web","Weights":{"Passing":1,"Warning":-1}}""", "Invalid Weights: Warning must be greater or equal than 0" },
        { """{"Name":"web","Weights":{"Passing":65536,"Warning":1}}""", "Invalid Weights: DNS Weight must be between 0 and 65535" },
        { """{"Name":"web","Meta":{"":"x"}}""", "Invalid Service Meta: Couldn't load metadata pair ('', 'x'): Key cannot be blank" },
        { """{"Name":"web","Meta":{"consul-x":"y"}}""", "Invalid Service Meta: Couldn't load metadata pair ('consul-x', 'y'): Key prefix 'consul-' is reserved for internal use" },
        { """{"Name":"web","Kind":"connect-proxy","Port":1}""", "Validation failed: 1 error occurred:\n\t* Proxy.DestinationServiceName must be non-empty for Connect proxy services\n\n" },
        { """{"Name":"web","Kind":"connect-proxy","Connect":{"Native":true}}""", "Validation failed: 4 errors occurred:\n\t* Port or SocketPath must be set for a connect-proxy\n\t* Proxy.DestinationServiceName must be non-empty for Connect proxy services\n\t* A Proxy cannot also be Connect Native, only typical services\n\t* Port or SocketPath must be set for a Connect native service.\n\n" },
        { """{"Name":"web","Connect":{"SidecarService":{"ID":"x"}}}""", "Validation failed: 1 error occurred:\n\t* A SidecarService cannot specify an ID as this is managed by the agent\n\n" },
        { """{"Name":"web","Connect":{"sidecar_service":{"Connect":{"SidecarService":{}}}}}""", "Validation failed: 1 error occurred:\n\t* A SidecarService cannot have a nested SidecarService\n\n" },
        { """{"Name":"web","Checks":[{}]}""", "Invalid check: TTL must be > 0 for TTL checks" },
        { """{"Name":"web","Check":{"TTL":"1s","Interval":"1s"}}""", "Invalid check: Interval and TTL cannot both be specified" },
        { """{"Name":"web","Check":{"HTTP":"http://x"}}""", "Invalid check: Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks" },
        { """{"Name":"web","Check":{"TCP":"x:1","Interval":"1s","AliasNode":"n"}}""", "Invalid check: Interval cannot be set for Alias checks" },
        { """{"Name":"web","Check":{"TTL":"1s","AliasService":"x"}}""", "Invalid check: TTL must be not be set for Alias checks" },
        { """{"Name":"web","Check":{"TTL":"1s","OutputMaxSize":-1}}""", "Invalid check: MaxOutputMaxSize must be positive" },
        { """{"Name":"web","Check":{"TTL":"1s","FailuresBeforeWarning":2,"FailuresBeforeCritical":1}}""", "Invalid check: FailuresBeforeWarning can't be higher than FailuresBeforeCritical" },
        { """{"Name":"web","Check":{"TTL":"1s","Status":"bad"}}""", "Status for checks must 'passing', 'warning', 'critical'" },
        { """{"Name":"web","Connect":{"SidecarService":{"Check":{"HTTP":"x"}}}}""", "Invalid check in sidecar_service: Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks" },
        { """{"Name":"web","Connect":{"SidecarService":{"Proxy":{"DestinationServiceName":"*"}}}}""", "Failed Validation: 1 error occurred:\n\t* Proxy.DestinationServiceName must not be a wildcard for Connect proxy services\n\n" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_breaks_a_rule_is_400(string body, string text)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Assert.Equal((400, text), await agent.RefusedAsync(Register, body));
        Assert.Equal("{}", (await agent.GetAsync("/v1/agent/services")).Body);
    }

    [Theory]
    [InlineData("""{"Name":"web","Check":{"Args":["true"],"Interval":"1s"}}""", "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true")]
    [InlineData("""{"Name":"web","Check":{"script_args":["true"],"Shell":"sh","docker_container_id":"x","Interval":"1s"}}""", "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true")]
    [InlineData("""{"Name":"web","Check":{"OSService":"x","Interval":"1s"}}""", "not implemented")]
    [InlineData("""{"Name":"web","TaggedAddresses":{"lan_ipv4":{"Address":"x"}}}""", "Service tagged address \"lan_ipv4\" must be a valid ipv4 address")]
    public async Task What_the_agent_cannot_do_is_500(string body, string text)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Assert.Equal((500, text), await agent.RefusedAsync(Register, body));
    }

    [Theory]
    [InlineData("""{"name":"web","PORT":80}""")]
    [InlineData("""{"Name":"web","Port":80} trailing""")]
    [InlineData("""{"Name":"web","Port":80,"Token":"t","Check":{},"Checks":null,"Connect":{"anything":1}}""")]
    public async Task Lenient_spellings_are_taken_and_the_catalog_knows_at_once(string body)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, body);
        JsonElement found = await agent.JsonAsync("/v1/catalog/service/web");
        Assert.Equal(80, found[0].GetProperty("ServicePort").GetInt32());
        Assert.Equal("{}", (await agent.GetAsync("/v1/agent/checks")).Body);
    }

    [Theory]
    [InlineData("my_svc")]
    [InlineData("a.b")]
    public async Task Names_that_dns_cannot_carry_are_taken(string name)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, $$"""{"Name":"{{name}}"}""");
        Assert.Equal(1, (await agent.JsonAsync($"/v1/catalog/service/{name}")).GetArrayLength());
    }

    [Fact]
    public async Task Every_second_spelling_is_taken()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """
            {"Name":"web","tagged_addresses":{"lan":{"Address":"1.2.3.4","Port":5}},"enable_tag_override":true,"Locality":{"Region":"r","Zone":"z"},
             "Checks":[{"H2PING":"127.0.0.1:1","h2ping_use_tls":false,"Interval":"1h","deregister_critical_service_after":"2h","tls_server_name":"s","tls_skip_verify":true},
                       {"TCP":"127.0.0.1:1","tcp_use_tls":true,"Interval":3600000000000},{"GRPC":"127.0.0.1:1","grpc_use_tls":true,"Interval":"1h","ServiceID":"ignored"}]}
            """);
        JsonElement service = (await agent.JsonAsync("/v1/agent/services")).GetProperty("web");
        Assert.True(service.GetProperty("EnableTagOverride").GetBoolean());
        Assert.Equal(5, service.GetProperty("TaggedAddresses").GetProperty("lan").GetProperty("Port").GetInt32());
        JsonElement checks = await agent.JsonAsync("/v1/agent/checks");
        Assert.Equal("h2ping tcp grpc", string.Join(' ', checks.EnumerateObject().Select(check => check.Value.GetProperty("Type").GetString())));
        Assert.All(checks.EnumerateObject(), check => Assert.Equal(("1h0m0s", "web"), (check.Value.GetProperty("Interval").GetString(), check.Value.GetProperty("ServiceID").GetString())));
        Assert.False(agent.Agent.Snapshot.Checks["service:web:1"].Spec!.H2PingUseTls);
    }

    [Fact]
    public async Task Durations_may_be_nanoseconds_and_are_shown_as_asked_for()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web","Check":{"HTTP":"http://127.0.0.1:1","Interval":100000000,"Timeout":"1m30s"}}""");
        JsonElement check = (await agent.JsonAsync("/v1/agent/checks")).GetProperty("service:web");
        Assert.Equal(("100ms", "1m30s"), (check.GetProperty("Interval").GetString(), check.GetProperty("Timeout").GetString()));
    }

    [Fact]
    public async Task An_interval_of_a_few_nanoseconds_is_an_interval()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web","Check":{"HTTP":"http://127.0.0.1:1","Interval":10}}""");
    }

    [Theory]
    [InlineData("?replace-existing-checks", "a")]
    [InlineData("?replace-existing-checks=", "a")]
    [InlineData("?replace-existing-checks=true", "a")]
    [InlineData("?replace-existing-checks=1", "a,b")]
    [InlineData("", "a,b")]
    public async Task Existing_checks_go_only_when_asked_so(string query, string left)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web","Checks":[{"CheckID":"a","TTL":"1h"},{"CheckID":"b","TTL":"1h"}]}""");
        await agent.PutAsync("/v1/agent/check/pass/a");
        await agent.PutAsync(Register + query, """{"Name":"web","Check":{"CheckID":"a","TTL":"1h","Status":"critical"}}""");
        JsonElement checks = await agent.JsonAsync("/v1/agent/checks");
        Assert.Equal(left, string.Join(',', checks.EnumerateObject().Select(check => check.Name)));
        Assert.Equal("passing", checks.GetProperty("a").GetProperty("Status").GetString());
    }

    [Fact]
    public async Task A_sidecar_is_registered_along()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"web","Port":80,"Connect":{"SidecarService":{}}}""");
        JsonElement sidecar = (await agent.JsonAsync("/v1/agent/services")).GetProperty("web-sidecar-proxy");
        Assert.Equal("""{"DestinationServiceName":"web","DestinationServiceID":"web","LocalServiceAddress":"127.0.0.1","LocalServicePort":80,"MeshGateway":{},"Expose":{}}""",
            sidecar.GetProperty("Proxy").GetRawText());
        Assert.Equal(21000, (await agent.JsonAsync("/v1/catalog/service/web-sidecar-proxy"))[0].GetProperty("ServicePort").GetInt32());
    }

    [Theory]
    [InlineData("?ns=default", "Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("?partition=x", "Invalid query parameter: \"partition\" - Partitions are a Consul Enterprise feature")]
    public async Task Enterprise_parameters_are_refused(string query, string text)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Assert.Equal((400, text), await agent.RefusedAsync(Register + query, """{"Name":"web"}"""));
    }

    [Fact]
    public async Task A_nested_bomb_of_sidecars_is_refused_and_harms_nobody()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        string bomb = string.Concat(Enumerable.Repeat("{\"Name\":\"a\",\"Connect\":{\"SidecarService\":", 400)) + "null" + string.Concat(Enumerable.Repeat("}}", 400));
        Assert.Equal(400, (await agent.RefusedAsync(Register, bomb)).Status);
        await agent.PutAsync(Register, """{"Name":"web"}""");
    }

    [Fact]
    public async Task Registering_the_same_again_moves_no_index()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        const string Body = """{"Name":"web","Tags":["a"],"Meta":{"k":"v"},"Port":80,"Check":{"TTL":"1h"}}""";
        await agent.PutAsync(Register, Body);
        long index = agent.Server.Runtime.Root.Index;
        for (int i = 0; i < 100; i++)
            await agent.PutAsync(Register, Body);
        Assert.Equal(index, agent.Server.Runtime.Root.Index);
    }
}
