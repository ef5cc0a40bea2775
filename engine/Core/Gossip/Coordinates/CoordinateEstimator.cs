namespace Praetor.Core.Gossip.Coordinates;

/// <summary>
/// Finds this node's <see cref="Coordinate"/> from measured round trips: each pulls or pushes it like a spring. Constants from gossip-raft 3. Not
/// thread-safe.
/// </summary>
/// <remarks>Dabek et al.: Vivaldi (SIGCOMM 2004); adjustment after Lee et al.: On Suitability of Euclidean Embedding (SIGMETRICS 2006); gravity after Ledlie et al.: Network Coordinates in the Wild (NSDI 2007).</remarks>
public sealed class CoordinateEstimator(Random random)
{
    private const double ErrorGain = 0.25;
    private const double MoveGain = 0.25;
    private const double GravityRho = 150;
    private const double MaxRoundTripSeconds = 10;
    private const double Zero = 1e-6;
    private const int AdjustmentWindow = 20;
    private const int FilterSamples = 3;

    private readonly double[] _adjustments = new double[AdjustmentWindow];
    private readonly Dictionary<string, Queue<double>> _samples = new(StringComparer.Ordinal);
    private int _nextAdjustment;

    /// <summary>Where this node believes it is.</summary>
    public Coordinate Current { get; private set; } = Coordinate.Origin;

    /// <summary>How often the estimate had to begin again because it was no number any more.</summary>
    public long Resets { get; private set; }

    /// <summary>A round trip to a peer was measured; false if it is not plausible.</summary>
    public bool Update(string peerName, Coordinate peer, double roundTripSeconds)
    {
        if (!peer.IsValid || !(roundTripSeconds >= 0 && roundTripSeconds <= MaxRoundTripSeconds))
            return false;
        double seconds = Median(peerName, roundTripSeconds);
        Pull(peer, seconds);
        Adjust(peer, seconds);
        ApplyGravity();
        if (!Current.IsValid)
        {
            Resets++;
            Current = Coordinate.Origin;
        }

        return true;
    }

    /// <summary>A peer has gone.</summary>
    public void Forget(string peerName) => _samples.Remove(peerName);

    /// <summary>The median of the last samples of one peer, so that one late packet moves nothing.</summary>
    private double Median(string peerName, double seconds)
    {
        if (!_samples.TryGetValue(peerName, out Queue<double>? samples))
            _samples[peerName] = samples = new Queue<double>(FilterSamples + 1);
        samples.Enqueue(seconds);
        if (samples.Count > FilterSamples)
            samples.Dequeue();
        Span<double> sorted = stackalloc double[FilterSamples];
        int count = 0;
        foreach (double sample in samples)
            sorted[count++] = sample;
        sorted[..count].Sort();
        return sorted[count / 2];
    }

    private void Pull(Coordinate peer, double seconds)
    {
        double distance = Current.DistanceTo(peer);
        double measured = Math.Max(seconds, Zero);
        double wrongness = Math.Abs(distance - measured) / measured;
        double weight = Current.Error / Math.Max(Current.Error + peer.Error, Zero);
        double error = Math.Min((ErrorGain * weight * wrongness) + (Current.Error * (1 - (ErrorGain * weight))), Coordinate.MaxError);
        Current = Pushed(Current, MoveGain * weight * (measured - distance), peer, error);
    }

    private void Adjust(Coordinate peer, double seconds)
    {
        _adjustments[_nextAdjustment] = seconds - Current.RawDistanceTo(peer);
        _nextAdjustment = (_nextAdjustment + 1) % AdjustmentWindow;
        Current = new Coordinate([.. Current.Vec], Current.Error, _adjustments.Sum() / (2 * AdjustmentWindow), Current.Height);
    }

    /// <summary>Keeps all nodes together from drifting away from the origin.</summary>
    private void ApplyGravity()
    {
        double distance = Coordinate.Origin.DistanceTo(Current);
        Current = Pushed(Current, -Math.Pow(distance / GravityRho, 2), Coordinate.Origin, Current.Error);
    }

    /// <summary>The coordinate after a push away from another (towards it if the force is negative).</summary>
    private Coordinate Pushed(Coordinate from, double force, Coordinate other, double error)
    {
        double[] direction = new double[Coordinate.Dimensions];
        double length = Direction(from, other, direction);
        double[] vec = [.. from.Vec];
        for (int i = 0; i < vec.Length; i++)
            vec[i] += direction[i] * force;
        double height = from.Height;
        if (length > Zero)
            height = Math.Max(((from.Height + other.Height) * force / length) + from.Height, Coordinate.MinHeight);
        return new Coordinate(vec, error, from.Adjustment, height);
    }

    /// <summary>The unit vector from another coordinate; a random one when both are at the same place. Returns the distance, 0 in that case.</summary>
    private double Direction(Coordinate from, Coordinate other, double[] unit)
    {
        for (int i = 0; i < unit.Length; i++)
            unit[i] = from.Vec[i] - other.Vec[i];
        double length = Length(unit);
        if (length > Zero)
        {
            Scale(unit, length);
            return length;
        }

        for (int i = 0; i < unit.Length; i++)
            unit[i] = random.NextDouble() - 0.5;
        double randomLength = Length(unit);
        if (randomLength > Zero)
            Scale(unit, randomLength);
        return 0;
    }

    private static double Length(double[] vec) => Math.Sqrt(vec.Sum(static part => part * part));

    private static void Scale(double[] vec, double length)
    {
        for (int i = 0; i < vec.Length; i++)
            vec[i] /= length;
    }
}
