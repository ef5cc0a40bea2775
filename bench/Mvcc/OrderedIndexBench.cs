using System.Collections.Immutable;
using System.Text;
using BenchmarkDotNet.Attributes;
using Praetor.Core.Mvcc;

namespace Praetor.Bench.Mvcc;

/// <summary>The ordered versioned index against the framework's persistent sorted map, with 100,000 keys.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class OrderedIndexBench
{
    private const int Keys = 100_000;
    private readonly byte[][] _keys = [.. Enumerable.Range(0, Keys).Select(i => Encoding.UTF8.GetBytes($"bench/service/{i * 7919 % Keys:d6}"))];
    private OrderedIndex<long> _index = OrderedIndex<long>.Empty;
    private ImmutableSortedDictionary<byte[], long> _framework = ImmutableSortedDictionary<byte[], long>.Empty;
    private int _next;

    [GlobalSetup]
    public void Fill()
    {
        OrderedIndexBatch<long> batch = _index.Begin();
        ImmutableSortedDictionary<byte[], long>.Builder builder =
            ImmutableSortedDictionary.CreateBuilder<byte[], long>(Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)));
        foreach (byte[] key in _keys)
        {
            batch.Set(key, 1);
            builder[key] = 1;
        }

        _index = batch.Commit();
        _framework = builder.ToImmutable();
    }

    private byte[] NextKey() => _keys[_next++ % Keys];

    [Benchmark]
    public bool Get() => _index.TryGet(NextKey(), out _);

    [Benchmark]
    public bool Get_framework() => _framework.TryGetValue(NextKey(), out _);

    [Benchmark(OperationsPerInvoke = 64)]
    public OrderedIndex<long> Batch_of_64_sets()
    {
        OrderedIndexBatch<long> batch = _index.Begin();
        for (int i = 0; i < 64; i++)
            batch.Set(NextKey(), i);
        return batch.Commit();
    }

    [Benchmark(OperationsPerInvoke = 64)]
    public object Batch_of_64_sets_framework()
    {
        ImmutableSortedDictionary<byte[], long>.Builder builder = _framework.ToBuilder();
        for (int i = 0; i < 64; i++)
            builder[NextKey()] = i;
        return builder.ToImmutable();
    }

    [Benchmark]
    public OrderedIndex<long> One_set()
    {
        OrderedIndexBatch<long> batch = _index.Begin();
        batch.Set(NextKey(), 2);
        return batch.Commit();
    }

    [Benchmark(OperationsPerInvoke = Keys)]
    public long Scan_all()
    {
        long sum = 0;
        foreach (KeyValuePair<ReadOnlyMemory<byte>, long> pair in _index.Scan([]))
            sum += pair.Value;
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Keys)]
    public long Scan_all_framework()
    {
        long sum = 0;
        foreach (KeyValuePair<byte[], long> pair in _framework)
            sum += pair.Value;
        return sum;
    }
}
