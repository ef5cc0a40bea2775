using System.Globalization;

namespace Praetor.Load.Simulations;

/// <summary>A fixed number of copies (closed).</summary>
public sealed record KeepConstant(int Copies, TimeSpan During) : LoadSimulation(During)
{
    /// <inheritdoc/>
    public override bool IsDue(TimeSpan elapsed, long started, int busy) => busy < Copies;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"keep {Copies} copies for {During.TotalSeconds} s");
}

/// <summary>From no copy to that many, linearly (closed).</summary>
public sealed record RampingConstant(int Copies, TimeSpan During) : LoadSimulation(During)
{
    /// <inheritdoc/>
    public override bool IsDue(TimeSpan elapsed, long started, int busy) => busy < (int)Math.Ceiling(Fraction(elapsed) * Copies);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ramp up to {Copies} copies in {During.TotalSeconds} s");
}

/// <summary>A fixed number of copies until so many requests have started, however long that takes (closed).</summary>
public sealed record IterationsForConstant(int Copies, long Iterations) : LoadSimulation(Timeout.InfiniteTimeSpan)
{
    /// <inheritdoc/>
    public override long Requests => Iterations;

    /// <inheritdoc/>
    public override bool IsDue(TimeSpan elapsed, long started, int busy) => busy < Copies && started < Iterations;

    /// <inheritdoc/>
    public override bool IsOver(TimeSpan elapsed, long started, TimeSpan grace) => started >= Iterations;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"keep {Copies} copies for {Iterations} requests");
}
