using Praetor.Tests.Http.Catalog;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Health;

/// <summary>Reads of health over HTTP (http-agent 6).</summary>
public class HealthReadsTests(CatalogServer catalog) : IClassFixture<CatalogServer>
{
    private const string Disk =
        """{"Node":"n3","CheckID":"disk","Name":"disk","Status":"critical","Notes":"full","Output":"","ServiceID":"","ServiceName":"","ServiceTags":[],"Type":"","Interval":"","Timeout":"","ExposedPort":0,"Definition":{},"CreateIndex":#,"ModifyIndex":#}""";

    private const string WebTwo =
        """{"Node":"N2","CheckID":"web2-http","Name":"http","Status":"warning","Notes":"","Output":"","ServiceID":"web2","ServiceName":"web","ServiceTags":["v2"],"Type":"","Interval":"","Timeout":"","ExposedPort":0,"Definition":{},"CreateIndex":#,"ModifyIndex":#}""";

    [Theory]
    [InlineData("/v1/health/node/n3", $"[{Disk}]")]
    [InlineData("/v1/health/state/critical", $"[{Disk}]")]
    [InlineData("/v1/health/checks/web?node-meta=env:dev", $"[{WebTwo}]")]
    [InlineData("/v1/health/service/web?tag=v2",
        $$$$"""[{"Node":{"ID":"","Node":"N2","Address":"10.0.0.2","Datacenter":"dc1","TaggedAddresses":null,"Meta":{"env":"dev"},"CreateIndex":#,"ModifyIndex":#},"Service":{"ID":"web2","Service":"web","Tags":["v2"],"Address":"","Meta":null,"Port":81,"Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Proxy":{"Mode":"","MeshGateway":{},"Expose":{}},"Connect":{},"PeerName":"","CreateIndex":#,"ModifyIndex":#},"Checks":[{{{{WebTwo}}}}]}]""")]
    [InlineData("/v1/health/node/nope", "[]")]
    [InlineData("/v1/health/node/3f2504e0", "[]")]
    [InlineData("/v1/health/checks/nope", "[]")]
    [InlineData("/v1/health/state/nope", "[]")]
    [InlineData("/v1/health/service/nope", "[]")]
    [InlineData("/v1/health/connect/nope", "[]")]
    [InlineData("/v1/health/ingress/web", "[]")]
    [InlineData("/v1/health/service/web?peer=other", "[]")]
    [InlineData("/v1/health/connect/web?peer=other", "[]")]
    public async Task A_read_shows_exactly_this(string target, string body)
    {
        Reply reply = await catalog.Server.GetAsync(target);
        Assert.Equal((200, body), (reply.Status, CatalogServer.Masked(reply)));
    }

    [Theory]
    [InlineData("/v1/health/node/N1", "CheckID", "serfHealth web1-http")]
    [InlineData("/v1/health/node/n1?filter=ServiceName==web", "CheckID", "web1-http")]
    [InlineData("/v1/health/checks/WEB", "CheckID", "web1-http web2-http")]
    [InlineData("/v1/health/checks/web?filter=Status==warning", "CheckID", "web2-http")]
    [InlineData("/v1/health/checks/web?near=_agent", "CheckID", "web1-http web2-http")]
    [InlineData("/v1/health/state/any", "CheckID", "serfHealth web1-http web2-http disk")]
    [InlineData("/v1/health/state/ANY?node-meta=env:prod", "CheckID", "serfHealth web1-http")]
    [InlineData("/v1/health/state/Passing", "CheckID", "serfHealth web1-http")]
    [InlineData("/v1/health/state/any?filter=Name+matches+%22^h%22", "CheckID", "web1-http web2-http")]
    [InlineData("/v1/health/service/web", "Service.ID", "web1 web2")]
    [InlineData("/v1/health/service/Web?near=n1", "Service.ID", "web1 web2")]
    [InlineData("/v1/health/service/web?passing", "Service.ID", "web1")]
    [InlineData("/v1/health/service/web?passing=", "Service.ID", "web1")]
    [InlineData("/v1/health/service/web?passing=1", "Service.ID", "web1")]
    [InlineData("/v1/health/service/web?passing=true", "Service.ID", "web1")]
    [InlineData("/v1/health/service/web?passing=false", "Service.ID", "web1 web2")]
    [InlineData("/v1/health/service/web?passing=F", "Service.ID", "web1 web2")]
    [InlineData("/v1/health/service/db?passing", "Service.ID", "db")]
    [InlineData("/v1/health/service/web?tag=primary&tag=V1", "Service.ID", "web1")]
    [InlineData("/v1/health/service/web?filter=Checks.Status==warning", "Service.ID", "web2")]
    [InlineData("/v1/health/service/web?filter=Node.Meta.env==prod+and+Service.Meta.build==7", "Service.ID", "web1")]
    [InlineData("/v1/health/service/web?passing&filter=Checks.Status==warning", "Service.ID", "")]
    [InlineData("/v1/health/service/web?node-meta=rack:a", "Service.ID", "web1")]
    [InlineData("/v1/health/connect/web", "Service.ID", "web1-proxy")]
    [InlineData("/v1/health/connect/web?tag=ignored&passing", "Service.ID", "web1-proxy")]
    [InlineData("/v1/health/connect/api", "Service.ID", "api")]
    [InlineData("/v1/health/ingress/web?tag=v2", "Service.ID", "web2")]
    public async Task A_list_holds_these_rows_in_order(string target, string property, string rows)
    {
        Reply reply = await catalog.Server.GetAsync(target);
        Assert.Equal((200, rows), (reply.Status, CatalogServer.Pluck(reply, property)));
    }

    [Theory]
    [InlineData("/v1/health/node/", 400, "Missing node name")]
    [InlineData("/v1/health/checks/", 400, "Missing service name")]
    [InlineData("/v1/health/state/", 400, "Missing check state")]
    [InlineData("/v1/health/service/", 400, "Missing service name")]
    [InlineData("/v1/health/connect/", 400, "Missing service name")]
    [InlineData("/v1/health/ingress/", 400, "Missing service name")]
    [InlineData("/v1/health/service/web?passing=nope", 400, "Invalid value for ?passing")]
    [InlineData("/v1/health/service/web?sg=a&peer=b", 400, "peer-name and sameness-group are mutually exclusive")]
    [InlineData("/v1/health/service/?sameness-group=a&peer=b", 400, "peer-name and sameness-group are mutually exclusive")]
    [InlineData("/v1/health/service/web?sg=a", 500, "sameness groups are not supported in consul CE")]
    [InlineData("/v1/health/connect/web?sameness-group=a", 500, "sameness groups are not supported in consul CE")]
    [InlineData("/v1/health/service/web?filter=ServiceName==web", 500, "Failed to create boolean expression evaluator: Selector \"ServiceName\" is not valid")]
    [InlineData("/v1/health/node/n1?filter=Definition.HTTP==x", 500, "Failed to create boolean expression evaluator: Selector \"Definition\" is not valid")]
    [InlineData("/v1/health/service/web?dc=dc9", 500, "No path to datacenter")]
    [InlineData("/v1/health/service/web?ns=x", 400, "Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("/v1/health/service/web?index=-1", 400, "Invalid index")]
    public async Task A_bad_parameter_is_refused(string target, int status, string text)
    {
        Reply reply = await catalog.Server.GetAsync(target);
        Assert.Equal((status, text), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("/v1/health/service/web?filter=Foo==1", false)]
    [InlineData("/v1/health/service/web?dc=dc9", false)]
    [InlineData("/v1/health/state/any?filter=Foo==1", true)]
    [InlineData("/v1/health/state/any?dc=dc9", true)]
    public async Task Errors_carry_metadata_except_for_lists_of_instances(string target, bool hasMetadata)
    {
        Reply reply = await catalog.Server.GetAsync(target);
        Assert.Equal(500, reply.Status);
        Assert.Equal(hasMetadata ? "1" : null, reply.Header("X-Consul-Index"));
    }

    [Fact]
    public async Task Node_checks_come_first_then_those_of_the_instance_each_by_id()
    {
        await using TestServer server = await CatalogServer.StartAsync();
        await CatalogServer.RegisterAsync(server,
            """
            {"Node":"n","Address":"a","Service":{"Service":"s"},"Checks":[
             {"CheckID":"b","ServiceID":"s"},{"CheckID":"A","ServiceID":"s"},{"CheckID":"z"},{"CheckID":"Y"},{"CheckID":"other"}]}
            """);
        Reply reply = await server.GetAsync("/v1/health/service/s");
        Assert.Equal("other Y z A b", string.Join(' ',
            System.Text.Json.JsonDocument.Parse(reply.Body).RootElement[0].GetProperty("Checks").EnumerateArray().Select(static c => c.GetProperty("CheckID").GetString())));
    }

    [Fact]
    public async Task An_answer_that_was_kept_is_the_same_bytes()
    {
        Reply first = await catalog.Server.GetAsync("/v1/health/service/web?passing&tag=v1");
        Reply second = await catalog.Server.GetAsync("/v1/health/service/web?passing&tag=v1");
        Assert.Equal(first.Bytes, second.Bytes);
    }

    [Fact]
    public async Task Parameters_that_look_alike_when_joined_are_not_mixed_up()
    {
        // One tag holding what two tags would look like in a naive key.
        Assert.Equal("[]", (await catalog.Server.GetAsync("/v1/health/service/web?tag=v1%0atag=7:primary")).Body);
        Assert.Equal("web1", CatalogServer.Pluck(await catalog.Server.GetAsync("/v1/health/service/web?tag=v1&tag=primary"), "Service.ID"));
    }
}
