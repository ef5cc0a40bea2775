using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Tests.State;

public class CatalogTests
{
    private const string IdA = "11111111-1111-1111-1111-111111111111";
    private const string IdB = "22222222-2222-2222-2222-222222222222";
    private readonly StateHarness _state = new();

    private static RegisterRequest Web(string node, string status = "passing", int port = 80) => StateHarness.Node(node) with
    {
        Service = StateHarness.Service("web", port: port),
        Checks = [StateHarness.Check("web-check", status, "web")],
    };

    [Fact]
    public void A_registration_is_found_by_every_lookup_in_any_case()
    {
        _state.Register(Web("Node1"));
        Assert.Equal("Node1", _state.Catalog.FindNode("nODE1")!.Name);
        Assert.Equal("web", _state.Catalog.FindService("node1", "WEB")!.Name);
        Assert.Equal("web", _state.Catalog.FindCheck("NODE1", "web-check")!.ServiceName);
        ServiceInstance instance = Assert.Single(_state.Catalog.Service("WEB").Instances);
        Assert.Equal("web-check", Assert.Single(instance.Checks).CheckId);
    }

    [Fact]
    public void The_same_registration_repeated_changes_nothing()
    {
        long index = _state.Register(Web("n1")).Index;
        Assert.True(_state.Catalog.IsUnchangedBy(Web("n1")));
        CatalogTables before = _state.Catalog;
        _state.Register(Web("N1") with { Node = Web("n1").Node });
        Assert.Same(before, _state.Catalog);
        Assert.Equal(index, _state.Catalog.Service("web").Index);
        Assert.Empty(_state.Changes.Services);
        Assert.False(_state.Changes.Changed(WatchTable.Services));
    }

    [Fact]
    public void A_changed_registration_is_told_from_an_unchanged_one()
    {
        _state.Register(Web("n1"));
        Assert.False(_state.Catalog.IsUnchangedBy(Web("n1", port: 81)));
        Assert.False(_state.Catalog.IsUnchangedBy(Web("n1", status: "critical")));
        Assert.False(_state.Catalog.IsUnchangedBy(Web("n2")));
    }

    [Fact]
    public void A_service_index_moves_with_its_instances_checks_and_nodes_only()
    {
        _state.Register(Web("n1"));
        long check = _state.Register(Web("n1", status: "warning")).Index;
        Assert.Equal(check, _state.Catalog.Service("web").Index);
        _state.Register(StateHarness.Node("n2") with { Service = StateHarness.Service("db") });
        Assert.Equal(check, _state.Catalog.Service("web").Index);
        long node = _state.Register(StateHarness.Node("n1", address: "10.9.9.9")).Index;
        Assert.Equal(node, _state.Catalog.Service("web").Index);
    }

    [Fact]
    public void A_node_check_counts_for_every_service_on_the_node()
    {
        _state.Register(Web("n1"));
        long index = _state.Register(StateHarness.Node("n1") with { Checks = [StateHarness.Check("serfHealth", "critical")] }).Index;
        ServiceView web = _state.Catalog.Service("web");
        Assert.Equal(index, web.Index);
        Assert.Equal(["serfHealth", "web-check"], web.Instances[0].Checks.Select(c => c.CheckId));
        Assert.False(web.Instances[0].NotCritical);
        Assert.Contains("web", _state.Changes.Services);
    }

    [Fact]
    public void A_view_object_lives_exactly_as_long_as_nothing_in_it_changes()
    {
        _state.Register(Web("n1"));
        ServiceView first = _state.Catalog.Service("web");
        _state.Register(StateHarness.Node("n2") with { Service = StateHarness.Service("db") });
        Assert.Same(first, _state.Catalog.Service("web"));
        _state.Register(Web("n1", port: 8080));
        Assert.NotSame(first, _state.Catalog.Service("web"));
    }

    [Fact]
    public void A_service_without_instances_has_the_index_of_the_last_service_that_vanished()
    {
        _state.Register(Web("n1"));
        long gone = _state.Deregister("n1", service: "web").Index;
        _state.Register(StateHarness.Node("n2"));
        Assert.Equal(gone, _state.Catalog.Service("web").Index);
        Assert.Equal(gone, _state.Catalog.Service("never").Index);
        Assert.Empty(_state.Catalog.Service("web").Instances);
    }

    [Fact]
    public void Before_any_service_vanished_a_missing_one_has_the_highest_table_index()
    {
        long index = _state.Register(Web("n1")).Index;
        Assert.Equal(index, _state.Catalog.Service("nope").Index);
    }

    [Fact]
    public void Deregistering_a_service_takes_its_checks_along()
    {
        _state.Register(Web("n1"));
        _state.Deregister("N1", service: "WEB");
        Assert.Null(_state.Catalog.FindCheck("n1", "web-check"));
        Assert.Empty(_state.Catalog.ServiceNames());
        Assert.NotNull(_state.Catalog.FindNode("n1"));
    }

    [Fact]
    public void Deregistering_a_node_takes_everything_along()
    {
        _state.Register(Web("n1"));
        long index = _state.Deregister("n1").Index;
        Assert.Null(_state.Catalog.FindNode("n1"));
        Assert.Empty(_state.Catalog.Services());
        Assert.Empty(_state.Catalog.Checks());
        Assert.Equal(index, _state.Catalog.NodeIndex("n1"));
        Assert.Equal((index, index, index), (_state.Catalog.NodesIndex, _state.Catalog.ServicesIndex, _state.Catalog.ChecksIndex));
    }

    [Fact]
    public void Deregistering_what_is_not_there_changes_nothing()
    {
        _state.Register(Web("n1"));
        CatalogTables before = _state.Catalog;
        Assert.True(_state.Deregister("nope").IsApplied);
        Assert.True(_state.Deregister("n1", service: "nope").IsApplied);
        Assert.Same(before, _state.Catalog);
    }

    [Fact]
    public void A_check_for_an_unknown_service_refuses_the_whole_registration()
    {
        CommandResult result = _state.Register(StateHarness.Node("e1") with { Checks = [StateHarness.Check("c", "passing", "zz")] });
        Assert.Equal("Unknown service ID 'zz' for check ID 'c'", result.Refusal);
        Assert.Null(_state.Catalog.FindNode("e1"));
    }

    [Fact]
    public void Skip_node_update_creates_a_missing_node_and_leaves_an_existing_one()
    {
        _state.Register(StateHarness.Node("n1", "10.0.0.1"));
        _state.Register(StateHarness.Node("n1", "10.0.0.2") with { SkipNodeUpdate = true, Service = StateHarness.Service("web") });
        _state.Register(StateHarness.Node("n2", "") with { SkipNodeUpdate = true });
        Assert.Equal("10.0.0.1", _state.Catalog.FindNode("n1")!.Address);
        Assert.NotNull(_state.Catalog.FindNode("n2"));
    }

    [Fact]
    public void The_same_id_under_a_new_name_is_a_rename_that_drops_the_old_node_and_all_on_it()
    {
        _state.Register(Web("old") with { Node = StateHarness.Node("old", id: IdA).Node });
        _state.Register(StateHarness.Node("new", id: IdA));
        Assert.Null(_state.Catalog.FindNode("old"));
        Assert.Empty(_state.Catalog.Services());
        Assert.Equal(IdA, _state.Catalog.FindNode("new")!.Id);
    }

    [Fact]
    public void A_live_name_cannot_be_taken_by_another_id()
    {
        _state.Register(StateHarness.Node("n1", id: IdA) with { Checks = [StateHarness.Check("serfHealth", "passing")] });
        CommandResult result = _state.Register(StateHarness.Node("n1", "10.0.0.2", IdB));
        Assert.Equal($"failed inserting node: Error while renaming Node ID: \"{IdB}\": Node name n1 is reserved by node {IdA} with name n1 (10.0.0.1)", result.Refusal);
        Assert.Equal(IdA, _state.Catalog.FindNode("n1")!.Id);
    }

    [Theory]
    [InlineData("critical")]
    [InlineData(null)]
    public void A_name_that_is_not_alive_can_be_taken_over(string? serfHealth)
    {
        CheckRecord[] checks = serfHealth is null ? [] : [StateHarness.Check("serfHealth", serfHealth)];
        _state.Register(StateHarness.Node("n1", id: IdA) with { Checks = checks });
        Assert.True(_state.Register(StateHarness.Node("n1", "10.0.0.2", IdB)).IsApplied);
        Assert.Equal(IdB, _state.Catalog.FindNode("n1")!.Id);
        Assert.Null(_state.Catalog.FindNodeByNameOrId(IdA));
    }

    [Fact]
    public void A_registration_without_id_clears_the_id()
    {
        _state.Register(StateHarness.Node("n1", id: IdA));
        _state.Register(StateHarness.Node("n1"));
        Assert.Equal("", _state.Catalog.FindNode("n1")!.Id);
        Assert.Null(_state.Catalog.FindNodeByNameOrId("1111"));
    }

    [Theory]
    [InlineData("1111", "a")]
    [InlineData("111", "a")]
    [InlineData("1", null)]
    [InlineData("zz", null)]
    [InlineData("a", "a")]
    public void A_node_is_found_by_name_or_by_unique_id_prefix(string asked, string? expected)
    {
        _state.Register(StateHarness.Node("a", id: IdA));
        _state.Register(StateHarness.Node("b", id: IdB));
        Assert.Equal(expected, _state.Catalog.FindNodeByNameOrId(asked)?.Name);
    }

    [Fact]
    public void An_ambiguous_id_prefix_finds_nothing()
    {
        _state.Register(StateHarness.Node("a", id: "11111111-1111-1111-1111-111111111111"));
        _state.Register(StateHarness.Node("b", id: "11222222-1111-1111-1111-111111111111"));
        Assert.Null(_state.Catalog.FindNodeByNameOrId("11"));
    }

    [Fact]
    public void Renaming_a_service_moves_the_instance_between_the_groups()
    {
        _state.Register(StateHarness.Node("n1") with { Service = StateHarness.Service("web", "id1") });
        _state.Register(StateHarness.Node("n1") with { Service = StateHarness.Service("api", "id1") });
        Assert.Equal(["api"], _state.Catalog.ServiceNames());
        Assert.Empty(_state.Catalog.Service("web").Instances);
        Assert.Contains("web", _state.Changes.Services);
        Assert.Contains("api", _state.Changes.Services);
    }

    [Fact]
    public void Names_with_separators_inside_do_not_collide()
    {
        _state.Register(StateHarness.Node("a\0b") with { Service = StateHarness.Service("x", "c") });
        _state.Register(StateHarness.Node("a") with { Service = StateHarness.Service("y", "b\0c") });
        Assert.Single(_state.Catalog.ServicesOfNode("a"));
        Assert.Single(_state.Catalog.ServicesOfNode("a\0b"));
    }

    [Fact]
    public void Instances_come_in_order_of_node_and_service_id()
    {
        foreach ((string node, string id) in new[] { ("n2", "B"), ("N1", "z"), ("n2", "a") })
            _state.Register(StateHarness.Node(node) with { Service = StateHarness.Service("web", id) });
        Assert.Equal(["N1/z", "n2/a", "n2/B"], _state.Catalog.Service("web").Instances.Select(i => $"{i.Node.Name}/{i.Service.Id}"));
    }

    [Fact]
    public void Nodes_are_found_by_their_address()
    {
        _state.Register(StateHarness.Node("n1", "10.0.0.7"));
        _state.Register(StateHarness.Node("n2", "10.0.0.70"));
        Assert.Equal(["n1"], _state.Catalog.NodesByAddress("10.0.0.7").Select(n => n.Name));
        _state.Register(StateHarness.Node("n1", "10.0.0.8"));
        Assert.Empty(_state.Catalog.NodesByAddress("10.0.0.7"));
    }
}
