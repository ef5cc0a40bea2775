using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>The catalog as a server's own agent reaches it.</summary>
public sealed class ServerCatalogAccess(ServerRuntime server) : ICatalogAccess
{
    /// <inheritdoc/>
    public async ValueTask<NodeReading> ReadNodeAsync(string node, long afterIndex, TimeSpan limit, CancellationToken cancellation)
    {
        StateRoot root = await server.ReadAsync(ReadConsistency.Default, cancellation).ConfigureAwait(false);
        if (afterIndex <= 0)
            return Reading(root.Catalog, node);
        using WatchTicket ticket = server.Watches.Register(WatchTopic.Node(node));
        NodeReading reading = Reading(server.Root.Catalog, node);
        if (reading.Index > afterIndex)
            return reading;
        await ticket.WaitAsync(limit, cancellation).ConfigureAwait(false);
        return Reading(server.Root.Catalog, node);
    }

    /// <inheritdoc/>
    public async ValueTask<string?> RegisterAsync(RegisterRequest request, string token, CancellationToken cancellation)
    {
        StateRoot root = await server.ReadAsync(ReadConsistency.Default, cancellation).ConfigureAwait(false);
        if (root.Catalog.IsUnchangedBy(request))
            return null;
        return (await server.ProposeAsync(Commands.Register(request), cancellation).ConfigureAwait(false)).Refusal;
    }

    /// <inheritdoc/>
    public async ValueTask<string?> DeregisterAsync(DeregisterRequest request, string token, CancellationToken cancellation)
    {
        StateRoot root = await server.ReadAsync(ReadConsistency.Default, cancellation).ConfigureAwait(false);
        if (root.Catalog.IsUnchangedBy(request))
            return null;
        return (await server.ProposeAsync(Commands.Deregister(request), cancellation).ConfigureAwait(false)).Refusal;
    }

    private static NodeReading Reading(CatalogTables catalog, string name)
    {
        long index = Math.Max(1, catalog.NodeIndex(name));
        return catalog.FindNode(name) is { } node
            ? new NodeReading(index, new NodeView(node, [.. catalog.ServicesOfNode(name)], [.. catalog.ChecksOfNode(name)]))
            : new NodeReading(index, null);
    }
}
