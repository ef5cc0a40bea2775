using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Agent;

/// <summary>Checks over HTTP (http-agent 2.11, 10.6, 10.8).</summary>
public sealed class CheckTests
{
    private const string Register = "/v1/agent/check/register";

    public static TheoryData<string, int, string> Refused => new()
    {
        { "", 400, "Request decode failed: EOF" },
        { """{"CheckID":"x"}""", 400, "Request decode failed: json: unknown field \"CheckID\"" },
        { """{"ProxyHTTP":"x"}""", 400, "Request decode failed: json: unknown field \"ProxyHTTP\"" },
        { "{}", 400, "Missing check name" },
        { """{"ID":"x","TTL":"1s"}""", 400, "Missing check name" },
        { """{"Name":"c","Status":"x"}""", 400, "Bad check status" },
        { """{"Name":"c"}""", 400, "Invalid check: TTL must be > 0 for TTL checks" },
        { """{"Name":"c","TTL":"1s","ServiceID":"zz"}""", 404, "ServiceID \"zz\" does not exist" },
        { """{"Name":"c","Args":["x"],"Interval":"1s"}""", 500, "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true" },
        { """{"Name":"c","OSService":"x","Interval":"1s"}""", 500, "not implemented" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Bad_registrations_are_refused(string body, int status, string text)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Assert.Equal((status, text), await agent.RefusedAsync(Register, body));
        Assert.Equal("{}", (await agent.GetAsync("/v1/agent/checks")).Body);
    }

    [Fact]
    public async Task A_check_has_these_fields_in_this_order()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync("/v1/agent/service/register", """{"Name":"web","Tags":["t"]}""");
        await agent.PutAsync(Register, """{"Name":"mem","ID":"m1","Notes":"n","service_id":"web","TTL":"10s","Token":"ignored","disable_redirects":true}""");
        Assert.Equal("""{"m1":{"Node":"n1","CheckID":"m1","Name":"mem","Status":"critical","Notes":"n","Output":"","ServiceID":"web","ServiceName":"web","ServiceTags":["t"],"Type":"ttl","Interval":"0s","Timeout":"0s","ExposedPort":0,"Definition":{},"CreateIndex":0,"ModifyIndex":0}}""",
            (await agent.GetAsync("/v1/agent/checks")).Body);
    }

    [Theory]
    [InlineData("pass/c?note=fine", "", "passing", "fine")]
    [InlineData("warn/c", "", "warning", "")]
    [InlineData("fail/c?note=a%20b", "", "critical", "a b")]
    [InlineData("update/c", """{"Status":"warning","Output":"out"}""", "warning", "out")]
    [InlineData("update/c", """{"status":"passing"}""", "passing", "")]
    public async Task A_ttl_check_is_told_its_status_and_the_catalog_knows(string call, string body, string status, string output)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"c","TTL":"1h","Status":"passing"}""");
        if (status == "passing")
            await agent.PutAsync("/v1/agent/check/warn/c");
        await agent.PutAsync("/v1/agent/check/" + call, body);
        JsonElement check = (await agent.JsonAsync("/v1/agent/checks")).GetProperty("c");
        Assert.Equal((status, output), (check.GetProperty("Status").GetString(), check.GetProperty("Output").GetString()));
        JsonElement held = (await agent.JsonAsync("/v1/health/node/n1?filter=CheckID==c"))[0];
        Assert.Equal(status, held.GetProperty("Status").GetString());
    }

    [Theory]
    [InlineData("pass/x", "", 404, "Unknown check ID \"x\". Ensure that the check ID is passed, not the check name.")]
    [InlineData("deregister/x", "", 404, "Unknown check ID \"x\". Ensure that the check ID is passed, not the check name.")]
    [InlineData("deregister/", "", 404, "Unknown check ID \"\". Ensure that the check ID is passed, not the check name.")]
    [InlineData("pass/al", "", 500, "CheckID \"al\" does not have associated TTL")]
    [InlineData("update/al", """{"Status":"passing"}""", 500, "CheckID \"al\" does not have associated TTL")]
    [InlineData("update/x", """{"Status":"bad"}""", 400, "Invalid check status: 'bad'")]
    [InlineData("update/x", "{}", 400, "Invalid check status: ''")]
    [InlineData("update/x", "", 400, "Request decode failed: EOF")]
    [InlineData("update/x", """{"Status":"passing"}""", 404, "Unknown check ID \"x\". Ensure that the check ID is passed, not the check name.")]
    public async Task Bad_calls_are_refused(string call, string body, int status, string text)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"al","AliasService":"x"}""");
        Assert.Equal((status, text), await agent.RefusedAsync("/v1/agent/check/" + call, body));
    }

    [Fact]
    public async Task Deregistering_takes_it_out_of_the_catalog()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"c","TTL":"1h"}""");
        await agent.PutAsync("/v1/agent/check/deregister/c");
        Assert.Equal("[]", (await agent.GetAsync("/v1/health/node/n1?filter=CheckID==c")).Body);
    }

    [Theory]
    [InlineData(false, "Foo==1", 200, "{}")]
    [InlineData(true, "Foo==1", 500, "Selector \"Foo\" is not valid")]
    public async Task Selectors_are_looked_at_only_when_there_are_checks(bool hasChecks, string filter, int status, string body)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        if (hasChecks)
            await agent.PutAsync(Register, """{"Name":"c","TTL":"1h"}""");
        Reply reply = await agent.GetAsync("/v1/agent/checks?filter=" + Uri.EscapeDataString(filter));
        Assert.Equal((status, body), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Syntax_errors_are_always_refused()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Reply reply = await agent.GetAsync("/v1/agent/checks?filter=Name%20=%20x");
        Assert.Equal(500, reply.Status);
        Assert.StartsWith("Failed to create boolean expression evaluator: 1:6 (5): no match found", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checks_can_be_filtered()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync(Register, """{"Name":"a","TTL":"1h","Status":"passing"}""");
        await agent.PutAsync(Register, """{"Name":"b","TTL":"1h"}""");
        Assert.Equal("b", string.Join(',', (await agent.JsonAsync("/v1/agent/checks?filter=Status==critical")).EnumerateObject().Select(check => check.Name)));
    }

    [Fact]
    public async Task A_catalog_edit_of_an_agents_check_is_reverted()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync("/v1/agent/service/register", """{"Name":"web","Port":80}""");
        Assert.Equal("true", (await agent.Server.PutAsync("/v1/catalog/register", """{"Node":"n1","SkipNodeUpdate":true,"Service":{"Service":"web","Port":81}}""")).Body);
        Assert.Equal("true", (await agent.Server.PutAsync("/v1/catalog/register", """{"Node":"n1","SkipNodeUpdate":true,"Service":{"Service":"foreign"}}""")).Body);
        agent.Time.Advance(TimeSpan.FromMinutes(2));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (agent.Server.Runtime.Root.Catalog.FindService("n1", "foreign") is not null && !limit.IsCancellationRequested)
            await Task.Delay(1);
        await agent.Agent.SyncAsync(CancellationToken.None);
        Assert.Equal(80, agent.Server.Runtime.Root.Catalog.FindService("n1", "web")!.Port);
        Assert.Null(agent.Server.Runtime.Root.Catalog.FindService("n1", "foreign"));
        Assert.NotNull(agent.Server.Runtime.Root.Catalog.FindService("n1", "consul"));
    }
}
