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

    private static readonly Member Server = OwnMember.Lan(AgentHarness.Options, Facts);

    private static async Task<(FakeCatalog Catalog, ManualTime Time, LeaderDuties Duties)> StartAsync(FakeCatalog? catalog = null)
    {
        var world = new World(catalog ?? new FakeCatalog());
        world.Duties.Start();
        await AgentHarness.UntilAsync(() => world.Catalog.Check("serfHealth") is not null, "no pass");
        return (world.Catalog, world.Time, world.Duties);
    }

    /// <summary>A leader, its catalog and a pool whose members the test decides.</summary>
    private sealed class World
    {
        public World(FakeCatalog catalog)
        {
            Catalog = catalog;
            Duties = new LeaderDuties(new LeaderDutyParts
            {
                Catalog = catalog,
                Members = () => Members,
                IsLeader = () => Leads,
                Self = "n1",
                Registered = () => catalog.Tables.Checks().Where(static check => check.CheckId == "serfHealth").Select(static check => check.Node),
                Servers = Set,
            }, Time, NullLogger.Instance);
        }

        public FakeCatalog Catalog { get; }

        public ManualTime Time { get; } = new();

        public RecordedSet Set { get; } = new();

        public LeaderDuties Duties { get; }

        public bool Leads { get; set; } = true;

        public IReadOnlyList<Member> Members { get; set; } = [Server];

        public static Member Client(string name, MemberStatus status) => new()
        {
            Name = name,
            Addr = "10.0.0.9",
            Status = status,
            Tags = new SortedList<string, string> { ["role"] = "node", ["id"] = "99999999-2222-3333-4444-555555555555", ["dc"] = "dc1" },
        };

        public async Task<World> StartedWithAsync(Member other)
        {
            Members = [Server, other];
            Duties.Start();
            await AgentHarness.UntilAsync(() => Catalog.Tables.FindCheck(other.Name, "serfHealth") is not null, "not registered");
            return this;
        }

        public void Becomes(params Member[] members)
        {
            Members = members;
            Duties.Trigger();
        }
    }

    private sealed class RecordedSet : IServerSetDuties
    {
        public List<string> Calls { get; } = [];

        public int Refusals { get; set; }

        public ValueTask<bool> EnsureAsync(Member member, CancellationToken cancellation) => Record($"ensure {member.Name}");

        public ValueTask<bool> RemoveAsync(Member member, CancellationToken cancellation) => Record($"remove {member.Name}");

        private ValueTask<bool> Record(string call)
        {
            lock (Calls)
                Calls.Add(call);
            return ValueTask.FromResult(Refusals-- <= 0);
        }
    }

    [Fact]
    public async Task A_failed_member_is_critical_and_its_data_untouched()
    {
        World world = await new World(new FakeCatalog()).StartedWithAsync(World.Client("c1", MemberStatus.Alive));
        await using LeaderDuties end = world.Duties;

        world.Becomes(Server, World.Client("c1", MemberStatus.Failed) with { Addr = "10.9.9.9" });
        await AgentHarness.UntilAsync(() => world.Catalog.Tables.FindCheck("c1", "serfHealth")!.Status == "critical", "not critical");

        Assert.Equal("Agent not live or unreachable", world.Catalog.Tables.FindCheck("c1", "serfHealth")!.Output);
        Assert.Equal("10.0.0.9", world.Catalog.Tables.FindNode("c1")!.Address);
    }

    [Fact]
    public async Task A_failed_member_that_the_catalog_does_not_know_is_not_made_known()
    {
        World world = await new World(new FakeCatalog()).StartedWithAsync(World.Client("c1", MemberStatus.Alive));
        await using LeaderDuties end = world.Duties;

        world.Becomes(World.Client("c2", MemberStatus.Failed), World.Client("c1", MemberStatus.Failed));
        await AgentHarness.UntilAsync(() => world.Catalog.Tables.FindCheck("c1", "serfHealth")!.Status == "critical", "no pass");

        Assert.Null(world.Catalog.Tables.FindNode("c2"));
    }

    [Fact]
    public async Task A_member_that_left_is_deregistered_and_out_of_the_server_set()
    {
        World world = await new World(new FakeCatalog()).StartedWithAsync(World.Client("c1", MemberStatus.Alive));
        await using LeaderDuties end = world.Duties;

        world.Becomes(Server, World.Client("c1", MemberStatus.Left));
        await AgentHarness.UntilAsync(() => world.Catalog.Tables.FindNode("c1") is null, "still there");

        Assert.Contains("remove c1", world.Set.Calls);
    }

    [Fact]
    public async Task A_leader_does_not_deregister_itself()
    {
        World world = await new World(new FakeCatalog()).StartedWithAsync(World.Client("c1", MemberStatus.Alive));
        await using LeaderDuties end = world.Duties;

        world.Becomes(Server with { Status = MemberStatus.Left }, World.Client("c1", MemberStatus.Left));
        await AgentHarness.UntilAsync(() => world.Catalog.Tables.FindNode("c1") is null, "no pass");

        Assert.NotNull(world.Catalog.Tables.FindNode("n1"));
    }

    [Fact]
    public async Task A_member_that_was_reaped_is_deregistered_at_once()
    {
        World world = await new World(new FakeCatalog()).StartedWithAsync(World.Client("c1", MemberStatus.Alive));
        await using LeaderDuties end = world.Duties;

        world.Members = [Server];
        world.Duties.OnMember(new MemberChange(MemberChangeKind.Reaped, World.Client("c1", MemberStatus.Failed)));

        await AgentHarness.UntilAsync(() => world.Catalog.Tables.FindNode("c1") is null, "still there");
    }

    [Fact]
    public async Task A_node_that_no_member_stands_for_stays_for_a_while_so_that_a_young_leader_does_not_empty_the_catalog()
    {
        World world = await new World(new FakeCatalog()).StartedWithAsync(World.Client("c1", MemberStatus.Alive));
        await using LeaderDuties end = world.Duties;
        world.Members = [Server];
        int reads = world.Catalog.Reads;

        world.Time.Advance(TimeSpan.FromSeconds(60));
        await AgentHarness.UntilAsync(() => world.Catalog.Reads > reads, "no second pass");
        Assert.NotNull(world.Catalog.Tables.FindNode("c1"));
        for (int minute = 0; minute < 3; minute++)
        {
            reads = world.Catalog.Reads;
            world.Time.Advance(TimeSpan.FromSeconds(60));
            await AgentHarness.UntilAsync(() => world.Catalog.Reads > reads, "no pass");
        }

        await AgentHarness.UntilAsync(() => world.Catalog.Tables.FindNode("c1") is null, "still there");
    }

    [Fact]
    public async Task A_change_of_the_server_set_that_must_wait_is_tried_again_soon()
    {
        var world = new World(new FakeCatalog());
        await using LeaderDuties end = world.Duties;
        world.Set.Refusals = 1;
        world.Duties.Start();
        await AgentHarness.UntilAsync(() => world.Set.Calls.Count == 1, "not asked");

        await AgentHarness.UntilAsync(
            () =>
            {
                world.Time.Advance(TimeSpan.FromMilliseconds(200));
                return world.Set.Calls.Count >= 2;
            },
            "not tried again");
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
    public async Task Who_does_not_lead_reads_and_writes_nothing_until_it_does()
    {
        var world = new World(new FakeCatalog()) { Leads = false };
        await using LeaderDuties end = world.Duties;
        world.Duties.Start();
        world.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((0, 0), (world.Catalog.Requests, world.Catalog.Reads));

        world.Leads = true;
        world.Duties.Trigger();

        await AgentHarness.UntilAsync(() => world.Catalog.Check("serfHealth") is not null, "no pass");
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
        Member wan = OwnMember.Wan(AgentHarness.Options, Facts)!;
        Assert.Equal(("n1.dc1", 8302, false), (wan.Name, wan.Port, wan.Tags.ContainsKey("wan_join_port")));
    }
}
