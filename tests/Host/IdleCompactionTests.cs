using Praetor.Api;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

public sealed class IdleCompactionTests
{
    private readonly ManualTime _time = new();
    private int _collections;
    private int _compactions;
    private long _heapBytes = 1 << 20;

    [Fact]
    public void After_a_burst_memory_is_given_back_once()
    {
        using ITimer timer = Start();
        Burst();
        LookAgain(1);
        Assert.Equal(0, _compactions);
        LookAgain(1);
        Assert.Equal(1, _compactions);
        LookAgain(100);
        Assert.Equal(1, _compactions);
    }

    [Fact]
    public void Each_burst_is_followed_by_one()
    {
        using ITimer timer = Start();
        for (int burst = 1; burst <= 3; burst++)
        {
            Burst();
            LookAgain(5);
            Assert.Equal(burst, _compactions);
        }
    }

    [Fact]
    public void A_busy_process_is_not_stopped_for_it()
    {
        using ITimer timer = Start();
        for (int i = 0; i < 100; i++)
            Burst();
        Assert.Equal(0, _compactions);
    }

    [Fact]
    public void A_large_heap_is_left_alone()
    {
        using ITimer timer = Start();
        _heapBytes = IdleCompaction.MaxHeapBytes + 1;
        Burst();
        LookAgain(100);
        Assert.Equal(0, _compactions);
    }

    private ITimer Start() => new IdleCompaction(() => _collections, () => _heapBytes, Compact).Start(_time);

    private void Compact()
    {
        _collections++;
        _compactions++;
    }

    /// <summary>Collections between two looks.</summary>
    private void Burst()
    {
        _collections += 10;
        LookAgain(1);
    }

    private void LookAgain(int times)
    {
        for (int i = 0; i < times; i++)
            _time.Advance(IdleCompaction.LookEvery);
    }
}
