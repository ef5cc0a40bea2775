using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Agent;

/// <summary>self, version, members, leave, reload, force-leave (http-agent 2.1 to 2.4).</summary>
public sealed class SelfTests
{
    private const string Member = """{"Name":"n1","Addr":"127.0.0.1","Port":8301,"Tags":{"acls":"0","build":"1.21.4:","dc":"dc1","ft_fs":"1","ft_si":"1","id":"11111111-2222-3333-4444-555555555555","port":"8300","raft_vsn":"3","role":"consul","segment":"","vsn":"2","vsn_max":"3","vsn_min":"2","wan_join_port":"8302"},"Status":1,"ProtocolMin":1,"ProtocolMax":5,"ProtocolCur":2,"DelegateMin":2,"DelegateMax":5,"DelegateCur":4}""";

    [Fact]
    public async Task Self_has_these_parts()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        JsonElement self = await agent.JsonAsync("/v1/agent/self");
        Assert.Equal("Config,DebugConfig,Coord,Member,Stats,Meta", string.Join(',', self.EnumerateObject().Select(part => part.Name)));
        Assert.Equal("""{"Datacenter":"dc1","PrimaryDatacenter":"dc1","NodeName":"n1","NodeID":"11111111-2222-3333-4444-555555555555","Revision":"","Server":true,"Version":"1.21.4","BuildDate":"2026-11-20T00:00:00Z"}""",
            self.GetProperty("Config").GetRawText());
        Assert.Equal("""{"Vec":[0,0,0,0,0,0,0,0],"Error":1.5,"Adjustment":0,"Height":0.00001}""", self.GetProperty("Coord").GetRawText());
        Assert.Equal(Member, self.GetProperty("Member").GetRawText());
        Assert.Equal("""{"consul-network-segment":"","consul-version":"1.21.4"}""", self.GetProperty("Meta").GetRawText());
    }

    [Fact]
    public async Task Stats_are_maps_of_strings()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync("/v1/agent/service/register", """{"Name":"web","Check":{"TTL":"1h"}}""");
        JsonElement stats = (await agent.JsonAsync("/v1/agent/self")).GetProperty("Stats");
        Assert.Equal("agent,build,consul,raft,runtime,serf_lan,serf_wan", string.Join(',', stats.EnumerateObject().Select(part => part.Name)));
        Assert.All(stats.EnumerateObject(), part => Assert.All(part.Value.EnumerateObject(), value => Assert.Equal(JsonValueKind.String, value.Value.ValueKind)));
        Assert.Equal("""{"check_monitors":"0","check_ttls":"1","checks":"1","services":"1"}""", stats.GetProperty("agent").GetRawText());
        Assert.Equal(("true", "127.0.0.1:8300"), (stats.GetProperty("consul").GetProperty("leader").GetString(), stats.GetProperty("consul").GetProperty("leader_addr").GetString()));
        Assert.Equal(("Leader", "0"), (stats.GetProperty("raft").GetProperty("state").GetString(), stats.GetProperty("raft").GetProperty("num_peers").GetString()));
        Assert.Equal("applied_index,commit_index,fsm_pending,last_contact,last_log_index,last_log_term,last_snapshot_index,last_snapshot_term,latest_configuration,latest_configuration_index,num_peers,protocol_version,protocol_version_max,protocol_version_min,snapshot_version_max,snapshot_version_min,state,term",
            string.Join(',', stats.GetProperty("raft").EnumerateObject().Select(value => value.Name)));
    }

    [Fact]
    public async Task Version_is_one_object()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Assert.Equal("""{"SHA":"","BuildDate":"2026-11-20T00:00:00Z","HumanVersion":"1.21.4","FIPS":""}""", (await agent.GetAsync("/v1/agent/version")).Body);
    }

    [Theory]
    [InlineData("", 200, "[" + Member + "]")]
    [InlineData("?segment=_all", 200, "[" + Member + "]")]
    [InlineData("?segment=", 200, "[" + Member + "]")]
    [InlineData("?wan=", 200, "[" + Member + "]")]
    [InlineData("?segment=x", 500, "Network segments are not supported in this version of Consul")]
    [InlineData("?segment=x&wan=1", 400, "Cannot provide a segment with wan=true")]
    [InlineData("?filter=Name==n1", 200, "[" + Member + "]")]
    [InlineData("?filter=Tags.role==node", 200, "[]")]
    [InlineData("?filter=Status==4", 200, "[]")]
    [InlineData("?filter=Foo==1", 500, "Failed to create boolean expression evaluator: Selector \"Foo\" is not valid")]
    public async Task Members_lists_the_pool(string query, int status, string body)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Reply reply = await agent.GetAsync("/v1/agent/members" + query);
        Assert.Equal((status, body), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("?wan=1")]
    [InlineData("?wan=0")]
    [InlineData("?wan=true&segment=_all")]
    public async Task Any_value_of_wan_asks_for_the_other_pool(string query)
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        JsonElement members = await agent.JsonAsync("/v1/agent/members" + query);
        Assert.Equal("n1.dc1", Assert.Single(members.EnumerateArray()).GetProperty("Name").GetString());
    }

    [Fact]
    public async Task Force_leave_of_an_unknown_member_is_500_and_of_a_live_one_does_nothing()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        Assert.Equal((500, "agent: No node found with name 'x'"), await agent.RefusedAsync("/v1/agent/force-leave/x"));
        await agent.PutAsync("/v1/agent/force-leave/n1?prune");
        await agent.PutAsync("/v1/agent/force-leave/n1.dc1?wan");
        Assert.Equal((500, "agent: No node found with name 'n1'"), await agent.RefusedAsync("/v1/agent/force-leave/n1?wan"));
        Assert.Contains("force-leave n1 False True", agent.Life);
    }

    [Fact]
    public async Task Join_asks_the_pool_and_tells_why_not()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync("/v1/agent/join/10.0.0.1:7000");
        await agent.PutAsync("/v1/agent/join/10.0.0.2?wan=1");
        Assert.Equal(["join 10.0.0.1:7000 False", "join 10.0.0.2 True"], agent.Life);
        Assert.Equal((500, "1 error occurred:\n\t* Failed to join 10.0.0.9: no way\n\n"), await agent.RefusedAsync("/v1/agent/join/10.0.0.9"));
    }

    [Fact]
    public async Task Leave_answers_when_the_agent_has_left()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync("/v1/agent/leave");
        Assert.Equal("leave,left", string.Join(',', agent.Life));
    }

    [Fact]
    public async Task Reload_is_empty_or_500()
    {
        await using AgentServer agent = await AgentServer.StartAsync();
        await agent.PutAsync("/v1/agent/reload");
        await using AgentServer broken = await AgentServer.StartAsync(reloadError: "config: no good");
        Assert.Equal((500, "config: no good"), await broken.RefusedAsync("/v1/agent/reload"));
    }
}
