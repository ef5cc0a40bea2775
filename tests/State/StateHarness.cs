using System.Buffers;
using System.Text;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Kv;
using Praetor.Storage.Heap;

namespace Praetor.Tests.State;

/// <summary>A state machine that applies one command per batch, with the next log index each time.</summary>
internal sealed class StateHarness
{
    public MemoryRecordHeap Heap { get; }

    public StateMachine Machine { get; }

    public ChangeSet Changes { get; } = new();

    public long Index { get; private set; }

    public StateHarness()
        : this(new MemoryRecordHeap())
    {
    }

    private StateHarness(MemoryRecordHeap heap)
    {
        Heap = heap;
        Machine = new StateMachine(heap);
    }

    /// <summary>Goes on from a snapshot.</summary>
    public static StateHarness Restored(Stream snapshot, MemoryRecordHeap heap)
    {
        var restored = new StateHarness(heap);
        restored.Machine.Restore(snapshot, restored.Changes);
        restored.Index = restored.Root.Index;
        return restored;
    }

    public StateRoot Root => Machine.Root;

    public KvTable Kv => Root.Kv;

    public CatalogTables Catalog => Root.Catalog;

    public CommandResult Apply(CommandBuffer command)
    {
        using (command)
        {
            var results = new CommandResult[1];
            Machine.Apply([new LogEntry(++Index, 1, LogEntryKind.Command, command.Memory)], results, Changes);
            return results[0];
        }
    }

    /// <summary>A write of "v" to a key that came through another node.</summary>
    public static CommandBuffer Forwarded(byte origin, long number, long settled, string key)
    {
        using CommandBuffer command = Commands.KvSet(Bytes(key), 0, null, 1);
        command.Write("v"u8);
        return Commands.Forward([.. Enumerable.Repeat(origin, 16)], number, settled, command.Span);
    }

    public CommandResult Put(string key, string value, ulong flags = 0, long? cas = null)
    {
        CommandBuffer command = Commands.KvSet(Bytes(key), flags, cas, value.Length);
        command.Write(Bytes(value));
        return Apply(command);
    }

    public CommandResult Delete(string key, long? cas = null) => Apply(Commands.KvDelete(Bytes(key), cas));

    public CommandResult DeleteTree(string prefix) => Apply(Commands.KvDeleteTree(Bytes(prefix)));

    public KvEntry? Get(string key) => Kv.TryGet(Bytes(key), out KvEntry? entry) ? entry : null;

    public string? Value(string key) => Get(key) is not { } entry ? null : entry.Version == 0 ? "" : ReadText(entry.Version);

    public string[] Keys(string prefix) => [.. Kv.Scan(Bytes(prefix)).Select(pair => Encoding.UTF8.GetString(pair.Key.Span))];

    public long PrefixIndex(string prefix) => Kv.PrefixIndex(Bytes(prefix));

    public CommandResult Register(RegisterRequest request) => Apply(Commands.Register(request));

    public CommandResult Deregister(string node, string service = "", string check = "") =>
        Apply(Commands.Deregister(new DeregisterRequest(node, service, check)));

    public static RegisterRequest Node(string name, string address = "10.0.0.1", string id = "") =>
        new() { Node = new NodeRecord { Name = name, Address = address, Id = id, Datacenter = "dc1" } };

    public static ServiceRecord Service(string name, string? id = null, int port = 80) => new() { Id = id ?? name, Name = name, Port = port };

    public static CheckRecord Check(string id, string status, string service = "") =>
        new() { CheckId = id, Name = id, Status = status, ServiceId = service };

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private string ReadText(long version)
    {
        var reader = default(TextReader);
        Assert.Equal(RecordRead.Found, Heap.TryRead(version, ref reader));
        return reader.Text;
    }

    private struct TextReader : IRecordReader
    {
        public string Text;

        public void OnRecord(ReadOnlySpan<byte> record) => Text = Encoding.UTF8.GetString(record);
    }
}
