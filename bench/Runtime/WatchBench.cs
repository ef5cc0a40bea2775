using System.Buffers;
using BenchmarkDotNet.Attributes;
using Praetor.Core.Mvcc;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Runtime;
using Praetor.Storage.Heap;

namespace Praetor.Bench.Runtime;

/// <summary>Waking 1,000 waiters of one key, and passing by 1,000 waiters of another. Registering is not measured.</summary>
[MemoryDiagnoser]
[SimpleJob(launchCount: 1, warmupCount: 3, iterationCount: 20, invocationCount: 1)]
public class WatchBench
{
    private const int Waiters = 1000;
    private readonly ChangeSet _changes = new();
    private readonly WatchTicket[] _tickets = new WatchTicket[Waiters];
    private readonly ValueTask<WakeReason>[] _waits = new ValueTask<WakeReason>[Waiters];
    private WatchHub _hub = null!;

    [Params("a", "b")]
    public string WatchedKey { get; set; } = "";

    [IterationSetup]
    public void Register()
    {
        _hub = new WatchHub(TimeProvider.System);
        var state = new StateMachine(new MemoryRecordHeap());
        using CommandBuffer command = Commands.KvSet("a"u8, 0, null, 1);
        command.Write("v"u8);
        state.Apply([new LogEntry(1, 1, LogEntryKind.Command, command.Memory)], new CommandResult[1], _changes);
        var topic = WatchTopic.KvKey(System.Text.Encoding.UTF8.GetBytes(WatchedKey));
        for (int i = 0; i < Waiters; i++)
        {
            _tickets[i] = _hub.Register(topic);
            _waits[i] = _tickets[i].WaitAsync(TimeSpan.FromMinutes(5), CancellationToken.None);
        }
    }

    [IterationCleanup]
    public void Release()
    {
        foreach (WatchTicket ticket in _tickets)
            ticket.Dispose();
        _hub.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Waiters)]
    public void Publish() => _hub.Publish(_changes);
}
