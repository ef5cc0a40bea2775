using System.Text.Json;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Catalog;

/// <summary>catalog nodes (cli 8).</summary>
internal sealed class CatalogNodesCommand : ClientCommand
{
    private readonly BoolFlag _detailed;
    private readonly StringFlag _filter;
    private readonly StringFlag _near;
    private readonly MapFlag _nodeMeta;
    private readonly StringFlag _service;

    /// <summary>Declares the flags.</summary>
    public CatalogNodesCommand() : base(ClientFlagGroups.Server | ClientFlagGroups.Partition)
    {
        _detailed = Declare(new BoolFlag("detailed", "Prints tagged addresses and metadata beside the usual columns. The default value is false."));
        _filter = Declare(new StringFlag("filter", "Filter expression that the nodes must match; @file reads it from a file, - from standard input."));
        _near = Declare(new StringFlag("near", "Node to sort by: the nearest comes first. _agent stands for the agent's own node."));
        _nodeMeta = Declare(new MapFlag("node-meta", "Metadata key=value that the nodes must have. May be given several times."));
        _service = Declare(new StringFlag("service", "Lists only nodes that run this service."));
    }

    /// <inheritdoc/>
    public override string Usage => "catalog nodes [options]";

    /// <inheritdoc/>
    public override string Description => """
        Prints the nodes of a datacenter.

            $ consul catalog nodes

        Those that run a service:

            $ consul catalog nodes -service=web
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var io = call.Io;
        if (call.TooMany(0) is { } tooMany)
            return io.Fail(tooMany);
        if (TextArgument.Read(_filter.Get(call.Flags), io, out var filter) is { } filterError)
            return io.Fail($"Error! Failed to process filter argument: {filterError}");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var service = _service.Get(call.Flags);
        var query = new ApiQuery(service.Length == 0 ? "/v1/catalog/nodes" : "/v1/catalog/service/" + Uri.EscapeDataString(service));
        foreach (var (key, value) in _nodeMeta.Get(call.Flags))
            query.With("node-meta", $"{key}:{value}");
        query.WithOptional("near", _near.Get(call.Flags)).WithOptional("filter", filter);
        var answer = await client.GetAsync(query, cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
            return io.Fail($"Error listing nodes: {error}");
        using var json = answer.ReadJson(out var jsonError);
        if (json is null)
            return io.Fail($"Error listing nodes: {jsonError}");
        var rows = json.RootElement.Elements().Select(node => Row(node, _detailed.Get(call.Flags), service.Length > 0)).ToList();
        if (rows.Count == 0)
        {
            io.Error.WriteLine("No nodes match the given query - try expanding your search.");
            return ExitCode.Success;
        }

        string[] header = _detailed.Get(call.Flags) ? ["Node", "ID", "Address", "DC", "TaggedAddresses", "Meta"] : ["Node", "ID", "Address", "DC"];
        io.Out.Write(ColumnTable.Format([header, .. rows]));
        return ExitCode.Success;
    }

    private static string[] Row(JsonElement node, bool detailed, bool isServiceAnswer)
    {
        var (name, id, address, datacenter) = (node.Text("Node"), node.Text("ID"), node.Text("Address"), node.Text("Datacenter"));
        if (!detailed)
            return [name, id.Split('-')[0], address, datacenter];
        return [name, id, address, datacenter, Map(node.Field("TaggedAddresses")), Map(node.Field(isServiceAnswer ? "NodeMeta" : "Meta"))];
    }

    private static string Map(JsonElement map) =>
        string.Join(", ", map.Members().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{member.Name}={member.Value.AsText()}"));
}
