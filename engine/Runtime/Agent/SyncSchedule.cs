namespace Praetor.Runtime.Agent;

/// <summary>When full syncs happen (http-agent 4.1). Pure but for the seeded randomness.</summary>
internal sealed class SyncSchedule(TimeSpan interval, Func<int> lanMembers, Random random)
{
    private const int UnscaledMembers = 128;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SoonWithin = TimeSpan.FromSeconds(3);

    /// <summary>After a good full sync.</summary>
    public TimeSpan Next() => interval + Stagger(interval);

    /// <summary>After a failed one.</summary>
    public TimeSpan Retry() => RetryAfter + Stagger(RetryAfter);

    /// <summary>After a server joined, a leader was elected, or the agent's token changed.</summary>
    public TimeSpan Soon() => Stagger(SoonWithin);

    /// <summary>How much larger pools stretch every pause: 1 up to 128 members, then one more for each doubling.</summary>
    public static int Factor(int members) =>
        members <= UnscaledMembers ? 1 : (int)Math.Ceiling(Math.Log2(members) - Math.Log2(UnscaledMembers)) + 1;

    private TimeSpan Stagger(TimeSpan of) => of * (Factor(lanMembers()) * random.NextDouble());
}
