using System.Globalization;

namespace Praetor.Load.Simulations;

/// <summary>
/// How load is applied for a while; a scenario may have several, one after the other. A closed loop keeps a number of copies busy, each
/// sending its next request when the last is answered. An open loop starts requests at a rate, whatever became of the ones before, and
/// their latency counts from the moment they should have started.
/// </summary>
public abstract record LoadSimulation(TimeSpan During)
{
    /// <summary>Copies that should be busy at that moment; 0 in an open loop.</summary>
    public virtual int CopiesAt(TimeSpan elapsed) => 0;

    /// <summary>Requests that should have started by that moment; 0 in a closed loop.</summary>
    public virtual long StartedBy(TimeSpan elapsed) => 0;

    /// <summary>When request number <paramref name="index"/> (from 0) should start; only in an open loop.</summary>
    public virtual TimeSpan StartOf(long index) => throw new InvalidOperationException("a closed loop has no schedule");

    /// <summary>Whether requests start by schedule.</summary>
    public virtual bool IsOpen => false;

    /// <summary>For the run's first line.</summary>
    public abstract override string ToString();

    private protected double Fraction(TimeSpan elapsed) => Math.Clamp(elapsed / During, 0, 1);
}

/// <summary>A fixed number of copies (closed).</summary>
public sealed record KeepConstant(int Copies, TimeSpan During) : LoadSimulation(During)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"keep {Copies} copies for {During.TotalSeconds} s");

    /// <inheritdoc/>
    public override int CopiesAt(TimeSpan elapsed) => Copies;
}

/// <summary>From no copy to that many, linearly (closed).</summary>
public sealed record RampingConstant(int Copies, TimeSpan During) : LoadSimulation(During)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ramp up to {Copies} copies in {During.TotalSeconds} s");

    /// <inheritdoc/>
    public override int CopiesAt(TimeSpan elapsed) => (int)Math.Ceiling(Fraction(elapsed) * Copies);
}

/// <summary>A fixed number of requests per second (open).</summary>
public sealed record Inject(double RatePerSecond, TimeSpan During) : LoadSimulation(During)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"inject {RatePerSecond} requests/s for {During.TotalSeconds} s");

    /// <inheritdoc/>
    public override bool IsOpen => true;

    /// <inheritdoc/>
    public override long StartedBy(TimeSpan elapsed) => elapsed < TimeSpan.Zero ? 0 : (long)(Math.Min(elapsed.TotalSeconds, During.TotalSeconds) * RatePerSecond);

    /// <inheritdoc/>
    public override TimeSpan StartOf(long index) => TimeSpan.FromSeconds((index + 1) / RatePerSecond);
}

/// <summary>From no request to that many per second, linearly (open).</summary>
public sealed record RampingInject(double RatePerSecond, TimeSpan During) : LoadSimulation(During)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ramp up to {RatePerSecond} requests/s in {During.TotalSeconds} s");

    /// <inheritdoc/>
    public override bool IsOpen => true;

    /// <summary>The rate grows with time, so what has started grows with its square.</summary>
    public override long StartedBy(TimeSpan elapsed)
    {
        var fraction = Fraction(elapsed);
        return (long)(fraction * fraction * RatePerSecond * During.TotalSeconds / 2);
    }

    /// <inheritdoc/>
    public override TimeSpan StartOf(long index) => During * Math.Sqrt(2 * (index + 1) / (RatePerSecond * During.TotalSeconds));
}
