using Praetor.Storage.Heap;
using Praetor.Tests.Support;

namespace Praetor.Tests.Storage;

/// <summary>What is freed goes back to the process. Counts the memory of the whole process, hence alone.</summary>
[Collection(Alone.Name)]
public sealed class RecordHeapMemoryTests
{
    [Fact]
    public void Memory_returns_when_everything_is_freed()
    {
        using var heap = new MemoryRecordHeap();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 1; i <= 20_000; i++)
            heap.Put(i, new byte[1000]);
        long filled = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 1; i <= 20_000; i++)
            heap.Free(i);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(filled - before > 18_000_000);
        Assert.True(after - before < 4_000_000, $"{after - before} bytes stayed");
    }
}
