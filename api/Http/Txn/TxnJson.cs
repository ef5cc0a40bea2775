using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Api.Http.Kv;
using Praetor.Core.State.Txn;

namespace Praetor.Api.Http.Txn;

/// <summary>How a transaction ended, as clients see it (http-core 6.1). No state.</summary>
internal static class TxnJson
{
    public static void Write(GoJsonWriter json, TxnOutcome outcome, bool isRead)
    {
        json.BeginObject();
        json.Name("Results"u8);
        if (outcome.Errors.Count > 0)
            json.Null();
        else
            WriteResults(json, outcome.Results);
        json.Name("Errors"u8);
        if (outcome.Errors.Count == 0)
            json.Null();
        else
            WriteErrors(json, outcome.Errors);
        if (isRead)
            AnswerMetadata.Write(json, index: 0, consistencyLevel: "");
        json.EndObject();
    }

    private static void WriteResults(GoJsonWriter json, IReadOnlyList<TxnResult> results)
    {
        json.BeginArray();
        foreach (TxnResult result in results)
        {
            json.BeginObject();
            if (result is { Key: { } key, Entry: { } entry })
            {
                json.Name("KV"u8);
                KvJson.Write(json, key, entry, result.Value);
            }
            else if (result.Node is { } node)
            {
                json.Name("Node"u8);
                CatalogJson.Node(json, node);
            }
            else if (result.Service is { } service)
            {
                json.Name("Service"u8);
                CatalogJson.NodeService(json, service);
            }
            else
            {
                json.Name("Check"u8);
                CatalogJson.HealthCheck(json, result.Check!);
            }

            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteErrors(GoJsonWriter json, IReadOnlyList<(int OpIndex, string What)> errors)
    {
        json.BeginArray();
        foreach ((int op, string what) in errors)
        {
            json.BeginObject();
            json.Member("OpIndex"u8, op);
            json.Member("What"u8, what);
            json.EndObject();
        }

        json.EndArray();
    }
}
