using System.Buffers;
using BenchmarkDotNet.Attributes;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Bench.Catalog;

/// <summary>
/// health/service of 50 instances: rendering it, which happens once per change, and finding the kept answer, which happens per request.
/// Budgets: rendering allocates 40 B, a hit 64 B (the keys of its lookups).
/// </summary>
[MemoryDiagnoser]
public class HealthAnswerBench
{
    private readonly ArrayBufferWriter<byte> _buffer = new(128 * 1024);
    private readonly GoJsonWriter _json = new();
    private StateRoot _root = null!;
    private string _key = "";

    /// <summary>Fills the catalog and keeps one answer.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _root = CatalogState.WithInstances(50);
        _key = "health/service\npassing=0:";
        _root.Catalog.Service("web").Derived.Keep(_key, Array.Empty<byte>());
    }

    /// <summary>Renders all instances; returns the size of the body in bytes.</summary>
    [Benchmark]
    public int Render()
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer, pretty: false);
        _json.BeginArray();
        foreach (ServiceInstance instance in _root.Catalog.Service("web").Instances)
        {
            if (instance.AllPassing)
                CatalogJson.CheckServiceNode(_json, instance);
        }

        _json.EndArray();
        _json.Flush();
        return _buffer.WrittenCount;
    }

    /// <summary>What a request with a known target does in the state: index of the service, owner of the answer, the answer.</summary>
    [Benchmark]
    public object? FindKept()
    {
        long index = _root.Catalog.Service("web").Index;
        return index > 0 ? _root.Catalog.Service("web").Derived.Find<byte[]>(_key) : null;
    }
}
