using Praetor.Core.Codec;
using Praetor.Core.Ports;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Kv;

namespace Praetor.Core.State;

/// <summary>
/// The replicated state machine: applies committed entries in batches, each batch yields one new immutable root. Pure: the same
/// log gives the same roots on every server; only the record heap ids differ, and they are in nothing that is replicated.
/// Owned by one thread; roots may be read by any.
/// </summary>
public sealed class StateMachine(IRecordHeap heap)
{
    private readonly VersionIds _versions = new();

    /// <summary>State after the last applied batch.</summary>
    public StateRoot Root { get; private set; } = StateRoot.Empty;

    /// <summary>
    /// Applies a batch of committed entries that follows <see cref="Root"/> without a gap.
    /// </summary>
    /// <param name="entries">The entries; payloads are borrowed for the call.</param>
    /// <param name="results">Gets one result per entry.</param>
    /// <param name="changes">Gets what changed; cleared first.</param>
    /// <exception cref="InvalidDataException">An entry does not decode: the log is not ours or is damaged; the server must stop.</exception>
    public void Apply(ReadOnlySpan<LogEntry> entries, Span<CommandResult> results, ChangeSet changes)
    {
        changes.Clear();
        KvBatch? kv = null;
        CatalogBatch? catalog = null;
        long index = Root.Index;
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly LogEntry entry = ref entries[i];
            if (entry.Index != index + 1)
                throw new InvalidDataException($"entry {entry.Index} cannot follow {index}");
            index = entry.Index;
            results[i] = entry.Kind == LogEntryKind.Command
                ? ApplyCommand(entry, ref kv, ref catalog, changes)
                : new CommandResult(index, CommandOutcome.Applied);
        }

        Root = new StateRoot(index, kv?.Commit() ?? Root.Kv, catalog?.Commit() ?? Root.Catalog);
    }

    /// <summary>Writes the state of a root as a snapshot body and returns its bytes. Any thread; the root's heap records must be kept until it returns.</summary>
    public static long WriteSnapshot(StateRoot root, IRecordHeap heap, Stream output) => new SnapshotWriter(heap, output).Write(root);

    /// <summary>Replaces the state by a snapshot's.</summary>
    /// <exception cref="InvalidDataException">The snapshot does not decode; the state is unchanged.</exception>
    public void Restore(Stream input, ChangeSet changes)
    {
        changes.Clear();
        var dropped = new List<long>();
        foreach (KeyValuePair<byte[], KvEntry> pair in Root.Kv.Entries.Scan([]))
        {
            if (pair.Value.Version != 0)
                dropped.Add(pair.Value.Version);
        }

        var kv = new KvBatch(KvTable.Empty, heap, _versions, changes);
        var catalog = new CatalogBatch(CatalogTables.Empty, changes);
        long index = SnapshotReader.Read(input, kv, catalog);
        Root = new StateRoot(index, kv.Commit(), catalog.Commit());
        changes.Clear();
        changes.Everything = true;
        foreach (long version in dropped)
            changes.KvChanged([], version);
    }

    private CommandResult ApplyCommand(in LogEntry entry, ref KvBatch? kv, ref CatalogBatch? catalog, ChangeSet changes)
    {
        var reader = new FieldReader(entry.Payload.Span);
        var kind = (CommandKind)reader.Byte();
        switch (kind)
        {
            case CommandKind.KvSet:
                kv ??= new KvBatch(Root.Kv, heap, _versions, changes);
                ulong flags = reader.UInt();
                long? condition = Commands.ReadCondition(ref reader);
                ReadOnlySpan<byte> key = reader.Bytes();
                return kv.Set(entry.Index, key, reader.Rest, flags, condition);
            case CommandKind.KvDelete:
                kv ??= new KvBatch(Root.Kv, heap, _versions, changes);
                long? deleteCondition = Commands.ReadCondition(ref reader);
                return kv.Delete(entry.Index, reader.Rest, deleteCondition);
            case CommandKind.KvDeleteTree:
                kv ??= new KvBatch(Root.Kv, heap, _versions, changes);
                return kv.DeleteTree(entry.Index, reader.Rest.ToArray());
            case CommandKind.KvReapTombstones:
                kv ??= new KvBatch(Root.Kv, heap, _versions, changes);
                return kv.ReapTombstones(entry.Index, reader.Int());
            case CommandKind.CatalogRegister:
                catalog ??= new CatalogBatch(Root.Catalog, changes);
                return catalog.Register(entry.Index, Commands.ReadRegister(ref reader));
            case CommandKind.CatalogDeregister:
                catalog ??= new CatalogBatch(Root.Catalog, changes);
                return catalog.Deregister(entry.Index, Commands.ReadDeregister(ref reader));
            default:
                throw new InvalidDataException($"entry {entry.Index} holds unknown command kind {(byte)kind}");
        }
    }
}
