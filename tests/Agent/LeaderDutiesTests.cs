using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.Gossip;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Tests.Support;

namespace Praetor.Tests.Agent;

/// <summary>Members in the catalog (http-agent 4.3).</summary>
public sealed class LeaderDutiesTests
{
    private static readonly ServerFacts Facts = new() { GrpcPort = 8502, GrpcTlsPort = 8503 };

    private static readonly Member Server = ServerMember.Lan(AgentHarness.Options, Facts);

    private static async Task<(FakeCatalog Catalog, ManualTime Time, LeaderDuties Duties)> StartAsync(FakeCatalog? catalog = null, bool leads = true)
    {
        catalog ??= new FakeCatalog();
        var time = new ManualTime();
        var duties = new LeaderDuties(catalog, () => [Server], () => leads, time, NullLogger.Instance);
        duties.Start();
        await AgentHarness.UntilAsync(() => leads ? catalog.Check("serfHealth") is not null : catalog.Reads > 0, "no pass");
        return (catalog, time, duties);
    }

    [Fact]
    public async Task The_server_itself_is_registered_with_its_service_and_its_health()
    {
        (FakeCatalog catalog, _, LeaderDuties duties) = await StartAsync();
        await using LeaderDuties end = duties;
        CheckRecord health = catalog.Check("serfHealth")!;
        Assert.Equal(("Serf Health Status", "passing", "Agent alive and reachable", ""), (health.Name, health.Status, health.Output, health.ServiceId));
        ServiceRecord service = catalog.Service("consul")!;
        Assert.Equal(("consul", 8300, new ServiceWeights(1, 1)), (service.Name, service.Port, service.Weights));
        Assert.Equal("grpc_port=8502,grpc_tls_port=8503,non_voter=false,raft_version=3,read_replica=false,serf_protocol_current=2,serf_protocol_max=5,serf_protocol_min=1,version=1.21.4",
            string.Join(',', service.Meta!.Select(pair => $"{pair.Key}={pair.Value}")));
        NodeRecord node = catalog.Tables.FindNode("n1")!;
        Assert.Equal((AgentHarness.Options.NodeId, "10.0.0.1"), (node.Id, node.Address));
        Assert.Equal("1.21.4", Assert.Single(node.Meta!).Value);
    }

    [Fact]
    public async Task What_is_right_already_makes_no_request()
    {
        (FakeCatalog catalog, ManualTime time, LeaderDuties duties) = await StartAsync();
        await using LeaderDuties end = duties;
        int requests = catalog.Requests;
        int reads = catalog.Reads;
        time.Advance(TimeSpan.FromSeconds(60));
        await AgentHarness.UntilAsync(() => catalog.Reads > reads, "no second pass");
        await duties.DisposeAsync();
        Assert.Equal(requests, catalog.Requests);
    }

    [Fact]
    public async Task A_health_that_turned_critical_is_put_right_after_a_minute()
    {
        (FakeCatalog catalog, ManualTime time, LeaderDuties duties) = await StartAsync();
        await using LeaderDuties end = duties;
        catalog.Edit(new RegisterRequest { Node = catalog.Tables.FindNode("n1")!, Checks = [catalog.Check("serfHealth")! with { Status = "critical" }] });
        time.Advance(TimeSpan.FromSeconds(60));
        await AgentHarness.UntilAsync(() => catalog.Check("serfHealth")!.Status == "passing", "not put right");
    }

    [Fact]
    public async Task A_health_that_was_edited_and_passes_is_left_alone()
    {
        (FakeCatalog catalog, ManualTime time, LeaderDuties duties) = await StartAsync();
        await using LeaderDuties end = duties;
        catalog.Edit(new RegisterRequest { Node = catalog.Tables.FindNode("n1")!, Checks = [catalog.Check("serfHealth")! with { Output = "mine" }] });
        int reads = catalog.Reads;
        time.Advance(TimeSpan.FromSeconds(60));
        await AgentHarness.UntilAsync(() => catalog.Reads > reads, "no second pass");
        await duties.DisposeAsync();
        Assert.Equal("mine", catalog.Check("serfHealth")!.Output);
    }

    [Fact]
    public async Task Meta_and_tagged_addresses_of_the_node_are_kept()
    {
        var catalog = new FakeCatalog();
        var meta = new SortedList<string, string>(StringComparer.Ordinal) { ["rack"] = "r1" };
        catalog.Edit(new RegisterRequest { Node = new NodeRecord { Name = "n1", Address = "10.0.0.1", Meta = meta, TaggedAddresses = meta } });
        (_, _, LeaderDuties duties) = await StartAsync(catalog);
        await using LeaderDuties end = duties;
        Assert.Equal("r1", catalog.Tables.FindNode("n1")!.Meta!["rack"]);
        Assert.Equal("r1", catalog.Tables.FindNode("n1")!.TaggedAddresses!["rack"]);
    }

    [Fact]
    public async Task Who_does_not_lead_writes_nothing()
    {
        (FakeCatalog catalog, _, LeaderDuties duties) = await StartAsync(leads: false);
        await duties.DisposeAsync();
        Assert.Equal(0, catalog.Requests);
    }

    [Fact]
    public async Task Anti_entropy_and_the_leader_do_not_undo_each_other()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        (_, _, LeaderDuties duties) = await StartAsync(agent.Catalog);
        await using LeaderDuties end = duties;
        await agent.FullSyncAsync();
        int entries = agent.Catalog.Entries.Count;
        await agent.FullSyncAsync();
        Assert.Equal(entries, agent.Catalog.Entries.Count);
        Assert.NotNull(agent.Catalog.Service("consul"));
        Assert.True(agent.Catalog.Tables.FindNode("n1")!.Meta!.ContainsKey("consul-network-segment"));
    }

    [Fact]
    public void A_server_tells_the_pool_what_it_is()
    {
        Assert.Equal("acls=0,build=1.21.4:,dc=dc1,ft_fs=1,ft_si=1,grpc_port=8502,grpc_tls_port=8503,id=11111111-2222-3333-4444-555555555555,port=8300,raft_vsn=3,role=consul,segment=,vsn=2,vsn_max=3,vsn_min=2,wan_join_port=8302",
            string.Join(',', Server.Tags.Select(pair => $"{pair.Key}={pair.Value}")));
        Assert.Equal(("n1", 8301, MemberStatus.Alive), (Server.Name, Server.Port, Server.Status));
        Member wan = ServerMember.Wan(AgentHarness.Options, Facts)!;
        Assert.Equal(("n1.dc1", 8302, false), (wan.Name, wan.Port, wan.Tags.ContainsKey("wan_join_port")));
    }
}
