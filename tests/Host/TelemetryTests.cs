using System.Net;
using System.Text.Json;
using Praetor.Tests.Executable;
using Praetor.Tests.Storage;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>agent/metrics, agent/metrics/stream and agent/monitor on whole agents (http-agent 2.5, config 8).</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_server_and_an_agent_tell_what_they_do_under_the_names_operators_know()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 1, """{"telemetry": {"prometheus_retention_time": "60s", "disable_hostname": true}}""");
        HostedAgent server = cluster.Agents[0];
        await server.SendAsync("PUT", "/v1/kv/a", "x");
        await server.GetAsync("/v1/health/service/consul?tag=x");
        await server.GetAsync("/v1/catalog/service/consul");
        await cluster.Agents[1].GetAsync("/v1/kv/a");

        string text = (await server.GetAsync("/v1/agent/metrics?format=prometheus")).Body;
        string ofAgent = (await cluster.Agents[1].GetAsync("/v1/agent/metrics?format=prometheus")).Body;

        foreach (string name in new[]
        {
            "consul_raft_apply ", "consul_raft_commitTime_count ", "consul_raft_leader_dispatchLog_count ", "consul_raft_fsm_apply_count ", "consul_raft_state_leader 1", "consul_kvs_apply_count ",
            "consul_fsm_kvs_count{op=\"set\"} ", "consul_fsm_register_count ", "consul_catalog_register_count ", "consul_health_service_query{service=\"consul\"} 1",
            "consul_health_service_query_tag{service=\"consul\",tag=\"x\"} 1", "consul_catalog_service_query{service=\"consul\"} 1", "consul_api_http_count{method=\"PUT\",path=\"v1.kv._\"} ",
            "consul_autopilot_healthy ", "consul_server_isLeader 1", "consul_members_servers{datacenter=\"dc1\"} 1", "consul_members_clients{datacenter=\"dc1\"} 1",
            "consul_state_kv_entries{datacenter=\"dc1\"} ", "consul_state_nodes{datacenter=\"dc1\"} 2", "consul_runtime_alloc_bytes ", "consul_runtime_num_goroutines ", "consul_rpc_request ",
            "consul_rpc_queries_blocking ", "consul_serf_member_join{network=\"lan\"} ", "consul_memberlist_udp_received{network=\"lan\"} ", "consul_version{pre_release=\"\",version=\"1.21.4\"} 1",
        })
            Assert.Contains("\n" + name, text, StringComparison.Ordinal);
        Assert.Contains("\nconsul_client_rpc ", ofAgent, StringComparison.Ordinal);
        Assert.Contains("# TYPE consul_raft_commitTime summary\nconsul_raft_commitTime{quantile=\"0.5\"} ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_retention_Prometheus_hears_why_there_is_nothing()
    {
        await using HostedAgent agent = await StartAsync("{}");

        Reply reply = await agent.GetAsync("/v1/agent/metrics?format=prometheus");

        Assert.Equal((200, "", "Prometheus is not enabled since its retention time is not positive"), (reply.Status, reply.Body, reply.Header("X-Consul-Reason")));
    }

    [Fact]
    public async Task As_JSON_it_is_an_interval_of_ten_seconds_and_gauges_carry_the_host()
    {
        await using HostedAgent agent = await StartAsync("""{"telemetry": {"metrics_prefix": "mine"}}""");
        await agent.SendAsync("PUT", "/v1/kv/a", "x");

        JsonElement metrics = await agent.JsonAsync("/v1/agent/metrics");

        Assert.Equal(["Timestamp", "Gauges", "Points", "Counters", "Samples"], metrics.EnumerateObject().Select(static member => member.Name));
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d0 \+0000 UTC$", metrics.GetProperty("Timestamp").GetString());
        Assert.Contains(metrics.GetProperty("Gauges").EnumerateArray(), static gauge => gauge.GetProperty("Name").GetString() == $"mine.{Environment.MachineName}.raft.peers");
        JsonElement sample = metrics.GetProperty("Samples")[0];
        Assert.Equal(["Name", "Count", "Rate", "Sum", "Min", "Max", "Mean", "Stddev", "Labels"], sample.EnumerateObject().Select(static member => member.Name));
    }

    [Fact]
    public async Task The_log_is_read_while_it_is_written()
    {
        using AgentProcess agent = await AgentProcess.StartAsync(_data.Path);
        using HttpResponseMessage monitor = await agent.Http.GetAsync("/v1/agent/monitor?loglevel=debug&logjson", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, monitor.StatusCode);
        using var lines = new StreamReader(await monitor.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        await agent.Http.PutAsync("/v1/agent/service/register", new StringContent("""{"Name": "seen"}"""), TestContext.Current.CancellationToken);

        string line;
        do
        {
            line = (await lines.ReadLineAsync(TestContext.Current.CancellationToken))!;
            Assert.True(JsonDocument.Parse(line).RootElement.TryGetProperty("@message", out _), line);
        }
        while (!line.Contains("seen", StringComparison.Ordinal));
        using HttpResponseMessage unknown = await agent.Http.GetAsync("/v1/agent/monitor?loglevel=x", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.BadRequest, "Unknown log level: x"), (unknown.StatusCode, await unknown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    private async Task<HostedAgent> StartAsync(string settings)
    {
        string address = AgentProcess.FreshAddress();
        HostedAgent agent = await HostedAgent.StartAsync("alone", address, isServer: true,
            [JsonSerializer.Serialize(new { node_name = "alone", bind_addr = address, client_addr = address, server = true, bootstrap = true, data_dir = _data.Path }), settings]);
        await agent.UntilAsync(async () => (await agent.SendAsync("PUT", "/v1/kv/ready", "x")).Status == 200, "leader");
        return agent;
    }
}
