using Praetor.Api.Http.Json;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Coordinates;

namespace Praetor.Api.Http.Coordinates;

/// <summary>Coordinates of all nodes, or of one. There is no segment but the one without a name.</summary>
internal sealed class CoordinatesQuery(string? node, string segment) : ReadQuery
{
    public override WatchTopic Topic => WatchTopic.Table(WatchTable.Coordinates);

    public override bool EffectiveConsistencyHeader => false;

    public override bool MetadataOnErrors => node is null;

    public override long IndexOf(StateRoot root) => root.Coordinates.Index;

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        if (node is not null && root.Coordinates.Find(node) is null)
            return ReadOutcome.NotFoundEmpty;
        json.BeginArray();
        foreach ((_, NodeCoordinate each) in root.Coordinates.ByNode.Scan(node is null ? [] : NodeCoordinates.KeyOf(node)))
        {
            if (segment.Length == 0 && (node is null || each.Node.Equals(node, StringComparison.OrdinalIgnoreCase)))
                CoordinateRoom.Write(json, each);
        }

        json.EndArray();
        return ReadOutcome.Found;
    }
}
