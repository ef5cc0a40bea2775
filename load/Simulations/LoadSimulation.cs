namespace Praetor.Load.Simulations;

/// <summary>
/// How load is applied for a while; a scenario may have several, one after the other. A closed loop keeps a number of copies busy, each
/// sending its next request when the last is answered. An open loop starts requests at a rate, whatever became of the ones before, and
/// their latency counts from the moment they should have started. Pure: time is what the caller says.
/// </summary>
/// <param name="During">How long requests are started; <see cref="Timeout.InfiniteTimeSpan"/> if only their number ends it.</param>
public abstract record LoadSimulation(TimeSpan During)
{
    /// <summary>Requests in all, where that is known beforehand.</summary>
    public virtual long Requests => long.MaxValue;

    /// <summary>Whether requests start by schedule.</summary>
    public virtual bool IsOpen => false;

    /// <summary>When request number <paramref name="index"/> (from 0) should start; only in an open loop.</summary>
    public virtual TimeSpan StartOf(long index) => throw new InvalidOperationException("a closed loop has no schedule");

    /// <summary>Whether one more request should start now, after so many, of which some are still under way.</summary>
    public abstract bool IsDue(TimeSpan elapsed, long started, int busy);

    /// <summary>Whether no more are started. An open loop that is behind may take <paramref name="grace"/> to start what it owes.</summary>
    public virtual bool IsOver(TimeSpan elapsed, long started, TimeSpan grace) => elapsed >= During;

    /// <summary>For the run's first line.</summary>
    public abstract override string ToString();

    private protected double Fraction(TimeSpan elapsed) => Math.Clamp(elapsed / During, 0, 1);
}
