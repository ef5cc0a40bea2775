using FASTER.core;
using Session = FASTER.core.ClientSession<long, FASTER.core.SpanByte, int, Praetor.Storage.Heap.HeapOutput, FASTER.core.Empty, Praetor.Storage.Heap.HeapFunctions>;

namespace Praetor.Storage.Heap;

/// <summary>
/// Gives disk space of freed records back: when the log is much larger than what lives in it, the oldest part is scanned, live
/// records move to the tail and the file's head is dropped. Runs on a thread of its own until the log is small enough.
/// </summary>
internal sealed class HeapCompaction(FasterKV<long, SpanByte> store, RecordHeapOptions options, Func<Session> newSession) : IDisposable
{
    /// <summary>
    /// Log bytes looked at in one step. What lives in them moves to the tail at once, and writers wait if the tail runs ahead of the disk: so steps are short, with a breath between them.
    /// </summary>
    private const long StepBytes = 4L << 20;

    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);

    /// <summary>Log bytes beyond the memory budget that are left alone: compacting little is not worth the writes.</summary>
    private const long SlackBytes = 64L << 20;

    private readonly Lock _gate = new();
    private Thread? _running;
    private readonly ManualResetEventSlim _stopping = new();
    private long _liveBytes;

    /// <summary>Starts a round if the log has outgrown what lives in it.</summary>
    public void Consider(long liveBytes)
    {
        Volatile.Write(ref _liveBytes, liveBytes);
        if (!IsDue(liveBytes) || _running is not null)
            return;
        lock (_gate)
        {
            if (_running is not null || _stopping.IsSet)
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
            _stopping.Set();
            running = _running;
        }

        running?.Join();
        _stopping.Dispose();
    }

    private bool IsDue(long liveBytes) =>
        store.Log.TailAddress - store.Log.BeginAddress > (2 * liveBytes) + options.MemoryBytes + SlackBytes;

    private void Run()
    {
        using (Session session = newSession())
        {
            do
            {
                long until = Math.Min(store.Log.BeginAddress + StepBytes, store.Log.SafeReadOnlyAddress);
                session.Compact(until, CompactionType.Lookup);
                store.Log.Truncate();
            }
            while (IsDue(Volatile.Read(ref _liveBytes)) && !_stopping.Wait(Breath));
        }

        lock (_gate)
            _running = null;
    }
}
