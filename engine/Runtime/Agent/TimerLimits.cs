namespace Praetor.Runtime.Agent;

/// <summary>What a timer can be set to.</summary>
internal static class TimerLimits
{
    // System timers take at most 2^32 - 2 ms. Whoever waits longer looks at the clock when the timer fires, and sets it again.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    /// <summary>Between zero and the longest span a timer can wait.</summary>
    public static TimeSpan Clamp(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : span > Longest ? Longest : span;
}
