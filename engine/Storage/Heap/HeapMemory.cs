using FASTER.core;

namespace Praetor.Storage.Heap;

/// <summary>
/// How many of the log's pages stay in memory: all of what lives and of what has not been compacted away yet, within the bounds of the options. Writing thread only.
/// </summary>
internal sealed class HeapMemory
{
    /// <summary>What the log may be ahead of its compaction before it spills: a step under way has moved what lives to the tail before it lets the head go.</summary>
    private const int SparePages = 4 * HeapCompaction.StepPages;

    private readonly FasterKV<long, SpanByte> _store;
    private readonly RecordHeapOptions _options;
    private int _pages;

    public HeapMemory(FasterKV<long, SpanByte> store, RecordHeapOptions options)
    {
        _store = store;
        _options = options;
        Set(PagesFor(0));
    }

    /// <summary>Makes room for so many live bytes of log, or gives back what they no longer need: that only when it is much, because it pushes pages out.</summary>
    public void Fit(long liveBytes)
    {
        int pages = PagesFor(liveBytes);
        if (pages > _pages || pages < _pages - (_pages / 4))
            Set(pages);
    }

    private int PagesFor(long liveBytes) =>
        (int)Math.Min((_options.LogBytesFor(liveBytes) / _options.PageBytes) + SparePages, _options.MostMemoryBytes / _options.PageBytes);

    private void Set(int pages)
    {
        _pages = pages;
        _store.Log.EmptyPageCount = _store.Log.BufferSize - pages;
    }
}
