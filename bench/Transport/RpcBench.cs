using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.Ports;
using Praetor.Transport.Rpc;

namespace Praetor.Bench.Transport;

/// <summary>Calls over one loopback connection: the time of one, and of many at once.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class RpcBench
{
    private readonly byte[] _request = new byte[128];
    private RpcServer _server = null!;
    private RpcClient _client = null!;
    private ServerAddress _to;

    /// <summary>Calls at once.</summary>
    [Params(1, 64)]
    public int Callers { get; set; }

    [GlobalSetup]
    public async Task StartAsync()
    {
        _server = new RpcServer(new NodeIdentity("s", "s", "dc1", IsServer: true), new Echo(), new RpcOptions(), null, TimeProvider.System, NullLogger.Instance);
        await _server.StartAsync(new IPEndPoint(IPAddress.Loopback, 0));
        _client = new RpcClient(new NodeIdentity("c", "c", "dc1", IsServer: true), new RpcOptions(), null, TimeProvider.System, NullLogger.Instance);
        _to = new ServerAddress("s", _server.EndPoint.ToString());
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = 64)]
    public async Task Call()
    {
        var callers = new Task[Callers];
        for (int i = 0; i < Callers; i++)
            callers[i] = CallManyAsync(64 / Callers);
        await Task.WhenAll(callers);
    }

    private async Task CallManyAsync(int count)
    {
        for (int i = 0; i < count; i++)
            await _client.CallAsync(_to, ServerMethod.Propose, _request, TimeSpan.FromSeconds(5), default);
    }

    private sealed class Echo : IServerCallee
    {
        public void Receive(string fromId, ServerMethod method, ReadOnlyMemory<byte> message)
        {
            // Nothing is measured here.
        }

        public ValueTask<ReadOnlyMemory<byte>> AnswerAsync(string fromId, ServerMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation) => new(request);

        public Task TakeStreamAsync(string fromId, ServerMethod method, ReadOnlyMemory<byte> header, Stream body, Stream reply, CancellationToken cancellation) =>
            body.CopyToAsync(Stream.Null, cancellation);
    }
}
