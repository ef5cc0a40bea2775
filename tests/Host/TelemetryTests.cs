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
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 1, """{"telemetry": {"prometheus_retention_time": "60s", "disable_hostname": true, "enable_host_metrics": true}}""");
        HostedAgent server = cluster.Agents[0];
        await server.SendAsync("PUT", "/v1/kv/a", "x");
        await server.GetAsync("/v1/health/service/consul?tag=x");
        await server.GetAsync("/v1/catalog/service/consul");
        await server.GetAsync("/v1/health/service/nothing");
        await cluster.Agents[1].GetAsync("/v1/kv/a");
        await server.UntilAsync(async () => (await server.GetAsync("/v1/agent/metrics?format=prometheus")).Body.Contains("consul_memberlist_gossip_count", StringComparison.Ordinal), "a round of gossip");

        string text = (await server.GetAsync("/v1/agent/metrics?format=prometheus")).Body;
        string ofAgent = (await cluster.Agents[1].GetAsync("/v1/agent/metrics?format=prometheus")).Body;

        foreach (string name in new[]
        {
            "consul_raft_apply ", "consul_raft_commitTime_count ", "consul_raft_leader_dispatchLog_count ", "consul_raft_fsm_apply_count ", "consul_raft_state_leader 1", "consul_kvs_apply_count ",
            "consul_fsm_kvs_count{op=\"set\"} ", "consul_fsm_register_count ", "consul_catalog_register_count ", "consul_health_service_query{service=\"consul\"} 1",
            "consul_health_service_query_tag{service=\"consul\",tag=\"x\"} 1", "consul_catalog_service_query{service=\"consul\"} 1", "consul_api_http_count{method=\"PUT\",path=\"v1.kv._\"} ",
            "consul_autopilot_healthy ", "consul_server_isLeader 1", "consul_members_servers{datacenter=\"dc1\"} 1", "consul_members_clients{datacenter=\"dc1\"} 1",
            "consul_state_kv_entries{datacenter=\"dc1\"} ", "consul_state_nodes{datacenter=\"dc1\"} 2", "consul_runtime_alloc_bytes ", "consul_runtime_num_goroutines ", "consul_rpc_request ",
            "consul_rpc_queries_blocking ", "consul_serf_member_join{network=\"lan\"} ", "consul_memberlist_udp_received{network=\"lan\"} ", "consul_leader_barrier_count 1", "consul_leader_reconcile_count ", "consul_leader_reconcileMember_count ", "consul_raft_fsm_enqueue_count ", "consul_raft_commitNumLogs ", "consul_raft_leader_dispatchNumLogs ",
            "consul_rpc_accept_conn ", "consul_memberlist_gossip_count{network=\"lan\"} ", "consul_memberlist_size_remote{network=\"lan\"} ", "consul_serf_msgs_received_count{network=\"lan\"} ",
            $"consul_client_api_success_catalog_service_nodes{{node=\"{server.Name}\"}} 1", "consul_health_service_not_found{service=\"nothing\"} 1", "consul_state_billable_service_instances{datacenter=\"dc1\"} 0",
            "consul_state_connect_instances{datacenter=\"dc1\",kind=\"connect-native\"} 0", "consul_host_memory_total ", "consul_host_cpu_total ", "consul_host_uptime ", "consul_version{pre_release=\"\",version=\"1.21.4\"} 1",
        })
            Assert.Contains("\n" + name, text, StringComparison.Ordinal);
        Assert.Contains("\nconsul_client_rpc ", ofAgent, StringComparison.Ordinal);
        Assert.Contains("# TYPE consul_raft_commitTime summary\nconsul_raft_commitTime{quantile=\"0.5\"} ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leader_and_its_followers_tell_how_they_replicate_and_probe()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 3, clients: 0, """{"telemetry": {"prometheus_retention_time": "60s", "disable_hostname": true}}""");
        for (int i = 0; i < 20; i++)
            await cluster.Agents[i % 3].SendAsync("PUT", $"/v1/kv/{i}", "x");
        async Task<string> AllAsync() => string.Concat(await Task.WhenAll(cluster.Agents.Select(static async agent => (await agent.GetAsync("/v1/agent/metrics?format=prometheus")).Body)));

        string[] names =
        [
            "consul_raft_replication_appendEntries_rpc_count{peer_id=", "consul_raft_replication_appendEntries_logs{peer_id=", "consul_raft_replication_heartbeat_count{peer_id=", "consul_raft_rpc_appendEntries_count ",
            "consul_raft_rpc_processHeartbeat_count ", "consul_raft_rpc_requestVote_count ", "consul_raft_transition_heartbeat_timeout ", "consul_raft_thread_main_saturation_count ",
            "consul_memberlist_probeNode_count{network=\"lan\"} ", "consul_memberlist_pushPullNode_count{network=\"lan\"} ", "consul_memberlist_msg_alive{network=\"lan\"} ",
        ];
        await cluster.Agents[0].UntilAsync(async () => await AllAsync() is var text && names.All(name => text.Contains("\n" + name, StringComparison.Ordinal)), "all names");
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
