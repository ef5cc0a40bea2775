using Praetor.Core.Codec;
using Praetor.Core.Ports;
using Praetor.Core.State.Autopilot;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Coordinates;
using Praetor.Core.State.Forwarded;
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
        var batch = new Batch();
        long index = Root.Index;
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly LogEntry entry = ref entries[i];
            if (entry.Index != index + 1)
                throw new InvalidDataException($"entry {entry.Index} cannot follow {index}");
            index = entry.Index;
            results[i] = entry.Kind == LogEntryKind.Command
                ? ApplyCommand(index, new FieldReader(entry.Payload.Span), ref batch, changes)
                : new CommandResult(index, CommandOutcome.Applied);
        }

        Root = new StateRoot(index, batch.Kv?.Commit() ?? Root.Kv, batch.Catalog?.Commit() ?? Root.Catalog, batch.Forwarded?.Commit() ?? Root.Forwarded,
            batch.Coordinates?.Commit() ?? Root.Coordinates, batch.Autopilot ?? Root.Autopilot);
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
        var forwarded = new ForwardedBatch(ForwardedWrites.Empty);
        var coordinates = new NodeCoordinatesBatch(NodeCoordinates.Empty, changes);
        (long index, AutopilotConfig? autopilot) = SnapshotReader.Read(input, new RestoredTables(kv, catalog, forwarded, coordinates));
        Root = new StateRoot(index, kv.Commit(), catalog.Commit(), forwarded.Commit(), coordinates.Commit(), autopilot);
        changes.Clear();
        changes.Everything = true;
        foreach (long version in dropped)
            changes.KvChanged([], version);
    }

    /// <summary>Tables that this batch writes to; each is begun when first needed.</summary>
    private struct Batch
    {
        public KvBatch? Kv;
        public CatalogBatch? Catalog;
        public ForwardedBatch? Forwarded;
        public NodeCoordinatesBatch? Coordinates;
        public AutopilotConfig? Autopilot;
    }

    private CommandResult ApplyCommand(long index, FieldReader reader, ref Batch batch, ChangeSet changes)
    {
        var kind = (CommandKind)reader.Byte();
        switch (kind)
        {
            case CommandKind.KvSet:
                batch.Kv ??= new KvBatch(Root.Kv, heap, _versions, changes);
                ulong flags = reader.UInt();
                long? condition = Commands.ReadCondition(ref reader);
                ReadOnlySpan<byte> key = reader.Bytes();
                return batch.Kv.Set(index, key, reader.Rest, flags, condition);
            case CommandKind.KvDelete:
                batch.Kv ??= new KvBatch(Root.Kv, heap, _versions, changes);
                long? deleteCondition = Commands.ReadCondition(ref reader);
                return batch.Kv.Delete(index, reader.Rest, deleteCondition);
            case CommandKind.KvDeleteTree:
                batch.Kv ??= new KvBatch(Root.Kv, heap, _versions, changes);
                return batch.Kv.DeleteTree(index, reader.Rest.ToArray());
            case CommandKind.KvReapTombstones:
                batch.Kv ??= new KvBatch(Root.Kv, heap, _versions, changes);
                return batch.Kv.ReapTombstones(index, reader.Int());
            case CommandKind.CatalogRegister:
                batch.Catalog ??= new CatalogBatch(Root.Catalog, changes);
                return batch.Catalog.Register(index, Commands.ReadRegister(ref reader));
            case CommandKind.CatalogDeregister:
                batch.Catalog ??= new CatalogBatch(Root.Catalog, changes);
                DeregisterRequest deregister = Commands.ReadDeregister(ref reader);
                CommandResult deregistered = batch.Catalog.Deregister(index, deregister);
                if (deregister is { ServiceId: "", CheckId: "" })
                    CoordinatesOf(ref batch, changes).Remove(index, deregister.Node);
                return deregistered;
            case CommandKind.CoordinateUpdate:
                return ApplyCoordinates(index, Commands.ReadCoordinates(ref reader), ref batch, changes);
            case CommandKind.AutopilotSet:
                long? autopilotCondition = Commands.ReadCondition(ref reader);
                AutopilotConfig? set = AutopilotConfig.Set(batch.Autopilot ?? Root.Autopilot, AutopilotConfig.Read(ref reader), autopilotCondition, index);
                batch.Autopilot = set ?? batch.Autopilot;
                return new CommandResult(index, set is not null ? CommandOutcome.Applied : CommandOutcome.NotApplied);
            case CommandKind.Forwarded:
                return ApplyForwarded(index, reader, ref batch, changes);
            default:
                throw new InvalidDataException($"entry {index} holds unknown command kind {(byte)kind}");
        }
    }

    private NodeCoordinatesBatch CoordinatesOf(ref Batch batch, ChangeSet changes) => batch.Coordinates ??= new NodeCoordinatesBatch(Root.Coordinates, changes);

    /// <summary>Coordinates of nodes that the catalog does not know are dropped.</summary>
    private CommandResult ApplyCoordinates(long index, IReadOnlyList<NodeCoordinate> updates, ref Batch batch, ChangeSet changes)
    {
        foreach (NodeCoordinate update in updates)
        {
            if (batch.Catalog?.HasNode(update.Node) ?? Root.Catalog.FindNode(update.Node) is not null)
                CoordinatesOf(ref batch, changes).Set(index, update);
        }

        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>A command that was applied before is answered as it was then.</summary>
    private CommandResult ApplyForwarded(long index, FieldReader reader, ref Batch batch, ChangeSet changes)
    {
        Commands.ReadForwarded(ref reader, out ReadOnlySpan<byte> origin, out long number, out long settled);
        if ((CommandKind)reader.Rest[0] == CommandKind.Forwarded)
            throw new InvalidDataException($"entry {index} holds a command that was forwarded twice");
        batch.Forwarded ??= new ForwardedBatch(Root.Forwarded);
        if (batch.Forwarded.TryGet(origin, number, out CommandResult before))
            return before;
        if (batch.Forwarded.IsSettled(origin, number))
            return new CommandResult(index, CommandOutcome.Refused, "this write was answered before");
        CommandResult result = ApplyCommand(index, reader, ref batch, changes);
        batch.Forwarded!.Keep(origin, number, settled, result);
        return result;
    }
}
