namespace Praetor.Core.Consensus;

/// <summary>
/// Terms and sizes of the entries in the log, without their bytes: all that consensus needs to compare logs and to cut batches. Terms are kept as runs, for they
/// change only with leaders; sizes in a ring. Not thread-safe.
/// </summary>
public sealed class LogShape
{
    private readonly List<(long First, long Term)> _runs = [];
    private int[] _sizes = new int[256];
    private int _head;

    /// <summary>A log that goes on after an entry (0, 0 for an empty one).</summary>
    public LogShape(long baseIndex = 0, long baseTerm = 0)
    {
        BaseIndex = LastIndex = baseIndex;
        BaseTerm = baseTerm;
    }

    /// <summary>Index before the first entry held.</summary>
    public long BaseIndex { get; private set; }

    /// <summary>Term of the entry at <see cref="BaseIndex"/>.</summary>
    public long BaseTerm { get; private set; }

    /// <summary>Index of the last entry.</summary>
    public long LastIndex { get; private set; }

    /// <summary>Term of the last entry.</summary>
    public long LastTerm => _runs.Count > 0 ? _runs[^1].Term : BaseTerm;

    /// <summary>Term of an entry; -1 if it is not held.</summary>
    public long TermAt(long index)
    {
        if (index == BaseIndex)
            return BaseTerm;
        if (index < BaseIndex || index > LastIndex)
            return -1;
        int run = _runs.Count - 1;
        while (_runs[run].First > index)
            run--;
        return _runs[run].Term;
    }

    /// <summary>First index held whose term is that of <paramref name="index"/>, an entry that is held.</summary>
    public long FirstOfTermAt(long index)
    {
        int run = _runs.Count - 1;
        while (run >= 0 && _runs[run].First > index)
            run--;
        return run < 0 ? BaseIndex : Math.Max(_runs[run].First, BaseIndex + 1);
    }

    /// <summary>Last index whose term is not above <paramref name="term"/>; at least <see cref="BaseIndex"/>.</summary>
    public long LastOfTermUpTo(long term)
    {
        long last = LastIndex;
        for (int run = _runs.Count - 1; run >= 0 && _runs[run].Term > term; run--)
            last = _runs[run].First - 1;
        return Math.Max(last, BaseIndex);
    }

    /// <summary>Adds an entry.</summary>
    public void Append(long term, int sizeBytes)
    {
        int count = (int)(LastIndex - BaseIndex);
        if (count == _sizes.Length)
            Grow();
        LastIndex++;
        _sizes[(_head + count) % _sizes.Length] = sizeBytes;
        if (_runs.Count == 0 || _runs[^1].Term != term)
            _runs.Add((LastIndex, term));
    }

    /// <summary>Removes the entries from an index on.</summary>
    public void TruncateFrom(long index)
    {
        LastIndex = Math.Min(LastIndex, index - 1);
        while (_runs.Count > 0 && _runs[^1].First > LastIndex)
            _runs.RemoveAt(_runs.Count - 1);
    }

    /// <summary>Forgets the entries through an index that is held.</summary>
    public void CompactThrough(long index)
    {
        if (index <= BaseIndex || index > LastIndex)
            return;
        long term = TermAt(index);
        _head = (int)((_head + (index - BaseIndex)) % _sizes.Length);
        BaseIndex = index;
        BaseTerm = term;
        while (_runs.Count > 1 && _runs[1].First <= index + 1)
            _runs.RemoveAt(0);
        if (LastIndex == BaseIndex)
            _runs.Clear();
    }

    /// <summary>Forgets everything and goes on after an entry.</summary>
    public void Reset(long index, long term)
    {
        _runs.Clear();
        _head = 0;
        BaseIndex = LastIndex = index;
        BaseTerm = term;
    }

    /// <summary>Last index of a batch from <paramref name="from"/> on with at most <paramref name="maxBytes"/> of payload and <paramref name="maxEntries"/> entries; at least one entry if there is any.</summary>
    public long LastWithin(long from, long maxBytes, int maxEntries)
    {
        long last = from - 1;
        long bytes = 0;
        while (last < LastIndex && last - from + 1 < maxEntries)
        {
            bytes += SizeAt(last + 1);
            if (bytes > maxBytes && last >= from)
                break;
            last++;
        }

        return last;
    }

    private int SizeAt(long index) => _sizes[(int)((_head + (index - BaseIndex - 1)) % _sizes.Length)];

    private void Grow()
    {
        int[] larger = new int[_sizes.Length * 2];
        for (int i = 0; i < _sizes.Length; i++)
            larger[i] = _sizes[(_head + i) % _sizes.Length];
        _sizes = larger;
        _head = 0;
    }
}
