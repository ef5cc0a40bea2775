using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>
/// Every endpoint of http-core and http-agent-catalog-health, with a success and the errors that a client can bring about, asked of a lone server and of an agent without state. The rooms' own tests
/// go deeper; this one sees that nothing is missing and that both answer alike.
/// </summary>
public sealed class ConformanceTests
{
    /// <summary>Method, target, body, status, and how the text begins ('=' before it: all of it).</summary>
    private const string Table = """
        # KV
        PUT /v1/kv/conf/a|one|200|=true
        PUT /v1/kv/conf/a?cas=0|two|200|=false
        PUT /v1/kv/conf/a?cas=x|two|500|strconv.ParseUint: parsing "x": invalid syntax
        PUT /v1/kv/conf/a?flags=x|two|500|=strconv.ParseUint: parsing "x": invalid syntax
        PUT /v1/kv/|x|400|=Missing key name
        PUT /v1/kv/conf/a?acquire={session}&release={session}|x|400|Conflicting flags: 
        PUT /v1/kv/conf/a?acquire=zz|x|500|=raft apply failed: invalid session "zz"
        PUT /v1/kv/conf/lock?acquire={session}|me|200|=true
        PUT /v1/kv/conf/lock?release={session}|me|200|=true
        GET /v1/kv/conf/a?raw||200|=one
        GET /v1/kv/conf/a||200|[
        GET /v1/kv/conf/none||404|=
        GET /v1/kv/conf/?recurse||200|[
        GET /v1/kv/conf/?keys&separator=/||200|[
        GET /v1/kv/||400|=Missing key name
        GET /v1/kv/conf/a?index=x||400|=Invalid index
        GET /v1/kv/conf/a?wait=10&index=1||400|=Invalid wait time
        GET /v1/kv/conf/a?stale&consistent||400|=Cannot specify ?stale with ?consistent, conflicting semantics.
        GET /v1/kv/conf/a?cached&consistent||400|=Cannot specify ?cached with ?consistent, conflicting semantics.
        GET /v1/kv/conf/a?max_stale=x||400|=Invalid max_stale value "x"
        GET /v1/kv/conf/a?ns=x||400|=Invalid query parameter: "ns" - Namespaces are a Consul Enterprise feature
        GET /v1/kv/conf/a?partition=x||400|=Invalid query parameter: "partition" - Partitions are a Consul Enterprise feature
        GET /v1/kv/conf/a?dc=nowhere||500|=No path to datacenter
        DELETE /v1/kv/conf/a?cas=1||200|=false
        DELETE /v1/kv/conf/a?recurse&cas=1||400|Conflicting flags: cas=1&recurse=
        DELETE /v1/kv/||400|=Missing key name
        DELETE /v1/kv/conf/a||200|=true
        POST /v1/kv/conf/a||405|=method POST not allowed
        # transactions
        PUT /v1/txn|[]|200|{"Results":[]
        PUT /v1/txn|[{"KV": {"Verb": "set", "Key": "conf/t", "Value": "MQ=="}}]|200|{"Results":[{"KV":
        PUT /v1/txn|[{"KV": {"Verb": "get", "Key": "conf/none"}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"key \"conf/none\" doesn't exist"}]
        PUT /v1/txn|{|400|Failed to parse body: 
        GET /v1/txn||405|=method GET not allowed
        # sessions
        PUT /v1/session/create|{"Name": "conf"}|200|{"ID":
        PUT /v1/session/create|{"Node": "nowhere"}|500|=apply failed: Missing node registration
        PUT /v1/session/create|{"TTL": "1s"}|500|=Invalid Session TTL '1000000000', must be between [10s=24h0m0s]
        PUT /v1/session/create|{"Behavior": "x"}|500|=Invalid Behavior setting 'x'
        PUT /v1/session/create|{|400|Request decode failed: 
        GET /v1/session/info/{session}||200|[{"ID":
        GET /v1/session/info/||400|=Missing session
        GET /v1/session/node/{node}||200|[
        GET /v1/session/node/||400|=Missing node name
        GET /v1/session/list||200|[
        PUT /v1/session/renew/{session}||200|[{"ID":
        PUT /v1/session/renew/00000000-0000-0000-0000-000000000000||404|=Session id '00000000-0000-0000-0000-000000000000' not found
        PUT /v1/session/destroy/||400|=Missing session
        PUT /v1/session/destroy/00000000-0000-0000-0000-000000000000||200|=true
        # events, coordinates, status, snapshot
        PUT /v1/event/fire/conf|payload|200|{"ID":
        PUT /v1/event/fire/||400|=Missing name
        PUT /v1/event/fire/conf?tag=x||500|=Cannot provide tag filter without service filter
        PUT /v1/event/fire/conf?node=(||500|Invalid node filter: error parsing regexp: 
        GET /v1/event/list||200|[
        GET /v1/coordinate/datacenters||200|[
        GET /v1/coordinate/nodes||200|[
        GET /v1/coordinate/node/none||404|=
        PUT /v1/coordinate/update|{"Node": "{node}", "Coord": {"Vec": [0,0,0,0,0,0,0,0], "Error": 1, "Adjustment": 0, "Height": 0.001}}|200|=
        PUT /v1/coordinate/update|{"Node": "x", "Coord": {"Vec": [0]}}|500|=incompatible coordinate
        PUT /v1/coordinate/update|{|400|Request decode failed: 
        GET /v1/status/leader||200|"
        GET /v1/status/peers||200|["
        GET /v1/snapshot||200|
        PUT /v1/snapshot|x|500|=failed to decompress snapshot: unexpected EOF
        # prepared queries
        POST /v1/query|{"Name": "conf-{agent}", "Service": {"Service": "consul"}}|200|{"ID":
        POST /v1/query|{}|500|=Invalid prepared query: Must be bound to a session
        POST /v1/query|{"Bogus": 1}|400|=Request decode failed: json: unknown field "Bogus"
        GET /v1/query||200|[
        GET /v1/query/{query}||200|[{"ID":
        PUT /v1/query/{query}|{"Name": "conf2-{agent}", "Service": {"Service": "consul"}}|200|=
        GET /v1/query/{query}/execute||200|{"Service":"consul"
        GET /v1/query/{query}/explain||200|{"Query":
        GET /v1/query/none/execute||404|=Query not found
        GET /v1/query/none/execute?limit=x||500|Bad limit: 
        DELETE /v1/query/{query}||200|=
        DELETE /v1/query/{query}||500|Cannot modify non-existent prepared query: 
        # operator
        GET /v1/operator/raft/configuration||200|{"Servers":
        DELETE /v1/operator/raft/peer||400|=Must specify either ?id with the server's ID or ?address with IP:port of peer to remove
        DELETE /v1/operator/raft/peer?id=a&address=b||400|=Must specify only one of ?id or ?address
        DELETE /v1/operator/raft/peer?id=x||500|
        POST /v1/operator/raft/transfer-leader?id=x||500|=Could not find address for server id x
        GET /v1/operator/autopilot/configuration||200|{"CleanupDeadServers":
        PUT /v1/operator/autopilot/configuration|{"CleanupDeadServers": true}|200|=true
        PUT /v1/operator/autopilot/configuration?cas=x|{}|400|Error parsing cas value: 
        PUT /v1/operator/autopilot/configuration|{|400|Error parsing autopilot config: 
        GET /v1/operator/autopilot/health||200|{"Healthy":true
        GET /v1/operator/autopilot/state||200|{"Healthy":true
        GET /v1/operator/usage||200|{"Usage":
        GET /v1/operator/keyring||500|
        POST /v1/operator/keyring|{|400|Request decode failed: 
        PUT /v1/operator/keyring?relay-factor=9|{"Key": ""}|400|Invalid relay-factor
        DELETE /v1/operator/keyring|{|400|Request decode failed: 
        POST /v1/operator/keyring|{"Key": "cg8StVXbQJ0gPvMd9o7yrg=="}|500|
        PUT /v1/operator/keyring|{"Key": "cg8StVXbQJ0gPvMd9o7yrg=="}|500|
        DELETE /v1/operator/keyring|{"Key": "cg8StVXbQJ0gPvMd9o7yrg=="}|500|
        # catalog
        PUT /v1/catalog/register|{"Node": "conf", "Address": "10.0.0.1", "Service": {"Service": "conf-web", "Port": 1}, "Check": {"Name": "c", "Status": "passing", "ServiceID": "conf-web"}}|200|=true
        PUT /v1/catalog/register|{"Address": "10.0.0.1"}|500|=Must provide node
        PUT /v1/catalog/register|{|400|Request decode failed: 
        GET /v1/catalog/datacenters||200|=["dc1"]
        GET /v1/catalog/nodes||200|[
        GET /v1/catalog/nodes?filter=x||500|Failed to create boolean expression evaluator: 
        GET /v1/catalog/services||200|{
        GET /v1/catalog/service/conf-web||200|[{"ID":
        GET /v1/catalog/service/||400|=Missing service name
        GET /v1/catalog/connect/conf-web||200|=[]
        GET /v1/catalog/connect/||400|=Missing service name
        GET /v1/catalog/node/conf||200|{"Node":
        GET /v1/catalog/node/none||200|=null
        GET /v1/catalog/node/||400|=Missing node name
        GET /v1/catalog/node-services/conf||200|{"Node":
        GET /v1/catalog/node-services/||400|=Missing node name
        GET /v1/catalog/gateway-services/x||200|=null
        GET /v1/catalog/gateway-services/||400|=Missing gateway name
        # health
        GET /v1/health/node/conf||200|[
        GET /v1/health/node/||400|=Missing node name
        GET /v1/health/checks/conf-web||200|[{"Node":
        GET /v1/health/checks/||400|=Missing service name
        GET /v1/health/state/passing||200|[
        GET /v1/health/state/||400|=Missing check state
        GET /v1/health/service/conf-web?passing||200|[{"Node":
        GET /v1/health/service/conf-web?passing=x||400|=Invalid value for ?passing
        GET /v1/health/service/||400|=Missing service name
        GET /v1/health/connect/conf-web||200|=[]
        GET /v1/health/ingress/conf-web||200|=[]
        GET /v1/health/service/x?sg=a||500|=sameness groups are not supported in consul CE
        GET /v1/health/service/x?sg=a&peer=b||400|=peer-name and sameness-group are mutually exclusive
        PUT /v1/catalog/deregister|{"Node": "conf"}|200|=true
        PUT /v1/catalog/deregister|{|400|Request decode failed: 
        # internal UI
        GET /v1/internal/ui/nodes||200|[{"ID":
        GET /v1/internal/ui/nodes?filter=x||500|Failed to create boolean expression evaluator: 
        GET /v1/internal/ui/node/{node}||200|{"ID":
        GET /v1/internal/ui/node/none||404|=
        GET /v1/internal/ui/node/||400|=Missing node name
        GET /v1/internal/ui/services||200|[{"Name":"consul"
        GET /v1/internal/ui/catalog-overview||200|{"Nodes":[{"Total":
        GET /v1/internal/ui/gateway-services-nodes/x||200|=[]
        GET /v1/internal/ui/gateway-services-nodes/||400|=Missing gateway name
        GET /v1/internal/ui/gateway-intentions/x||200|=[]
        GET /v1/internal/ui/exported-services||500|=must provide PeerName
        GET /v1/internal/ui/exported-services?peer=x||200|=[]
        GET /v1/internal/ui/service-topology/consul?kind=||200|{"Protocol":"tcp"
        GET /v1/internal/ui/service-topology/x||400|=Missing service kind
        GET /v1/internal/ui/service-topology/x?kind=y||400|=Unsupported service kind "y"
        GET /v1/internal/ui/service-topology/?kind=||400|=Missing service name
        GET /v1/internal/ui/metrics-proxy/x||404|=UI is not enabled
        PUT /v1/internal/service-virtual-ip|{"Service": "none", "ManualVIPs": ["1.2.3.4"]}|200|={"Found":false,"UnassignedFrom":null}
        PUT /v1/internal/service-virtual-ip|{"Service": "none", "ManualVIPs": ["x"]}|500|="x" is not a valid IPv4 address
        PUT /v1/internal/service-virtual-ip|{"Service": "x", "ManualVIPs": ["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4","1.1.1.5","1.1.1.6","1.1.1.7","1.1.1.8","1.1.1.9"]}|500|=cannot associate more than 8 manual virtual IPs with the same service
        PUT /v1/internal/service-virtual-ip|{|400|Request decode failed: 
        # agent
        GET /v1/agent/self||200|{"Config":
        GET /v1/agent/version||200|{
        GET /v1/agent/host||200|{
        GET /v1/agent/members||200|[
        GET /v1/agent/metrics||200|{"Timestamp":
        PUT /v1/agent/join/127.0.0.1:1||500|
        PUT /v1/agent/force-leave/nobody||500|
        PUT /v1/agent/reload||200|=
        PUT /v1/agent/maintenance?enable=true&reason=x||200|=
        PUT /v1/agent/maintenance?enable=false||200|=
        PUT /v1/agent/maintenance||400|=Missing value for enable
        PUT /v1/agent/maintenance?enable=x||400|
        PUT /v1/agent/token/default|{"Token": "x"}|401|=ACL support disabled
        PUT /v1/agent/service/register|{"Name": "conf-own", "Port": 1, "Check": {"TTL": "60s"}}|200|=
        PUT /v1/agent/service/register|{"Name": "x", "Bogus": 1}|400|Request decode failed: json: unknown field "Bogus"
        PUT /v1/agent/service/register||400|Request decode failed: EOF
        GET /v1/agent/services||200|{"conf-own":
        GET /v1/agent/service/conf-own||200|{"ID":"conf-own"
        GET /v1/agent/service/none||404|unknown service ID: none
        PUT /v1/agent/service/maintenance/conf-own?enable=true||200|=
        PUT /v1/agent/service/maintenance/conf-own?enable=false||200|=
        PUT /v1/agent/service/maintenance/conf-own||400|=Missing value for enable
        PUT /v1/agent/service/maintenance/none?enable=true||404|
        GET /v1/agent/health/service/id/conf-own||503|
        GET /v1/agent/health/service/id/none||404|
        GET /v1/agent/health/service/name/conf-own||503|
        GET /v1/agent/health/service/name/none||404|
        GET /v1/agent/checks||200|{"service:conf-own":
        PUT /v1/agent/check/register|{"ID": "conf-check", "Name": "c", "TTL": "60s"}|200|=
        PUT /v1/agent/check/register|{"Name": ""}|400|
        PUT /v1/agent/check/pass/conf-check?note=x||200|=
        PUT /v1/agent/check/warn/conf-check||200|=
        PUT /v1/agent/check/fail/conf-check||200|=
        PUT /v1/agent/check/update/conf-check|{"Status": "passing"}|200|=
        PUT /v1/agent/check/update/conf-check|{"Status": "x"}|400|
        PUT /v1/agent/check/pass/none||404|
        PUT /v1/agent/check/deregister/conf-check||200|=
        PUT /v1/agent/check/deregister/none||404|
        PUT /v1/agent/service/deregister/conf-own||200|=
        PUT /v1/agent/service/deregister/none||404|
        # nothing there
        GET /v1/nonsense||404|Invalid URL path: not a recognized HTTP API endpoint
        GET /v1/operator/license||404|Invalid URL path: 
        GET /v1/namespace/x||404|Invalid URL path: 
        """;

    /// <summary>Streams without an end and what ends the agent are tested elsewhere; the rest is not of Consul.</summary>
    private static readonly string[] s_elsewhere =
        ["GET /v1/agent/metrics/stream", "GET /v1/agent/monitor", "PUT /v1/agent/leave", "GET /v1/watch", "GET /v1/openapi.json", "POST /v1/operator/raft/transfer-leader", "DELETE /v1/operator/raft/peer"];

    private sealed record Row(string Method, string Target, string Body, int Status, string Text)
    {
        public static Row Parse(string line)
        {
            string[] parts = line.Trim().Split('|');
            string[] request = parts[0].Split(' ', 2);
            return new Row(request[0], request[1], parts[1], int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture), parts[3]);
        }
    }

    private static IEnumerable<Row> Rows => Table.Split('\n').Where(static line => line.Trim().Length > 0 && !line.TrimStart().StartsWith('#')).Select(Row.Parse);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Every_endpoint_answers_as_the_reference_says(int which)
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 1);
        HostedAgent agent = cluster.Agents[which];
        await agent.UntilAsync(async () => (await agent.GetAsync($"/v1/health/node/{agent.Name}")).Body.Contains("serfHealth", StringComparison.Ordinal), "its own node");
        string session = Json(await agent.SendAsync("PUT", "/v1/session/create", "{}")).GetProperty("ID").GetString()!;
        string query = "";

        var wrong = new List<string>();
        foreach (Row row in Rows)
        {
            string Filled(string text) => text.Replace("{session}", session, StringComparison.Ordinal).Replace("{query}", query, StringComparison.Ordinal)
                .Replace("{node}", agent.Name, StringComparison.Ordinal).Replace("{agent}", agent.Name, StringComparison.Ordinal);
            Reply reply = await agent.SendAsync(row.Method, Filled(row.Target), row.Method == "GET" ? null : Filled(row.Body));
            if (row is { Method: "POST", Target: "/v1/query", Status: 200 })
                query = Json(reply).GetProperty("ID").GetString()!;
            bool isRight = reply.Status == row.Status && (row.Text.StartsWith('=') ? reply.Body.TrimEnd() == row.Text[1..] : reply.Body.StartsWith(row.Text, StringComparison.Ordinal));
            if (!isRight)
                wrong.Add($"{row.Method} {row.Target}: {reply.Status} {reply.Body[..Math.Min(200, reply.Body.Length)]} instead of {row.Status} {row.Text}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task No_endpoint_is_missing_from_the_table()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        JsonElement paths = (await cluster.Agents[0].JsonAsync("/v1/openapi.json")).GetProperty("paths");
        var tabled = Rows.Where(static row => row.Status is 200 or 404 or 401 or 503 or 500).Select(static row => (row.Method, Path: row.Target.Split('?')[0])).ToList();

        var missing = new List<string>();
        foreach (JsonProperty path in paths.EnumerateObject())
        {
            string prefix = path.Name.Replace("{rest}", "", StringComparison.Ordinal);
            foreach (string method in path.Value.EnumerateObject().Select(static operation => operation.Name.ToUpperInvariant()).Where(static name => name != "PARAMETERS"))
            {
                bool isThere = tabled.Any(row => row.Method == method && (prefix.EndsWith('/') ? row.Path.StartsWith(prefix, StringComparison.Ordinal) : row.Path == prefix));
                if (!isThere && !s_elsewhere.Contains($"{method} {prefix}"))
                    missing.Add($"{method} {path.Name}");
            }
        }

        Assert.Empty(missing);
    }

    private static JsonElement Json(Reply reply)
    {
        Assert.True(reply.Status == 200, reply.Body);
        return JsonDocument.Parse(reply.Bytes).RootElement;
    }
}
