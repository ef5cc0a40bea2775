using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Http;
using Praetor.Api.Http.Kv;
using Praetor.Runtime;
using Praetor.Storage.Heap;
using Praetor.Storage.Log;
using Praetor.Storage.Snapshots;

namespace Praetor.Bench.Http;

/// <summary>
/// The application from request line to response body, without sockets and without Kestrel. Budget: a KV GET allocates less than
/// 200 B of ours, whatever the size of the value.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class KvHttpBench
{
    private const int Keys = 1000;

    private readonly string[] _targets = [.. Enumerable.Range(0, Keys).Select(i => $"/v1/kv/bench/0/{i}")];
    private readonly MemoryConnection _connection = new();
    private readonly MemoryConnection _putConnection = new() { Method = "PUT" };
    private readonly byte[] _body = Encoding.UTF8.GetBytes(new string('x', 128));
    private ServerRuntime _runtime = null!;
    private ApiApplication _application = null!;
    private int _next;

    /// <summary>Bytes of a value.</summary>
    [Params(128, 4096)]
    public int ValueBytes { get; set; }

    [GlobalSetup]
    public async Task StartAsync()
    {
        var stores = new ServerStores(new MemoryLog(), new MemoryRecordHeap(), new MemorySnapshotStore());
        var options = new ServerOptions { ServerId = "bench", RpcAddress = "127.0.0.1:8300", Bootstrap = true };
        _runtime = ServerRuntime.Start(options, stores, TimeProvider.System, NullLogger.Instance);
        await _runtime.WaitForLeaderAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        var routes = new RouteTable();
        KvRoom.Map(routes);
        _application = new ApiApplication(new ApiServices(_runtime, new HttpOptions(), TimeProvider.System, NullLoggerFactory.Instance), routes);
        byte[] value = Encoding.UTF8.GetBytes(new string('x', ValueBytes));
        foreach (string target in _targets)
        {
            _putConnection.RawTarget = target;
            _putConnection.SetBody(value);
            await _putConnection.RunAsync(_application);
        }
    }

    [GlobalCleanup]
    public async Task StopAsync() => await _runtime.DisposeAsync();

    private string NextTarget() => _targets[_next++ % Keys];

    [Benchmark]
    public long Get()
    {
        _connection.RawTarget = NextTarget();
        Run();
        return _connection.BodyBytes;
    }

    [Benchmark]
    public long Get_raw()
    {
        _connection.RawTarget = "/v1/kv/bench/0/7?raw";
        Run();
        return _connection.BodyBytes;
    }

    [Benchmark]
    public long Get_missing()
    {
        _connection.RawTarget = "/v1/kv/bench/none";
        Run();
        return _connection.StatusCode;
    }

    [Benchmark]
    public async Task Put()
    {
        _putConnection.RawTarget = NextTarget();
        _body[0] = (byte)(_next & 0x7f);
        _putConnection.SetBody(_body);
        await _putConnection.RunAsync(_application);
    }

    private void Run()
    {
        if (!_connection.RunAsync(_application).IsCompletedSuccessfully)
            throw new InvalidOperationException("A read on a leader completes at once.");
    }
}
