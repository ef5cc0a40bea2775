using System.Diagnostics.CodeAnalysis;
using Praetor.Api.Http.Catalog;
using Praetor.Core.Filtering;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Health;

/// <summary>The endpoints under <c>/v1/health</c> (http-agent 6). Thread-safe.</summary>
public static class HealthRoom
{
    /// <summary>Adds the routes of this room.</summary>
    public static void Map(RouteTable routes)
    {
        MapRead(routes, "/v1/health/node/", TryMakeNode);
        MapRead(routes, "/v1/health/checks/", TryMakeChecks);
        MapRead(routes, "/v1/health/state/", TryMakeState);
        MapInstances(routes, "/v1/health/service/", TryMakeService, "health.service");
        MapInstances(routes, "/v1/health/connect/", TryMakeConnect, "health.connect");
        MapInstances(routes, "/v1/health/ingress/", TryMakeIngress, "health.ingress");
    }

    private static void MapRead(RouteTable routes, string path, QueryMaker make) =>
        routes.Map("GET", path, new ReadEndpoint(make).HandleAsync);

    private static void MapInstances(RouteTable routes, string path, QueryMaker make, string meters) =>
        routes.Map("GET", path, new ReadEndpoint(make, metadataOnErrors: false, meters).HandleAsync);

    private static bool TryMakeNode(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = null;
        if (!CatalogRoom.TryReadName(request, "Missing node name", out string node, out refusal)
            || !TryReadFilter(request, out Filter<CheckRecord>? filter, out refusal))
            return false;
        query = new NodeChecksQuery(node, filter);
        return true;
    }

    private static bool TryMakeChecks(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = null;
        if (!CatalogRoom.TryReadName(request, "Missing service name", out string service, out refusal)
            || !TryReadFilter(request, out Filter<CheckRecord>? filter, out refusal))
            return false;
        query = new ServiceChecksQuery(service, NodeMetaFilter.Read(request.Query), filter, ShareKeys.Of("health/checks", request.Query)) { Near = NearOrder.Read(request) };
        return true;
    }

    private static bool TryMakeState(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = null;
        if (!CatalogRoom.TryReadName(request, "Missing check state", out string state, out refusal)
            || !TryReadFilter(request, out Filter<CheckRecord>? filter, out refusal))
            return false;
        query = new StateChecksQuery(state, NodeMetaFilter.Read(request.Query), filter, ShareKeys.Of("health/state", state, request.Query)) { Near = NearOrder.Read(request) };
        return true;
    }

    private static bool TryMakeService(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = null;
        if (!TryReadSelection(request, useTags: true, out string service, out InstanceSelection? selection, out refusal))
            return false;
        query = CatalogRoom.IsImported(request)
            ? new NoRowsQuery(isNull: false)
            : new InstancesQuery(service, CatalogJson.CheckServiceNode, selection, ShareKeys.Of("health/service", request.Query)) { ErrorMetadata = false, Near = NearOrder.Read(request) };
        return true;
    }

    private static bool TryMakeConnect(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = null;
        if (!TryReadSelection(request, useTags: false, out string service, out InstanceSelection? selection, out refusal))
            return false;
        query = CatalogRoom.IsImported(request)
            ? new NoRowsQuery(isNull: false)
            : new MeshEndpointsQuery(service, CatalogJson.CheckServiceNode, selection) { ErrorMetadata = false, Near = NearOrder.Read(request) };
        return true;
    }

    /// <summary>No ingress gateway is bound to a service without config entries for it; with a tag this is health/service (http-agent 6).</summary>
    private static bool TryMakeIngress(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        if (request.Query.Has("tag"))
            return TryMakeService(request, out query, out refusal);
        query = new NoRowsQuery(isNull: false);
        return TryReadSelection(request, useTags: false, out _, out _, out refusal);
    }

    private static bool TryReadFilter(ApiRequest request, [NotNullWhen(true)] out Filter<CheckRecord>? filter, out Refusal refusal) =>
        RowFilters.TryRead(request.Query, CatalogSelectors.HealthCheck, out filter, out refusal);

    /// <summary>Service name and parameters of the three endpoints that list instances, refused in the order of http-agent 6.</summary>
    private static bool TryReadSelection(ApiRequest request, bool useTags, out string service, [NotNullWhen(true)] out InstanceSelection? selection, out Refusal refusal)
    {
        service = "";
        selection = null;
        bool hasGroup = request.Query.HasValue("sg") || request.Query.HasValue("sameness-group");
        if (hasGroup && CatalogRoom.IsImported(request))
        {
            refusal = new Refusal(400, "peer-name and sameness-group are mutually exclusive");
            return false;
        }

        if (!CatalogRoom.TryReadName(request, "Missing service name", out service, out refusal)
            || !TryReadPassing(request.Query, out bool onlyPassing, out refusal))
            return false;
        if (hasGroup)
        {
            refusal = new Refusal(500, "sameness groups are not supported in consul CE");
            return false;
        }

        if (!RowFilters.TryRead(request.Query, CatalogSelectors.CheckServiceNode, out Filter<ServiceInstance>? filter, out refusal))
            return false;
        selection = new InstanceSelection(useTags ? request.Query.All("tag") : [], NodeMetaFilter.Read(request.Query), filter.Matches, onlyPassing);
        return true;
    }

    /// <summary>Present without value is true.</summary>
    private static bool TryReadPassing(QueryParameters query, out bool onlyPassing, out Refusal refusal)
    {
        refusal = default;
        onlyPassing = query.TryGet("passing", out string? text) && text is "" or "1" or "t" or "T" or "true" or "True" or "TRUE";
        if (onlyPassing || text is null or "0" or "f" or "F" or "false" or "False" or "FALSE")
            return true;
        refusal = new Refusal(400, "Invalid value for ?passing");
        return false;
    }
}
