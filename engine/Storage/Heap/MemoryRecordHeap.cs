using Praetor.Core.Ports;

namespace Praetor.Storage.Heap;

/// <summary>
/// The in-memory twin of the record heap, for <c>-dev</c>, tests and the simulator. Version ids only ever grow, so records stand in
/// pages of consecutive ids: a read is two array loads without a lock, and a page whose records are all freed is dropped whole.
/// </summary>
public sealed class MemoryRecordHeap : IRecordHeap
{
    private const int PageBits = 10;
    private const int PageSize = 1 << PageBits;

    private sealed class Page
    {
        public readonly byte[]?[] Records = new byte[]?[PageSize];
        public int Live;
    }

    // Replaced whole when it grows, so readers always see a consistent directory.
    private Page?[] _pages = new Page?[16];
    private long _count;
    private long _liveBytes;

    /// <inheritdoc/>
    public long Count => Volatile.Read(ref _count);

    /// <inheritdoc/>
    public long LiveBytes => Volatile.Read(ref _liveBytes);

    /// <inheritdoc/>
    public void Put(long version, ReadOnlySpan<byte> record)
    {
        int at = checked((int)(version >> PageBits));
        if (at >= _pages.Length)
        {
            var larger = new Page?[Math.Max(_pages.Length * 2, at + 1)];
            _pages.CopyTo(larger, 0);
            Volatile.Write(ref _pages, larger);
        }

        Page page = _pages[at] ?? new Page();
        Volatile.Write(ref page.Records[version & (PageSize - 1)], record.ToArray());
        page.Live++;
        Volatile.Write(ref _pages[at], page);
        Volatile.Write(ref _count, _count + 1);
        Volatile.Write(ref _liveBytes, _liveBytes + record.Length);
    }

    /// <inheritdoc/>
    public void Free(long version)
    {
        if (Find(version) is not { } record)
            return;
        int at = (int)(version >> PageBits);
        Page page = _pages[at]!;
        Volatile.Write(ref page.Records[version & (PageSize - 1)], null);
        if (--page.Live == 0)
            Volatile.Write(ref _pages[at], null);
        Volatile.Write(ref _count, _count - 1);
        Volatile.Write(ref _liveBytes, _liveBytes - record.Length);
    }

    /// <inheritdoc/>
    public RecordRead TryRead<TReader>(long version, ref TReader reader) where TReader : struct, IRecordReader
    {
        if (Find(version) is not { } record)
            return RecordRead.Missing;
        reader.OnRecord(record);
        return RecordRead.Found;
    }

    /// <inheritdoc/>
    public ValueTask<byte[]?> ReadAsync(long version, CancellationToken cancellation) =>
        ValueTask.FromResult(Find(version)?.ToArray());

    /// <inheritdoc/>
    public void Dispose() => _pages = [];

    private byte[]? Find(long version)
    {
        Page?[] pages = Volatile.Read(ref _pages);
        long at = version >> PageBits;
        if ((ulong)at >= (ulong)pages.Length || Volatile.Read(ref pages[at]) is not { } page)
            return null;
        return Volatile.Read(ref page.Records[version & (PageSize - 1)]);
    }
}
