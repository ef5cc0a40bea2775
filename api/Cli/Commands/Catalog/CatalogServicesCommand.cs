using System.Text.Json;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Catalog;

/// <summary>catalog services (cli 8).</summary>
internal sealed class CatalogServicesCommand : ClientCommand
{
    private readonly StringFlag _node;
    private readonly MapFlag _nodeMeta;
    private readonly BoolFlag _tags;

    /// <summary>Declares the flags.</summary>
    public CatalogServicesCommand() : base(ClientFlagGroups.Server | ClientFlagGroups.Namespace)
    {
        _node = Declare(new StringFlag("node", "Lists only services that run on the node with this name or ID."));
        _nodeMeta = Declare(new MapFlag("node-meta", "Metadata key=value that the services' nodes must have. May be given several times."));
        _tags = Declare(new BoolFlag("tags", "Prints the tags of each service too. The default value is false."));
    }

    /// <inheritdoc/>
    public override string Usage => "catalog services [options]";

    /// <inheritdoc/>
    public override string Description => """
        Prints the names of all registered services.

            $ consul catalog services

        Those of one node:

            $ consul catalog services -node=web-1
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var io = call.Io;
        if (call.TooMany(0) is { } tooMany)
            return io.Fail(tooMany);
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var node = _node.Get(call.Flags);
        var query = new ApiQuery(node.Length == 0 ? "/v1/catalog/services" : "/v1/catalog/node/" + Uri.EscapeDataString(node));
        foreach (var (key, value) in _nodeMeta.Get(call.Flags))
            query.With("node-meta", $"{key}:{value}");
        var answer = await client.GetAsync(query, cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
            return io.Fail($"Error listing services: {error}");
        using var json = answer.ReadJson(out var jsonError);
        if (json is null)
            return io.Fail($"Error listing services: {jsonError}");
        var services = node.Length == 0 ? TagsByName(json.RootElement) : TagsByInstance(json.RootElement);
        if (services.Count == 0)
        {
            io.Error.WriteLine("No services match the given query - try expanding your search.");
            return ExitCode.Success;
        }

        io.Out.Write(_tags.Get(call.Flags)
            ? ColumnTable.FormatTabs([.. services.Select(service => new[] { service.Key, string.Join(',', service.Value.Order(StringComparer.Ordinal)) })])
            : string.Concat(services.Keys.Select(name => name + "\n")));
        return ExitCode.Success;
    }

    private static SortedDictionary<string, List<string>> TagsByName(JsonElement services)
    {
        var tags = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var service in services.Members())
            tags[service.Name] = [.. service.Value.Elements().Select(tag => tag.AsText())];
        return tags;
    }

    /// <summary>The node answer lists instances: tags of all instances of a name are put together.</summary>
    private static SortedDictionary<string, List<string>> TagsByInstance(JsonElement node)
    {
        var tags = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var instance in node.Field("Services").Members())
        {
            var name = instance.Value.Text("Service");
            if (!tags.TryGetValue(name, out var all))
                tags[name] = all = [];
            all.AddRange(instance.Value.Field("Tags").Elements().Select(tag => tag.AsText()));
        }

        return tags;
    }
}
