using System.Net;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Coordinates;
using Praetor.Core.State.Queries;
using Praetor.Core.State.Sessions;
using Praetor.Storage.Heap;
using Praetor.Tests.Support;

namespace Praetor.Tests.State;

/// <summary>Prepared queries in the state: what survives a snapshot, and the order of what they find (http-core 9.3).</summary>
public sealed class QueryStateTests
{
    private static readonly QuerySource s_source = new("n1", null);

    private readonly StateHarness _state = new();

    public QueryStateTests()
    {
        for (int i = 1; i <= 12; i++)
            _state.Register(new RegisterRequest { Node = StateHarness.Node($"n{i}", $"10.0.0.{i}").Node, Service = StateHarness.Service("web") });
    }

    [Fact]
    public void Queries_survive_a_snapshot_with_their_templates_and_sessions()
    {
        _state.Apply(Commands.SessionCreate(new SessionRecord { Id = "11111111-1111-1111-1111-111111111111", Node = "n1" }));
        Set(Full);
        Set(new PreparedQuery { Id = "00000000-0000-0000-0000-000000000002", Session = "11111111-1111-1111-1111-111111111111", Service = new QueriedService { Name = "web" } });

        using var snapshot = new MemoryStream();
        StateMachine.WriteSnapshot(_state.Root, _state.Heap, snapshot);
        snapshot.Position = 0;
        StateHarness restored = StateHarness.Restored(snapshot, new MemoryRecordHeap());

        Assert.Equal(_state.Root.Queries.Index, restored.Root.Queries.Index);
        Assert.Equal("web-x", restored.Root.Queries.Resolve("geo-x", out _)!.Service.Name);
        Assert.Equivalent(_state.Root.Queries.All().ToArray(), restored.Root.Queries.All().ToArray(), strict: true);
        restored.Apply(Commands.SessionDestroy("11111111-1111-1111-1111-111111111111"));
        Assert.Equal([Full.Id], restored.Root.Queries.All().Select(static query => query.Id));
    }

    [Fact]
    public void Nodes_without_a_coordinate_come_last()
    {
        Place(("n5", 0), ("n7", 20), ("n6", 10));

        Assert.Equal(["n5", "n6", "n7"], Run("n5").Take(3));
    }

    [Fact]
    public void The_node_itself_leads_although_others_are_nearer()
    {
        // Its own access link counts twice on the way to itself.
        _state.Apply(Commands.CoordinateUpdate([new NodeCoordinate("n5", new([0, 0, 0, 0, 0, 0, 0, 0], 0.1, 0, 0.050))]));
        Place(("n6", 0), ("n7", 20));

        Assert.Equal(["n5", "n6", "n7"], Run("n5").Take(3));
    }

    [Fact]
    public void The_node_itself_does_not_lead_from_beyond_the_first_ten()
    {
        _state.Apply(Commands.CoordinateUpdate([new NodeCoordinate("n5", new([0, 0, 0, 0, 0, 0, 0, 0], 0.1, 0, 10))]));
        Place([.. Enumerable.Range(1, 12).Where(static i => i != 5).Select(static i => ($"n{i}", (double)i))]);

        Assert.Equal("n1", Run("n5")[0]);
        Assert.Equal("n5", Run("n5")[11]);
    }

    [Theory]
    [InlineData("_agent", "n1")]
    [InlineData("_ip", "n3")]
    [InlineData("n2", "n2")]
    public void Who_asks_decides_over_what_the_query_says(string near, string first)
    {
        Place(("n1", 0), ("n2", 10), ("n3", 20), ("n4", 30));

        Assert.Equal(first, Run("n4", new QuerySource("n1", IPAddress.Parse("10.0.0.3"), near))[0]);
    }

    [Fact]
    public void An_address_of_no_node_sorts_nothing()
    {
        Place(("n1", 0), ("n2", 10));

        Assert.Equal(12, Run("_ip", new QuerySource("n1", IPAddress.Loopback)).Length);
    }

    private static PreparedQuery Full => new()
    {
        Id = "00000000-0000-0000-0000-000000000001",
        Name = "geo-",
        Token = "secret",
        TemplateType = "name_prefix_match",
        TemplateRegexp = "^geo-(.*)$",
        RemoveEmptyTags = true,
        DnsTtl = "5s",
        Service = new QueriedService
        {
            Name = "web-${match(1)}",
            NearestN = 2,
            FailoverDatacenters = ["dc2"],
            FailoverTargets = [new FailoverTarget("p", ""), new FailoverTarget("", "dc3")],
            OnlyPassing = true,
            IgnoreCheckIds = ["c"],
            Near = "_agent",
            Tags = ["a", "!b"],
            NodeMeta = new Dictionary<string, string> { ["k"] = "v" },
            ServiceMeta = new Dictionary<string, string> { ["x"] = "y" },
            Connect = true,
            Peer = "p",
        },
    };

    private void Set(PreparedQuery query) => Assert.True(_state.Apply(Commands.QuerySet(query, mustExist: false)).IsApplied);

    private void Place(params (string Node, double Ms)[] places) =>
        _state.Apply(Commands.CoordinateUpdate([.. places.Select(static place => new NodeCoordinate(place.Node, CoordinateLine.At(place.Ms)))]));

    private string[] Run(string near, QuerySource? source = null)
    {
        var query = new PreparedQuery { Service = new QueriedService { Name = "web", Near = near } };
        return [.. QueryExecution.Run(_state.Root, query, source ?? s_source, limit: 0, new Random(1)).Instances.Select(static instance => instance.Node.Name)];
    }
}
