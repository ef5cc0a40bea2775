using BenchmarkDotNet.Attributes;
using Praetor.Core.Ports;
using Praetor.Storage.Heap;

namespace Praetor.Bench.Storage;

/// <summary>Putting and reading records of 200 bytes: FASTER against its in-memory twin.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class RecordHeapBench
{
    private const int Records = 10_000;
    private readonly byte[] _record = new byte[200];
    private string _directory = "";
    private IRecordHeap _heap = null!;
    private long _version;
    private long _read;

    [Params("faster", "memory")]
    public string Heap { get; set; } = "";

    [GlobalSetup]
    public void Open()
    {
        _directory = Path.Combine(AppContext.BaseDirectory, $"heap-{Guid.NewGuid():N}");
        _heap = Heap == "faster" ? FasterRecordHeap.Open(_directory, new RecordHeapOptions()) : new MemoryRecordHeap();
        for (_version = 1; _version <= Records; _version++)
            _heap.Put(_version, _record);
    }

    [GlobalCleanup]
    public void Close()
    {
        _heap.Dispose();
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    [Benchmark]
    public RecordRead Read()
    {
        var reader = default(Length);
        return _heap.TryRead((_read++ % Records) + 1, ref reader);
    }

    /// <summary>As an overwritten key does: a new version comes, the old one goes.</summary>
    [Benchmark]
    public void Put_and_free()
    {
        _heap.Put(++_version, _record);
        _heap.Free(_version);
    }

    private struct Length : IRecordReader
    {
        public int Bytes;

        public void OnRecord(ReadOnlySpan<byte> record) => Bytes = record.Length;
    }
}
