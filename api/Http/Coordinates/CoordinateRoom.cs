using Praetor.Api.Http.Agent;
using Praetor.Api.Http.Json;
using Praetor.Core.Gossip.Coordinates;
using Praetor.Core.State.Coordinates;

namespace Praetor.Api.Http.Coordinates;

/// <summary>Network coordinates: <c>/v1/coordinate/</c> (http-core 8.2). Thread-safe.</summary>
/// <param name="isEnabled">disable_coordinates is not set.</param>
/// <param name="datacenter">Own datacenter.</param>
/// <param name="wan">Servers of the WAN pool whose coordinates this server knows, by node name.</param>
/// <param name="take">Takes an update on its way into the state.</param>
public sealed class CoordinateRoom(bool isEnabled, string datacenter, Func<IReadOnlyList<NodeCoordinate>> wan, Action<NodeCoordinate> take)
{
    private const int MaxBodyBytes = 64 * 1024;

    /// <summary>Maps the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", "/v1/coordinate/datacenters", request => Enabled(request, DatacentersAsync));
        routes.Map("GET", "/v1/coordinate/nodes", request => Enabled(request, NodesAsync));
        routes.Map("GET", "/v1/coordinate/node/", request => Enabled(request, NodeAsync));
        routes.Map("PUT", "/v1/coordinate/update", request => Enabled(request, UpdateAsync));
    }

    private ValueTask Enabled(ApiRequest request, ApiHandler handler) =>
        isEnabled ? handler(request) : request.RespondErrorAsync(401, "Coordinate support disabled");

    private ValueTask DatacentersAsync(ApiRequest request)
    {
        GoJsonWriter json = request.BeginJson();
        json.BeginArray();
        json.BeginObject();
        json.Member("Datacenter"u8, datacenter);
        json.Member("AreaID"u8, "wan");
        json.Name("Coordinates"u8);
        json.BeginArray();
        foreach (NodeCoordinate server in wan())
            Write(json, server);
        json.EndArray();
        json.EndObject();
        json.EndArray();
        return request.RespondJsonAsync();
    }

    private static ValueTask NodesAsync(ApiRequest request) => AnswerAsync(request, new CoordinatesQuery(null, request.Query.Get("segment")));

    private static ValueTask NodeAsync(ApiRequest request) => AnswerAsync(request, new CoordinatesQuery(request.Tail, request.Query.Get("segment")));

    private static ValueTask AnswerAsync(ApiRequest request, ReadQuery query) =>
        request.TryReadOptions(out QueryOptions options, out Refusal refusal, ScopeRefusals.Partition) ? request.AnswerAsync(query, options) : request.RefuseAsync(refusal);

    private async ValueTask UpdateAsync(ApiRequest request)
    {
        byte[]? body = await request.ReadBodyAsync(MaxBodyBytes).ConfigureAwait(false);
        try
        {
            (string node, double[] vec, double error, double adjustment, double height) = Read(body ?? throw new GoJsonException("http: request body too large"));
            string? refusal = vec.Length != Coordinate.Dimensions ? vec.Length == 0 ? "invalid coordinate" : "incompatible coordinate" : null;
            var place = refusal is null ? new Coordinate(vec, error, adjustment, height) : Coordinate.Origin;
            if (refusal is null && !place.IsValid)
                refusal = "invalid coordinate";
            if (refusal is not null)
            {
                await request.RespondErrorAsync(500, refusal).ConfigureAwait(false);
                return;
            }

            take(new NodeCoordinate(node, place));
            await request.RespondEmptyAsync().ConfigureAwait(false);
        }
        catch (GoJsonException malformed)
        {
            await request.RespondErrorAsync(400, $"Request decode failed: {malformed.Message}").ConfigureAwait(false);
        }
    }

    private static (string Node, double[] Vec, double Error, double Adjustment, double Height) Read(ReadOnlySpan<byte> body)
    {
        var json = new GoJsonReader(body);
        string node = "";
        double[] vec = [];
        double error = 0, adjustment = 0, height = 0;
        if (!json.BeginObject())
            return (node, vec, error, adjustment, height);
        while (json.NextField(out string name))
        {
            if (name == "node")
                node = json.ReadString();
            else if (name == "coord" && json.BeginObject())
                ReadPlace(ref json, ref vec, ref error, ref adjustment, ref height);
            else if (name != "coord")
                json.SkipValue();
        }

        return (node, vec, error, adjustment, height);
    }

    private static void ReadPlace(ref GoJsonReader json, ref double[] vec, ref double error, ref double adjustment, ref double height)
    {
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "vec":
                    var parts = new List<double>();
                    if (json.BeginArray("[]float64"))
                    {
                        while (json.NextElement())
                            parts.Add(json.ReadDouble());
                    }

                    vec = [.. parts];
                    break;
                case "error":
                    error = json.ReadDouble();
                    break;
                case "adjustment":
                    adjustment = json.ReadDouble();
                    break;
                case "height":
                    height = json.ReadDouble();
                    break;
                default:
                    json.SkipValue();
                    break;
            }
        }
    }

    /// <summary>The body with which an agent tells a server where it lies.</summary>
    internal static byte[] UpdateBody(NodeCoordinate node)
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>(512);
        var json = new GoJsonWriter();
        json.Reset(body, pretty: false);
        Write(json, node);
        json.Flush();
        return body.WrittenSpan.ToArray();
    }

    internal static void Write(GoJsonWriter json, NodeCoordinate node)
    {
        json.BeginObject();
        json.Member("Node"u8, node.Node);
        json.Member("Segment"u8, "");
        json.Name("Coord"u8);
        AgentJson.Coordinate(json, node.Coordinate);
        json.EndObject();
    }
}
