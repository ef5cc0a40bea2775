namespace Praetor.Tests.Cli;

/// <summary>members, catalog, info and leave (cli 8).</summary>
public class ListCommandTests
{
    private const string Members = """
        [{"Name":"n2","Addr":"127.0.0.2","Port":8301,"Status":1,"Tags":{"role":"node","build":"1.21.4:abc","vsn":"2","dc":"dc1"}},
         {"Name":"n1","Addr":"::1","Port":8301,"Status":4,"Tags":{"role":"consul","build":"1.21.4","vsn":"2","dc":"dc1"}},
         {"Name":"n0","Addr":"127.0.0.9","Port":8301,"Status":3,"Tags":{"role":"other"}}]
        """;

    private static async Task<(int Code, TestConsole Console, FakeAgent Agent)> RunAsync(string request, string answer, params string[] words)
    {
        await using var agent = new FakeAgent();
        agent.Answer(request, answer);
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));
        return (await console.RunAsync(words), console, agent);
    }

    [Fact]
    public async Task Members_lists_servers_first_and_fills_columns()
    {
        var (code, console, agent) = await RunAsync("GET /v1/agent/members", Members, "members");

        Assert.Equal(0, code);
        Assert.Equal(
            "Node  Address         Status  Type     Build   Protocol  DC   Partition  Segment\n"
            + "n1    [::1]:8301      failed  server   1.21.4  2         dc1  default    <all>\n"
            + "n0    127.0.0.9:8301  left    unknown                                    \n"
            + "n2    127.0.0.2:8301  alive   client   1.21.4  2         dc1  default    <default>\n", console.Output);
        Assert.Equal(["GET /v1/agent/members?segment=_all"], agent.Requests);
    }

    [Fact]
    public async Task Members_detailed_shows_all_tags()
    {
        var (_, console, _) = await RunAsync("GET /v1/agent/members", Members, "members", "-detailed", "-status=^fail");

        Assert.Equal("Node  Address     Status  Tags\nn1    [::1]:8301  failed  ap=default,build=1.21.4,dc=dc1,role=consul,segment=<all>,vsn=2\n", console.Output);
    }

    [Fact]
    public async Task Members_without_a_match_prints_nothing_and_ends_with_2()
    {
        var (code, console, _) = await RunAsync("GET /v1/agent/members", Members, "members", "-status", "leaving");

        Assert.Equal(2, code);
        Assert.Empty(console.Output + console.Error);
    }

    [Fact]
    public async Task Catalog_nodes_cuts_the_id()
    {
        const string nodes = """[{"ID":"40e4a748-2192-161a-0510-9bf59fe950b5","Node":"n1","Address":"10.0.0.1","Datacenter":"dc1","TaggedAddresses":{"wan":"2","lan":"1"},"Meta":{"b":"c","a":"d"}}]""";
        var (_, console, agent) = await RunAsync("GET /v1/catalog/nodes", nodes, "catalog", "nodes", "-near=_agent", "-node-meta", "a=b", "-node-meta=c=d");

        Assert.Equal("Node  ID        Address   DC\nn1    40e4a748  10.0.0.1  dc1\n", console.Output);
        Assert.Equal(["GET /v1/catalog/nodes?node-meta=a%3Ab&node-meta=c%3Ad&near=_agent"], agent.Requests);
    }

    [Fact]
    public async Task Catalog_nodes_detailed_shows_maps_sorted()
    {
        const string nodes = """[{"ID":"i-j","Node":"n1","Address":"10.0.0.1","Datacenter":"dc1","TaggedAddresses":{"wan":"2","lan":"1"},"NodeMeta":{"b":"c","a":"d"}}]""";
        var (_, console, _) = await RunAsync("GET /v1/catalog/service/web", nodes, "catalog", "nodes", "-service=web", "-detailed");

        Assert.Equal("Node  ID   Address   DC   TaggedAddresses  Meta\nn1    i-j  10.0.0.1  dc1  lan=1, wan=2     a=d, b=c\n", console.Output);
    }

    [Theory]
    [InlineData("catalog nodes", "GET /v1/catalog/nodes", "No nodes match the given query - try expanding your search.\n")]
    [InlineData("catalog services", "GET /v1/catalog/services", "No services match the given query - try expanding your search.\n")]
    public async Task An_empty_catalog_is_no_error(string words, string request, string message)
    {
        var (code, console, _) = await RunAsync(request, request.EndsWith('s') ? "{}" : "[]", words.Split(' '));

        Assert.Equal(0, code);
        Assert.Equal(message, console.Error);
    }

    [Fact]
    public async Task Catalog_services_are_sorted_with_their_tags()
    {
        const string services = """{"web":["b","a"],"consul":[],"a-long-name":null}""";
        var (_, console, _) = await RunAsync("GET /v1/catalog/services", services, "catalog", "services", "-tags");

        Assert.Equal("a-long-name      \nconsul           \nweb              a,b\n", console.Output);
    }

    [Fact]
    public async Task Catalog_services_of_a_node_put_tags_of_instances_together()
    {
        const string node = """{"Node":{"Node":"n1"},"Services":{"web1":{"Service":"web","Tags":["a"]},"web2":{"Service":"web","Tags":["a","b"]}}}""";
        var (_, console, _) = await RunAsync("GET /v1/catalog/node/n1", node, "catalog", "services", "-node=n1", "-tags");

        Assert.Equal("web      a,a,b\n", console.Output);
    }

    [Fact]
    public async Task Info_prints_sections_sorted()
    {
        var (_, console, _) = await RunAsync("GET /v1/agent/self", """{"Stats":{"raft":{"term":"2","state":"Leader"},"agent":{"checks":"0"}}}""", "info");

        Assert.Equal("agent:\n\tchecks = 0\nraft:\n\tstate = Leader\n\tterm = 2\n", console.Output);
    }

    [Fact]
    public async Task Leave_asks_the_agent_and_says_so()
    {
        var (code, console, agent) = await RunAsync("PUT /v1/agent/leave", "", "leave");

        Assert.Equal(0, code);
        Assert.Equal("Graceful leave complete\n", console.Output);
        Assert.Equal(["PUT /v1/agent/leave"], agent.Requests);
    }

    [Fact]
    public async Task Leave_takes_no_words()
    {
        var console = new TestConsole();

        Assert.Equal(1, await console.RunAsync("leave", "x", "y"));
        Assert.Equal("Error found unexpected args: [x y]\n", console.Error);
        Assert.StartsWith("Usage: consul leave [options]\n", console.Output, StringComparison.Ordinal);
    }
}
