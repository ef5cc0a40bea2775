using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Queries;

namespace Praetor.Api.Http.Query;

/// <summary>The body of a prepared query (http-core 9) and what is wrong with it before anybody looks at the state. Pure.</summary>
internal static class QueryBody
{
    private const string HiddenToken = "<hidden>";

    /// <summary>Reads a definition; an empty body is an empty definition.</summary>
    /// <exception cref="GoJsonException">Malformed, or a field that is not known.</exception>
    public static PreparedQuery Read(ReadOnlySpan<byte> body)
    {
        var query = new PreparedQuery();
        var json = new GoJsonReader(body);
        if (!json.BeginObject())
            return query;
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "id": query = query with { Id = json.ReadString(query.Id) }; break;
                case "name": query = query with { Name = json.ReadString(query.Name) }; break;
                case "session": query = query with { Session = json.ReadString(query.Session) }; break;
                case "token": query = query with { Token = json.ReadString(query.Token) }; break;
                case "template": query = ReadTemplate(ref json, query); break;
                case "service": query = query with { Service = ReadService(ref json, query.Service) }; break;
                case "dns": query = ReadDns(ref json, query); break;
                // Clients send back what they were given; the state sets both.
                case "createindex" or "modifyindex": json.ReadULong(); break;
                default: json.UnknownField(); break;
            }
        }

        return query;
    }

    /// <summary>What is wrong with a definition; null if nothing is.</summary>
    public static string? Refusal(PreparedQuery query)
    {
        QueriedService service = query.Service;
        if (query is { Name: "", TemplateType: "", Session: "" })
            return "Must be bound to a session";
        if (query.Token == HiddenToken)
            return "Bad Token '<hidden>', it looks like a query definition with a redacted token was submitted";
        if (service.Name.Length == 0)
            return "Must provide a Service name to query";
        if (service.NearestN < 0)
            return $"Bad NearestN '{service.NearestN}', must be >= 0";
        if (service.FailoverTargets is { Count: > 0 } && (service.NearestN > 0 || service.FailoverDatacenters is { Count: > 0 }))
            return "Targets cannot be populated with NearestN or Datacenters";
        if (MetadataRules.NodeError(service.NodeMeta) is { } badMeta)
            return badMeta;
        if (service.SamenessGroup.Length > 0)
            return "sameness-groups are an enterprise-only feature";
        if (query.DnsTtl.Length == 0)
            return null;
        if (!GoDuration.TryParse(query.DnsTtl, out long ttlNs, out string? error))
            return $"Bad DNS TTL '{query.DnsTtl}': {error}";
        return ttlNs < 0 ? $"DNS TTL '{ttlNs}', must be >=0" : null;
    }

    private static PreparedQuery ReadTemplate(ref GoJsonReader json, PreparedQuery query)
    {
        if (!json.BeginObject("structs.QueryTemplateOptions"))
            return query;
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "type": query = query with { TemplateType = json.ReadString(query.TemplateType) }; break;
                case "regexp": query = query with { TemplateRegexp = json.ReadString(query.TemplateRegexp) }; break;
                case "removeemptytags": query = query with { RemoveEmptyTags = json.ReadBool(query.RemoveEmptyTags) }; break;
                default: json.UnknownField(); break;
            }
        }

        return query;
    }

    private static PreparedQuery ReadDns(ref GoJsonReader json, PreparedQuery query)
    {
        if (!json.BeginObject("structs.QueryDNSOptions"))
            return query;
        while (json.NextField(out string name))
        {
            if (name == "ttl")
                query = query with { DnsTtl = json.ReadString(query.DnsTtl) };
            else
                json.UnknownField();
        }

        return query;
    }

    private static QueriedService ReadService(ref GoJsonReader json, QueriedService service)
    {
        if (!json.BeginObject("structs.ServiceQuery"))
            return service;
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "service": service = service with { Name = json.ReadString(service.Name) }; break;
                case "samenessgroup": service = service with { SamenessGroup = json.ReadString(service.SamenessGroup) }; break;
                case "failover": service = ReadFailover(ref json, service); break;
                case "onlypassing": service = service with { OnlyPassing = json.ReadBool(service.OnlyPassing) }; break;
                case "ignorecheckids": service = service with { IgnoreCheckIds = json.ReadStringList() }; break;
                case "near": service = service with { Near = json.ReadString(service.Near) }; break;
                case "tags": service = service with { Tags = json.ReadStringList() }; break;
                case "nodemeta": service = service with { NodeMeta = json.ReadStringMap() }; break;
                case "servicemeta": service = service with { ServiceMeta = json.ReadStringMap() }; break;
                case "connect": service = service with { Connect = json.ReadBool(service.Connect) }; break;
                case "peer": service = service with { Peer = json.ReadString(service.Peer) }; break;
                default: json.UnknownField(); break;
            }
        }

        return service;
    }

    private static QueriedService ReadFailover(ref GoJsonReader json, QueriedService service)
    {
        if (!json.BeginObject("structs.QueryFailoverOptions"))
            return service;
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "nearestn": service = service with { NearestN = json.ReadInt(service.NearestN) }; break;
                case "datacenters": service = service with { FailoverDatacenters = json.ReadStringList() }; break;
                case "targets": service = service with { FailoverTargets = ReadTargets(ref json) }; break;
                default: json.UnknownField(); break;
            }
        }

        return service;
    }

    private static List<FailoverTarget>? ReadTargets(ref GoJsonReader json)
    {
        if (!json.BeginArray("[]structs.QueryFailoverTarget"))
            return null;
        var targets = new List<FailoverTarget>();
        while (json.NextElement())
        {
            (string peer, string datacenter) = ("", "");
            if (json.BeginObject("structs.QueryFailoverTarget"))
            {
                while (json.NextField(out string name))
                {
                    if (name == "peer")
                        peer = json.ReadString(peer);
                    else if (name == "datacenter")
                        datacenter = json.ReadString(datacenter);
                    else
                        json.UnknownField();
                }
            }

            targets.Add(new FailoverTarget(peer, datacenter));
        }

        return targets;
    }
}
