using System.Text.Json;
using Praetor.Api.Http.Coordinates;
using Praetor.Core.Gossip.Coordinates;
using Praetor.Core.State.Coordinates;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>Network coordinates of nodes (http-core 8.2, cli 8 'rtt').</summary>
public sealed class CoordinateTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    [Fact]
    public async Task A_coordinate_that_was_sent_is_that_of_the_node()
    {
        HostedAgent agent = cluster.Client;
        await RegisteredAsync("far");

        Assert.Equal((200, ""), await PutAsync(At("far", 0.05)));

        await agent.UntilAsync(async () => (await agent.GetAsync("/v1/coordinate/node/far")).Status == 200, "the coordinate");
        JsonElement placed = Assert.Single((await agent.JsonAsync("/v1/coordinate/node/far")).EnumerateArray());
        Assert.Equal(["Node", "Segment", "Coord"], placed.EnumerateObject().Select(static member => member.Name));
        JsonElement coordinate = placed.GetProperty("Coord");
        Assert.Equal(["Vec", "Error", "Adjustment", "Height"], coordinate.EnumerateObject().Select(static member => member.Name));
        Assert.Equal((8, 0.05), (coordinate.GetProperty("Vec").GetArrayLength(), coordinate.GetProperty("Vec")[0].GetDouble()));
        Assert.Contains((await agent.JsonAsync("/v1/coordinate/nodes")).EnumerateArray(), static each => each.GetProperty("Node").GetString() == "far");
    }

    [Fact]
    public async Task What_an_agent_sends_of_itself_is_taken()
    {
        await RegisteredAsync("sender");
        var place = new Coordinate([0.25, 0, 0, 0, 0, 0, 0, 0], 0.5, 0, Coordinate.MinHeight);

        Assert.Equal((200, ""), await PutAsync(System.Text.Encoding.UTF8.GetString(CoordinateRoom.UpdateBody(new NodeCoordinate("sender", place)))));

        await cluster.Client.UntilAsync(async () => (await cluster.Client.GetAsync("/v1/coordinate/node/sender")).Status == 200, "the coordinate");
        Assert.Equal(0.25, (await cluster.Client.JsonAsync("/v1/coordinate/node/sender"))[0].GetProperty("Coord").GetProperty("Vec")[0].GetDouble());
    }

    [Fact]
    public async Task The_command_tells_the_distance_of_two_nodes()
    {
        await RegisteredAsync("east");
        await RegisteredAsync("west");
        await PutAsync(At("east", 0.010));
        await PutAsync(At("west", -0.010));
        await cluster.Client.UntilAsync(async () => (await cluster.Client.GetAsync("/v1/coordinate/node/west")).Status == 200, "the coordinate");

        Assert.Equal((0, "Estimated EAST <-> west rtt: 20.020 ms (using LAN coordinates)\n", ""), await cluster.Client.RunAsync("rtt", "EAST", "west"));
    }

    [Fact]
    public async Task Lists_are_sorted_by_the_distance_from_a_node()
    {
        foreach ((string node, double x) in new[] { ("near-a", 0.300), ("near-b", 0.100), ("near-c", 0.200), ("near-me", 0.0) })
        {
            Assert.Equal(200, (await cluster.Client.SendAsync("PUT", "/v1/catalog/register",
                $$$"""{"Node": "{{{node}}}", "Address": "10.0.0.1", "NodeMeta": {"near": "yes"}, "Service": {"Service": "nearby"}, "Check": {"Name": "near-check", "ServiceID": "nearby", "Status": "warning"}}""")).Status);
            Assert.Equal((200, ""), await PutAsync(At(node, x)));
        }

        await RegisteredAsync("near-unplaced");
        Assert.Equal(200, (await cluster.Client.SendAsync("PUT", "/v1/catalog/register", """{"Node": "near-unplaced", "Address": "10.0.0.1", "NodeMeta": {"near": "yes"}, "Service": {"Service": "nearby"}}""")).Status);
        await cluster.Client.UntilAsync(async () => (await cluster.Client.GetAsync("/v1/coordinate/node/near-me")).Status == 200, "the coordinate");

        string[] byDistance = ["near-me", "near-b", "near-c", "near-a", "near-unplaced"];
        foreach (HostedAgent agent in new[] { cluster.Client, cluster.Agents[0] })
        {
            Assert.Equal(byDistance, await NodesAsync(agent, "/v1/catalog/nodes?node-meta=near:yes&near=near-me", static row => row));
            Assert.Equal(byDistance, await NodesAsync(agent, "/v1/catalog/service/nearby?near=near-me", static row => row));
            Assert.Equal(byDistance, await NodesAsync(agent, "/v1/health/service/nearby?near=NEAR-ME", static row => row.GetProperty("Node")));
            Assert.Equal(byDistance[..4], await NodesAsync(agent, "/v1/health/checks/nearby?near=near-me", static row => row));
            Assert.Equal(byDistance[..4], await NodesAsync(agent, "/v1/health/state/warning?near=near-me", static row => row));
        }

        // From nowhere, the order is that of the catalog.
        Assert.Equal(byDistance.Order(StringComparer.Ordinal), await NodesAsync(cluster.Client, "/v1/catalog/service/nearby?near=near-unplaced", static row => row));
        Assert.Equal(byDistance.Order(StringComparer.Ordinal), await NodesAsync(cluster.Client, "/v1/catalog/service/nearby?near=nobody", static row => row));
    }

    [Fact]
    public async Task A_node_without_a_coordinate_is_not_found()
    {
        Reply reply = await cluster.Client.GetAsync("/v1/coordinate/node/nowhere");

        Assert.Equal((404, ""), (reply.Status, reply.Body));
        Assert.Equal((1, "", "Could not find a coordinate for node \"nowhere\"\n"), await cluster.Client.RunAsync("rtt", "nowhere", "else"));
    }

    [Fact]
    public async Task A_node_that_nobody_registered_gets_none()
    {
        await RegisteredAsync("known");
        await PutAsync(At("unknown", 1));
        await PutAsync(At("known", 1));
        await cluster.Client.UntilAsync(async () => (await cluster.Client.GetAsync("/v1/coordinate/node/known")).Status == 200, "the other coordinate");

        Assert.Equal(404, (await cluster.Client.GetAsync("/v1/coordinate/node/unknown")).Status);
    }

    [Fact]
    public async Task Servers_know_the_coordinates_of_the_WAN()
    {
        JsonElement datacenter = Assert.Single((await cluster.Client.JsonAsync("/v1/coordinate/datacenters")).EnumerateArray());

        Assert.Equal(("dc1", "wan"), (datacenter.GetProperty("Datacenter").GetString(), datacenter.GetProperty("AreaID").GetString()));
        Assert.All(datacenter.GetProperty("Coordinates").EnumerateArray(), static each => Assert.DoesNotContain('.', each.GetProperty("Node").GetString()!));
    }

    [Theory]
    [InlineData("""{"Node": "n", "Coord": {"Vec": [1, 2]}}""", 500, "incompatible coordinate")]
    [InlineData("""{"Node": "n"}""", 500, "invalid coordinate")]
    [InlineData("""{"Node": "n", "Coord": """, 400, "Request decode failed: unexpected EOF")]
    public async Task A_coordinate_that_makes_no_sense_is_refused(string body, int status, string text) =>
        Assert.Equal((status, text), await PutAsync(body));

    [Fact]
    public async Task Without_coordinates_all_of_it_is_refused()
    {
        await using AgentCluster without = await AgentCluster.StartAsync(servers: 1, settings: """{"disable_coordinates": true}""");
        foreach ((string method, string path) in new[] { ("GET", "nodes"), ("GET", "node/x"), ("GET", "datacenters"), ("PUT", "update") })
        {
            Reply refused = await without.Agents[0].SendAsync(method, $"/v1/coordinate/{path}", method == "PUT" ? "{}" : null);
            Assert.Equal((401, "Coordinate support disabled"), (refused.Status, refused.Body));
        }
    }

    private static async Task<string[]> NodesAsync(HostedAgent agent, string path, Func<JsonElement, JsonElement> nodeOf) =>
        [.. (await agent.JsonAsync(path)).EnumerateArray().Select(row => nodeOf(row).GetProperty("Node").GetString()!)];

    private static string At(string node, double x) => JsonSerializer.Serialize(new
    {
        Node = node,
        Coord = new { Vec = new[] { x, 0, 0, 0, 0, 0, 0, 0 }, Error = 1.5, Adjustment = 0, Height = 0.00001 },
    });

    private async Task RegisteredAsync(string node) =>
        Assert.Equal(200, (await cluster.Client.SendAsync("PUT", "/v1/catalog/register", $$"""{"Node": "{{node}}", "Address": "10.0.0.1"}""")).Status);

    private async Task<(int Status, string Body)> PutAsync(string body)
    {
        Reply reply = await cluster.Client.SendAsync("PUT", "/v1/coordinate/update", body);
        return (reply.Status, reply.Body);
    }
}
