using System.Diagnostics.CodeAnalysis;
using Praetor.Api.Http.Catalog;
using Praetor.Core.Codec;
using Praetor.Core.Filtering;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Ui;

/// <summary>
/// The endpoints under <c>/v1/internal/ui</c> (http-agent 8), as far as they look at the catalog; what belongs to the mesh answers as without gateways, intentions and peers. Thread-safe.
/// </summary>
public static class UiRoom
{
    /// <summary>Adds the routes of this room.</summary>
    public static void Map(RouteTable routes)
    {
        MapRead(routes, "/v1/internal/ui/nodes", TryMakeNodes);
        MapRead(routes, "/v1/internal/ui/node/", TryMakeNode);
        MapRead(routes, "/v1/internal/ui/services", TryMakeServices);
        MapRead(routes, "/v1/internal/ui/catalog-overview", static (ApiRequest _, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal) => Made(new UiOverviewQuery(), out query, out refusal));
        MapRead(routes, "/v1/internal/ui/gateway-services-nodes/", TryMakeOfGateway);
        MapRead(routes, "/v1/internal/ui/gateway-intentions/", TryMakeOfGateway);
        MapRead(routes, "/v1/internal/ui/exported-services", TryMakeExported);
        MapRead(routes, "/v1/internal/ui/service-topology/", TryMakeTopology);
    }

    private static void MapRead(RouteTable routes, string path, QueryMaker make) => routes.Map("GET", path, new ReadEndpoint(make).HandleAsync);

    private static bool Made(ReadQuery made, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = made;
        refusal = default;
        return true;
    }

    private static bool TryMakeNodes(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = RowFilters.TryRead(request.Query, CatalogSelectors.NodeInfo, out Filter<NodeView>? filter, out refusal) ? new UiNodesQuery(filter) : null;
        return query is not null;
    }

    private static bool TryMakeNode(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = CatalogRoom.TryReadName(request, "Missing node name", out string node, out refusal) ? new UiNodeQuery(node) : null;
        return query is not null;
    }

    private static bool TryMakeServices(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = RowFilters.TryRead(request.Query, CatalogSelectors.CheckServiceNode, out Filter<ServiceInstance>? filter, out refusal) ? new UiServicesQuery(filter) : null;
        return query is not null;
    }

    /// <summary>No gateway is bound to anything without config entries for it.</summary>
    private static bool TryMakeOfGateway(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = CatalogRoom.TryReadName(request, "Missing gateway name", out _, out refusal) ? new NoRowsQuery(isNull: false) : null;
        return query is not null;
    }

    private static bool TryMakeTopology(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        query = null;
        if (!CatalogRoom.TryReadName(request, "Missing service name", out string service, out refusal))
            return false;
        string kind = request.Query.Get("kind");
        refusal = !request.Query.Has("kind") ? new Refusal(400, "Missing service kind")
            : kind is not ("" or ServiceKinds.IngressGateway or ServiceKinds.ApiGateway) ? new Refusal(400, $"Unsupported service kind {GoQuote.Quote(kind)}")
            : default;
        if (refusal.Text is null)
            query = new UiTopologyQuery(service, kind, request.Options.DefaultAclPolicy == "allow");
        return query is not null;
    }

    private static bool TryMakeExported(ApiRequest request, [NotNullWhen(true)] out ReadQuery? query, out Refusal refusal)
    {
        bool hasPeer = request.Query.HasValue("peer");
        refusal = hasPeer ? default : new Refusal(500, "must provide PeerName");
        query = hasPeer ? new NoRowsQuery(isNull: false) : null;
        return hasPeer;
    }
}
