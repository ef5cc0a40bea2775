using System.Collections.Concurrent;
using Praetor.Core.State;

namespace Praetor.Runtime;

/// <summary>
/// Answers of one applied batch on their way to the thread pool, a few per work item: the pool wakes a thread for each item, and what a proposer does with its answer (write a response,
/// read the next request) takes less time than such a wake-up. Pooled.
/// </summary>
internal sealed class Completions : IThreadPoolWorkItem
{
    /// <summary>Most answers that one work item gives, one after the other: bounds how long the last waits for the first.</summary>
    private const int Most = 16;

    private const int MaxPooled = 256;

    private static readonly ConcurrentQueue<Completions> s_pool = new();

    private readonly Proposal[] _proposals = new Proposal[Most];
    private readonly CommandResult[] _results = new CommandResult[Most];
    private int _count;

    /// <summary>Answers each proposal that has an owner, on pool threads.</summary>
    public static void Queue(ReadOnlySpan<Proposal?> owners, ReadOnlySpan<CommandResult> results)
    {
        // As many items as there are processors, if there is enough to do for each.
        int perItem = Math.Clamp(owners.Length / Environment.ProcessorCount, 1, Most);
        Completions? filling = null;
        for (int i = 0; i < owners.Length; i++)
        {
            if (owners[i] is not { } owner)
                continue;
            filling ??= s_pool.TryDequeue(out Completions? kept) ? kept : new Completions();
            filling._proposals[filling._count] = owner;
            filling._results[filling._count++] = results[i];
            if (filling._count < perItem)
                continue;
            ThreadPool.UnsafeQueueUserWorkItem(filling, preferLocal: false);
            filling = null;
        }

        if (filling is not null)
            ThreadPool.UnsafeQueueUserWorkItem(filling, preferLocal: false);
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        for (int i = 0; i < _count; i++)
            _proposals[i].CompleteHere(_results[i]);
        Array.Clear(_proposals, 0, _count);
        Array.Clear(_results, 0, _count);
        _count = 0;
        if (s_pool.Count < MaxPooled)
            s_pool.Enqueue(this);
    }
}
