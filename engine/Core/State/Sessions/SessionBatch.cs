using Praetor.Core.Mvcc;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Kv;

namespace Praetor.Core.State.Sessions;

/// <summary>
/// The sessions' part of one apply batch (http-core 7). A session ends in the same entry as what ends it, and so does everything that
/// follows from its end: keys, delays, prepared queries, checks of type session, and the sessions that needed those checks.
/// </summary>
internal sealed class SessionBatch(SessionTable table, ChangeSet changes)
{
    private readonly OrderedIndexBatch<SessionRecord> _byId = table.ById.Begin();
    private readonly OrderedIndexBatch<SessionRecord> _byNode = table.ByNode.Begin();
    private readonly OrderedIndexBatch<SessionRecord> _byCheck = table.ByCheck.Begin();
    private readonly OrderedIndexBatch<LockDelay> _delays = table.Delays.Begin();
    private long _index = table.Index;

    public SessionTable Commit() => new() { ById = _byId.Commit(), ByNode = _byNode.Commit(), ByCheck = _byCheck.Commit(), Delays = _delays.Commit(), Index = _index };

    /// <summary>A session as of now, or null.</summary>
    public SessionRecord? Find(string id) => _byId.TryGet(SessionTable.KeyOf(id), out SessionRecord? found) ? found : null;

    /// <summary>True while a key may not be acquired.</summary>
    public bool IsDelayed(ReadOnlySpan<byte> key) => _delays.TryGet(key, out _);

    /// <summary>Session create: the node must be there, and every check of it, none critical.</summary>
    public CommandResult Create(long index, SessionRecord given, CatalogBatch catalog)
    {
        if (Refusal(given, catalog) is { } refusal)
            return new CommandResult(index, CommandOutcome.Refused, refusal);
        SessionRecord session = given with { CreateIndex = index, ModifyIndex = index };
        Put(session);
        catalog.TellSessionChecks(index, session.Node, session.Name, CheckStatus.Passing, $"Session '{session.Id}' in force");
        _index = index;
        changes.TableChanged(WatchTable.Sessions);
        changes.SessionCreated(session);
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>Ends a session; one that is not there has ended.</summary>
    public CommandResult Destroy(long index, string id, StateBatch batch)
    {
        if (_byId.TryGet(SessionTable.KeyOf(id), out SessionRecord? session))
            End(index, session, batch);
        EndThoseThatNeed(index, batch);
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>Ends the sessions whose node or check the catalog has just lost, and those that needed checks of these sessions.</summary>
    public void EndThoseThatNeed(long index, StateBatch batch)
    {
        while (batch.Catalog.TakeLoss() is { } loss)
        {
            // A node takes its checks along; a session without checks is bound to its node alone.
            byte[] below = loss.CheckId is null ? CatalogKey.Below(loss.Node) : CatalogKey.Below(loss.Node, loss.CheckId);
            foreach (SessionRecord session in Collect((loss.CheckId is null ? _byNode : _byCheck).Scan(below)))
                End(index, session, batch);
        }
    }

    /// <summary>The delays of these keys are over, as far as they are still those that are meant.</summary>
    public CommandResult EndDelays(long index, IReadOnlyList<(byte[] Key, long Since)> ended)
    {
        foreach ((byte[] key, long since) in ended)
        {
            if (_delays.TryGet(key, out LockDelay delay) && delay.Index == since)
                _delays.Remove(key);
        }

        return new CommandResult(index, CommandOutcome.Applied);
    }

    public void Restore(SessionRecord session) => Put(session);

    public void RestoreDelay(byte[] key, LockDelay delay) => _delays.Set(key, delay);

    public void RestoreIndex(long index) => _index = index;

    private static string? Refusal(SessionRecord given, CatalogBatch catalog)
    {
        if (!catalog.HasNode(given.Node))
            return "Missing node registration";
        foreach (string id in given.BoundChecks)
        {
            if (catalog.FindCheck(given.Node, id) is not { } check)
                return $"Missing check '{id}' registration";
            // A check of type session is critical until its session is there.
            if (check.Status == CheckStatus.Critical && check.Type != CheckTypes.Session)
                return $"Check '{id}' is in critical state";
        }

        return null;
    }

    private void Put(SessionRecord session)
    {
        _byId.Set(SessionTable.KeyOf(session.Id), session);
        _byNode.Set(CatalogKey.Of(session.Node, session.Id), session);
        foreach (string check in session.BoundChecks)
            _byCheck.Set(CatalogKey.Of(session.Node, check, session.Id), session);
    }

    private void End(long index, SessionRecord session, StateBatch batch)
    {
        if (!_byId.Remove(SessionTable.KeyOf(session.Id)))
            return;
        _byNode.Remove(CatalogKey.Of(session.Node, session.Id));
        foreach (string check in session.BoundChecks)
            _byCheck.Remove(CatalogKey.Of(session.Node, check, session.Id));
        _index = index;
        changes.TableChanged(WatchTable.Sessions);
        changes.SessionEnded(session.Id);
        var delay = new LockDelay(index, Math.Min(session.LockDelayNs, SessionRecord.MaxLockDelayNs));
        foreach (byte[] key in batch.Kv.LoseLocks(index, session.Id, session.Behavior == SessionBehavior.Delete))
        {
            if (delay.DelayNs <= 0)
                continue;
            _delays.Set(key, delay);
            changes.LockDelayed(key, delay);
        }

        batch.EndQueries(index, session.Id);
        batch.Catalog.TellSessionChecks(index, session.Node, session.Name, CheckStatus.Critical, $"Session '{session.Id}' is invalid");
    }

    private static List<SessionRecord> Collect(OrderedIndexScan<SessionRecord> scan)
    {
        var found = new List<SessionRecord>();
        foreach (KeyValuePair<ReadOnlyMemory<byte>, SessionRecord> pair in scan)
            found.Add(pair.Value);
        return found;
    }
}
