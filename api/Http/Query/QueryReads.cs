using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Queries;
using Praetor.Runtime;

namespace Praetor.Api.Http.Query;

/// <summary>GET query and query/:id: definitions by id, at the index of their table.</summary>
internal sealed class DefinitionsQuery(string? id) : ReadQuery
{
    public override WatchTopic Topic => WatchTopic.Table(WatchTable.PreparedQueries);

    public override bool EffectiveConsistencyHeader => false;

    public override long IndexOf(StateRoot root) => root.Queries.Index;

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        json.BeginArray();
        if (id is null)
        {
            foreach (PreparedQuery query in root.Queries.All())
                QueryJson.Write(json, query);
        }
        else if (root.Queries.Find(id) is { } query)
        {
            QueryJson.Write(json, query);
        }
        else
        {
            return ReadOutcome.Refused(404, QueryRoom.NotFound);
        }

        json.EndArray();
        return ReadOutcome.Found;
    }
}

/// <summary>What execute and explain have in common: a query found by id or name. Neither blocks, and their index is always 1.</summary>
internal abstract class ResolvedQuery(string idOrName) : ReadQuery
{
    public override WatchTopic Topic => WatchTopic.Table(WatchTable.PreparedQueries);

    public override long IndexOf(StateRoot root) => 0;

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        if (root.Queries.Resolve(idOrName, out string? refusal) is not { } query)
            return refusal is null ? ReadOutcome.Refused(404, QueryRoom.NotFound) : ReadOutcome.Refused(500, refusal);
        Write(root, query, json);
        return ReadOutcome.Found;
    }

    protected abstract void Write(StateRoot root, PreparedQuery query, GoJsonWriter json);
}

/// <summary>query/:id/explain: the definition, rendered.</summary>
internal sealed class ExplainQuery(string idOrName, ReadConsistency consistency) : ResolvedQuery(idOrName)
{
    protected override void Write(StateRoot root, PreparedQuery query, GoJsonWriter json)
    {
        json.BeginObject();
        json.Name("Query"u8);
        QueryJson.Write(json, query);
        AnswerMetadata.Write(json, IndexOf(root), AnswerMetadata.NameOf(consistency));
        json.EndObject();
    }
}

/// <summary>query/:id/execute: the instances it finds.</summary>
internal sealed class ExecuteQuery(string idOrName, QuerySource source, bool connect, int limit, string datacenter, ReadConsistency consistency) : ResolvedQuery(idOrName)
{
    public override bool Cacheable => true;

    protected override void Write(StateRoot root, PreparedQuery query, GoJsonWriter json)
    {
        if (connect)
            query = query with { Service = query.Service with { Connect = true } };
        QueryResult result = QueryExecution.Run(root, query, source, limit, Random.Shared);
        json.BeginObject();
        json.Member("Service"u8, query.Service.Name);
        json.Name("Nodes"u8);
        json.BeginArray();
        foreach (ServiceInstance instance in result.Instances)
            CatalogJson.CheckServiceNode(json, instance);
        json.EndArray();
        json.Name("DNS"u8);
        QueryJson.WriteDns(json, query);
        json.Member("Datacenter"u8, datacenter);
        json.Member("PeerName"u8, "");
        json.Member("Failovers"u8, result.Failovers);
        AnswerMetadata.Write(json, IndexOf(root), AnswerMetadata.NameOf(consistency));
        json.EndObject();
    }
}
