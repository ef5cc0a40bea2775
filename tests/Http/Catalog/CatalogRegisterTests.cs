using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Catalog;

/// <summary>Writes to the catalog over HTTP (http-agent 5.2, 5.3).</summary>
public class CatalogRegisterTests
{
    private const string IdOne = "11111111-1111-1111-1111-111111111111";
    private const string IdTwo = "22222222-2222-2222-2222-222222222222";

    [Theory]
    [InlineData("register", "", 400, "Request decode failed: EOF")]
    [InlineData("register", """{"Bogus":1}""", 400, "Request decode failed: json: unknown field \"Bogus\"")]
    [InlineData("register", """{"Namespace":"x"}""", 400, "Request decode failed: json: unknown field \"Namespace\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("register", """{"Datacenter":"dc9"}""", 500, "No path to datacenter")]
    [InlineData("register", "{}", 500, "Must provide node")]
    [InlineData("register", """{"Node":"n"}""", 500, "Must provide address if SkipNodeUpdate is not set")]
    [InlineData("register", """{"Node":"n","Address":"a","Check":{"CheckID":"c","ServiceID":"zz"}}""", 500, "Unknown service ID 'zz' for check ID 'c'")]
    [InlineData("deregister", "", 400, "Request decode failed: EOF")]
    [InlineData("deregister", """{"Bogus":1}""", 400, "Request decode failed: json: unknown field \"Bogus\"")]
    [InlineData("deregister", """{"Namespace":"x"}""", 400, "Request decode failed: json: unknown field \"Namespace\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("deregister", "{}", 500, "Must provide node")]
    [InlineData("deregister", """{"Node":"n","Datacenter":"dc9"}""", 500, "No path to datacenter")]
    [InlineData("register?ns=x", "{}", 400, "Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("deregister?partition=x", "{}", 400, "Invalid query parameter: \"partition\" - Partitions are a Consul Enterprise feature")]
    public async Task A_bad_write_is_refused_and_changes_nothing(string path, string body, int status, string text)
    {
        await using TestServer server = await CatalogServer.StartAsync();
        long before = server.Runtime.Root.Catalog.NodesIndex;
        Reply reply = await server.PutAsync("/v1/catalog/" + path, body);
        Assert.Equal((status, text, "text/plain; charset=utf-8"), (reply.Status, reply.Body, reply.ContentType));
        Assert.Equal(before, server.Runtime.Root.Catalog.NodesIndex);
    }

    [Fact]
    public async Task A_write_answers_true_without_metadata_and_shows_at_once()
    {
        await using TestServer server = await CatalogServer.StartAsync();
        Reply reply = await server.PutAsync("/v1/catalog/register?dc=ignored", """{"Datacenter":"dc1","Node":"n","Address":"a","Service":{"Service":"web"}}""");
        Assert.Equal((200, "true", "application/json"), (reply.Status, reply.Body, reply.ContentType));
        Assert.Null(reply.Header("X-Consul-Index"));
        Assert.Equal("n", CatalogServer.Pluck(await server.GetAsync("/v1/catalog/service/web"), "Node"));
    }

    [Fact]
    public async Task The_same_registration_again_makes_no_log_entry()
    {
        await using TestServer server = await CatalogServer.StartAsync();
        const string Body = """{"Node":"n","Address":"a","NodeMeta":{"k":"v"},"Service":{"Service":"web","Tags":["a"]},"Check":{"Name":"c","ServiceID":"web","Status":"passing"}}""";
        await CatalogServer.RegisterAsync(server, Body);
        long index = server.Runtime.Status.LastLogIndex;
        await CatalogServer.RegisterAsync(server, Body);
        await CatalogServer.DeregisterAsync(server, """{"Node":"n","ServiceID":"unknown"}""");
        await CatalogServer.DeregisterAsync(server, """{"Node":"unknown"}""");
        await CatalogServer.DeregisterAsync(server, """{"Node":"n","CheckID":"unknown"}""");
        await CatalogServer.DeregisterAsync(server, """{"Node":"n","PeerName":"p"}""");
        Assert.Equal(index, server.Runtime.Status.LastLogIndex);
    }

    [Fact]
    public async Task Everything_of_a_request_is_written_or_nothing()
    {
        await using TestServer server = await CatalogServer.StartAsync();
        Reply reply = await server.PutAsync("/v1/catalog/register",
            """{"Node":"n","Address":"a","Service":{"Service":"web"},"Checks":[{"Name":"fine"},{"Name":"c","ServiceID":"other"}]}""");
        Assert.Equal((500, "Unknown service ID 'other' for check ID 'c'"), (reply.Status, reply.Body));
        Assert.Equal("[]", (await server.GetAsync("/v1/catalog/nodes")).Body);
        Assert.Equal("[]", (await server.GetAsync("/v1/health/state/any")).Body);
    }

    [Fact]
    public async Task A_check_of_a_service_that_is_already_on_the_node_is_accepted_and_takes_its_name_and_tags()
    {
        await using TestServer server = await CatalogServer.StartAsync();
        await CatalogServer.RegisterAsync(server, """{"Node":"n","Address":"a","Service":{"ID":"w1","Service":"web","Tags":["t"]}}""");
        await CatalogServer.RegisterAsync(server, """{"Node":"n","SkipNodeUpdate":true,"Check":{"CheckID":"c","ServiceID":"w1","ServiceName":"lie"}}""");
        Assert.Contains("\"ServiceName\":\"web\",\"ServiceTags\":[\"t\"]", (await server.GetAsync("/v1/health/checks/web")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registration_without_id_meta_and_addresses_clears_them()
    {
        await using TestServer server = await CatalogServer.StartAsync();
        await CatalogServer.RegisterAsync(server, $$$"""{"Node":"n","ID":"{{{IdOne}}}","Address":"a","NodeMeta":{"k":"v"},"TaggedAddresses":{"lan":"a"}}""");
        await CatalogServer.RegisterAsync(server, """{"Node":"n","Address":"a"}""");
        Assert.Equal(
            """[{"ID":"","Node":"n","Address":"a","Datacenter":"dc1","TaggedAddresses":null,"Meta":null,"CreateIndex":#,"ModifyIndex":#}]""",
            CatalogServer.Masked(await server.GetAsync("/v1/catalog/nodes")));
    }

    [Fact]
    public async Task SkipNodeUpdate_creates_a_missing_node_and_leaves_an_existing_one_alone()
    {
        await using TestServer server = await CatalogServer.StartAsync();
        await CatalogServer.RegisterAsync(server, """{"Node":"n","SkipNodeUpdate":true}""");
        await CatalogServer.RegisterAsync(server, """{"Node":"n","Address":"other","SkipNodeUpdate":true}""");
        Assert.Equal("", CatalogServer.Pluck(await server.GetAsync("/v1/catalog/nodes"), "Address"));
    }

    [Fact]
    public async Task The_same_id_under_a_new_name_is_a_rename_that_takes_everything_of_the_old_node_away()
    {
        await using TestServer server = await CatalogServer.StartAsync();
        await CatalogServer.RegisterAsync(server, $$$"""{"Node":"old","ID":"{{{IdOne}}}","Address":"a","Service":{"Service":"web"},"Check":{"Name":"c"}}""");
        await CatalogServer.RegisterAsync(server, $$$"""{"Node":"new","ID":"{{{IdOne}}}","Address":"a"}""");
        Assert.Equal("new", CatalogServer.Pluck(await server.GetAsync("/v1/catalog/nodes"), "Node"));
        Assert.Equal("{}", (await server.GetAsync("/v1/catalog/services")).Body);
        Assert.Equal("[]", (await server.GetAsync("/v1/health/state/any")).Body);
    }

    [Theory]
    [InlineData("passing", IdTwo, false)]
    [InlineData("warning", IdTwo, false)]
    [InlineData("critical", IdTwo, true)]
    [InlineData(null, IdTwo, true)]
    [InlineData("passing", "", true)]
    public async Task A_name_is_held_only_while_its_node_with_an_id_is_not_critical(string? serfHealth, string newId, bool accepted)
    {
        await using TestServer server = await CatalogServer.StartAsync();
        string check = serfHealth is null ? "" : $$$""","Check":{"CheckID":"serfHealth","Status":"{{{serfHealth}}}"}""";
        await CatalogServer.RegisterAsync(server, $$$"""{"Node":"n1","ID":"{{{IdOne}}}","Address":"10.0.0.1"{{{check}}}}""");
        Reply reply = await server.PutAsync("/v1/catalog/register", $$$"""{"Node":"N1","ID":"{{{newId}}}","Address":"10.0.0.2"}""");
        if (accepted)
            Assert.Equal((200, "true"), (reply.Status, reply.Body));
        else
            Assert.Equal((500, $"failed inserting node: Error while renaming Node ID: \"{IdTwo}\": Node name N1 is reserved by node {IdOne} with name n1 (10.0.0.1)"),
                (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("""{"Node":"n","ServiceID":"web","CheckID":"serfHealth"}""", "node:1 services:{} checks:serfHealth")]
    [InlineData("""{"Node":"N","CheckID":"SERFHEALTH"}""", "node:1 services:{\"web\":[]} checks:web-check")]
    [InlineData("""{"Node":"n","Address":"ignored"}""", "node:0 services:{} checks:")]
    public async Task A_deregistration_takes_the_service_else_the_check_else_the_node(string body, string left)
    {
        await using TestServer server = await CatalogServer.StartAsync();
        await CatalogServer.RegisterAsync(server,
            """{"Node":"n","Address":"a","Service":{"Service":"web"},"Checks":[{"CheckID":"serfHealth"},{"CheckID":"web-check","ServiceID":"web"}]}""");
        await CatalogServer.DeregisterAsync(server, body);
        int nodes = CatalogServer.Pluck(await server.GetAsync("/v1/catalog/nodes"), "Node").Length;
        string services = (await server.GetAsync("/v1/catalog/services")).Body;
        string checks = CatalogServer.Pluck(await server.GetAsync("/v1/health/state/any"), "CheckID");
        Assert.Equal(left, $"node:{nodes} services:{services} checks:{checks}");
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        await using TestServer server = await CatalogServer.StartAsync();
        Reply reply = await server.PutAsync("/v1/catalog/register", new string(' ', 8 * 1024 * 1024 + 1));
        Assert.Equal(413, reply.Status);
    }

    [Fact]
    public async Task Without_a_leader_nothing_is_answered_as_done()
    {
        await using TestServer server = await CatalogServer.StartAsync(new TestServerOptions { HasLeader = false });
        Reply reply = await server.PutAsync("/v1/catalog/deregister", """{"Node":"unknown"}""");
        Assert.Equal((500, "No cluster leader"), (reply.Status, reply.Body));
    }
}
