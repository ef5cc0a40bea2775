using Microsoft.Extensions.Logging;
using Praetor.Core.Gossip.Coordinates;
using Praetor.Core.State;
using Praetor.Core.State.Coordinates;

namespace Praetor.Runtime.Servers;

/// <summary>
/// Coordinates on their way into the state: gathered, the last of each node wins, and written together every few seconds (gossip-raft 3). What has not moved is not
/// written. Thread-safe.
/// </summary>
public sealed class CoordinateBatches(Func<StateRoot> root, Func<CommandBuffer, CancellationToken, ValueTask<CommandResult>> propose, TimeSpan period, TimeProvider time, ILogger log)
{
    private const int BatchSize = 128;
    private const int MaxBatches = 5;

    /// <summary>A node that has moved by less is where it was: an idle datacenter writes nothing.</summary>
    private const double LeastMoveSeconds = 0.0002;

    private readonly Lock _gate = new();
    private Dictionary<string, NodeCoordinate> _pending = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes an update.</summary>
    public void Add(NodeCoordinate update)
    {
        lock (_gate)
            _pending[update.Node] = update;
    }

    /// <summary>Writes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            await FlushAsync(cancellation).ConfigureAwait(false);
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        Dictionary<string, NodeCoordinate> pending;
        lock (_gate)
        {
            if (_pending.Count == 0)
                return;
            (pending, _pending) = (_pending, new Dictionary<string, NodeCoordinate>(StringComparer.OrdinalIgnoreCase));
        }

        StateRoot now = root();
        NodeCoordinate[] moved = [.. pending.Values.Where(update => now.Catalog.FindNode(update.Node) is not null && HasMoved(now.Coordinates.Find(update.Node)?.Coordinate, update.Coordinate))];
        if (moved.Length > BatchSize * MaxBatches)
            CoordinateLog.Discarded(log, moved.Length - (BatchSize * MaxBatches));
        try
        {
            foreach (NodeCoordinate[] batch in moved.Take(BatchSize * MaxBatches).Chunk(BatchSize))
                await propose(Commands.CoordinateUpdate(batch), cancellation).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is NoLeaderException or OverloadedException or LeadershipLostException or ServerStoppedException)
        {
            // The nodes tell again.
            CoordinateLog.NotWritten(log, failed.Message);
        }
    }

    private static bool HasMoved(Coordinate? before, Coordinate now)
    {
        if (before is null)
            return true;
        double heights = before.Height + now.Height;
        double move = now.RawDistanceTo(before) - heights + Math.Abs(now.Height - before.Height) + Math.Abs(now.Adjustment - before.Adjustment);
        return move >= LeastMoveSeconds;
    }
}

/// <summary>Log lines of coordinates.</summary>
internal static partial class CoordinateLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Discarded coordinate updates: number_discarded={Count}")]
    public static partial void Discarded(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Coordinates were not written: {Reason}")]
    public static partial void NotWritten(ILogger log, string reason);
}
