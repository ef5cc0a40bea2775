using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;

namespace Praetor.Tests.Agent;

/// <summary>How local state reaches the catalog (http-agent 4).</summary>
public sealed class AntiEntropyTests
{
    [Fact]
    public async Task The_start_registers_the_node_with_its_meta_and_addresses()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync(definitions: new AgentDefinitions { NodeMeta = new SortedList<string, string> { ["rack"] = "r1" } });
        NodeRecord node = agent.Catalog.Tables.FindNode("n1")!;
        Assert.Equal((AgentHarness.Options.NodeId, "10.0.0.1", "dc1"), (node.Id, node.Address, node.Datacenter));
        Assert.Equal("consul-network-segment=,consul-version=1.21.4,rack=r1", string.Join(',', node.Meta!.Select(pair => $"{pair.Key}={pair.Value}")));
        Assert.Equal("10.0.0.1", node.TaggedAddresses!["wan"]);
    }

    [Fact]
    public async Task A_status_change_is_told_at_once()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl()));
        await agent.TtlAsync("service:web", "passing", "ok");
        Assert.Equal(("passing", "ok"), (agent.Catalog.Check("service:web")!.Status, agent.Catalog.Check("service:web")!.Output));
    }

    [Fact]
    public async Task A_check_goes_without_its_service_when_only_it_changed()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl()));
        await agent.TtlAsync("service:web", "passing", "ok");
        Assert.Equal("register service:web", agent.Catalog.Entries[^1]);
        Assert.True(agent.Catalog.Registrations[^1].SkipNodeUpdate);
    }

    [Fact]
    public async Task Registering_the_same_again_makes_no_request_at_all()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(600)));
        await agent.TtlAsync("service:web", "passing");
        int requests = agent.Catalog.Requests;
        for (int i = 0; i < 1000; i++)
            await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(600)));
        Assert.Equal(requests, agent.Catalog.Requests);
    }

    [Fact]
    public async Task A_thousand_outputs_a_minute_make_one_log_entry_in_due_time()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(600)));
        await agent.TtlAsync("service:web", "passing", "first");
        int entries = agent.Catalog.Entries.Count;
        for (int i = 0; i < 1000; i++)
        {
            await agent.TtlAsync("service:web", "passing", $"output {i}");
            agent.Time.Advance(TimeSpan.FromMilliseconds(60));
        }

        await agent.SettleAsync();
        Assert.Equal("output 999", agent.Check("service:web").Record.Output);
        Assert.Equal("first", agent.Catalog.Check("service:web")!.Output);
        Assert.Equal(entries, agent.Catalog.Entries.Count);
        agent.Time.Advance(TimeSpan.FromMinutes(6.5));
        await agent.SettleAsync();
        Assert.Equal("output 999", agent.Catalog.Check("service:web")!.Output);
        Assert.Equal(entries + 1, agent.Catalog.Entries.Count);
    }

    [Fact]
    public async Task An_output_waits_at_least_half_and_at_most_three_halves_of_the_interval()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            await using AgentHarness agent = await AgentHarness.StartAsync(AgentHarness.Options with { CheckUpdateInterval = TimeSpan.FromSeconds(10) });
            await agent.RegisterAsync(AgentHarness.Ttl(600, name: "c") with { Status = "passing" });
            for (int i = 0; i < seed; i++)
                await agent.RegisterAsync(AgentHarness.Ttl(600, name: $"other{i}") with { Status = "passing" });
            for (int i = 0; i < seed; i++)
                await agent.TtlAsync($"other{i}", "passing", "uses up some randomness");
            await agent.TtlAsync("c", "passing", "new");
            agent.Time.Advance(TimeSpan.FromSeconds(4.9));
            await agent.SettleAsync();
            Assert.Equal("", agent.Catalog.Check("c")!.Output);
            agent.Time.Advance(TimeSpan.FromSeconds(10.2));
            await agent.SettleAsync();
            Assert.Equal("new", agent.Catalog.Check("c")!.Output);
        }
    }

    [Fact]
    public async Task With_interval_zero_outputs_are_told_at_once()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync(AgentHarness.Options with { CheckUpdateInterval = TimeSpan.Zero });
        await agent.RegisterAsync(AgentHarness.Ttl(name: "c"));
        await agent.TtlAsync("c", "critical", "new");
        Assert.Equal("new", agent.Catalog.Check("c")!.Output);
    }

    [Fact]
    public async Task A_deferred_output_goes_with_the_next_status()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Ttl(600, name: "c"));
        await agent.TtlAsync("c", "critical", "a");
        await agent.TtlAsync("c", "passing", "b");
        int entries = agent.Catalog.Entries.Count;
        Assert.Equal("b", agent.Catalog.Check("c")!.Output);
        agent.Time.Advance(TimeSpan.FromMinutes(8));
        await agent.SettleAsync();
        Assert.Equal(entries, agent.Catalog.Entries.Count);
    }

    [Fact]
    public async Task A_full_sync_overlooks_outputs_that_wait()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Ttl(6000, name: "c"));
        await agent.TtlAsync("c", "critical", "new");
        await agent.FullSyncAsync();
        Assert.Equal("", agent.Catalog.Check("c")!.Output);
    }

    [Theory]
    [InlineData("tags")]
    [InlineData("port")]
    [InlineData("address")]
    [InlineData("meta")]
    [InlineData("weights")]
    [InlineData("name")]
    [InlineData("kind")]
    [InlineData("socket")]
    [InlineData("tagged addresses")]
    [InlineData("override")]
    [InlineData("locality")]
    [InlineData("proxy")]
    [InlineData("native")]
    public async Task An_edit_of_the_catalog_is_reverted_by_the_next_full_sync(string what)
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web"));
        ServiceRecord own = agent.Catalog.Service("web")!;
        ServiceRecord edited = what switch
        {
            "tags" => own with { Tags = ["x"] },
            "port" => own with { Port = 81 },
            "address" => own with { Address = "1.1.1.1" },
            "meta" => own with { Meta = new SortedList<string, string> { ["a"] = "b" } },
            "weights" => own with { Weights = new ServiceWeights(2, 2) },
            "name" => own with { Name = "web2" },
            "kind" => own with { Kind = "mesh-gateway" },
            "socket" => own with { SocketPath = "/s" },
            "tagged addresses" => own with { TaggedAddresses = new SortedList<string, ServiceAddress> { ["lan"] = new("1.1.1.1", 1) } },
            "override" => own with { EnableTagOverride = true },
            "locality" => own with { Locality = new Locality("r", "z") },
            "proxy" => own with { Proxy = new ServiceProxy { Mode = "direct" } },
            _ => own with { ConnectNative = true },
        };
        agent.Catalog.Edit(new RegisterRequest { Node = agent.Catalog.Tables.FindNode("n1")!, Service = edited });
        Assert.False(CatalogCodec.SameContent(own, agent.Catalog.Service("web")!));
        await agent.FullSyncAsync();
        Assert.True(CatalogCodec.SameContent(own, agent.Catalog.Service("web")!));
    }

    [Fact]
    public async Task Tags_edited_under_tag_override_are_adopted_and_the_rest_reverted()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(new ServiceDefinition
        {
            Service = new ServiceRecord { Name = "web", Port = 80, Tags = ["a"], EnableTagOverride = true },
            Checks = [AgentHarness.Ttl(6000)],
        });
        agent.Catalog.Edit(new RegisterRequest { Node = agent.Catalog.Tables.FindNode("n1")!, Service = agent.Catalog.Service("web")! with { Tags = ["b"], Port = 81 } });
        await agent.FullSyncAsync();
        Assert.Equal(["b"], agent.Agent.Snapshot.Services["web"].Record.Tags!);
        Assert.Equal(["b"], agent.Catalog.Service("web")!.Tags!);
        Assert.Equal(80, agent.Catalog.Service("web")!.Port);
        Assert.Equal(["b"], agent.Check("service:web").Record.ServiceTags!);
    }

    [Fact]
    public async Task Registering_again_resets_adopted_tags()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        var definition = new ServiceDefinition { Service = new ServiceRecord { Name = "web", Tags = ["a"], EnableTagOverride = true } };
        await agent.RegisterAsync(definition);
        agent.Catalog.Edit(new RegisterRequest { Node = agent.Catalog.Tables.FindNode("n1")!, Service = agent.Catalog.Service("web")! with { Tags = ["b"] } });
        await agent.FullSyncAsync();
        await agent.RegisterAsync(definition);
        Assert.Equal(["a"], agent.Catalog.Service("web")!.Tags!);
    }

    [Fact]
    public async Task Addresses_made_by_the_server_are_kept()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web"));
        var withVirtual = new SortedList<string, ServiceAddress>(StringComparer.Ordinal) { ["consul-made"] = new("240.0.0.1", 80), ["mine"] = new("1.1.1.1", 1) };
        agent.Catalog.Edit(new RegisterRequest { Node = agent.Catalog.Tables.FindNode("n1")!, Service = agent.Catalog.Service("web")! with { TaggedAddresses = withVirtual } });
        await agent.FullSyncAsync();
        Assert.Equal("consul-made", string.Join(',', agent.Catalog.Service("web")!.TaggedAddresses!.Keys));
        Assert.Equal("consul-made", string.Join(',', agent.Agent.Snapshot.Services["web"].Record.TaggedAddresses!.Keys));
    }

    [Fact]
    public async Task Strangers_on_the_node_go_but_the_servers_own_stay()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        NodeRecord node = agent.Catalog.Tables.FindNode("n1")!;
        agent.Catalog.Edit(new RegisterRequest { Node = node, Service = new ServiceRecord { Id = "foreign", Name = "foreign" }, Checks = [new CheckRecord { CheckId = "fc", Name = "fc", Status = "passing", ServiceId = "foreign" }] });
        agent.Catalog.Edit(new RegisterRequest { Node = node, Checks = [new CheckRecord { CheckId = "nc", Name = "nc", Status = "passing" }, new CheckRecord { CheckId = "serfHealth", Name = "s", Status = "passing" }] });
        agent.Catalog.Edit(new RegisterRequest { Node = node, Service = new ServiceRecord { Id = "consul", Name = "consul" } });
        await agent.FullSyncAsync();
        Assert.Equal("consul", string.Join(',', agent.Catalog.Tables.ServicesOfNode("n1").Select(service => service.Id)));
        Assert.Equal("serfHealth", string.Join(',', agent.Catalog.Tables.ChecksOfNode("n1").Select(check => check.CheckId)));
    }

    [Theory]
    [InlineData("id", true)]
    [InlineData("meta", true)]
    [InlineData("tagged addresses", true)]
    [InlineData("locality", true)]
    [InlineData("address", false)]
    public async Task Edits_of_the_node_are_reverted_except_its_address_alone(string what, bool reverted)
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        NodeRecord own = agent.Catalog.Tables.FindNode("n1")!;
        NodeRecord edited = what switch
        {
            "id" => own with { Id = "" },
            "meta" => own with { Meta = null },
            "tagged addresses" => own with { TaggedAddresses = null },
            "locality" => own with { Locality = new Locality("r", "z") },
            _ => own with { Address = "9.9.9.9" },
        };
        agent.Catalog.Edit(new RegisterRequest { Node = edited });
        await agent.FullSyncAsync();
        Assert.Equal(reverted, CatalogCodec.SameContent(own, agent.Catalog.Tables.FindNode("n1")!));
    }

    [Theory]
    [InlineData("status", true)]
    [InlineData("output", true)]
    [InlineData("notes", true)]
    [InlineData("name", true)]
    [InlineData("definition", true)]
    [InlineData("type", false)]
    [InlineData("interval", false)]
    public async Task Edits_of_a_check_are_reverted_if_they_count(string what, bool reverted)
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Ttl(6000, name: "c"));
        CheckRecord own = agent.Catalog.Check("c")!;
        CheckRecord edited = what switch
        {
            "status" => own with { Status = "passing" },
            "output" => own with { Output = "x" },
            "notes" => own with { Notes = "x" },
            "name" => own with { Name = "x" },
            "definition" => own with { Definition = new CheckDefinitionRecord { Http = "x" } },
            "type" => own with { Type = "x" },
            _ => own with { Interval = "7s" },
        };
        agent.Catalog.Edit(new RegisterRequest { Node = agent.Catalog.Tables.FindNode("n1")!, Checks = [edited] });
        await agent.FullSyncAsync();
        Assert.Equal(reverted, CatalogCodec.SameContent(own, agent.Catalog.Check("c")!));
    }

    [Fact]
    public async Task A_full_sync_of_what_agrees_makes_no_request()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(6000)));
        int requests = agent.Catalog.Requests;
        await agent.FullSyncAsync();
        await agent.FullSyncAsync();
        Assert.Equal(requests, agent.Catalog.Requests);
    }

    [Fact]
    public async Task A_registration_ends_well_without_a_leader_and_is_told_later()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        agent.Catalog.HasLeader = false;
        await agent.RegisterAsync(AgentHarness.Service("web"));
        Assert.Null(agent.Catalog.Service("web"));
        agent.Catalog.HasLeader = true;
        agent.Time.Advance(TimeSpan.FromSeconds(30));
        await agent.UntilAsync(() => agent.Catalog.Service("web") is not null);
    }

    [Fact]
    public async Task A_refusal_does_not_stop_the_others_and_is_tried_again_by_the_next_full_sync()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        agent.Catalog.Refusal = "no";
        await agent.RegisterAsync(AgentHarness.Service("web"));
        agent.Catalog.Refusal = null;
        int requests = agent.Catalog.Requests;
        await agent.SettleAsync();
        Assert.Equal(requests, agent.Catalog.Requests);
        await agent.FullSyncAsync();
        Assert.NotNull(agent.Catalog.Service("web"));
    }

    [Fact]
    public async Task Changes_during_a_sync_are_told_together_by_the_next()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        List<Task> registrations = [];
        using (agent.Catalog.Hold())
        {
            for (int i = 0; i < 50; i++)
                registrations.Add(agent.RegisterAsync(AgentHarness.Service($"s{i}")));
            await agent.UntilAsync(() => agent.Agent.Snapshot.Services.Count == 50);
        }

        await Task.WhenAll(registrations);
        Assert.Equal(50, agent.Catalog.Tables.ServicesOfNode("n1").Count());
        Assert.Equal(50, agent.Catalog.Entries.Count(entry => entry.StartsWith("register s", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_output_that_comes_during_the_push_of_an_older_one_is_not_lost()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Ttl(6000, name: "c"));
        Task passing;
        using (agent.Catalog.Hold())
        {
            passing = agent.TtlAsync("c", "passing", "one");
            await agent.UntilAsync(() => agent.Check("c").Record.Output == "one");
            _ = agent.Agent.UpdateTtlAsync("c", "passing", "two", CancellationToken.None);
            await agent.UntilAsync(() => agent.Check("c").Record.Output == "two");
        }

        await passing;
        agent.Time.Advance(TimeSpan.FromMinutes(8));
        await agent.SettleAsync();
        Assert.Equal(("passing", "two"), (agent.Catalog.Check("c")!.Status, agent.Catalog.Check("c")!.Output));
    }

    [Fact]
    public async Task Who_waits_for_a_sync_is_released_when_the_agent_stops()
    {
        AgentHarness agent = await AgentHarness.StartAsync();
        Task registration;
        using (agent.Catalog.Hold())
        {
            registration = agent.RegisterAsync(AgentHarness.Service("web"));
            await agent.UntilAsync(() => !agent.Agent.Snapshot.Services.IsEmpty);
            await agent.DisposeAsync();
        }

        await registration;
        await agent.Agent.Stopped;
    }

    [Fact]
    public async Task A_loop_that_dies_is_told_to_its_owner_and_to_every_later_caller()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        agent.Catalog.Fault = new InvalidDataException("damaged");
        await agent.RegisterAsync(AgentHarness.Service("web"));
        await Assert.ThrowsAsync<InvalidDataException>(() => agent.Agent.Stopped);
        await Assert.ThrowsAsync<InvalidDataException>(() => agent.RegisterAsync(AgentHarness.Service("api")));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(128, 1)]
    [InlineData(129, 2)]
    [InlineData(256, 2)]
    [InlineData(257, 3)]
    [InlineData(1024, 4)]
    public void Larger_pools_stretch_the_pauses(int members, int factor) => Assert.Equal(factor, SyncSchedule.Factor(members));

    [Fact]
    public void Pauses_are_the_interval_plus_a_random_part_of_it()
    {
        var schedule = new SyncSchedule(TimeSpan.FromMinutes(1), () => 1, new Random(7));
        for (int i = 0; i < 1000; i++)
        {
            Assert.InRange(schedule.Next(), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
            Assert.InRange(schedule.Retry(), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
            Assert.InRange(schedule.Soon(), TimeSpan.Zero, TimeSpan.FromSeconds(3));
        }
    }
}
