using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Catalog;

/// <summary>Reads of the catalog over HTTP (http-agent 5.4).</summary>
public class CatalogReadsTests(CatalogServer catalog) : IClassFixture<CatalogServer>
{
    private const string Proxy = """{"Mode":"","MeshGateway":{},"Expose":{}}""";

    private const string NodeTwo =
        """{"ID":"","Node":"N2","Address":"10.0.0.2","Datacenter":"dc1","TaggedAddresses":null,"Meta":{"env":"dev"},"CreateIndex":#,"ModifyIndex":#}""";

    private const string NodeThree =
        """{"ID":"","Node":"n3","Address":"10.0.0.3","Datacenter":"dc1","TaggedAddresses":null,"Meta":null,"CreateIndex":#,"ModifyIndex":#}""";

    [Theory]
    [InlineData("/v1/catalog/datacenters", """["dc1"]""")]
    [InlineData("/v1/catalog/services", """{"api":[],"db":[],"web":["v1","Primary","v2"],"web-sidecar-proxy":[]}""")]
    [InlineData("/v1/catalog/nodes?filter=Node==n3", $"[{NodeThree}]")]
    [InlineData("/v1/catalog/node/N2?filter=Service==db",
        $$$$"""{"Node":{{{{NodeTwo}}}},"Services":{"db":{"ID":"db","Service":"db","Tags":[],"Address":"","Meta":null,"Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Proxy":{{{{Proxy}}}},"Connect":{},"PeerName":"","CreateIndex":#,"ModifyIndex":#}}}""")]
    [InlineData("/v1/catalog/node-services/n2?filter=Service==db",
        $$$$"""{"Node":{{{{NodeTwo}}}},"Services":[{"ID":"db","Service":"db","Tags":[],"Address":"","Meta":null,"Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Proxy":{{{{Proxy}}}},"Connect":{},"PeerName":"","CreateIndex":#,"ModifyIndex":#}]}""")]
    [InlineData("/v1/catalog/service/db",
        $$$$"""[{"ID":"","Node":"N2","Address":"10.0.0.2","Datacenter":"dc1","TaggedAddresses":null,"NodeMeta":{"env":"dev"},"ServiceKind":"","ServiceID":"db","ServiceName":"db","ServiceTags":[],"ServiceAddress":"","ServiceWeights":{"Passing":1,"Warning":1},"ServiceMeta":{},"ServicePort":0,"ServiceSocketPath":"","ServiceEnableTagOverride":false,"ServiceProxy":{{{{Proxy}}}},"ServiceConnect":{},"ServiceLocality":null,"CreateIndex":#,"ModifyIndex":#}]""")]
    [InlineData("/v1/catalog/node/n3", $$$$"""{"Node":{{{{NodeThree}}}},"Services":{}}""")]
    [InlineData("/v1/catalog/node-services/n3", $$$$"""{"Node":{{{{NodeThree}}}},"Services":null}""")]
    [InlineData("/v1/catalog/node/n2?filter=Service==none", $$$$"""{"Node":{{{{NodeTwo}}}},"Services":{}}""")]
    [InlineData("/v1/catalog/node-services/n2?filter=Service==none", $$$$"""{"Node":{{{{NodeTwo}}}},"Services":[]}""")]
    [InlineData("/v1/catalog/node/nope", "null")]
    [InlineData("/v1/catalog/node-services/nope", """{"Node":null,"Services":null}""")]
    [InlineData("/v1/catalog/gateway-services/nope", "null")]
    [InlineData("/v1/catalog/service/nope", "[]")]
    [InlineData("/v1/catalog/connect/nope", "[]")]
    [InlineData("/v1/catalog/nodes?filter=Node==nope", "[]")]
    [InlineData("/v1/catalog/services?filter=ServiceName==nope", "{}")]
    [InlineData("/v1/catalog/service/web?peer=other", "[]")]
    public async Task A_read_shows_exactly_this(string target, string body)
    {
        Reply reply = await catalog.Server.GetAsync(target);
        Assert.Equal((200, body), (reply.Status, CatalogServer.Masked(reply)));
        Assert.Equal("application/json", reply.ContentType);
    }

    [Theory]
    [InlineData("/v1/catalog/nodes", "Node", "n1 N2 n3")]
    [InlineData("/v1/catalog/nodes?near=_agent", "Node", "n1 N2 n3")]
    [InlineData("/v1/catalog/nodes?node-meta=env:prod", "Node", "n1")]
    [InlineData("/v1/catalog/nodes?node-meta=env:prod&node-meta=rack:a", "Node", "n1")]
    [InlineData("/v1/catalog/nodes?node-meta=env:prod&node-meta=rack:b", "Node", "")]
    [InlineData("/v1/catalog/nodes?node-meta=env:dev&node-meta=env:prod", "Node", "n1")]
    [InlineData("/v1/catalog/nodes?node-meta=ENV:prod", "Node", "")]
    [InlineData("/v1/catalog/nodes?node-meta=env:PROD", "Node", "")]
    [InlineData("/v1/catalog/nodes?node-meta=env", "Node", "")]
    [InlineData("/v1/catalog/nodes?filter=Meta.env==dev+or+Address==`10.0.0.3`", "Node", "N2 n3")]
    [InlineData("/v1/catalog/service/web", "ServiceID", "web1 web2")]
    [InlineData("/v1/catalog/service/WEB", "ServiceID", "web1 web2")]
    [InlineData("/v1/catalog/service/web?tag=v2", "ServiceID", "web2")]
    [InlineData("/v1/catalog/service/web?tag=PRIMARY", "ServiceID", "web1")]
    [InlineData("/v1/catalog/service/web?tag=v1&tag=primary", "ServiceID", "web1")]
    [InlineData("/v1/catalog/service/web?tag=v1&tag=v2", "ServiceID", "")]
    [InlineData("/v1/catalog/service/web?tag=", "ServiceID", "")]
    [InlineData("/v1/catalog/service/web?node-meta=env:dev", "ServiceID", "web2")]
    [InlineData("/v1/catalog/service/web?filter=ServicePort==80", "ServiceID", "web1")]
    [InlineData("/v1/catalog/service/web?filter=%22v2%22+in+ServiceTags", "ServiceID", "web2")]
    [InlineData("/v1/catalog/service/web?near=n1&merge-central-config&cached&stale&leader", "ServiceID", "web1 web2")]
    [InlineData("/v1/catalog/connect/web", "ServiceID", "web1-proxy")]
    [InlineData("/v1/catalog/connect/Web?tag=ignored", "ServiceID", "web1-proxy")]
    [InlineData("/v1/catalog/connect/api", "ServiceID", "api")]
    [InlineData("/v1/catalog/connect/db", "ServiceID", "")]
    [InlineData("/v1/catalog/connect/web?node-meta=env:dev", "ServiceID", "")]
    [InlineData("/v1/catalog/connect/web?filter=ServiceProxy.DestinationServiceID==web1", "ServiceID", "web1-proxy")]
    public async Task A_list_holds_these_rows_in_order(string target, string property, string rows)
    {
        Reply reply = await catalog.Server.GetAsync(target);
        Assert.Equal((200, rows), (reply.Status, CatalogServer.Pluck(reply, property)));
    }

    [Theory]
    [InlineData("/v1/catalog/services?node-meta=env:prod", """{"web":["v1","Primary"],"web-sidecar-proxy":[]}""")]
    [InlineData("/v1/catalog/services?filter=ServiceName==web+and+NodeMeta.env==dev", """{"web":["v2"]}""")]
    public async Task Services_are_narrowed_by_instance(string target, string body) =>
        Assert.Equal(body, (await catalog.Server.GetAsync(target)).Body);

    [Theory]
    [InlineData(CatalogServer.NodeId, true)]
    [InlineData("3F2504E0", true)]
    [InlineData("3f", true)]
    [InlineData("3f2", true)]
    [InlineData("3", false)]
    [InlineData("4f", false)]
    public async Task A_node_is_told_by_a_prefix_of_its_id_too(string node, bool found)
    {
        Reply reply = await catalog.Server.GetAsync($"/v1/catalog/node/{node}");
        Assert.Equal(found, reply.Body.StartsWith("""{"Node":{"ID":"3f2504e0-""", StringComparison.Ordinal));
        Assert.Equal(!found, reply.Body == "null");
    }

    [Theory]
    [InlineData("/v1/catalog/service/", 400, "Missing service name")]
    [InlineData("/v1/catalog/connect/", 400, "Missing service name")]
    [InlineData("/v1/catalog/node/", 400, "Missing node name")]
    [InlineData("/v1/catalog/node-services/", 400, "Missing node name")]
    [InlineData("/v1/catalog/gateway-services/", 400, "Missing gateway name")]
    [InlineData("/v1/catalog/nodes?index=x", 400, "Invalid index")]
    [InlineData("/v1/catalog/nodes?wait=10", 400, "Invalid wait time")]
    [InlineData("/v1/catalog/nodes?max_stale=zz", 400, "Invalid max_stale value \"zz\"")]
    [InlineData("/v1/catalog/nodes?stale&consistent", 400, "Cannot specify ?stale with ?consistent, conflicting semantics.")]
    [InlineData("/v1/catalog/services?cached&consistent", 400, "Cannot specify ?cached with ?consistent, conflicting semantics.")]
    [InlineData("/v1/catalog/nodes?ns=default", 400, "Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("/v1/catalog/service/web?partition=x", 400, "Invalid query parameter: \"partition\" - Partitions are a Consul Enterprise feature")]
    [InlineData("/v1/catalog/nodes?filter=Foo==1", 500, "Failed to create boolean expression evaluator: Selector \"Foo\" is not valid")]
    [InlineData("/v1/catalog/services?filter=Foo==1", 500, "Failed to create boolean expression evaluator: Selector \"Foo\" is not valid")]
    [InlineData("/v1/catalog/service/web?filter=Service==1", 500, "Failed to create boolean expression evaluator: Selector \"Service\" is not valid")]
    [InlineData("/v1/catalog/node/n1?filter=ServiceName==1", 500, "Failed to create boolean expression evaluator: Selector \"ServiceName\" is not valid")]
    [InlineData("/v1/catalog/service/?filter=Foo==1", 400, "Missing service name")]
    [InlineData("/v1/catalog/nodes?dc=dc9", 500, "No path to datacenter")]
    [InlineData("/v1/catalog/nodes?datacenter=dc9&dc=dc1", 500, "No path to datacenter")]
    [InlineData("/v1/catalog/nodes?dc=dc9&filter=Foo==1", 500, "No path to datacenter")]
    public async Task A_bad_parameter_is_refused(string target, int status, string text)
    {
        Reply reply = await catalog.Server.GetAsync(target);
        Assert.Equal((status, text), (reply.Status, reply.Body));
        Assert.Equal("text/plain; charset=utf-8", reply.ContentType);
        Assert.Equal(status == 500 ? "1" : null, reply.Header("X-Consul-Index"));
        Assert.Equal(status == 500 ? "false" : null, reply.Header("X-Consul-KnownLeader"));
    }

    [Theory]
    [InlineData("X-Consul-Namespace", "Invalid header: \"X-Consul-Namespace\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("X-Consul-Partition", "Invalid header: \"X-Consul-Partition\" - Partitions are a Consul Enterprise feature")]
    public async Task An_enterprise_header_is_refused(string header, string text)
    {
        Reply reply = await catalog.Server.GetAsync("/v1/catalog/nodes", (header, "x"));
        Assert.Equal((400, text), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("/v1/catalog/nodes", null)]
    [InlineData("/v1/catalog/services?cached", "MISS")]
    [InlineData("/v1/catalog/service/web?cached", "MISS")]
    [InlineData("/v1/catalog/node/n1?cached", null)]
    public async Task A_read_carries_metadata_headers(string target, string? cacheOnFirstRead)
    {
        await using TestServer server = await CatalogServer.StartAsync();
        await CatalogServer.RegisterAsync(server, """{"Node":"n1","Address":"a","Service":{"Service":"web"}}""");
        Reply reply = await server.GetAsync(target);
        Assert.Equal("true", reply.Header("X-Consul-KnownLeader"));
        Assert.Equal("0", reply.Header("X-Consul-LastContact"));
        Assert.Equal("leader", reply.Header("X-Consul-Effective-Consistency"));
        Assert.Equal("blocking-query", reply.Header("X-Consul-Query-Backend"));
        Assert.Equal(server.Runtime.Root.Index, reply.Index);
        Assert.Equal(cacheOnFirstRead, reply.Header("X-Cache"));
    }

    [Fact]
    public async Task Datacenters_carry_no_metadata()
    {
        Reply reply = await catalog.Server.GetAsync("/v1/catalog/datacenters?dc=ignored");
        Assert.Equal((200, """["dc1"]"""), (reply.Status, reply.Body));
        Assert.Null(reply.Header("X-Consul-Index"));
        Assert.Null(reply.Header("X-Consul-KnownLeader"));
        Assert.Null(reply.Header("X-Consul-Effective-Consistency"));
    }

    [Theory]
    [InlineData("POST", "/v1/catalog/nodes", "OPTIONS,GET")]
    [InlineData("GET", "/v1/catalog/register", "OPTIONS,PUT")]
    [InlineData("POST", "/v1/catalog/deregister", "OPTIONS,PUT")]
    public async Task Only_some_methods_are_allowed(string method, string target, string allow)
    {
        Reply reply = await catalog.Server.RawAsync($"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal((405, $"method {method} not allowed", allow), (reply.Status, reply.Body, reply.Header("Allow")));
    }

    [Fact]
    public async Task An_empty_catalog_is_empty_lists_at_index_one_or_more()
    {
        await using TestServer server = await CatalogServer.StartAsync();
        Assert.Equal("[]", (await server.GetAsync("/v1/catalog/nodes")).Body);
        Assert.Equal("{}", (await server.GetAsync("/v1/catalog/services")).Body);
        Reply reply = await server.GetAsync("/v1/catalog/node/x");
        Assert.Equal(("null", 1L), (reply.Body, reply.Index));
    }

    [Fact]
    public async Task Pretty_output_is_indented_and_kept_apart_from_compact_output()
    {
        string compact = (await catalog.Server.GetAsync("/v1/catalog/service/db")).Body;
        string pretty = (await catalog.Server.GetAsync("/v1/catalog/service/db?pretty")).Body;
        Assert.StartsWith("[\n    {\n        \"ID\": \"\",\n", pretty, StringComparison.Ordinal);
        Assert.EndsWith("\n]\n", pretty, StringComparison.Ordinal);
        Assert.Equal(compact, (await catalog.Server.GetAsync("/v1/catalog/service/db")).Body);
    }
}
