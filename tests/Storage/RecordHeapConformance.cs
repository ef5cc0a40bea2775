using Praetor.Core.Ports;
using Praetor.Storage.Heap;

namespace Praetor.Tests.Storage;

/// <summary>What every <see cref="IRecordHeap"/> promises.</summary>
public abstract class RecordHeapConformance : IDisposable
{
    protected abstract IRecordHeap Heap { get; }

    public virtual void Dispose()
    {
        Heap.Dispose();
        GC.SuppressFinalize(this);
    }

    internal static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>As the server reads: in place if it can, from the disk if it must.</summary>
    internal static async Task<byte[]?> ReadAsync(IRecordHeap heap, long version)
    {
        var reader = default(Copy);
        return heap.TryRead(version, ref reader) switch
        {
            RecordRead.Found => reader.Bytes,
            RecordRead.OnDisk => await heap.ReadAsync(version, CancellationToken.None),
            _ => null,
        };
    }

    internal struct Copy : IRecordReader
    {
        public byte[]? Bytes;

        public void OnRecord(ReadOnlySpan<byte> record) => Bytes = record.ToArray();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(32 * 1024)]
    [InlineData(32 * 1024 + 1)]
    [InlineData(512 * 1024)]
    [InlineData(3_000_001)]
    public async Task A_record_of_any_size_comes_back(int length)
    {
        byte[] record = Bytes(length, length);
        Heap.Put(7, record);
        Assert.Equal(record, await ReadAsync(Heap, 7));
        Assert.Equal(record, await Heap.ReadAsync(7, CancellationToken.None));
        Assert.Equal((1, length), (Heap.Count, Heap.LiveBytes));
    }

    [Fact]
    public async Task What_was_never_written_is_missing()
    {
        var reader = default(Copy);
        Assert.Equal(RecordRead.Missing, Heap.TryRead(5, ref reader));
        Assert.Null(await Heap.ReadAsync(5, CancellationToken.None));
        Heap.Free(5);
        Assert.Equal(0, Heap.Count);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200_000)]
    public async Task A_freed_record_is_missing_and_counts_no_more(int length)
    {
        Heap.Put(1, Bytes(length, 1));
        Heap.Put(2, Bytes(length, 2));
        Heap.Free(1);
        Heap.Free(1);
        Assert.Null(await ReadAsync(Heap, 1));
        Assert.Equal(Bytes(length, 2), await ReadAsync(Heap, 2));
        Assert.Equal((1, length), (Heap.Count, Heap.LiveBytes));
    }

    [Fact]
    public async Task Far_more_records_than_fit_the_memory_come_back()
    {
        const int Records = 4000;
        for (int i = 1; i <= Records; i++)
            Heap.Put(i, Bytes(2000 + (i % 50), i));
        for (int i = 1; i <= Records; i += 7)
            Assert.Equal(Bytes(2000 + (i % 50), i), await ReadAsync(Heap, i));
    }

    [Fact]
    public void Holding_is_decided_by_the_bytes()
    {
        for (int i = 1; i <= 3000; i++)
            Heap.Put(i, Bytes(1000, i));
        Assert.True(Heap.Holds(3, Bytes(1000, 3)));
        Assert.True(Heap.Holds(3000, Bytes(1000, 3000)));
        Assert.False(Heap.Holds(3, Bytes(1000, 4)));
        Assert.False(Heap.Holds(3000, Bytes(999, 3000)));
        Assert.False(Heap.Holds(9999, Bytes(1, 1)));
    }

    [Fact]
    public async Task Readers_see_whole_records_while_one_thread_writes_and_frees()
    {
        using var stop = new CancellationTokenSource();
        long newest = 0;
        // On threads of their own: in the pool they would leave no thread to those of other tests.
        Task[] readers = [.. Enumerable.Range(0, 4).Select(seed => Task.Factory.StartNew(() =>
        {
            var random = new Random(seed);
            while (!stop.IsCancellationRequested)
            {
                long version = Math.Max(1, Volatile.Read(ref newest) - random.Next(3000));
                byte[]? read = ReadAsync(Heap, version).GetAwaiter().GetResult();
                Assert.True(read is null || read.AsSpan().SequenceEqual(Bytes(500, (int)version)));
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        for (int i = 1; i <= 10_000; i++)
        {
            Heap.Put(i, Bytes(500, i));
            Volatile.Write(ref newest, i);
            if (i > 2000)
                Heap.Free(i - 2000);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal(2000, Heap.Count);
    }
}

public sealed class MemoryRecordHeapTests : RecordHeapConformance
{
    protected override IRecordHeap Heap { get; } = new MemoryRecordHeap();
}

public sealed class FasterRecordHeapTests : RecordHeapConformance
{
    private readonly TemporaryDirectory _directory = new();

    public FasterRecordHeapTests() => Heap = Open();

    protected override IRecordHeap Heap { get; }

    public override void Dispose()
    {
        base.Dispose();
        _directory.Dispose();
    }

    // A small memory, so that every test spills.
    private FasterRecordHeap Open() => FasterRecordHeap.Open(Path.Combine(_directory.Path, "heap"), new RecordHeapOptions(LeastMemoryBytes: 1 << 20, MostMemoryBytes: 1 << 20, PageBytes: 64 << 10));

    [Fact]
    public async Task Spilled_records_are_really_on_disk()
    {
        for (int i = 1; i <= 3000; i++)
            Heap.Put(i, Bytes(1000, i));
        var reader = default(Copy);
        Assert.Equal(RecordRead.OnDisk, Heap.TryRead(1, ref reader));
        Assert.Equal(Bytes(1000, 1), await Heap.ReadAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task All_that_lives_stays_in_memory_while_there_is_some_to_spare_and_memory_returns_when_it_is_freed()
    {
        using var directory = new TemporaryDirectory();
        using FasterRecordHeap heap = FasterRecordHeap.Open(Path.Combine(directory.Path, "heap"), new RecordHeapOptions(LeastMemoryBytes: 1 << 20, MostMemoryBytes: 64 << 20, PageBytes: 64 << 10));
        const int Records = 20_000;
        for (int i = 1; i <= Records; i++)
            heap.Put(i, Bytes(1000, i));
        var reader = default(Copy);
        Assert.Equal(RecordRead.Found, heap.TryRead(1, ref reader));
        Assert.True(heap.MemoryBytes > Records * 1000);

        // What is written anew again and again pushes out nothing that lives, as long as compaction follows.
        for (int i = Records + 1; i <= 6 * Records; i++)
        {
            heap.Put(i, Bytes(1000, i));
            heap.Free(i);
            // Of these live bytes compaction is due from 32.0 MB of log on, and 33.0 MB of it stay in memory.
            for (int wait = 0; i % 250 == 0 && heap.LogBytes > 32_300_000; wait++)
            {
                Assert.True(wait < 3000, $"{heap.LogBytes} bytes of log for {heap.LiveBytes} live");
                await Task.Delay(10);
            }
        }

        for (int i = 1; i <= Records; i += 500)
        {
            byte[]? live = heap.TryRead(i, ref reader) == RecordRead.Found ? reader.Bytes : null;
            Assert.Equal(Bytes(1000, i), live);
        }

        for (int i = 2; i <= Records; i++)
            heap.Free(i);
        for (int wait = 0; heap.MemoryBytes > 8 << 20; wait++)
        {
            Assert.True(wait < 3000, $"{heap.MemoryBytes} bytes of memory for {heap.LiveBytes} live");
            await Task.Delay(10);
        }

        Assert.Equal(Bytes(1000, 1), await ReadAsync(heap, 1));
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(64L << 20, 16)]
    [InlineData(1L << 30, 256)]
    [InlineData(3L << 30, 512)]
    [InlineData(64L << 30, 1024)]
    public void Records_get_a_quarter_of_the_memory_there_is_within_bounds(long available, long expectedMiB) =>
        Assert.Equal(expectedMiB << 20, RecordHeapOptions.For(available).MostMemoryBytes);

    [Fact]
    public async Task Disk_space_returns_when_records_are_freed()
    {
        var heap = (FasterRecordHeap)Heap;
        const int Records = 2000;
        byte[] record = Bytes(60_000, 1);
        for (int i = 1; i <= Records; i++)
        {
            heap.Put(i, record);
            if (i > 10)
                heap.Free(i - 10);
        }

        // It goes on step by step until little is left beyond what lives.
        for (int wait = 0; heap.LogBytes > Records * 60_000L / 2; wait++)
        {
            Assert.True(wait < 3000, $"{heap.LogBytes} bytes of log for {heap.LiveBytes} live");
            await Task.Delay(10);
        }

        Assert.Equal(record, await ReadAsync(heap, Records));
        Assert.Equal(record, await ReadAsync(heap, Records - 9));
    }
}
