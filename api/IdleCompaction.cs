namespace Praetor.Api;

/// <summary>
/// Gives memory back after a burst. The collector keeps what it once needed until it needs to collect again, which an agent that has become idle may not
/// do for days. So when there was no collection for ten seconds, one that compacts everything makes up for it. Its pause grows with the
/// live heap (about 1 ms per 3 MB); a large one is left to the collector.
/// </summary>
/// <param name="collections">How many collections there were so far.</param>
/// <param name="heapBytes">Size of the heap.</param>
/// <param name="compact">Compacts the heap; counts as a collection.</param>
internal sealed class IdleCompaction(Func<int> collections, Func<long> heapBytes, Action compact)
{
    /// <summary>Heaps above this are never compacted here.</summary>
    public const long MaxHeapBytes = 128 << 20;

    /// <summary>Between two looks at the collector.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private const int QuietLooks = 2;

    private int _seen;
    private int _quiet;
    private bool _isDue = true;

    /// <summary>For this process. Dispose the result to end it.</summary>
    public static ITimer StartForProcess(TimeProvider time)
    {
        var compaction = new IdleCompaction(
            static () => GC.CollectionCount(0),
            static () => GC.GetTotalMemory(forceFullCollection: false),
            static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
        return compaction.Start(time);
    }

    /// <summary>Looks at regular times. Dispose the result to end it.</summary>
    public ITimer Start(TimeProvider time) => time.CreateTimer(static self => ((IdleCompaction)self!).Look(), this, LookEvery, LookEvery);

    private void Look()
    {
        if (collections() is var count && count != _seen)
        {
            _seen = count;
            _quiet = 0;
            _isDue = true;
            return;
        }

        if (!_isDue || ++_quiet < QuietLooks || heapBytes() > MaxHeapBytes)
            return;
        compact();
        _isDue = false;
        _seen = collections();
    }
}
