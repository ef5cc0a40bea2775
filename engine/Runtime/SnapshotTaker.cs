using System.Diagnostics;
using Praetor.Core.Consensus;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Runtime.Telemetry;

namespace Praetor.Runtime;

/// <summary>When snapshots are taken.</summary>
/// <param name="MinEntries">Entries since the last one.</param>
/// <param name="IntervalMs">Milliseconds since the last one.</param>
/// <param name="MinLogBytes">Log bytes that call for one before the interval is over, so that a restart never replays much more than a few times the state's own size.</param>
public sealed record SnapshotOptions(long MinEntries = 16_384, long IntervalMs = 30_000, long MinLogBytes = 16 * 1024 * 1024);

/// <summary>
/// Takes snapshots in the background: a pinned root is streamed to the store while writes go on. One at a time.
/// </summary>
internal sealed class SnapshotTaker(ISnapshotStore store, IRecordHeap heap, SnapshotOptions first, TimeProvider time,
    Func<StateRoot, IDisposable> pin, Action<long, long> onSnapshot, Action<Exception> onDeath, CancellationToken stopping)
{
    private long _entries;
    private long _bytes;
    private long _lastBytes;
    private long _lastAtMs;
    private Thread? _thread;
    private volatile bool _running;
    private volatile SnapshotOptions _options = first;

    /// <summary>When snapshots are taken; may be changed at any time.</summary>
    public SnapshotOptions Options
    {
        set => _options = value;
    }

    /// <summary>What is measured; null for nothing. Set before the start.</summary>
    public ServerMeters? Meters { get; set; }

    /// <summary>Called by the apply loop after each batch.</summary>
    public void OnApplied(in AppliedBatch applied, ServerSet servers)
    {
        _entries += applied.Entries;
        _bytes += applied.Bytes;
        SnapshotOptions options = _options;
        if (_running || _entries < options.MinEntries)
            return;
        long nowMs = (long)time.GetElapsedTime(0).TotalMilliseconds;
        if (nowMs - _lastAtMs < options.IntervalMs && _bytes < options.MinLogBytes + (4 * Volatile.Read(ref _lastBytes)))
            return;
        _entries = 0;
        _bytes = 0;
        _lastAtMs = nowMs;
        Begin(applied.Root, applied.LastTerm, servers);
    }

    /// <summary>Waits for a snapshot under way.</summary>
    public void Finish() => _thread?.Join();

    private void Begin(StateRoot root, long term, ServerSet servers)
    {
        _running = true;
        long begun = Stopwatch.GetTimestamp();
        IDisposable pinned = pin(root);
        Meters?.PinTime.Record(ServerMeters.Since(begun));
        _thread = new Thread(() => Take(root, term, servers, pinned)) { Name = "praetor-snapshot", IsBackground = true };
        _thread.Start();
    }

    private void Take(StateRoot root, long term, ServerSet servers, IDisposable pinned)
    {
        long begun = Stopwatch.GetTimestamp();
        try
        {
            using (pinned)
            using (ISnapshotSink sink = store.Create(new SnapshotMeta(root.Index, term, servers.Encode())))
            {
                Meters?.SnapshotCreate.Record(ServerMeters.Since(begun));
                long writing = Stopwatch.GetTimestamp();
                // Gathers the many small records; not disposed, because the body belongs to the sink.
                var gathered = new BufferedStream(new PacedStream(sink.Body, stopping), 64 * 1024);
                long written = StateMachine.WriteSnapshot(root, heap, gathered);
                gathered.Flush();
                sink.Commit();
                Meters?.Persisted(ServerMeters.Since(writing));
                Volatile.Write(ref _lastBytes, written);
            }

            Meters?.SnapshotTime.Record(ServerMeters.Since(begun));
            onSnapshot(root.Index, term);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops: the next start takes one if it is due.
        }
#pragma warning disable CA1031 // A snapshot that cannot be written means a disk that cannot be trusted: the owner decides.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            onDeath(cause);
        }
        finally
        {
            _running = false;
        }
    }
}
