using Praetor.Core.Ports;

namespace Praetor.Runtime;

/// <summary>
/// The newest entries of the log in memory, for followers that are up to date: they are sent before they are on the disk. Keeps what is not yet durable, and of the rest
/// as much as the budget allows. Not thread-safe: for who has the raft loop's turn.
/// </summary>
internal sealed class LogTail(IRaftLog log, long budgetBytes)
{
    private const int ReadBytes = 1 << 20;

    private LogEntry[] _ring = new LogEntry[1024];
    private int _head;
    private int _count;
    private long _bytes;

    private long FirstIndex => _count == 0 ? long.MaxValue : At(0).Index;

    /// <summary>Adds the entry that follows the last one.</summary>
    public void Append(in LogEntry entry, long durableIndex)
    {
        if (_count == _ring.Length)
            Grow();
        _ring[(_head + _count++) % _ring.Length] = entry;
        _bytes += entry.Payload.Length;
        while (_bytes > budgetBytes && _count > 1 && At(0).Index <= durableIndex)
            DropFirst();
    }

    /// <summary>Drops the entries from an index on.</summary>
    public void TruncateFrom(long index)
    {
        while (_count > 0 && At(_count - 1).Index >= index)
        {
            ref LogEntry last = ref At(--_count);
            _bytes -= last.Payload.Length;
            last = default;
        }
    }

    /// <summary>
    /// Fills <paramref name="into"/> with the entries of a message; false if they are not to be had: compacted, or on their way to the disk
    /// and no longer here.
    /// </summary>
    public bool TryRead(long from, int count, List<LogEntry> into)
    {
        into.Clear();
        // Behind the tail the disk may still hold what was truncated: read there only what lies before it.
        int onDisk = (int)Math.Clamp(FirstIndex - from, 0, count);
        if (!TryReadLog(from, onDisk, into))
            return false;
        for (int i = (int)(from + onDisk - FirstIndex); into.Count < count; i++)
        {
            if (i >= _count)
                return false;
            into.Add(At(i));
        }

        return true;
    }

    private bool TryReadLog(long from, int count, List<LogEntry> into)
    {
        while (into.Count < count)
        {
            long next = from + into.Count;
            if (next < log.FirstIndex || next > log.LastIndex)
                return false;
            IReadOnlyList<LogEntry> read = log.Read(next, ReadBytes);
            if (read.Count == 0)
                return false;
            for (int i = 0; i < read.Count && into.Count < count; i++)
                into.Add(read[i]);
        }

        return true;
    }

    private ref LogEntry At(int position) => ref _ring[(_head + position) % _ring.Length];

    private void DropFirst()
    {
        _bytes -= At(0).Payload.Length;
        At(0) = default;
        _head = (_head + 1) % _ring.Length;
        _count--;
    }

    private void Grow()
    {
        var larger = new LogEntry[_ring.Length * 2];
        for (int i = 0; i < _count; i++)
            larger[i] = At(i);
        _ring = larger;
        _head = 0;
    }
}
