using System.Diagnostics.CodeAnalysis;
using System.Text;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Health;
using Praetor.Core.Filtering;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Watch;

/// <summary>What a stream tells of. Made per request.</summary>
internal abstract class WatchTarget
{
    /// <summary>What it waits for.</summary>
    public abstract WatchedRead Read { get; }

    /// <summary>Writes the data of one event with all there is.</summary>
    public abstract ValueTask WriteStateAsync(WatchEvents events, StateRoot root);

    /// <summary>Sends what changed after an index; false if that is not known.</summary>
    public abstract ValueTask<bool> TryWriteChangesAsync(WatchEvents events, StateRoot root, long after);

    /// <summary>Reads the target of a request: the types and parameters are those of Consul's watches (config, watches).</summary>
    public static bool TryRead(ApiRequest request, [NotNullWhen(true)] out WatchTarget? target, out Refusal refusal)
    {
        target = null;
        refusal = default;
        string type = request.Query.Get("type");
        switch (type)
        {
            case "key" when Has(request, "key", out string key, out refusal):
                target = new KvWatchTarget(new Kv.KvEntryRead(Encoding.UTF8.GetBytes(key)), Encoding.UTF8.GetBytes(key), isPrefix: false);
                return true;
            case "keyprefix" when Has(request, "prefix", out string prefix, out refusal):
                target = new KvWatchTarget(new Kv.KvPrefixRead(Encoding.UTF8.GetBytes(prefix)), Encoding.UTF8.GetBytes(prefix), isPrefix: true);
                return true;
            case "service" when Has(request, "service", out string service, out refusal):
                return TryReadService(request, service, out target, out refusal);
            case "services":
                return TryMake(request, CatalogSelectors.ServiceNode, filter => new ServiceNamesQuery(NodeMetaFilter.Read(request.Query), filter, ShareKeys.Of("watch/services", request.Query)), out target, out refusal);
            case "nodes":
                return TryMake(request, CatalogSelectors.Node, filter => new NodeListQuery(NodeMetaFilter.Read(request.Query), filter, ShareKeys.Of("watch/nodes", request.Query)), out target, out refusal);
            case "checks":
                return TryReadChecks(request, out target, out refusal);
            case "key" or "keyprefix" or "service":
                return false;
            default:
                refusal = new Refusal(400, type.Length == 0 ? "Watch type not specified" : $"Unsupported watch type: {type}");
                return false;
        }
    }

    private static bool TryReadService(ApiRequest request, string service, [NotNullWhen(true)] out WatchTarget? target, out Refusal refusal) =>
        TryMake(request, CatalogSelectors.CheckServiceNode, filter => new InstancesQuery(service, CatalogJson.CheckServiceNode,
            new InstanceSelection(request.Query.All("tag"), NodeMetaFilter.Read(request.Query), filter.Matches, onlyPassing: request.Query.Get("passingonly") is "true" or "1" || request.Query.Has("passing")),
            ShareKeys.Of("watch/service", request.Query))
        { ErrorMetadata = false }, out target, out refusal);

    private static bool TryReadChecks(ApiRequest request, [NotNullWhen(true)] out WatchTarget? target, out Refusal refusal)
    {
        string service = request.Query.Get("service");
        string state = request.Query.Get("state");
        if (service.Length > 0 && state.Length > 0)
        {
            target = null;
            refusal = new Refusal(400, "Cannot specify service and state");
            return false;
        }

        NodeMetaFilter meta = NodeMetaFilter.Read(request.Query);
        string share = ShareKeys.Of("watch/checks", request.Query);
        return TryMake<CheckRecord>(request, CatalogSelectors.HealthCheck,
            filter => service.Length > 0 ? new ServiceChecksQuery(service, meta, filter, share) : new StateChecksQuery(state.Length > 0 ? state : "any", meta, filter, share), out target, out refusal);
    }

    private static bool TryMake<T>(ApiRequest request, SelectorSchema<T> selectors, Func<Filter<T>, ReadQuery> make, [NotNullWhen(true)] out WatchTarget? target, out Refusal refusal)
    {
        bool compiles = RowFilters.TryRead(request.Query, selectors, out Filter<T>? filter, out refusal);
        target = compiles ? new ListWatchTarget(make(filter!)) : null;
        return compiles;
    }

    private static bool Has(ApiRequest request, string name, out string value, out Refusal refusal)
    {
        value = request.Query.Get(name);
        refusal = request.Query.Has(name) ? default : new Refusal(400, $"Must specify a single {name} to watch");
        return refusal.Text is null;
    }
}

/// <summary>A list of the catalog: each event carries all of it, as the endpoint of the same name gives it. A client that is slow misses what lies between, never the last.</summary>
internal sealed class ListWatchTarget(ReadQuery query) : WatchTarget
{
    public override WatchedRead Read => query;

    public override ValueTask WriteStateAsync(WatchEvents events, StateRoot root)
    {
        events.SetData(RenderedAnswer.Of(query, root, events.Request, out _, out _).Body.Span);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<bool> TryWriteChangesAsync(WatchEvents events, StateRoot root, long after)
    {
        await WriteStateAsync(events, root).ConfigureAwait(false);
        await events.SendAsync(query.IndexOf(root), "change").ConfigureAwait(false);
        return true;
    }
}
