using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Praetor.Core.Gossip.Coordinates;

/// <summary>
/// A place in the space of latencies (Dabek et al.: Vivaldi, SIGCOMM 2004): the distance of two is the expected round trip between their nodes.
/// Immutable. All lengths in seconds.
/// </summary>
public sealed class Coordinate
{
    /// <summary>Dimensions beside the height.</summary>
    public const int Dimensions = 8;

    /// <summary>Length of the binary form.</summary>
    public const int EncodedBytes = (Dimensions + 3) * sizeof(double);

    /// <summary>Error of a node that knows nothing, and the largest there is.</summary>
    public const double MaxError = 1.5;

    /// <summary>Least height.</summary>
    public const double MinHeight = 10e-6;

    private readonly double[] _vec;

    /// <summary>A place; <paramref name="vec"/> has <see cref="Dimensions"/> numbers and belongs to the coordinate from now on.</summary>
    public Coordinate(double[] vec, double error, double adjustment, double height)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vec.Length, Dimensions);
        _vec = vec;
        Error = error;
        Adjustment = adjustment;
        Height = height;
    }

    /// <summary>Where everybody begins.</summary>
    public static Coordinate Origin { get; } = new(new double[Dimensions], MaxError, 0, MinHeight);

    /// <summary>The Euclidean part.</summary>
    public IReadOnlyList<double> Vec => _vec;

    /// <summary>How wrong the node believes it is; 0 to <see cref="MaxError"/>.</summary>
    public double Error { get; }

    /// <summary>A correction from the last samples.</summary>
    public double Adjustment { get; }

    /// <summary>What every path to the node has on top: its access link.</summary>
    public double Height { get; }

    /// <summary>No part is infinite or not a number.</summary>
    public bool IsValid => Array.TrueForAll(_vec, double.IsFinite) && double.IsFinite(Error) && double.IsFinite(Adjustment) && double.IsFinite(Height);

    /// <summary>Expected round trip, seconds.</summary>
    public double DistanceTo(Coordinate other)
    {
        double raw = RawDistanceTo(other);
        double adjusted = raw + Adjustment + other.Adjustment;
        return adjusted > 0 ? adjusted : raw;
    }

    /// <summary>The same without the corrections.</summary>
    public double RawDistanceTo(Coordinate other)
    {
        double sum = 0;
        for (int i = 0; i < Dimensions; i++)
            sum += (_vec[i] - other._vec[i]) * (_vec[i] - other._vec[i]);
        return Math.Sqrt(sum) + Height + other.Height;
    }

    /// <summary>Writes the binary form: eleven little-endian doubles. Returns its length.</summary>
    public int Encode(Span<byte> output)
    {
        for (int i = 0; i < Dimensions; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(output[(i * sizeof(double))..], _vec[i]);
        BinaryPrimitives.WriteDoubleLittleEndian(output[(Dimensions * sizeof(double))..], Error);
        BinaryPrimitives.WriteDoubleLittleEndian(output[((Dimensions + 1) * sizeof(double))..], Adjustment);
        BinaryPrimitives.WriteDoubleLittleEndian(output[((Dimensions + 2) * sizeof(double))..], Height);
        return EncodedBytes;
    }

    /// <summary>Reads the binary form; false for anything else, and for numbers that are none.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> input, [NotNullWhen(true)] out Coordinate? coordinate)
    {
        coordinate = null;
        if (input.Length != EncodedBytes)
            return false;
        double[] vec = new double[Dimensions];
        for (int i = 0; i < Dimensions; i++)
            vec[i] = At(input, i);
        var decoded = new Coordinate(vec, At(input, Dimensions), At(input, Dimensions + 1), At(input, Dimensions + 2));
        if (!decoded.IsValid || decoded.Height < 0 || decoded.Error < 0)
            return false;
        coordinate = decoded;
        return true;
    }

    private static double At(ReadOnlySpan<byte> input, int place) => BinaryPrimitives.ReadDoubleLittleEndian(input[(place * sizeof(double))..]);
}
