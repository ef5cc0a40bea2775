using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.State;
using Praetor.Runtime;
using Praetor.Storage.Heap;
using Praetor.Storage.Log;
using Praetor.Storage.Snapshots;

namespace Praetor.Bench.Runtime;

/// <summary>The way of a write through raft, log and apply loop with in-memory stores: what the loops themselves cost per command.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class ProposeBench
{
    private const int PerWriter = 200;
    private readonly byte[] _value = new byte[128];
    private ServerRuntime _server = null!;
    private byte[][] _keys = null!;

    [Params(1, 64)]
    public int Writers { get; set; }

    [GlobalSetup]
    public void Start()
    {
        _keys = [.. Enumerable.Range(0, 10_000).Select(i => Encoding.UTF8.GetBytes($"bench/0/{i}"))];
        _server = ServerRuntime.Start(new ServerOptions { ServerId = "s1", RpcAddress = "127.0.0.1:8300", Bootstrap = true },
            new ServerStores(new MemoryLog(), new MemoryRecordHeap(), new MemorySnapshotStore()), TimeProvider.System, NullLogger.Instance);
    }

    [GlobalCleanup]
    public async Task StopAsync() => await _server.DisposeAsync();

    [Benchmark]
    public async Task Put()
    {
        var writers = new Task[Writers];
        for (int i = 0; i < writers.Length; i++)
            writers[i] = WriteAsync(i);
        await Task.WhenAll(writers);
    }

    private async Task WriteAsync(int writer)
    {
        await Task.Yield();
        for (int i = 0; i < PerWriter; i++)
        {
            CommandBuffer command = Commands.KvSet(_keys[((writer * PerWriter) + i) % _keys.Length], (ulong)i, null, _value.Length);
            command.Write(_value);
            await _server.ProposeAsync(command, CancellationToken.None);
        }
    }
}
