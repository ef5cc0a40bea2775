using Praetor.Core.Gossip.Coordinates;

namespace Praetor.Tests.Support;

/// <summary>Places on a straight line: their distance is the difference of their milliseconds.</summary>
internal static class CoordinateLine
{
    public static Coordinate At(double ms) => new([ms / 1000, 0, 0, 0, 0, 0, 0, 0], 0.1, 0, Coordinate.MinHeight);
}
