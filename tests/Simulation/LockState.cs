using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Kv;
using Praetor.Storage.Heap;

namespace Praetor.Tests.Simulation;

/// <summary>The real state machine with one node, for sessions and locks. It counts only its own commands, so that all servers number them alike.</summary>
internal sealed class LockState
{
    public const string Node = "n";

    private readonly MemoryRecordHeap _heap = new();
    private readonly StateMachine _machine;

    public LockState()
    {
        _machine = new StateMachine(_heap);
        using CommandBuffer command = Commands.Register(new RegisterRequest { Node = new NodeRecord { Name = Node, Address = "10.0.0.1", Datacenter = "dc1" } });
        Apply(command.Span.ToArray());
    }

    private LockState(Stream snapshot)
    {
        _machine = new StateMachine(_heap);
        _machine.Restore(snapshot, Changes);
    }

    public StateRoot Root => _machine.Root;

    /// <summary>What the last command changed.</summary>
    public ChangeSet Changes { get; } = new();

    public bool Apply(byte[] command)
    {
        var results = new CommandResult[1];
        _machine.Apply([new LogEntry(Root.Index + 1, 1, LogEntryKind.Command, command)], results, Changes);
        return results[0].IsApplied;
    }

    /// <summary>The session that holds a key; empty for none.</summary>
    public string HolderOf(ReadOnlySpan<byte> key) => Root.Kv.TryGet(key, out KvEntry? entry) ? entry.Session ?? "" : "";

    public LockState Copy() => new(new MemoryStream(Snapshot()));

    public bool Same(LockState other) => Snapshot().AsSpan().SequenceEqual(other.Snapshot());

    private byte[] Snapshot()
    {
        var body = new MemoryStream();
        StateMachine.WriteSnapshot(Root, _heap, body);
        return body.ToArray();
    }
}
