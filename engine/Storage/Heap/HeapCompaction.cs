using FASTER.core;
using Session = FASTER.core.ClientSession<long, FASTER.core.SpanByte, int, Praetor.Storage.Heap.HeapOutput, FASTER.core.Empty, Praetor.Storage.Heap.HeapFunctions>;

namespace Praetor.Storage.Heap;

/// <summary>
/// Gives disk space of freed records back: when the log is much larger than what lives in it, the oldest part is scanned, live
/// records move to the tail and the file's head is dropped. Runs on a thread of its own, one round at a time.
/// </summary>
internal sealed class HeapCompaction(FasterKV<long, SpanByte> store, RecordHeapOptions options, Func<Session> newSession) : IDisposable
{
    /// <summary>Log bytes looked at in one round, so that a round stays short.</summary>
    private const long RoundBytes = 64L << 20;

    /// <summary>Log bytes beyond the memory budget that are left alone: compacting little is not worth the writes.</summary>
    private const long SlackBytes = 64L << 20;

    private readonly Lock _gate = new();
    private Thread? _running;
    private volatile bool _stopping;

    /// <summary>Starts a round if the log has outgrown what lives in it.</summary>
    public void Consider(long liveBytes)
    {
        if (!IsDue(liveBytes) || _running is not null)
            return;
        lock (_gate)
        {
            if (_running is not null || _stopping)
                return;
            _running = new Thread(Run) { Name = "praetor-heap", IsBackground = true };
            _running.Start();
        }
    }

    public void Dispose()
    {
        Thread? running;
        lock (_gate)
        {
            _stopping = true;
            running = _running;
        }

        running?.Join();
    }

    private bool IsDue(long liveBytes) =>
        store.Log.TailAddress - store.Log.BeginAddress > (2 * liveBytes) + options.MemoryBytes + SlackBytes;

    private void Run()
    {
        using (Session session = newSession())
        {
            long until = Math.Min(store.Log.BeginAddress + RoundBytes, store.Log.SafeReadOnlyAddress);
            session.Compact(until, CompactionType.Lookup);
            store.Log.Truncate();
        }

        lock (_gate)
            _running = null;
    }
}
