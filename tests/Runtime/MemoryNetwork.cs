using System.Collections.Concurrent;
using Praetor.Core.Ports;

namespace Praetor.Tests.Runtime;

/// <summary>Servers of one process that call each other directly; links can be cut. Thread-safe.</summary>
internal sealed class MemoryNetwork
{
    private readonly ConcurrentDictionary<string, IServerCallee> _servers = new();
    private readonly ConcurrentDictionary<(string, string), bool> _cut = new();

    private int _answersToLose;

    /// <summary>So many calls will be carried out and their answers lost.</summary>
    public void LoseAnswers(int count) => Volatile.Write(ref _answersToLose, count);

    public IServerCalls Of(string id) => new Calls(this, id);

    public void Join(string id, IServerCallee server) => _servers[id] = server;

    public void Leave(string id) => _servers.TryRemove(id, out _);

    public void Isolate(string id)
    {
        foreach (string other in _servers.Keys)
            _cut[(id, other)] = _cut[(other, id)] = true;
    }

    public void Heal() => _cut.Clear();

    private IServerCallee? Reach(string from, string to) => _cut.ContainsKey((from, to)) ? null : _servers.GetValueOrDefault(to);

    private sealed class Calls(MemoryNetwork network, string from) : IServerCalls
    {
        public void Send(ServerAddress to, ServerMethod method, ReadOnlySpan<byte> message) => network.Reach(from, to.Id)?.Receive(from, method, message.ToArray());

        public async ValueTask<ReadOnlyMemory<byte>> CallAsync(ServerAddress to, ServerMethod method, ReadOnlyMemory<byte> request, TimeSpan timeout, CancellationToken cancellation)
        {
            IServerCallee server = network.Reach(from, to.Id) ?? throw new ServerCallException("no way", mayHaveRun: false);
            byte[] copy = request.ToArray();
            await Task.Yield();
            ReadOnlyMemory<byte> answer = await server.AnswerAsync(from, method, copy, cancellation);
            bool isLost = network.Reach(to.Id, from) is null || Interlocked.Decrement(ref network._answersToLose) >= 0;
            return isLost ? throw new ServerCallException("the answer is lost", mayHaveRun: true) : answer;
        }

        public async Task SendStreamAsync(ServerAddress to, ServerMethod method, ReadOnlyMemory<byte> header, Stream body, Stream? reply, CancellationToken cancellation)
        {
            IServerCallee server = network.Reach(from, to.Id) ?? throw new ServerCallException("no way", mayHaveRun: false);
            await server.TakeStreamAsync(from, method, header, body, reply ?? Stream.Null, cancellation);
        }
    }
}
