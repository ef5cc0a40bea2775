using System.Buffers;
using Praetor.Core.Codec;
using Praetor.Core.Ports;
using Praetor.Core.State.Autopilot;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Coordinates;
using Praetor.Core.State.Kv;
using Praetor.Core.State.Queries;
using Praetor.Core.State.Restore;
using Praetor.Core.State.Sessions;
using Praetor.Core.State.Txn;

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
    /// <param name="applied">Called after each command with its kind, for whoever measures; null for nobody.</param>
    /// <exception cref="InvalidDataException">An entry does not decode: the log is not ours or is damaged; the server must stop.</exception>
    public void Apply(ReadOnlySpan<LogEntry> entries, Span<CommandResult> results, ChangeSet changes, Action<CommandKind>? applied = null)
    {
        changes.Clear();
        var batch = new StateBatch(Root, heap, _versions, changes);
        long index = Root.Index;
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly LogEntry entry = ref entries[i];
            if (entry.Index != index + 1)
                throw new InvalidDataException($"entry {entry.Index} cannot follow {index}");
            index = entry.Index;
            results[i] = entry.Kind == LogEntryKind.Command
                ? ApplyCommand(index + batch.IndexOffset, new FieldReader(entry.Payload.Span), ref batch, changes)
                : new CommandResult(index + batch.IndexOffset, CommandOutcome.Applied);
            if (applied is not null && entry.Kind == LogEntryKind.Command)
                applied(Commands.KindOf(entry.Payload.Span));
        }

        Root = batch.Commit(index);
    }

    /// <summary>A transaction that changes nothing (http-core 6.1), on the state of a root. Any thread; the root's records must be kept until it ends.</summary>
    public static async Task<TxnOutcome> ReadAsync(StateRoot root, IRecordHeap heap, IReadOnlyList<TxnOp> ops, CancellationToken cancellation)
    {
        var fetched = new FetchedValues();
        while (true)
        {
            TxnOutcome outcome = new TxnRun(new StateBatch(root, heap, new VersionIds(), new ChangeSet()), heap, root.ClientIndex, fetched).Run(ops);
            if (!fetched.AreMissing)
                return outcome;
            await fetched.FetchAsync(heap, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the state of a root as a snapshot body and returns its bytes. Any thread; the root's heap records must be kept until it returns.</summary>
    public static long WriteSnapshot(StateRoot root, IRecordHeap heap, Stream output) => new SnapshotWriter(heap, output).Write(root);

    /// <summary>Bytes that <see cref="WriteSnapshot"/> would write. Any thread.</summary>
    public static long MeasureSnapshot(StateRoot root) => new SnapshotWriter(heap: null, Stream.Null).Write(root);

    /// <summary>Replaces the state by a snapshot's.</summary>
    /// <exception cref="InvalidDataException">The snapshot does not decode; the state is unchanged.</exception>
    public void Restore(Stream input, ChangeSet changes)
    {
        changes.Clear();
        StateRoot before = Root;
        var trial = new ChangeSet(onTrial: true);
        try
        {
            var restored = new StateBatch(StateRoot.Empty, heap, _versions, trial);
            Root = restored.Commit(SnapshotReader.Read(input, restored));
        }
        catch (InvalidDataException)
        {
            foreach (long version in trial.HeapVersions)
                heap.Free(version);
            throw;
        }

        changes.Everything = true;
        RestoreCommands.DropRecords(before, changes);
        if (before.Staged is { } staged)
            RestoreCommands.DropRecords(staged.Root, changes);
    }

    private CommandResult ApplyCommand(long index, FieldReader reader, ref StateBatch batch, ChangeSet changes)
    {
        var kind = (CommandKind)reader.Byte();
        switch (kind)
        {
            case CommandKind.KvSet:
                ulong flags = reader.UInt();
                long? condition = Commands.ReadCondition(ref reader);
                ReadOnlySpan<byte> key = reader.Bytes();
                return batch.Kv.Set(index, key, reader.Rest, flags, condition);
            case CommandKind.KvDelete:
                long? deleteCondition = Commands.ReadCondition(ref reader);
                return batch.Kv.Delete(index, reader.Rest, deleteCondition);
            case CommandKind.KvDeleteTree:
                return batch.Kv.DeleteTree(index, reader.Rest.ToArray());
            case CommandKind.KvReapTombstones:
                return batch.Kv.ReapTombstones(index, reader.Int());
            case CommandKind.KvAcquire or CommandKind.KvRelease:
                ulong lockFlags = reader.UInt();
                string session = reader.Text();
                ReadOnlySpan<byte> lockKey = reader.Bytes();
                return ApplyLock(index, kind, session, lockKey, reader.Rest, lockFlags, batch);
            case CommandKind.CatalogRegister:
                CommandResult registered = batch.Catalog.Register(index, Commands.ReadRegister(ref reader));
                batch.EndSessions(index);
                return registered;
            case CommandKind.CatalogDeregister:
                return batch.Deregister(index, Commands.ReadDeregister(ref reader));
            case CommandKind.VirtualIpsSet:
                string meshService = reader.Text();
                return ApplyVirtualIps(index, meshService, reader.TextList() ?? [], batch);
            case CommandKind.SessionCreate:
                return batch.Sessions.Create(index, SessionRecord.Read(ref reader), batch.Catalog);
            case CommandKind.SessionDestroy:
                return batch.Sessions.Destroy(index, reader.Text(), batch);
            case CommandKind.LockDelaysEnd:
                return batch.Sessions.EndDelays(index, Commands.ReadLockDelays(ref reader));
            case CommandKind.QuerySet:
                bool mustExist = reader.Bool();
                return batch.Queries.Set(index, PreparedQuery.Read(ref reader), mustExist, batch.Sessions);
            case CommandKind.QueryDelete:
                return batch.Queries.Delete(index, reader.Text());
            case CommandKind.RestoreBegin:
                string begun = reader.Text();
                return RestoreCommands.Begin(index, begun, reader.Int(), batch, changes);
            case CommandKind.RestorePiece:
                string restore = reader.Text();
                long piece = reader.Int();
                return RestoreCommands.Take(index, restore, piece, reader.Rest, batch, heap, _versions, changes);
            case CommandKind.RestoreCommit:
                string committed = reader.Text();
                return RestoreCommands.Commit(index - batch.IndexOffset, committed, reader.Int(), ref batch, root => new StateBatch(root, heap, _versions, changes), changes);
            case CommandKind.RestoreAbandon:
                return RestoreCommands.Abandon(index, reader.Text(), batch, changes);
            case CommandKind.Txn:
                return ApplyTxn(index, Commands.ReadTxn(ref reader), ref batch);
            case CommandKind.CoordinateUpdate:
                return ApplyCoordinates(index, Commands.ReadCoordinates(ref reader), batch);
            case CommandKind.AutopilotSet:
                long? autopilotCondition = Commands.ReadCondition(ref reader);
                AutopilotConfig? set = AutopilotConfig.Set(batch.Autopilot, AutopilotConfig.Read(ref reader), autopilotCondition, index);
                batch.Autopilot = set ?? batch.Autopilot;
                return new CommandResult(index, set is not null ? CommandOutcome.Applied : CommandOutcome.NotApplied);
            case CommandKind.Forwarded:
                return ApplyForwarded(index, reader, ref batch, changes);
            default:
                throw new InvalidDataException($"entry {index} holds unknown command kind {(byte)kind}");
        }
    }

    /// <summary>Lock-delay is looked at first, then the session, then the key (http-core 7.4).</summary>
    private static CommandResult ApplyLock(long index, CommandKind kind, string session, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags, StateBatch batch)
    {
        bool acquires = kind == CommandKind.KvAcquire;
        if (acquires && batch.Sessions.IsDelayed(key))
            return new CommandResult(index, CommandOutcome.NotApplied);
        if (session.Length == 0)
            return new CommandResult(index, CommandOutcome.Refused, "missing session");
        if (batch.Sessions.Find(session) is not { } known)
            return acquires ? new CommandResult(index, CommandOutcome.Refused, $"invalid session {GoQuote.Quote(session)}") : new CommandResult(index, CommandOutcome.NotApplied);
        return acquires ? batch.Kv.Acquire(index, key, value, flags, known.Id) : batch.Kv.Release(index, key, value, flags, known.Id);
    }

    /// <summary>The outcome travels with the result: what a transaction has read is nowhere else.</summary>
    private static CommandResult ApplyTxn(long index, IReadOnlyList<TxnOp> ops, ref StateBatch batch)
    {
        batch = batch.Run(index, ops, out TxnOutcome outcome);
        return new CommandResult(index, outcome.Errors.Count == 0 ? CommandOutcome.Applied : CommandOutcome.NotApplied, Payload: outcome.Encode());
    }

    /// <summary>Who lost an address travels with the result.</summary>
    private static CommandResult ApplyVirtualIps(long index, string service, IReadOnlyList<string> addresses, StateBatch batch)
    {
        if (VirtualIps.CheckManual(addresses) is { } refusal)
            return new CommandResult(index, CommandOutcome.Refused, refusal);
        if (!batch.Catalog.VirtualIps.SetManual(service, addresses, out IReadOnlyList<string> unassignedFrom))
            return new CommandResult(index, CommandOutcome.NotApplied);
        var encoded = new ArrayBufferWriter<byte>(64);
        new FieldWriter(encoded).TextList(unassignedFrom);
        return new CommandResult(index, CommandOutcome.Applied, Payload: encoded.WrittenSpan.ToArray());
    }

    /// <summary>Coordinates of nodes that the catalog does not know are dropped.</summary>
    private static CommandResult ApplyCoordinates(long index, IReadOnlyList<NodeCoordinate> updates, StateBatch batch)
    {
        foreach (NodeCoordinate update in updates)
        {
            if (batch.Catalog.HasNode(update.Node))
                batch.Coordinates.Set(index, update);
        }

        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>A command that was applied before is answered as it was then.</summary>
    private CommandResult ApplyForwarded(long index, FieldReader reader, ref StateBatch batch, ChangeSet changes)
    {
        Commands.ReadForwarded(ref reader, out ReadOnlySpan<byte> origin, out long number, out long settled);
        if ((CommandKind)reader.Rest[0] == CommandKind.Forwarded)
            throw new InvalidDataException($"entry {index} holds a command that was forwarded twice");
        if (batch.Forwarded.IsSettled(origin, number))
            return new CommandResult(index, CommandOutcome.Refused, "this write was answered before");
        if (batch.Forwarded.TryGet(origin, number, out CommandResult before))
            return before;
        CommandResult result = ApplyCommand(index, reader, ref batch, changes);
        batch.Forwarded.Keep(origin, number, settled, result);
        return result;
    }
}
