using Microsoft.Extensions.Logging;
using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>
/// Tells the catalog what it does not know, in the order of http-agent 4.1: the node, what is gone, services with their checks, other
/// checks. Within a step the requests are under way together, so that they share a disk write. A refusal does not stop the others.
/// </summary>
internal sealed class CatalogPush(LocalState state, ICatalogAccess catalog, ILogger logger)
{
    private const int MaxUnderWay = 64;

    /// <summary>False if a request failed in a way that may pass. Throws if there is no use in going on.</summary>
    public async Task<bool> PushAsync(CancellationToken cancellation)
    {
        PendingSync pending = state.TakePending();
        bool done = true;
        bool nodeInSync = pending.NodeInSync;
        if (!nodeInSync)
            done = nodeInSync = await PushNodeAsync(pending.Node, cancellation).ConfigureAwait(false);

        await ForEachAsync(pending.DepartedServices, gone => DropServiceAsync(pending.Node.Name, gone, cancellation)).ConfigureAwait(false);
        await ForEachAsync(pending.DepartedChecks, gone => DropCheckAsync(pending.Node.Name, gone, cancellation)).ConfigureAwait(false);

        var withService = pending.Services.ToDictionary(service => service.Record.Id,
            service => pending.Checks.Where(check => check.Record.ServiceId == service.Record.Id && check.Token == service.Token).ToList(), StringComparer.Ordinal);
        await ForEachAsync(pending.Services,
            service => PushServiceAsync(pending.Node, nodeInSync, service, withService[service.Record.Id], cancellation)).ConfigureAwait(false);

        var pushed = withService.Values.SelectMany(checks => checks).ToHashSet(ReferenceEqualityComparer.Instance);
        await ForEachAsync([.. pending.Checks.Where(check => !pushed.Contains(check))],
            check => PushCheckAsync(pending.Node, nodeInSync, check, cancellation)).ConfigureAwait(false);
        return done;
    }

    private async Task<bool> PushNodeAsync(NodeRecord node, CancellationToken cancellation)
    {
        if (await catalog.RegisterAsync(new RegisterRequest { Node = node }, "", cancellation).ConfigureAwait(false) is { } refusal)
        {
            AgentLog.SyncRefused(logger, "node", node.Name, GoQuote.Quote(refusal));
            return false;
        }

        state.NodePushed(node);
        AgentLog.NodeSynced(logger);
        return true;
    }

    private async Task PushServiceAsync(NodeRecord node, bool skipNode, LocalService service, List<LocalCheck> checks, CancellationToken cancellation)
    {
        var request = new RegisterRequest
        {
            Node = node,
            SkipNodeUpdate = skipNode,
            Service = service.Record,
            Checks = [.. checks.Select(check => check.Record)],
        };
        if (await catalog.RegisterAsync(request, service.Token, cancellation).ConfigureAwait(false) is { } refusal)
        {
            AgentLog.SyncRefused(logger, "service", service.Record.Id, GoQuote.Quote(refusal));
        }
        else
        {
            AgentLog.ServiceSynced(logger, service.Record.Id);
        }

        state.ServicePushed(service);
        foreach (LocalCheck check in checks)
            state.CheckPushed(check);
    }

    private async Task PushCheckAsync(NodeRecord node, bool skipNode, LocalCheck check, CancellationToken cancellation)
    {
        var request = new RegisterRequest { Node = node, SkipNodeUpdate = skipNode, Checks = [check.Record] };
        if (await catalog.RegisterAsync(request, check.Token, cancellation).ConfigureAwait(false) is { } refusal)
            AgentLog.SyncRefused(logger, "check", check.Record.CheckId, GoQuote.Quote(refusal));
        else
            AgentLog.CheckSynced(logger, check.Record.CheckId);
        state.CheckPushed(check);
    }

    private async Task DropServiceAsync(string node, KeyValuePair<string, string> gone, CancellationToken cancellation)
    {
        if (await catalog.DeregisterAsync(new DeregisterRequest(node, gone.Key, ""), gone.Value, cancellation).ConfigureAwait(false) is { } refusal)
            AgentLog.SyncRefused(logger, "service", gone.Key, GoQuote.Quote(refusal));
        else
            AgentLog.ServiceDeregistered(logger, gone.Key);
        state.ServiceGone(gone.Key);
    }

    private async Task DropCheckAsync(string node, KeyValuePair<string, string> gone, CancellationToken cancellation)
    {
        if (await catalog.DeregisterAsync(new DeregisterRequest(node, "", gone.Key), gone.Value, cancellation).ConfigureAwait(false) is { } refusal)
            AgentLog.SyncRefused(logger, "check", gone.Key, GoQuote.Quote(refusal));
        else
            AgentLog.CheckDeregistered(logger, gone.Key);
        state.CheckGone(gone.Key);
    }

    private static async Task ForEachAsync<T>(IReadOnlyList<T> items, Func<T, Task> push)
    {
        foreach (T[] some in items.Chunk(MaxUnderWay))
            await Task.WhenAll(some.Select(push)).ConfigureAwait(false);
    }
}
