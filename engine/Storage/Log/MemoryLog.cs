using Praetor.Core.Ports;

namespace Praetor.Storage.Log;

/// <summary>The in-memory twin of the write-ahead log, for <c>-dev</c>, tests and the simulator. "Durable" means "until the process ends".</summary>
public sealed class MemoryLog : IRaftLog
{
    private readonly Lock _gate = new();
    private readonly List<LogEntry> _entries = [];
    private long _firstIndex = 1;
    private HardState _hardState;

    /// <inheritdoc/>
    public long FirstIndex
    {
        get
        {
            lock (_gate)
                return _firstIndex;
        }
    }

    /// <inheritdoc/>
    public long LastIndex
    {
        get
        {
            lock (_gate)
                return _firstIndex + _entries.Count - 1;
        }
    }

    /// <inheritdoc/>
    public HardState HardState
    {
        get
        {
            lock (_gate)
                return _hardState;
        }
    }

    /// <inheritdoc/>
    public long SizeBytes => 0;

    /// <inheritdoc/>
    public void SaveHardState(HardState state)
    {
        lock (_gate)
            _hardState = state;
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<LogEntry> batch)
    {
        lock (_gate)
        {
            foreach (ref readonly LogEntry entry in batch)
            {
                if (entry.Index != _firstIndex + _entries.Count)
                    throw new ArgumentException($"entry {entry.Index} cannot follow {_firstIndex + _entries.Count - 1}", nameof(batch));
                _entries.Add(entry with { Payload = entry.Payload.ToArray() });
            }
        }
    }

    /// <inheritdoc/>
    public void TruncateSuffix(long fromIndex)
    {
        lock (_gate)
        {
            int keep = (int)Math.Clamp(fromIndex - _firstIndex, 0, _entries.Count);
            _entries.RemoveRange(keep, _entries.Count - keep);
        }
    }

    /// <inheritdoc/>
    public void CompactPrefix(long throughIndex)
    {
        lock (_gate)
        {
            int drop = (int)Math.Clamp(throughIndex - _firstIndex + 1, 0, _entries.Count);
            _entries.RemoveRange(0, drop);
            _firstIndex += drop;
        }
    }

    /// <inheritdoc/>
    public void Reset(long index)
    {
        lock (_gate)
        {
            _entries.Clear();
            _firstIndex = index + 1;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<LogEntry> Read(long fromIndex, int maxBytes)
    {
        lock (_gate)
        {
            var found = new List<LogEntry>();
            long bytes = 0;
            for (long at = Math.Max(fromIndex, _firstIndex) - _firstIndex; at < _entries.Count; at++)
            {
                LogEntry entry = _entries[(int)at];
                bytes += entry.Payload.Length;
                if (found.Count > 0 && bytes > maxBytes)
                    break;
                found.Add(entry);
            }

            return found;
        }
    }

    /// <inheritdoc/>
    public void Walk(Action<LogEntry> visit)
    {
        lock (_gate)
            _entries.ForEach(visit);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
