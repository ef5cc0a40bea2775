namespace Praetor.Core.Mvcc;

/// <summary>How far back old versions stay readable; whichever bound is passed first ends a version's life.</summary>
/// <param name="MaxIndexes">Log indexes behind the newest root.</param>
/// <param name="MaxAgeMs">Milliseconds since a version was superseded.</param>
public sealed record HistoryOptions(long MaxIndexes = 1024, long MaxAgeMs = 300_000);

/// <summary>
/// Keeps the newest roots and tells which record versions no kept root refers to any more. Owned by the apply loop; the roots may be
/// looked at, and one that a snapshot is reading is pinned, from any thread.
/// </summary>
/// <typeparam name="TRoot">The root type.</typeparam>
public sealed class HistoryWindow<TRoot>(HistoryOptions options) where TRoot : class
{
    private readonly Queue<Kept> _kept = new();
    private readonly Lock _gate = new();
    private readonly Lock _pinGate = new();
    private readonly List<long> _pins = [];

    private readonly record struct Kept(TRoot Root, long Index, long SupersededAtMs, long[] Superseded);

    /// <summary>Roots kept, the newest included.</summary>
    public int Count => _kept.Count;

    /// <summary>Adds the newest root and the versions that it no longer refers to but its predecessor did.</summary>
    public void Add(TRoot root, long index, IReadOnlyList<long> superseded, long nowMs)
    {
        lock (_gate)
            _kept.Enqueue(new Kept(root, index, nowMs, [.. superseded]));
    }

    /// <summary>The roots kept, oldest first. Any thread.</summary>
    public IReadOnlyList<TRoot> Roots
    {
        get
        {
            lock (_gate)
            {
                var roots = new List<TRoot>(_kept.Count);
                foreach (Kept kept in _kept)
                    roots.Add(kept.Root);
                return roots;
            }
        }
    }

    /// <summary>Drops roots that have left the window and reports the versions only they needed.</summary>
    public void Trim(long newestIndex, long nowMs, List<long> free)
    {
        long pinned = LowestPin();
        lock (_gate)
            Trim(newestIndex, nowMs, pinned, free);
    }

    private void Trim(long newestIndex, long nowMs, long pinned, List<long> free)
    {
        while (_kept.Count > 1 && _kept.Peek().Index < pinned)
        {
            // A root is superseded when its successor is published.
            using Queue<Kept>.Enumerator walk = _kept.GetEnumerator();
            walk.MoveNext();
            walk.MoveNext();
            Kept successor = walk.Current;
            bool tooOld = newestIndex - _kept.Peek().Index > options.MaxIndexes || nowMs - successor.SupersededAtMs > options.MaxAgeMs;
            if (!tooOld)
                return;
            _kept.Dequeue();
            free.AddRange(successor.Superseded);
        }
    }

    /// <summary>Keeps everything that the root of this index refers to until the pin is disposed. Pin before the root can leave the window.</summary>
    public IDisposable Pin(long index)
    {
        lock (_pinGate)
            _pins.Add(index);
        return new Release(this, index);
    }

    private long LowestPin()
    {
        lock (_pinGate)
            return _pins.Count == 0 ? long.MaxValue : _pins.Min();
    }

    private sealed class Release(HistoryWindow<TRoot> window, long index) : IDisposable
    {
        private bool _released;

        public void Dispose()
        {
            lock (window._pinGate)
            {
                if (!_released)
                    window._pins.Remove(index);
                _released = true;
            }
        }
    }
}
