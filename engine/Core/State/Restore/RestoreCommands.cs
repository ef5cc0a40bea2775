using Praetor.Core.Codec;
using Praetor.Core.Ports;

namespace Praetor.Core.State.Restore;

/// <summary>
/// What the commands of a restore do. Pieces carry records of a snapshot and are put into a state beside the one in force; the last command swaps them. So a restore
/// needs no stop, survives a change of leader between any two pieces, and is atomic on every server. A command whose fate its sender does not know may be sent again.
/// </summary>
internal static class RestoreCommands
{
    private const string Superseded = "another restore has begun";

    /// <summary>Begins a restore; one that was under way is dropped.</summary>
    public static CommandResult Begin(long index, string id, long highestIndex, StateBatch batch, ChangeSet changes)
    {
        Drop(batch.Staged, changes);
        batch.Staged = new StagedRestore(id, Next: 0, highestIndex, StateRoot.Empty);
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>Takes a piece. One that cannot be read ends the restore: it was looked at before it was sent.</summary>
    public static CommandResult Take(long index, string id, long number, ReadOnlySpan<byte> records, StateBatch batch, IRecordHeap heap, VersionIds versions, ChangeSet changes)
    {
        if (batch.Staged is not { } staged || staged.Id != id || (staged.Next != number && staged.Next != number + 1))
            return new CommandResult(index, CommandOutcome.Refused, Superseded);
        if (staged.Next == number + 1)
            return new CommandResult(index, CommandOutcome.Applied);
        var trial = new ChangeSet(onTrial: true);
        var target = new StateBatch(staged.Root, heap, versions, trial);
        try
        {
            SnapshotReader.ReadPiece(records, target);
        }
        catch (InvalidDataException malformed)
        {
            foreach (long version in trial.HeapVersions)
                heap.Free(version);
            Drop(staged, changes);
            batch.Staged = null;
            return new CommandResult(index, CommandOutcome.Refused, malformed.Message);
        }

        batch.Staged = staged with { Next = number + 1, Root = target.Commit(index) };
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>
    /// Puts the restored state in force. Indexes of writes go on above all that either state has seen. The results of writes that may come again are those of now: they
    /// belong to clients that are waiting.
    /// </summary>
    /// <param name="logIndex">Index of the entry.</param>
    /// <param name="id">Which restore.</param>
    /// <param name="pieces">Pieces that it had.</param>
    /// <param name="batch">Becomes the batch on the new state.</param>
    /// <param name="next">Makes a batch on a root.</param>
    /// <param name="changes">Gets that everything changed.</param>
    public static CommandResult Commit(long logIndex, string id, long pieces, ref StateBatch batch, Func<StateRoot, StateBatch> next, ChangeSet changes)
    {
        long index = logIndex + batch.IndexOffset;
        if (batch.LastRestore == id)
            return new CommandResult(index, CommandOutcome.Applied);
        if (batch.Staged is not { } staged || staged.Id != id || staged.Next != pieces)
            return new CommandResult(index, CommandOutcome.Refused, Superseded);
        StateRoot before = batch.Commit(logIndex);
        DropRecords(before, changes);
        changes.Everything = true;
        StateRoot restored = staged.Root;
        batch = next(new StateRoot(logIndex, restored.Kv, restored.Catalog, before.Forwarded, restored.Sessions, restored.Queries, restored.Coordinates, restored.Autopilot ?? before.Autopilot)
        {
            LastRestore = id,
            IndexOffset = Math.Max(before.IndexOffset, staged.HighestIndex - logIndex),
        });
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>Drops a restore that will not be finished.</summary>
    public static CommandResult Abandon(long index, string id, StateBatch batch, ChangeSet changes)
    {
        if (batch.Staged?.Id != id)
            return new CommandResult(index, CommandOutcome.NotApplied);
        Drop(batch.Staged, changes);
        batch.Staged = null;
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>Lets the heap's records of a state go.</summary>
    public static void DropRecords(StateRoot root, ChangeSet changes)
    {
        foreach (KeyValuePair<ReadOnlyMemory<byte>, Kv.KvEntry> pair in root.Kv.Entries.Scan([]))
            changes.Dropped(pair.Value.Version);
    }

    private static void Drop(StagedRestore? staged, ChangeSet changes)
    {
        if (staged is not null)
            DropRecords(staged.Root, changes);
    }
}
