using System.Diagnostics;
using System.Runtime.InteropServices;
using Praetor.Core.Consensus;
using Praetor.Core.Ports;
using Praetor.Runtime.Telemetry;

namespace Praetor.Runtime;

/// <summary>
/// Owns writing to the log: one sync for all entries that wait, and what arrives during a sync is the next batch. An I/O error kills the loop and
/// with it the server: after a failed sync nobody knows what is on the disk.
/// </summary>
internal sealed class LogWriter(IRaftLog log, Action<long> onPersisted, Action<Exception> onDeath) : LoopThread("praetor-log", onDeath)
{
    private readonly List<LogEntry> _batch = [];
    private List<LogWrite> _incomingWrites = [];
    private List<LogEntry> _incomingEntries = [];
    private List<LogWrite> _writes = [];
    private List<LogEntry> _entries = [];
    private long _compactThrough;

    /// <summary>Queues writes with their entries; <c>onPersisted(number)</c> tells which is the last that is durable. Payloads must stay valid until then.</summary>
    public void Write(List<LogWrite> writes, List<LogEntry> entries)
    {
        lock (Gate)
        {
            _incomingWrites.AddRange(writes);
            _incomingEntries.AddRange(entries);
        }

        Wake();
    }

    /// <summary>What is measured; null for nothing. Set before the start.</summary>
    public ServerMeters? Meters { get; set; }

    /// <summary>Queues dropping the log's head.</summary>
    public void CompactPrefix(long throughIndex)
    {
        lock (Gate)
            _compactThrough = throughIndex;
        Wake();
    }

    /// <inheritdoc/>
    protected override void Loop()
    {
        while (Take(out long compactThrough))
        {
            if (_writes.Count > 0)
                WriteAll();
            if (compactThrough > 0)
                log.CompactPrefix(compactThrough);
        }
    }

    private void WriteAll()
    {
        int entry = 0;
        foreach (LogWrite write in _writes)
        {
            if (write.ResetTo is not null || write.HardState is not null || write.TruncateFrom is not null)
                AppendBatch();
            if (write.ResetTo is { } index)
                log.Reset(index);
            if (write.HardState is { } state)
                log.SaveHardState(state);
            if (write.TruncateFrom is { } from)
                log.TruncateSuffix(from);
            for (int end = entry + write.EntryCount; entry < end; entry++)
                _batch.Add(_entries[entry]);
        }

        AppendBatch();
        long last = _writes[^1].Number;
        _writes.Clear();
        _entries.Clear();
        onPersisted(last);
    }

    private void AppendBatch()
    {
        if (_batch.Count == 0)
            return;
        long begun = Stopwatch.GetTimestamp();
        log.Append(CollectionsMarshal.AsSpan(_batch));
        Meters?.DispatchLog.Record(ServerMeters.Since(begun));
        _batch.Clear();
    }

    private bool Take(out long compactThrough)
    {
        lock (Gate)
        {
            while (_incomingWrites.Count == 0 && _compactThrough == 0 && !Stopping)
                Sleep();
            (_incomingWrites, _writes) = (_writes, _incomingWrites);
            (_incomingEntries, _entries) = (_entries, _incomingEntries);
            compactThrough = _compactThrough;
            _compactThrough = 0;
            // What was queued before the stop is still written: its proposers may get their answers.
            return !Stopping || _writes.Count > 0;
        }
    }
}
