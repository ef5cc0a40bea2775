using System.Text.Json;
using Praetor.Api.Http;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Ui;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Ui;

/// <summary>What the web UI asks for (http-agent 8).</summary>
public sealed class UiTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(new TestServerOptions
        {
            Http = new HttpOptions { JitterSeed = 1, NodeName = "n1" },
            Map = static (routes, _) =>
            {
                CatalogRoom.Map(routes);
                UiRoom.Map(routes);
            },
        });
        await RegisterAsync("""{"Node": "n1", "Address": "10.0.0.1", "Check": {"CheckID": "serfHealth", "Name": "serf", "Status": "passing"}}""");
        await RegisterAsync("""{"Node": "n2", "Address": "10.0.0.2", "Check": {"CheckID": "serfHealth", "Name": "serf", "Status": "critical"}}""");
        await RegisterAsync("""{"Node": "n1", "Address": "10.0.0.1", "Service": {"ID": "w1", "Service": "web", "Tags": ["b", "a"], "Meta": {"external-source": "nomad"}}, "Check": {"CheckID": "c1", "Name": "http", "Status": "warning", "ServiceID": "w1"}}""");
        await RegisterAsync("""{"Node": "n2", "Address": "10.0.0.2", "Service": {"ID": "w2", "Service": "web", "Tags": ["a"]}}""");
        await RegisterAsync("""{"Node": "n1", "Address": "10.0.0.1", "Service": {"ID": "p1", "Kind": "connect-proxy", "Service": "web-proxy", "Port": 1, "Proxy": {"DestinationServiceName": "web"}}, "Check": {"CheckID": "p", "Name": "proxy", "Status": "critical", "ServiceID": "p1"}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Nodes_are_told_with_everything_on_them()
    {
        JsonElement nodes = await JsonAsync("/v1/internal/ui/nodes");

        Assert.Equal(["n1", "n2"], nodes.EnumerateArray().Select(static node => node.GetProperty("Node").GetString()));
        Assert.Equal((2, 3), (nodes[0].GetProperty("Services").GetArrayLength(), nodes[0].GetProperty("Checks").GetArrayLength()));
        Assert.Equal(["n2"], (await JsonAsync("/v1/internal/ui/nodes?filter=Checks.Status%20==%20critical%20and%20Node%20==%20n2")).EnumerateArray().Select(static node => node.GetProperty("Node").GetString()));
        Assert.Equal("10.0.0.2", (await JsonAsync("/v1/internal/ui/node/N2")).GetProperty("Address").GetString());
    }

    [Fact]
    public async Task Services_are_summed_up()
    {
        JsonElement web = (await JsonAsync("/v1/internal/ui/services"))[0];

        Assert.Equal("""{"Name":"web","Datacenter":"dc1","Tags":["a","b"],"Nodes":["n1","n2"],"ExternalSources":["nomad"],"InstanceCount":2,"ChecksPassing":1,"ChecksWarning":1,"ChecksCritical":2,"GatewayConfig":{},"TransparentProxy":false,"ConnectNative":false,"ConnectedWithProxy":true,"ConnectedWithGateway":false}""", web.GetRawText());
    }

    [Fact]
    public async Task The_overview_counts_by_the_worst_check()
    {
        Assert.Equal("""{"Nodes":[{"Total":2,"Passing":1,"Warning":0,"Critical":1}],"Services":[{"Name":"web","Total":2,"Passing":0,"Warning":1,"Critical":1},{"Name":"web-proxy","Total":1,"Passing":0,"Warning":0,"Critical":1}],"Checks":[{"Name":"http","Total":1,"Passing":0,"Warning":1,"Critical":0},{"Name":"proxy","Total":1,"Passing":0,"Warning":0,"Critical":1},{"Name":"serf","Total":2,"Passing":1,"Warning":0,"Critical":1}]}""",
            (await JsonAsync("/v1/internal/ui/catalog-overview")).GetRawText());
    }

    [Fact]
    public async Task A_service_is_transparent_only_if_all_its_proxies_are()
    {
        await RegisterAsync("""{"Node": "n2", "Address": "10.0.0.2", "Service": {"ID": "p2", "Kind": "connect-proxy", "Service": "web-proxy", "Port": 1, "Proxy": {"DestinationServiceName": "web", "Mode": "transparent"}}}""");
        Assert.False((await JsonAsync("/v1/internal/ui/services"))[0].GetProperty("TransparentProxy").GetBoolean());

        await RegisterAsync("""{"Node": "n1", "Address": "10.0.0.1", "Service": {"ID": "p1", "Kind": "connect-proxy", "Service": "web-proxy", "Port": 1, "Proxy": {"DestinationServiceName": "web", "Mode": "transparent"}}}""");
        Assert.True((await JsonAsync("/v1/internal/ui/services"))[0].GetProperty("TransparentProxy").GetBoolean());
    }

    [Fact]
    public async Task The_topology_follows_the_upstreams_of_proxies()
    {
        await RegisterAsync("""{"Node": "n1", "Address": "10.0.0.1", "Service": {"ID": "api", "Service": "api"}}""");
        await RegisterAsync("""{"Node": "n1", "Address": "10.0.0.1", "Service": {"ID": "ap", "Kind": "connect-proxy", "Service": "api-proxy", "Port": 2, "Proxy": {"DestinationServiceName": "api", "Upstreams": [{"DestinationName": "web", "LocalBindPort": 1}]}}}""");

        JsonElement api = await JsonAsync("/v1/internal/ui/service-topology/api?kind=");
        JsonElement web = await JsonAsync("/v1/internal/ui/service-topology/web?kind=");

        Assert.Equal(["web"], Names(api.GetProperty("Upstreams")));
        Assert.Empty(Names(api.GetProperty("Downstreams")));
        Assert.Equal(["api"], Names(web.GetProperty("Downstreams")));
        JsonElement upstream = api.GetProperty("Upstreams")[0];
        Assert.Equal("proxy-registration", upstream.GetProperty("Source").GetString());
        Assert.Equal("""{"Allowed":true,"HasPermissions":false,"ExternalSource":"","HasExact":false,"DefaultAllow":true}""", upstream.GetProperty("Intention").GetRawText());
        Assert.False(upstream.TryGetProperty("ConnectedWithProxy", out _));
    }

    [Fact]
    public async Task A_transparent_service_reaches_whatever_is_allowed()
    {
        await RegisterAsync("""{"Node": "n1", "Address": "10.0.0.1", "Service": {"ID": "api", "Service": "api"}}""");
        await RegisterAsync("""{"Node": "n1", "Address": "10.0.0.1", "Service": {"ID": "ap", "Kind": "connect-proxy", "Service": "api-proxy", "Port": 2, "Proxy": {"DestinationServiceName": "api", "Mode": "transparent"}}}""");

        JsonElement api = await JsonAsync("/v1/internal/ui/service-topology/api?kind=");
        Assert.True(api.GetProperty("TransparentProxy").GetBoolean());
        Assert.Equal(["web"], Names(api.GetProperty("Upstreams")));
        Assert.Equal("default-allow", api.GetProperty("Upstreams")[0].GetProperty("Source").GetString());
        Assert.Equal(["api"], Names((await JsonAsync("/v1/internal/ui/service-topology/web?kind=")).GetProperty("Downstreams")));
    }

    private static string[] Names(JsonElement services) => [.. services.EnumerateArray().Select(static service => service.GetProperty("Name").GetString()!)];

    private async Task<JsonElement> JsonAsync(string path)
    {
        Reply reply = await _server.GetAsync(path);
        Assert.True(reply.Status == 200, reply.Body);
        return JsonDocument.Parse(reply.Bytes).RootElement;
    }

    private async Task RegisterAsync(string body) => Assert.Equal(200, (await _server.PutAsync("/v1/catalog/register", body)).Status);
}
