using Praetor.Core.Ports;
using Praetor.Core.State.Autopilot;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Coordinates;
using Praetor.Core.State.Forwarded;
using Praetor.Core.State.Kv;
using Praetor.Core.State.Queries;
using Praetor.Core.State.Restore;
using Praetor.Core.State.Sessions;
using Praetor.Core.State.Txn;

namespace Praetor.Core.State;

/// <summary>What one apply batch changes of a root. Each table is begun when it is first needed.</summary>
internal sealed class StateBatch(StateRoot root, IRecordHeap heap, VersionIds versions, ChangeSet changes)
{
    private KvBatch? _kv;
    private CatalogBatch? _catalog;
    private ForwardedBatch? _forwarded;
    private SessionBatch? _sessions;
    private QueryBatch? _queries;
    private NodeCoordinatesBatch? _coordinates;

    public KvBatch Kv => _kv ??= new KvBatch(root.Kv, heap, versions, changes);

    public CatalogBatch Catalog => _catalog ??= new CatalogBatch(root.Catalog, changes);

    public ForwardedBatch Forwarded => _forwarded ??= new ForwardedBatch(root.Forwarded);

    public SessionBatch Sessions => _sessions ??= new SessionBatch(root.Sessions, changes);

    public QueryBatch Queries => _queries ??= new QueryBatch(root.Queries, changes);

    public NodeCoordinatesBatch Coordinates => _coordinates ??= new NodeCoordinatesBatch(root.Coordinates, changes);

    public AutopilotConfig? Autopilot { get; set; } = root.Autopilot;

    public StagedRestore? Staged { get; set; } = root.Staged;

    public long IndexOffset { get; set; } = root.IndexOffset;

    public string LastRestore { get; set; } = root.LastRestore;

    /// <summary>A batch on nothing, for a state that is being restored.</summary>
    public StateBatch BeginStaged() => new(StateRoot.Empty, heap, versions, changes);

    /// <summary>Sessions end in the entry that takes away what they need.</summary>
    public void EndSessions(long index)
    {
        if (!Catalog.HasLosses)
            return;
        if (_sessions is null && root.Sessions.Count == 0)
            Catalog.ForgetLosses();
        else
            Sessions.EndThoseThatNeed(index, this);
    }

    /// <summary>Deletes the prepared queries that are bound to a session.</summary>
    public void EndQueries(long index, string session)
    {
        if (_queries is not null || root.Queries.BySession.Count > 0)
            Queries.EndWith(index, session);
    }

    /// <summary>catalog/deregister with what follows from it.</summary>
    public CommandResult Deregister(long index, DeregisterRequest request)
    {
        CommandResult result = Catalog.Deregister(index, request);
        if (request is { ServiceId: "", CheckId: "" })
            Coordinates.Remove(index, request.Node);
        EndSessions(index);
        return result;
    }

    /// <summary>
    /// Runs a transaction: all of it counts or nothing. Returns the batch that goes on: its tables as the transaction has left them, or as they were.
    /// </summary>
    public StateBatch Run(long index, IReadOnlyList<TxnOp> ops, out TxnOutcome outcome)
    {
        StateRoot before = Commit(index);
        var trial = new ChangeSet(onTrial: true);
        var batch = new StateBatch(before, heap, versions, trial);
        outcome = new TxnRun(batch, heap, index).Run(ops);
        if (outcome.Errors.Count == 0)
        {
            changes.Take(trial);
            return new StateBatch(batch.Commit(index), heap, versions, changes);
        }

        foreach (long version in trial.HeapVersions)
            heap.Free(version);
        return new StateBatch(before, heap, versions, changes);
    }

    public StateRoot Commit(long index) => new(index, _kv?.Commit() ?? root.Kv, _catalog?.Commit() ?? root.Catalog, _forwarded?.Commit() ?? root.Forwarded,
        _sessions?.Commit() ?? root.Sessions, _queries?.Commit() ?? root.Queries, _coordinates?.Commit() ?? root.Coordinates, Autopilot)
    { Staged = Staged, IndexOffset = IndexOffset, LastRestore = LastRestore };
}
