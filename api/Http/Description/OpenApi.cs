using Praetor.Api.Http.Json;
using Praetor.Core;

namespace Praetor.Api.Http.Description;

/// <summary>What Consul does not have: <c>/v1/openapi.json</c>, all endpoints of this agent as OpenAPI 3.1, made from the route table, so that it can't tell of what is not there. Thread-safe.</summary>
internal static class OpenApi
{
    private const string VersionPrefix = "/v1/";
    private const string Rest = "rest";

    /// <summary>Parameters that reads have in common (http-core 2, 3), with what they mean.</summary>
    private static readonly (string Name, string Type, string Meaning)[] s_readParameters =
    [
        ("dc", "string", "Datacenter; the agent's own without it"),
        ("index", "integer", "Answer only above this index: a blocking query"),
        ("wait", "string", "Longest wait of a blocking query, as 30s or 5m"),
        ("stale", "boolean", "Any server may answer from what it has; presence counts"),
        ("consistent", "boolean", "The leader confirms that it leads; presence counts"),
        ("filter", "string", "Expression that rows must match, where the endpoint is a list"),
        ("pretty", "boolean", "Indented JSON; presence counts"),
    ];

    /// <summary>Maps the route; call it when all others are mapped.</summary>
    public static void Map(RouteTable routes) => routes.Map("GET", "/v1/openapi.json", request => request.RespondJsonAsync(json => Write(json, routes)));

    private static void Write(GoJsonWriter json, RouteTable routes)
    {
        json.BeginObject();
        json.Member("openapi"u8, "3.1.0");
        json.Name("info"u8);
        json.BeginObject();
        json.Member("title"u8, "Praetor agent");
        json.Member("version"u8, ProductVersion.Own);
        json.Member("description"u8, $"The HTTP API of Consul {ProductVersion.ConsulLevel} as this agent answers it.");
        json.EndObject();
        json.Name("paths"u8);
        json.BeginObject();
        foreach (Route route in routes.All.Where(static route => route.Path.StartsWith(VersionPrefix, StringComparison.Ordinal)).OrderBy(static route => route.Path, StringComparer.Ordinal))
            WritePath(json, route);
        json.EndObject();
        json.Name("components"u8);
        WriteComponents(json);
        json.EndObject();
    }

    private static void WritePath(GoJsonWriter json, Route route)
    {
        bool isPrefix = route.Path.EndsWith('/');
        json.Name(isPrefix ? $"{route.Path}{{{Rest}}}" : route.Path);
        json.BeginObject();
        if (isPrefix)
        {
            json.Name("parameters"u8);
            json.BeginArray();
            json.BeginObject();
            json.Member("name"u8, Rest);
            json.Member("in"u8, "path");
            json.Member("required"u8, true);
            json.Member("description"u8, "Key, id or name; slashes belong to it");
            WriteSchema(json, "string");
            json.EndObject();
            json.EndArray();
        }

        // A route that looks at its methods itself takes those that read, replace and delete (http-core 1.3).
        foreach (string method in route.Methods.Length > 0 ? route.Methods : ["GET", "PUT", "DELETE"])
            WriteOperation(json, route, method);
        json.EndObject();
    }

    private static void WriteOperation(GoJsonWriter json, Route route, string method)
    {
        string name = route.Path[VersionPrefix.Length..].Trim('/');
        json.Name(method.ToLowerInvariant());
        json.BeginObject();
        json.Member("operationId"u8, $"{method.ToLowerInvariant()}-{name.Replace('/', '-')}{(route.Path.EndsWith('/') ? "-one" : "")}");
        json.Name("tags"u8);
        json.StringListOrEmpty([name.Split('/')[0]]);
        if (method == "GET")
        {
            json.Name("parameters"u8);
            json.BeginArray();
            foreach ((string parameter, _, _) in s_readParameters)
            {
                json.BeginObject();
                json.Member("$ref"u8, $"#/components/parameters/{parameter}");
                json.EndObject();
            }

            json.EndArray();
        }

        json.Name("responses"u8);
        json.BeginObject();
        WriteResponse(json, "200", route.IsStream ? "A stream or an archive" : "The answer as JSON");
        WriteResponse(json, "default", "What is wrong, as plain text");
        json.EndObject();
        json.EndObject();
    }

    private static void WriteResponse(GoJsonWriter json, string status, string meaning)
    {
        json.Name(status);
        json.BeginObject();
        json.Member("description"u8, meaning);
        json.EndObject();
    }

    private static void WriteComponents(GoJsonWriter json)
    {
        json.BeginObject();
        json.Name("parameters"u8);
        json.BeginObject();
        foreach ((string name, string type, string meaning) in s_readParameters)
        {
            json.Name(name);
            json.BeginObject();
            json.Member("name"u8, name);
            json.Member("in"u8, "query");
            json.Member("description"u8, meaning);
            WriteSchema(json, type);
            json.EndObject();
        }

        json.EndObject();
        json.Name("securitySchemes"u8);
        json.BeginObject();
        json.Name("token"u8);
        json.BeginObject();
        json.Member("type"u8, "apiKey");
        json.Member("in"u8, "header");
        json.Member("name"u8, "X-Consul-Token");
        json.EndObject();
        json.EndObject();
        json.EndObject();
    }

    private static void WriteSchema(GoJsonWriter json, string type)
    {
        json.Name("schema"u8);
        json.BeginObject();
        json.Member("type"u8, type);
        json.EndObject();
    }
}
