using System.Text.Json;
using Praetor.Api.Http;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Query;
using Praetor.Api.Http.Session;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Query;

/// <summary>Prepared queries, line by line (http-core 9).</summary>
public sealed class QueryTests : IAsyncLifetime
{
    private const string Unknown = "00000000-0000-0000-0000-000000000001";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(new TestServerOptions
        {
            Http = new HttpOptions { JitterSeed = 1, NodeName = "n1" },
            Map = static (routes, _) =>
            {
                CatalogRoom.Map(routes);
                new SessionRoom(TimeSpan.FromSeconds(10), Guid.NewGuid).Map(routes);
                new QueryRoom(Guid.NewGuid).Map(routes);
            },
        });
        await RegisterAsync("n1", "127.0.0.1", """{"Service": "web", "Port": 1, "Tags": ["V1", "master"], "Meta": {"env": "prod"}}""", """{"zone": "a"}""");
        await RegisterAsync("n2", "10.0.0.2", """{"Service": "web", "Port": 2, "Tags": ["v1"]}""", """{"zone": "b"}""");
        await RegisterAsync("n3", "10.0.0.3", """{"Service": "web", "Port": 3, "Tags": []}""", "{}");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_query_is_shown_with_all_its_fields()
    {
        string id = await CreateAsync("""{"Name": "q", "Service": {"Service": "web"}}""");

        string expected = $$"""{"ID":"{{id}}","Name":"q","Session":"","Token":"","Template":{"Type":"","Regexp":"","RemoveEmptyTags":false},"Service":{"Service":"web","SamenessGroup":"","Failover":{"NearestN":0,"Datacenters":null,"Targets":null},"OnlyPassing":false,"IgnoreCheckIDs":null,"Near":"","Tags":null,"NodeMeta":null,"ServiceMeta":null,"Connect":false,"Peer":""},"DNS":{"TTL":""},"CreateIndex":6,"ModifyIndex":6}""";
        Assert.Equal($"[{expected}]", (await _server.GetAsync($"/v1/query/{id}")).Body);
        Reply list = await _server.GetAsync("/v1/query");
        Assert.Equal(($"[{expected}]", 6), (list.Body, list.Index));
    }

    [Fact]
    public async Task Fields_given_are_fields_shown()
    {
        string id = await CreateAsync("""
            {"name": "q", "token": "t", "template": {"type": "name_prefix_match", "regexp": "^q", "removeemptytags": true}, "dns": {"ttl": "10s"}, "CreateIndex": 9, "ModifyIndex": 9,
             "service": {"service": "web", "failover": {"nearestn": 2, "datacenters": ["dc2"]}, "onlypassing": true, "ignorecheckids": ["c"], "near": "_agent", "tags": ["a"], "nodemeta": {"k": "v"},
              "servicemeta": {"x": "y"}, "connect": true, "peer": "p"}}
            """);

        JsonElement query = await DefinitionAsync(id);
        Assert.Equal("""{"Type":"name_prefix_match","Regexp":"^q","RemoveEmptyTags":true}""", query.GetProperty("Template").GetRawText());
        Assert.Equal("""{"Service":"web","SamenessGroup":"","Failover":{"NearestN":2,"Datacenters":["dc2"],"Targets":null},"OnlyPassing":true,"IgnoreCheckIDs":["c"],"Near":"_agent","Tags":["a"],"NodeMeta":{"k":"v"},"ServiceMeta":{"x":"y"},"Connect":true,"Peer":"p"}""",
            query.GetProperty("Service").GetRawText());
        Assert.Equal(("t", """{"TTL":"10s"}"""), (query.GetProperty("Token").GetString(), query.GetProperty("DNS").GetRawText()));
    }

    [Theory]
    [InlineData("{", 400, "Request decode failed: unexpected EOF")]
    [InlineData("", 400, "Request decode failed: EOF")]
    [InlineData("""{"Bogus": 1}""", 400, "Request decode failed: json: unknown field \"Bogus\"")]
    [InlineData("""{"Service": {"Bogus": 1}}""", 400, "Request decode failed: json: unknown field \"Bogus\"")]
    [InlineData("""{"ID": "x", "Name": "q", "Service": {"Service": "web"}}""", 500, "ID must be empty when creating a new prepared query")]
    [InlineData("""{"Service": {"Service": "web"}}""", 500, "Invalid prepared query: Must be bound to a session")]
    [InlineData("""{"Name": "q", "Token": "<hidden>"}""", 500, "Invalid prepared query: Bad Token '<hidden>', it looks like a query definition with a redacted token was submitted")]
    [InlineData("""{"Name": "q"}""", 500, "Invalid prepared query: Must provide a Service name to query")]
    [InlineData("""{"Name": "q", "Service": {"Service": "web", "Failover": {"NearestN": -1}}}""", 500, "Invalid prepared query: Bad NearestN '-1', must be >= 0")]
    [InlineData("""{"Name": "q", "Service": {"Service": "web", "Failover": {"NearestN": 1, "Targets": [{"Peer": "p"}]}}}""", 500, "Invalid prepared query: Targets cannot be populated with NearestN or Datacenters")]
    [InlineData("""{"Name": "q", "Service": {"Service": "web", "Failover": {"Datacenters": ["a"], "Targets": [{"Datacenter": "p"}]}}}""", 500, "Invalid prepared query: Targets cannot be populated with NearestN or Datacenters")]
    [InlineData("""{"Name": "q", "Service": {"Service": "web", "NodeMeta": {"": "x"}}}""", 500, "Invalid prepared query: Couldn't load metadata pair ('', 'x'): Key cannot be blank")]
    [InlineData("""{"Name": "q", "Service": {"Service": "web", "SamenessGroup": "g"}}""", 500, "Invalid prepared query: sameness-groups are an enterprise-only feature")]
    [InlineData("""{"Name": "q", "Service": {"Service": "web"}, "DNS": {"TTL": "x"}}""", 500, "Invalid prepared query: Bad DNS TTL 'x': time: invalid duration \"x\"")]
    [InlineData("""{"Name": "q", "Service": {"Service": "web"}, "DNS": {"TTL": "-1ms"}}""", 500, "Invalid prepared query: DNS TTL '-1000000', must be >=0")]
    [InlineData("""{"Name": "THERE", "Service": {"Service": "web"}}""", 500, "raft apply failed: name 'THERE' aliases an existing query name")]
    [InlineData("""{"Template": {"Type": "name_prefix_match"}, "Service": {"Service": "web"}}""", 500, "raft apply failed: a query template with an empty name already exists")]
    [InlineData("""{"Session": "nope", "Service": {"Service": "web"}}""", 500, "raft apply failed: invalid session \"nope\"")]
    [InlineData("""{"Name": "q", "Template": {"Type": "zz"}, "Service": {"Service": "web"}}""", 500, "raft apply failed: failed compiling template: Bad Template.Type 'zz'")]
    [InlineData("""{"Name": "q", "Template": {"Type": "name_prefix_match", "Regexp": "("}, "Service": {"Service": "web"}}""", 500, "raft apply failed: failed compiling template: Bad Regexp: error parsing regexp: missing closing ): `(`")]
    [InlineData("""{"Name": "q", "Template": {"Type": "name_prefix_match"}, "Service": {"Service": "${x"}}""", 500, "raft apply failed: failed compiling template: Bad format '${x' in Service.Service: 1:1: expected a closing brace")]
    [InlineData("""{"Name": "q", "Template": {"Type": "name_prefix_match"}, "Service": {"Service": "${x}"}}""", 500, "raft apply failed: failed compiling template: Bad evaluation for '${x}' in Service.Service: 1:3: unknown variable accessed: x")]
    public async Task A_definition_that_cannot_be_is_refused(string body, int status, string text)
    {
        await CreateAsync("""{"Name": "there", "Service": {"Service": "web"}}""");
        await CreateAsync("""{"Template": {"Type": "name_prefix_match"}, "Service": {"Service": "web"}}""");

        Reply reply = await _server.SendAsync("POST", "/v1/query", body);

        Assert.Equal((status, text), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task A_name_may_not_be_the_id_of_another_query()
    {
        string id = await CreateAsync("""{"Name": "q", "Service": {"Service": "web"}}""");

        Assert.Equal($"raft apply failed: name '{id}' aliases an existing query ID", (await _server.SendAsync("POST", "/v1/query", $$$"""{"Name": "{{{id}}}", "Service": {"Service": "web"}}""")).Body);
    }

    [Fact]
    public async Task An_update_replaces_the_definition_and_keeps_its_creation()
    {
        string id = await CreateAsync("""{"Name": "q", "Service": {"Service": "web"}}""");

        Reply updated = await _server.PutAsync($"/v1/query/{id}", """{"ID": "ignored", "Name": "Q", "Service": {"Service": "db"}}""");

        Assert.Equal((200, ""), (updated.Status, updated.Body));
        JsonElement query = await DefinitionAsync(id);
        Assert.Equal((id, "Q", "db"), (query.GetProperty("ID").GetString(), query.GetProperty("Name").GetString(), query.GetProperty("Service").GetProperty("Service").GetString()));
        Assert.Equal((6, 7), (query.GetProperty("CreateIndex").GetInt64(), query.GetProperty("ModifyIndex").GetInt64()));
        Assert.Equal(500, (await _server.PutAsync($"/v1/query/{id}", "")).Status);
    }

    [Theory]
    [InlineData("GET", $"/v1/query/{Unknown}", 404, "Query not found")]
    [InlineData("GET", "/v1/query/q", 500, "failed prepared query lookup: index error: UUID must be 36 characters")]
    [InlineData("PUT", "/v1/query/q", 500, "Prepared Query lookup failed: failed prepared query lookup: index error: UUID must be 36 characters")]
    [InlineData("DELETE", "/v1/query/q", 500, "Prepared Query lookup failed: failed prepared query lookup: index error: UUID must be 36 characters")]
    [InlineData("PUT", $"/v1/query/{Unknown}", 500, $"Cannot modify non-existent prepared query: '{Unknown}'")]
    [InlineData("DELETE", $"/v1/query/{Unknown}", 500, $"Cannot modify non-existent prepared query: '{Unknown}'")]
    [InlineData("GET", "/v1/query/none/execute", 404, "Query not found")]
    [InlineData("GET", "/v1/query/none/explain", 404, "Query not found")]
    [InlineData("GET", "/v1/query//execute", 301, null)]
    [InlineData("GET", "/v1/query/q/execute?limit=x", 500, "Bad limit: strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("GET", "/v1/query/q/execute?connect=x", 500, "Error parsing 'connect' value: strconv.ParseBool: parsing \"x\": invalid syntax")]
    [InlineData("GET", "/v1/query/q/execute?dc=nowhere", 500, "No path to datacenter")]
    [InlineData("POST", "/v1/query/q/execute", 405, "method POST not allowed")]
    [InlineData("POST", "/v1/query/q", 405, "method POST not allowed")]
    [InlineData("DELETE", "/v1/query", 405, "method DELETE not allowed")]
    [InlineData("OPTIONS", "/v1/query/q", 200, "{}")]
    public async Task Requests_that_lead_nowhere_are_told_so(string method, string path, int status, string? text)
    {
        await CreateAsync("""{"Name": "q", "Service": {"Service": "web"}}""");

        Reply reply = await _server.SendAsync(method, path, "{\"Name\": \"x\"}");

        Assert.Equal(status, reply.Status);
        if (text is not null)
            Assert.Equal(text, reply.Body);
        if (status == 405)
            Assert.Equal(path == "/v1/query" ? "OPTIONS,GET,POST" : path.EndsWith("execute", StringComparison.Ordinal) ? "GET" : "GET,PUT,DELETE", reply.Header("Allow")!.Replace(", ", ",", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_deleted_is_gone()
    {
        string id = await CreateAsync("""{"Name": "q", "Service": {"Service": "web"}}""");

        Assert.Equal(200, (await _server.SendAsync("DELETE", $"/v1/query/{id}")).Status);

        Assert.Equal(404, (await _server.GetAsync($"/v1/query/{id}")).Status);
        Assert.Equal(404, (await _server.GetAsync("/v1/query/q/execute")).Status);
        Assert.Equal("[]", (await _server.GetAsync("/v1/query")).Body);
    }

    [Fact]
    public async Task A_query_dies_with_its_session()
    {
        string session = JsonDocument.Parse((await _server.PutAsync("/v1/session/create", """{"Node": "n1", "NodeChecks": []}""")).Bytes).RootElement.GetProperty("ID").GetString()!;
        string id = await CreateAsync($$$"""{"Session": "{{{session}}}", "Service": {"Service": "web"}}""");
        long index = (await _server.GetAsync("/v1/query")).Index;
        Task<Reply> waiting = _server.GetAsync($"/v1/query?index={index}&wait=60s");

        await _server.PutAsync($"/v1/session/destroy/{session}", "");

        Assert.Equal("[]", (await waiting).Body);
        Assert.Equal(404, (await _server.GetAsync($"/v1/query/{id}/execute")).Status);
    }

    [Fact]
    public async Task Execution_gives_the_instances_with_everything_around_them()
    {
        string id = await CreateAsync("""{"Name": "q", "Service": {"Service": "web", "Tags": ["master"]}, "DNS": {"TTL": "3s"}}""");

        Reply reply = await _server.GetAsync($"/v1/query/{id}/execute");

        JsonElement answer = JsonDocument.Parse(reply.Bytes).RootElement;
        Assert.Equal(["Service", "Nodes", "DNS", "Datacenter", "PeerName", "Failovers", "Index", "LastContact", "KnownLeader", "ConsistencyLevel", "NotModified", "Backend", "ResultsFilteredByACLs"],
            answer.EnumerateObject().Select(static member => member.Name));
        Assert.Equal(("web", """{"TTL":"3s"}""", "dc1", 0, "leader"), (answer.GetProperty("Service").GetString(), answer.GetProperty("DNS").GetRawText(), answer.GetProperty("Datacenter").GetString(),
            answer.GetProperty("Failovers").GetInt32(), answer.GetProperty("ConsistencyLevel").GetString()));
        JsonElement node = Assert.Single(answer.GetProperty("Nodes").EnumerateArray().ToArray());
        Assert.Equal(["Node", "Service", "Checks"], node.EnumerateObject().Select(static member => member.Name));
        Assert.Equal(("1", "leader", "true"), (reply.Header("X-Consul-Index"), reply.Header("X-Consul-Effective-Consistency"), reply.Header("X-Consul-Knownleader")));
    }

    [Theory]
    [InlineData("""{"Service": "web"}""", "", "1 2 3")]
    [InlineData("""{"Service": "WEB"}""", "", "1 2 3")]
    [InlineData("""{"Service": "none"}""", "", "")]
    [InlineData("""{"Service": "web", "Tags": ["v1"]}""", "", "1 2")]
    [InlineData("""{"Service": "web", "Tags": ["v1", "!MASTER"]}""", "", "2")]
    [InlineData("""{"Service": "web", "Tags": [""]}""", "", "")]
    [InlineData("""{"Service": "web", "NodeMeta": {"zone": "b"}}""", "", "2")]
    [InlineData("""{"Service": "web", "NodeMeta": {"zone": "B"}}""", "", "")]
    [InlineData("""{"Service": "web", "ServiceMeta": {"env": "prod"}}""", "", "1")]
    [InlineData("""{"Service": "web", "Peer": "p"}""", "", "")]
    [InlineData("""{"Service": "web", "Connect": true}""", "", "")]
    [InlineData("""{"Service": "web"}""", "connect=true", "")]
    [InlineData("""{"Service": "web"}""", "connect=false&limit=0", "1 2 3")]
    [InlineData("""{"Service": "web"}""", "limit=-3", "1 2 3")]
    public async Task Instances_are_chosen_by_what_the_query_says(string service, string parameters, string ports)
    {
        await CreateAsync($$"""{"Name": "q", "Service": {{service}}}""");

        Assert.Equal(ports, string.Join(' ', (await PortsAsync($"/v1/query/Q/execute?{parameters}")).Order()));
    }

    [Theory]
    [InlineData("", "1 2")]
    [InlineData("\"OnlyPassing\": true", "1")]
    [InlineData("\"IgnoreCheckIDs\": [\"c3\"]", "1 2 3")]
    [InlineData("\"OnlyPassing\": true, \"IgnoreCheckIDs\": [\"c2\", \"c3\"]", "1 2 3")]
    public async Task Instances_in_bad_health_are_left_out(string fields, string ports)
    {
        await _server.PutAsync("/v1/catalog/register", """{"Node": "n2", "Address": "10.0.0.2", "Check": {"CheckID": "c2", "Name": "c", "Status": "warning", "ServiceID": "web"}}""");
        await _server.PutAsync("/v1/catalog/register", """{"Node": "n3", "Address": "10.0.0.3", "Check": {"CheckID": "c3", "Name": "c", "Status": "critical"}}""");
        await CreateAsync($$$"""{"Name": "q", "Service": {"Service": "web"{{{(fields.Length > 0 ? ", " : "")}}}{{{fields}}}}}""");

        Assert.Equal(ports, string.Join(' ', (await PortsAsync("/v1/query/q/execute")).Order()));
    }

    [Fact]
    public async Task The_order_is_another_each_time_and_the_limit_cuts_it()
    {
        await CreateAsync("""{"Name": "q", "Service": {"Service": "web"}}""");

        var firsts = new HashSet<int>();
        for (int i = 0; i < 60; i++)
            firsts.Add(Assert.Single(await PortsAsync("/v1/query/q/execute?limit=1")));

        Assert.Equal([1, 2, 3], firsts.Order());
    }

    [Theory]
    [InlineData("{}", 0)]
    [InlineData("""{"NearestN": 3, "Datacenters": ["dc2", "dc3"]}""", 0)]
    [InlineData("""{"Targets": [{"Peer": "a"}, {"Datacenter": "dc2"}, {"Peer": "b"}]}""", 2)]
    public async Task Without_an_instance_it_looks_where_it_may(string failover, int failovers)
    {
        await CreateAsync($$$"""{"Name": "q", "Service": {"Service": "none", "Failover": {{{failover}}}}}""");

        JsonElement answer = JsonDocument.Parse((await _server.GetAsync("/v1/query/q/execute")).Bytes).RootElement;

        Assert.Equal(("[]", failovers), (answer.GetProperty("Nodes").GetRawText(), answer.GetProperty("Failovers").GetInt32()));
    }

    [Theory]
    [InlineData("geo-web-V1", "web", "v1")]
    [InlineData("geo-web", "web", "")]
    public async Task A_template_is_rendered_for_the_name_asked(string name, string service, string tag)
    {
        await CreateAsync("""{"Name": "GEO-", "Template": {"Type": "name_prefix_match", "Regexp": "^geo-(.*?)(?:-([^-]+))?$"}, "Service": {"Service": "${match(1)}", "Tags": ["${match(2)}"], "NodeMeta": {"k": "$${x} ${agent.segment}|${match(9)}|${name.full}|${name.prefix}|${name.suffix}"}}}""");

        JsonElement query = JsonDocument.Parse((await _server.GetAsync($"/v1/query/{name}/explain")).Bytes).RootElement.GetProperty("Query");

        JsonElement rendered = query.GetProperty("Service");
        Assert.Equal((service, tag), (rendered.GetProperty("Service").GetString(), rendered.GetProperty("Tags")[0].GetString()!.ToLowerInvariant()));
        Assert.Equal($"${{x}} ||{name}|GEO-|{name}", rendered.GetProperty("NodeMeta").GetProperty("k").GetString());
    }

    [Theory]
    [InlineData("a", "catch-all")]
    [InlineData("app", "app")]
    [InlineData("APPLE", "app")]
    [InlineData("app-x", "app-")]
    [InlineData("app-static", "static")]
    [InlineData("app-static2", "app-")]
    public async Task The_longest_name_wins_and_an_exact_one_wins_over_all(string name, string service)
    {
        foreach ((string prefix, string answer) in new[] { ("", "catch-all"), ("app", "app"), ("app-", "app-") })
            await CreateAsync($$$"""{"Name": "{{{prefix}}}", "Template": {"Type": "name_prefix_match"}, "Service": {"Service": "{{{answer}}}"}}""");
        await CreateAsync("""{"Name": "app-static", "Service": {"Service": "static"}}""");

        Assert.Equal(service, JsonDocument.Parse((await _server.GetAsync($"/v1/query/{name}/execute")).Bytes).RootElement.GetProperty("Service").GetString());
    }

    [Fact]
    public async Task A_template_is_not_run_by_its_id()
    {
        string id = await CreateAsync("""{"Name": "geo-", "Template": {"Type": "name_prefix_match"}, "Service": {"Service": "web"}}""");

        Reply reply = await _server.GetAsync($"/v1/query/{id}/execute");

        Assert.Equal((500, "prepared query templates can only be resolved up by name, not by ID"), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("false", "")]
    [InlineData("true", "1 2 3")]
    public async Task Empty_tags_go_if_the_template_says_so(string removes, string ports)
    {
        await CreateAsync($$$"""{"Name": "t-", "Template": {"Type": "name_prefix_match", "RemoveEmptyTags": {{{removes}}}}, "Service": {"Service": "web", "Tags": ["${match(1)}"]}}""");

        Assert.Equal(ports, string.Join(' ', (await PortsAsync("/v1/query/t-x/execute")).Order()));
    }

    [Fact]
    public async Task What_was_asked_with_cached_says_so()
    {
        await CreateAsync("""{"Name": "q", "Service": {"Service": "web"}}""");

        Assert.Equal("MISS", (await _server.GetAsync("/v1/query/q/execute?cached")).Header("X-Cache"));
    }

    private async Task<string> CreateAsync(string body)
    {
        Reply reply = await _server.SendAsync("POST", "/v1/query", body);
        Assert.True(reply.Status == 200, reply.Body);
        return JsonDocument.Parse(reply.Bytes).RootElement.GetProperty("ID").GetString()!;
    }

    private async Task<JsonElement> DefinitionAsync(string id) => JsonDocument.Parse((await _server.GetAsync($"/v1/query/{id}")).Bytes).RootElement[0];

    private async Task<int[]> PortsAsync(string path) =>
        [.. JsonDocument.Parse((await _server.GetAsync(path)).Bytes).RootElement.GetProperty("Nodes").EnumerateArray().Select(static node => node.GetProperty("Service").GetProperty("Port").GetInt32())];

    private async Task RegisterAsync(string node, string address, string service, string meta) =>
        Assert.Equal(200, (await _server.PutAsync("/v1/catalog/register", $$"""{"Node": "{{node}}", "Address": "{{address}}", "NodeMeta": {{meta}}, "Service": {{service}}}""")).Status);
}
