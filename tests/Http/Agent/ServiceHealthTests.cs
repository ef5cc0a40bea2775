using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Agent;

/// <summary>GET agent/health/service (http-agent 2.8, 10.7).</summary>
public sealed class ServiceHealthTests
{
    private static async Task<AgentServer> WithAsync(params string[] checks)
    {
        AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync("/v1/agent/service/register",
            $$"""{"Name":"web","ID":"w1","Checks":[{{string.Join(',', checks.Select((status, i) => $$"""{"CheckID":"c{{i}}","TTL":"1h","Status":"{{status}}"}"""))}}]}""");
        return agent;
    }

    [Theory]
    [InlineData("", 200, "passing")]
    [InlineData("passing", 200, "passing")]
    [InlineData("passing warning", 429, "warning")]
    [InlineData("warning critical", 503, "critical")]
    public async Task The_worst_check_is_the_status_and_the_code(string checks, int code, string status)
    {
        await using AgentServer agent = await WithAsync(checks.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        foreach (string target in new[] { "/v1/agent/health/service/id/w1", "/v1/agent/health/service/name/web" })
        {
            Reply text = await agent.GetAsync(target + "?format=text");
            Assert.Equal((code, status, "text/plain", status), (text.Status, text.Body, text.ContentType, text.Header("X-Consul-Reason")));
            Reply json = await agent.GetAsync(target);
            Assert.Equal((code, "application/json", status), (json.Status, json.ContentType, json.Header("X-Consul-Reason")));
            Assert.Contains($"\"AggregatedStatus\":\"{status}\"", json.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/v1/agent/service/maintenance/w1?enable=true")]
    [InlineData("/v1/agent/maintenance?enable=true")]
    public async Task Maintenance_beats_everything(string target)
    {
        await using AgentServer agent = await WithAsync("critical");
        await agent.PutAsync(target);
        Reply reply = await agent.GetAsync("/v1/agent/health/service/id/w1", ("Accept", "text/plain"));
        Assert.Equal((503, "maintenance"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Checks_of_the_node_count()
    {
        await using AgentServer agent = await WithAsync("passing");
        await agent.PutAsync("/v1/agent/check/register", """{"Name":"disk","TTL":"1h","Status":"warning"}""");
        Assert.Equal(429, (await agent.GetAsync("/v1/agent/health/service/id/w1")).Status);
    }

    [Fact]
    public async Task The_object_has_these_fields_in_this_order()
    {
        await using AgentServer agent = await WithAsync("passing");
        const string Expected = """{"AggregatedStatus":"passing","Service":{"ID":"w1","Service":"web","Tags":[],"Meta":{},"Port":0,"Address":"","Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Datacenter":"dc1"},"Checks":[{"Node":"n1","CheckID":"c0","Name":"Service 'web' check","Status":"passing","Notes":"","Output":"","ServiceID":"w1","ServiceName":"web","ServiceTags":null,"Type":"","ExposedPort":0,"Definition":{"Interval":"0s","Timeout":"0s","DeregisterCriticalServiceAfter":"0s","HTTP":"","Header":null,"Method":"","Body":"","TLSServerName":"","TLSSkipVerify":false,"TCP":"","TCPUseTLS":false,"UDP":"","GRPC":"","OSService":"","GRPCUseTLS":false},"CreateIndex":0,"ModifyIndex":0}]}""";
        Assert.Equal(Expected, (await agent.GetAsync("/v1/agent/health/service/id/w1")).Body);
        Assert.Equal($"[{Expected}]", (await agent.GetAsync("/v1/agent/health/service/name/web")).Body);
    }

    [Theory]
    [InlineData("id/nope", """{"AggregatedStatus":"critical","Service":null,"Checks":null}""", "ServiceId nope not found")]
    [InlineData("id/web", """{"AggregatedStatus":"critical","Service":null,"Checks":null}""", "ServiceId web not found")]
    [InlineData("name/nope", "[]", "ServiceName nope Not Found")]
    public async Task What_is_not_there_is_404(string what, string json, string reason)
    {
        await using AgentServer agent = await WithAsync();
        Reply reply = await agent.GetAsync("/v1/agent/health/service/" + what);
        Assert.Equal((404, json, reason), (reply.Status, reply.Body, reply.Header("X-Consul-Reason")));
        Reply text = await agent.GetAsync($"/v1/agent/health/service/{what}?format=text");
        Assert.Equal((404, reason), (text.Status, text.Body));
    }

    [Theory]
    [InlineData("id/", "Missing serviceID")]
    [InlineData("name/", "Missing service Name")]
    public async Task A_missing_name_is_500(string what, string text)
    {
        await using AgentServer agent = await WithAsync();
        Reply reply = await agent.GetAsync("/v1/agent/health/service/" + what);
        Assert.Equal((500, text), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task The_worst_instance_of_a_name_counts()
    {
        await using AgentServer agent = await WithAsync("passing");
        await agent.PutAsync("/v1/agent/service/register", """{"Name":"web","ID":"w2","Check":{"TTL":"1h"}}""");
        Reply reply = await agent.GetAsync("/v1/agent/health/service/name/web?format=text");
        Assert.Equal((503, "critical"), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("text/plain", "json", true)]
    [InlineData("text/plain; q=0.5", "", true)]
    [InlineData("*/*", "text", true)]
    [InlineData("*/*", "", false)]
    [InlineData("application/json, text/plain", "", false)]
    public async Task Accept_wins_over_format(string accept, string format, bool text)
    {
        await using AgentServer agent = await WithAsync();
        Reply reply = await agent.GetAsync($"/v1/agent/health/service/id/w1?format={format}", ("Accept", accept));
        Assert.Equal(text ? "text/plain" : "application/json", reply.ContentType);
    }
}
