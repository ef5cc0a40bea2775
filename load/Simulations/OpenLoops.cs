using System.Globalization;

namespace Praetor.Load.Simulations;

/// <summary>Requests by schedule (open).</summary>
public abstract record OpenLoop(TimeSpan During) : LoadSimulation(During)
{
    /// <inheritdoc/>
    public override bool IsOpen => true;

    /// <inheritdoc/>
    public override bool IsDue(TimeSpan elapsed, long started, int busy) => started < Requests && StartOf(started) <= elapsed;

    /// <inheritdoc/>
    public override bool IsOver(TimeSpan elapsed, long started, TimeSpan grace) => elapsed >= During && (started >= Requests || elapsed >= During + grace);
}

/// <summary>A fixed number of requests per second (open).</summary>
public sealed record Inject(double RatePerSecond, TimeSpan During) : OpenLoop(During)
{
    /// <inheritdoc/>
    public override long Requests => (long)(During.TotalSeconds * RatePerSecond);

    /// <inheritdoc/>
    public override TimeSpan StartOf(long index) => TimeSpan.FromSeconds((index + 1) / RatePerSecond);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"inject {RatePerSecond} requests/s for {During.TotalSeconds} s");
}

/// <summary>From no request to that many per second, linearly (open).</summary>
public sealed record RampingInject(double RatePerSecond, TimeSpan During) : OpenLoop(During)
{
    /// <summary>The rate grows with time, so what has started grows with its square.</summary>
    public override long Requests => (long)(RatePerSecond * During.TotalSeconds / 2);

    /// <inheritdoc/>
    public override TimeSpan StartOf(long index) => During * Math.Sqrt(2 * (index + 1) / (RatePerSecond * During.TotalSeconds));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ramp up to {RatePerSecond} requests/s in {During.TotalSeconds} s");
}
