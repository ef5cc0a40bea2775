using Praetor.Api.Http.Json;
using Praetor.Core.State.Queries;

namespace Praetor.Api.Http.Query;

/// <summary>A prepared query as clients see it (http-core 9).</summary>
internal static class QueryJson
{
    public static void Write(GoJsonWriter json, PreparedQuery query)
    {
        json.BeginObject();
        json.Member("ID"u8, query.Id);
        json.Member("Name"u8, query.Name);
        json.Member("Session"u8, query.Session);
        json.Member("Token"u8, query.Token);
        json.Name("Template"u8);
        json.BeginObject();
        json.Member("Type"u8, query.TemplateType);
        json.Member("Regexp"u8, query.TemplateRegexp);
        json.Member("RemoveEmptyTags"u8, query.RemoveEmptyTags);
        json.EndObject();
        json.Name("Service"u8);
        WriteService(json, query.Service);
        json.Name("DNS"u8);
        WriteDns(json, query);
        json.Member("CreateIndex"u8, query.CreateIndex);
        json.Member("ModifyIndex"u8, query.ModifyIndex);
        json.EndObject();
    }

    public static void WriteDns(GoJsonWriter json, PreparedQuery query)
    {
        json.BeginObject();
        json.Member("TTL"u8, query.DnsTtl);
        json.EndObject();
    }

    private static void WriteService(GoJsonWriter json, QueriedService service)
    {
        json.BeginObject();
        json.Member("Service"u8, service.Name);
        json.Member("SamenessGroup"u8, service.SamenessGroup);
        json.Name("Failover"u8);
        json.BeginObject();
        json.Member("NearestN"u8, service.NearestN);
        json.Name("Datacenters"u8);
        json.StringList(service.FailoverDatacenters);
        json.Name("Targets"u8);
        WriteTargets(json, service.FailoverTargets);
        json.EndObject();
        json.Member("OnlyPassing"u8, service.OnlyPassing);
        json.Name("IgnoreCheckIDs"u8);
        json.StringList(service.IgnoreCheckIds);
        json.Member("Near"u8, service.Near);
        json.Name("Tags"u8);
        json.StringList(service.Tags);
        json.Name("NodeMeta"u8);
        json.StringMap(service.NodeMeta);
        json.Name("ServiceMeta"u8);
        json.StringMap(service.ServiceMeta);
        json.Member("Connect"u8, service.Connect);
        json.Member("Peer"u8, service.Peer);
        json.EndObject();
    }

    private static void WriteTargets(GoJsonWriter json, IReadOnlyList<FailoverTarget>? targets)
    {
        if (targets is null)
        {
            json.Null();
            return;
        }

        json.BeginArray();
        foreach (FailoverTarget target in targets)
        {
            json.BeginObject();
            json.Member("Peer"u8, target.Peer);
            json.Member("Datacenter"u8, target.Datacenter);
            json.EndObject();
        }

        json.EndArray();
    }
}
