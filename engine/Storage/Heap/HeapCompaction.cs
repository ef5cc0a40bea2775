using FASTER.core;
using Session = FASTER.core.ClientSession<long, FASTER.core.SpanByte, int, Praetor.Storage.Heap.HeapOutput, FASTER.core.Empty, Praetor.Storage.Heap.HeapFunctions>;

namespace Praetor.Storage.Heap;

/// <summary>
/// Gives memory and disk space of freed records back: when the log is much larger than what lives in it, the oldest part is scanned, live records move to the tail and the head is dropped. Runs on
/// a thread of its own, which begins when there is something to do for the first time and waits afterwards.
/// </summary>
internal sealed class HeapCompaction(FasterKV<long, SpanByte> store, RecordHeapOptions options, Func<Session> newSession) : IDisposable
{
    /// <summary>
    /// Pages looked at in one step. What lives in them moves to the tail at once, and writers wait if the tail runs ahead of the disk: so steps are short, with a breath between them. And it is as
    /// many pages as FASTER keeps for reuse: of more than that, each would be garbage of the largest kind, and the next ones new.
    /// </summary>
    public const int StepPages = 4;

    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(5);

    private readonly ManualResetEventSlim _due = new();
    private readonly CancellationTokenSource _stopping = new();
    private Thread? _thread;
    private long _liveBytes;

    /// <summary>Begins a round if the log has outgrown what lives in it: so many bytes of log. Writing thread only.</summary>
    public void Consider(long liveBytes)
    {
        Volatile.Write(ref _liveBytes, liveBytes);
        if (_due.IsSet || !IsDue(liveBytes))
            return;
        _due.Set();
        if (_thread is null)
        {
            _thread = new Thread(Run) { Name = "praetor-heap", IsBackground = true };
            _thread.Start();
        }
    }

    /// <summary>Ends the thread after the step under way.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _thread?.Join();
        _stopping.Dispose();
        _due.Dispose();
    }

    private bool IsDue(long liveBytes) => store.Log.TailAddress - store.Log.BeginAddress > options.LogBytesFor(liveBytes);

    private void Run()
    {
        using Session session = newSession();
        try
        {
            while (true)
            {
                _due.Wait(_stopping.Token);
                // Before the look: what becomes due while we look is looked at again.
                _due.Reset();
                while (IsDue(Volatile.Read(ref _liveBytes)))
                {
                    session.Compact(Math.Min(store.Log.BeginAddress + ((long)StepPages * options.PageBytes), store.Log.SafeReadOnlyAddress), CompactionType.Lookup);
                    store.Log.Truncate();
                    if (_stopping.Token.WaitHandle.WaitOne(Breath))
                        return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The heap is closed.
        }
    }
}
