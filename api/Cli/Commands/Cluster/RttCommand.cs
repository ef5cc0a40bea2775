using System.Globalization;
using System.Text.Json;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Core.Gossip.Coordinates;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>rtt (cli 8).</summary>
internal sealed class RttCommand : ClientCommand
{
    private readonly BoolFlag _wan;

    /// <summary>Declares the flags.</summary>
    public RttCommand()
        : base(ClientFlagGroups.Client)
        => _wan = Declare(new BoolFlag("wan", "Uses WAN coordinates; names are <node>.<datacenter>."));

    /// <inheritdoc/>
    public override string Usage => "rtt [options] node1 [node2]";

    /// <inheritdoc/>
    public override string Description => """
        Estimates the round trip between two nodes from their network coordinates. The second is the agent's own unless given.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        if (call.Arguments.Count is not (1 or 2))
            return call.FailWithHelp(this, "One or two node names must be specified");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        bool wan = _wan.Get(call.Flags);
        string first = call.Arguments[0];
        string second;
        if (call.Arguments.Count == 2)
        {
            second = call.Arguments[1];
        }
        else
        {
            var self = await client.GetAsync(new ApiQuery("/v1/agent/self"), cancellation).ConfigureAwait(false);
            using var json = self.Error is null ? self.ReadJson(out _) : null;
            if (json is null)
                return call.Io.Fail($"Unable to look up agent info: {self.Error ?? "the agent's answer is not JSON"}");
            var config = json.RootElement.Field("Config");
            second = wan ? $"{config.Text("NodeName")}.{config.Text("Datacenter")}" : config.Text("NodeName");
        }

        if (wan && !(IsQualified(first) && IsQualified(second)))
            return call.Io.Fail("Node names must be specified as <node name>.<datacenter> with -wan");
        var coordinates = await client.GetAsync(new ApiQuery(wan ? "/v1/coordinate/datacenters" : "/v1/coordinate/nodes"), cancellation).ConfigureAwait(false);
        using var listed = coordinates.Error is null ? coordinates.ReadJson(out _) : null;
        if (listed is null)
            return call.Io.Fail($"Error getting coordinates: {coordinates.Error ?? "the agent's answer is not JSON"}");
        Dictionary<string, Coordinate> known = wan ? OfDatacenters(listed.RootElement) : OfNodes(listed.RootElement, "");
        foreach (string name in new[] { first, second })
        {
            if (!known.ContainsKey(name))
                return call.Io.Fail($"Could not find a coordinate for node \"{name}\"");
        }

        string milliseconds = (known[first].DistanceTo(known[second]) * 1000).ToString("0.000", CultureInfo.InvariantCulture);
        call.Io.Out.WriteLine($"Estimated {first} <-> {second} rtt: {milliseconds} ms (using {(wan ? "WAN" : "LAN")} coordinates)");
        return ExitCode.Success;
    }

    private static bool IsQualified(string name) => name.IndexOf('.', StringComparison.Ordinal) > 0 && name.Count(static letter => letter == '.') == 1;

    private static Dictionary<string, Coordinate> OfDatacenters(JsonElement list)
    {
        var known = new Dictionary<string, Coordinate>(StringComparer.OrdinalIgnoreCase);
        foreach (var datacenter in list.Elements())
        {
            foreach ((string name, Coordinate coordinate) in OfNodes(datacenter.Field("Coordinates"), "." + datacenter.Text("Datacenter")))
                known[name] = coordinate;
        }

        return known;
    }

    private static Dictionary<string, Coordinate> OfNodes(JsonElement list, string suffix)
    {
        var known = new Dictionary<string, Coordinate>(StringComparer.OrdinalIgnoreCase);
        foreach (var node in list.Elements())
        {
            var coordinate = node.Field("Coord");
            double[] vec = [.. coordinate.Field("Vec").Elements().Select(static part => part.GetDouble())];
            if (vec.Length == Coordinate.Dimensions)
                known[node.Text("Node") + suffix] = new Coordinate(vec, Real(coordinate, "Error"), Real(coordinate, "Adjustment"), Real(coordinate, "Height"));
        }

        return known;
    }

    private static double Real(JsonElement coordinate, string name) => coordinate.Field(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : 0;
}
