using System.Diagnostics.CodeAnalysis;
using Praetor.Api.Http.Json;
using Praetor.Core.Filtering;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>The endpoints under <c>/v1/catalog</c> (http-agent 5). Thread-safe.</summary>
public static class CatalogRoom
{
    /// <summary>Adds the routes of this room.</summary>
    public static void Map(RouteTable routes)
    {
        routes.Map("PUT", "/v1/catalog/register", CatalogWrites.RegisterAsync);
        routes.Map("PUT", "/v1/catalog/deregister", CatalogWrites.DeregisterAsync);
        routes.Map("PUT", "/v1/internal/service-virtual-ip", VirtualIpWrites.SetAsync);
        routes.Map("GET", "/v1/catalog/datacenters", DatacentersAsync);
        MapRead(routes, "/v1/catalog/nodes", TryMakeNodes);
        MapRead(routes, "/v1/catalog/services", TryMakeServices);
        MapRead(routes, "/v1/catalog/service/", TryMakeService, "catalog.service");
        MapRead(routes, "/v1/catalog/connect/", TryMakeConnect, "catalog.connect");
        MapRead(routes, "/v1/catalog/node/", TryMakeNode);
        MapRead(routes, "/v1/catalog/node-services/", TryMakeNodeServices);
        MapRead(routes, "/v1/catalog/gateway-services/", TryMakeGatewayServices);
    }

    private static void MapRead(RouteTable routes, string path, QueryMaker make, string meters = "") =>
        routes.Map("GET", path, new ReadEndpoint(make, meters: meters).HandleAsync);

    /// <summary>Names of all datacenters by round-trip time, the own one first; no metadata headers.</summary>
    private static ValueTask DatacentersAsync(ApiRequest request)
    {
        if (!request.TryReadOptions(out QueryOptions options, out Refusal refusal, ScopeRefusals.None))
            return request.RefuseAsync(refusal);
        if (options.Cached)
            request.SetHeader(HeaderNames.Cache, "MISS");
        return request.RespondJsonAsync(json => json.StringList([request.Options.Datacenter]));
    }

    private static bool TryMakeNodes(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = null;
        if (!RowFilters.TryRead(request.Query, CatalogSelectors.Node, out Filter<NodeRecord>? filter, out refusal))
            return false;
        query = new NodeListQuery(NodeMetaFilter.Read(request.Query), filter, ShareKeys.Of("catalog/nodes", request.Query)) { Near = NearOrder.Read(request) };
        return true;
    }

    private static bool TryMakeServices(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = null;
        if (!RowFilters.TryRead(request.Query, CatalogSelectors.ServiceNode, out Filter<ServiceNodeRow>? filter, out refusal))
            return false;
        query = new ServiceNamesQuery(NodeMetaFilter.Read(request.Query), filter, ShareKeys.Of("catalog/services", request.Query));
        return true;
    }

    private static bool TryMakeService(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = null;
        if (!TryReadName(request, "Missing service name", out string service, out refusal)
            || !TryReadSelection(request, useTags: true, out InstanceSelection? selection, out refusal))
            return false;
        query = IsImported(request)
            ? new NoRowsQuery(isNull: false)
            : new InstancesQuery(service, Form, selection, ShareKeys.Of("catalog/service", request.Query)) { ErrorMetadata = true, Near = NearOrder.Read(request) };
        return true;
    }

    private static bool TryMakeConnect(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = null;
        if (!TryReadName(request, "Missing service name", out string service, out refusal)
            || !TryReadSelection(request, useTags: false, out InstanceSelection? selection, out refusal))
            return false;
        query = IsImported(request)
            ? new NoRowsQuery(isNull: false)
            : new MeshEndpointsQuery(service, Form, selection) { ErrorMetadata = true, Near = NearOrder.Read(request) };
        return true;
    }

    private static bool TryMakeNode(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal) =>
        TryMakeNodeServices(request, asList: false, out query, out refusal);

    private static bool TryMakeNodeServices(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal) =>
        TryMakeNodeServices(request, asList: true, out query, out refusal);

    private static bool TryMakeNodeServices(ApiRequest request, bool asList, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = null;
        if (!TryReadName(request, "Missing node name", out string node, out refusal)
            || !RowFilters.TryRead(request.Query, CatalogSelectors.NodeService, out Filter<ServiceRecord>? filter, out refusal))
            return false;
        query = new NodeServicesQuery(node, asList, filter);
        return true;
    }

    /// <summary>No gateway is bound to a service without config entries for it.</summary>
    private static bool TryMakeGatewayServices(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = new NoRowsQuery(isNull: true);
        return TryReadName(request, "Missing gateway name", out _, out refusal);
    }

    /// <summary>The rest of the path; refused if there is none.</summary>
    internal static bool TryReadName(ApiRequest request, string missing, out string name, out Refusal refusal)
    {
        name = request.Tail;
        refusal = name.Length == 0 ? new Refusal(400, missing) : default;
        return name.Length > 0;
    }

    /// <summary>The request asks for what a peer exported to this cluster.</summary>
    internal static bool IsImported(ApiRequest request) => request.Query.HasValue("peer");

    private static bool TryReadSelection(ApiRequest request, bool useTags, [NotNullWhen(true)] out InstanceSelection? selection, out Refusal refusal)
    {
        selection = null;
        if (!RowFilters.TryRead(request.Query, CatalogSelectors.ServiceNode, out Filter<ServiceNodeRow>? filter, out refusal))
            return false;
        selection = new InstanceSelection(useTags ? request.Query.All("tag") : [], NodeMetaFilter.Read(request.Query),
            instance => filter.Matches(new ServiceNodeRow(instance.Node, instance.Service)), onlyPassing: false);
        return true;
    }

    private static void Form(GoJsonWriter json, ServiceInstance instance) =>
        CatalogJson.ServiceNode(json, instance.Node, instance.Service);
}
