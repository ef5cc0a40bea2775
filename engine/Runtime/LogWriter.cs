using System.Runtime.InteropServices;
using Praetor.Core.Ports;

namespace Praetor.Runtime;

/// <summary>
/// Owns writing to the log: one batch per sync, and what arrives during a sync is the next batch. An I/O error kills the loop and
/// with it the server: after a failed sync nobody knows what is on the disk.
/// </summary>
internal sealed class LogWriter(IRaftLog log, Action<long, long> onAppended, Action<long> onHardStateSaved, Action<Exception> onDeath)
    : LoopThread("praetor-log", onDeath)
{
    private List<LogEntry> _incoming = [];
    private List<LogEntry> _writing = [];
    private HardState? _hardState;
    private long _compactThrough;

    /// <summary>Queues entries; <c>onAppended(index, term)</c> tells when they are durable. Payloads must stay valid until then.</summary>
    public void Append(List<LogEntry> entries)
    {
        lock (Gate)
        {
            _incoming.AddRange(entries);
            Monitor.Pulse(Gate);
        }
    }

    /// <summary>Queues term and vote ahead of all entries that are not yet written.</summary>
    public void SaveHardState(HardState state)
    {
        lock (Gate)
        {
            _hardState = state;
            Monitor.Pulse(Gate);
        }
    }

    /// <summary>Queues dropping the log's head.</summary>
    public void CompactPrefix(long throughIndex)
    {
        lock (Gate)
        {
            _compactThrough = throughIndex;
            Monitor.Pulse(Gate);
        }
    }

    /// <inheritdoc/>
    protected override void Loop()
    {
        while (Take(out HardState? hardState, out long compactThrough))
        {
            if (hardState is { } state)
            {
                log.SaveHardState(state);
                onHardStateSaved(state.Term);
            }

            if (_writing.Count > 0)
            {
                log.Append(CollectionsMarshal.AsSpan(_writing));
                LogEntry last = _writing[^1];
                _writing.Clear();
                onAppended(last.Index, last.Term);
            }

            if (compactThrough > 0)
                log.CompactPrefix(compactThrough);
        }
    }

    private bool Take(out HardState? hardState, out long compactThrough)
    {
        lock (Gate)
        {
            while (_incoming.Count == 0 && _hardState is null && _compactThrough == 0 && !Stopping)
                Monitor.Wait(Gate);
            (_incoming, _writing) = (_writing, _incoming);
            hardState = _hardState;
            compactThrough = _compactThrough;
            _hardState = null;
            _compactThrough = 0;
            // What was queued before the stop is still written: its proposers may get their answers.
            return !Stopping || _writing.Count > 0 || hardState is not null;
        }
    }
}
