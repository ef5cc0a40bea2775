using Praetor.Core.Codec;
using Praetor.Core.Mvcc;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Sessions;

namespace Praetor.Core.State.Queries;

/// <summary>The prepared queries' part of one apply batch (http-core 9).</summary>
internal sealed class QueryBatch(QueryTable table, ChangeSet changes)
{
    private readonly OrderedIndexBatch<StoredQuery> _byId = table.ById.Begin();
    private readonly OrderedIndexBatch<StoredQuery> _byName = table.ByName.Begin();
    private readonly OrderedIndexBatch<StoredQuery> _bySession = table.BySession.Begin();
    private long _index = table.Index;

    public QueryTable Commit() => new() { ById = _byId.Commit(), ByName = _byName.Commit(), BySession = _bySession.Commit(), Index = _index };

    /// <summary>Creates a query, or replaces the one with its id if <paramref name="mustExist"/>.</summary>
    public CommandResult Set(long index, PreparedQuery given, bool mustExist, SessionBatch sessions)
    {
        _byId.TryGet(QueryTable.KeyOf(given.Id), out StoredQuery? existing);
        if (mustExist && existing is null)
            return new CommandResult(index, CommandOutcome.Refused, $"Cannot modify non-existent prepared query: '{given.Id}'");
        if (Refusal(given, existing, sessions, out QueryTemplate? template) is { } refusal)
            return new CommandResult(index, CommandOutcome.Refused, refusal);
        if (existing is not null)
            Take(existing.Query);
        Put(new StoredQuery(given with { CreateIndex = existing?.Query.CreateIndex ?? index, ModifyIndex = index }, template));
        Changed(index);
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>Deletes a query.</summary>
    public CommandResult Delete(long index, string id)
    {
        if (!_byId.TryGet(QueryTable.KeyOf(id), out StoredQuery? existing))
            return new CommandResult(index, CommandOutcome.Refused, $"Cannot modify non-existent prepared query: '{id}'");
        Take(existing.Query);
        Changed(index);
        return new CommandResult(index, CommandOutcome.Applied);
    }

    /// <summary>Deletes what is bound to a session that ends (http-core 7.3).</summary>
    public void EndWith(long index, string session)
    {
        var bound = new List<PreparedQuery>();
        foreach (KeyValuePair<ReadOnlyMemory<byte>, StoredQuery> pair in _bySession.Scan(CatalogKey.Below(session)))
            bound.Add(pair.Value.Query);
        foreach (PreparedQuery query in bound)
        {
            Take(query);
            Changed(index);
        }
    }

    /// <exception cref="InvalidDataException">A template that does not compile: it can't have been stored.</exception>
    public void Restore(PreparedQuery query)
    {
        QueryTemplate? template = null;
        if (query.IsTemplate && !QueryTemplate.TryCompile(query, out template, out string? refusal))
            throw new InvalidDataException($"prepared query {query.Id}: {refusal}");
        Put(new StoredQuery(query, template));
    }

    public void RestoreIndex(long index) => _index = index;

    private string? Refusal(PreparedQuery given, StoredQuery? existing, SessionBatch sessions, out QueryTemplate? template)
    {
        template = null;
        bool isNamed = given.Name.Length > 0;
        if ((isNamed || given.IsTemplate) && _byName.TryGet(QueryTable.KeyOf(given.Name), out StoredQuery? named) && named.Query.Id != existing?.Query.Id)
            return isNamed ? $"name '{given.Name}' aliases an existing query name" : "a query template with an empty name already exists";
        if (isNamed && _byId.TryGet(QueryTable.KeyOf(given.Name), out _))
            return $"name '{given.Name}' aliases an existing query ID";
        if (given.Session.Length > 0 && sessions.Find(given.Session) is null)
            return $"invalid session {GoQuote.Quote(given.Session)}";
        return given.IsTemplate && !QueryTemplate.TryCompile(given, out template, out string? bad) ? $"failed compiling template: {bad}" : null;
    }

    private void Put(StoredQuery stored)
    {
        PreparedQuery query = stored.Query;
        _byId.Set(QueryTable.KeyOf(query.Id), stored);
        if (query.Name.Length > 0 || query.IsTemplate)
            _byName.Set(QueryTable.KeyOf(query.Name), stored);
        if (query.Session.Length > 0)
            _bySession.Set(CatalogKey.Of(query.Session, query.Id), stored);
    }

    private void Take(PreparedQuery query)
    {
        _byId.Remove(QueryTable.KeyOf(query.Id));
        if (query.Name.Length > 0 || query.IsTemplate)
            _byName.Remove(QueryTable.KeyOf(query.Name));
        if (query.Session.Length > 0)
            _bySession.Remove(CatalogKey.Of(query.Session, query.Id));
    }

    private void Changed(long index)
    {
        _index = index;
        changes.TableChanged(WatchTable.PreparedQueries);
    }
}
