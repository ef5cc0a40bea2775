using System.Text;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Core.State.Catalog;

namespace Praetor.Tests.Http.Catalog;

/// <summary>Bodies of catalog/register and catalog/deregister (http-agent 5.2, 5.3).</summary>
public class CatalogBodiesTests
{
    [Fact]
    public void Names_match_in_any_case_and_defaults_are_filled_in()
    {
        RegisterRequest request = Request(
            """{"NODE":"n1","address":"10.0.0.1","Service":{"service":"web","PORT":80},"check":{"name":"alive"},"Checks":[{"CheckID":"c1","Status":"odd","ServiceID":"web"}]}""");

        Assert.Equal(new NodeRecord { Name = "n1", Address = "10.0.0.1", Datacenter = "dc1" }, request.Node);
        Assert.Equal(new ServiceRecord { Id = "web", Name = "web", Port = 80 }, request.Service);
        Assert.Equal(
            [
                new CheckRecord { Node = "n1", CheckId = "c1", Status = "odd", ServiceId = "web" },
                new CheckRecord { Node = "n1", CheckId = "alive", Name = "alive", Status = "critical" },
            ],
            request.Checks);
    }

    [Fact]
    public void Not_given_and_empty_stay_apart()
    {
        RegisterRequest given = Request("""{"Node":"n","Address":"a","NodeMeta":{},"TaggedAddresses":null,"Service":{"Service":"s","Meta":{}}}""");
        Assert.Empty(given.Node.Meta!);
        Assert.Null(given.Node.TaggedAddresses);
        Assert.Empty(given.Service!.Meta!);
        Assert.Null(given.Service.TaggedAddresses);
    }

    [Theory]
    [InlineData("""{"Passing":5,"Warning":0}""", 5, 0)]
    [InlineData("""{"Passing":0,"Warning":3}""", 1, 1)]
    [InlineData("""{"Passing":70000}""", 1, 1)]
    [InlineData("null", 1, 1)]
    public void Weights_out_of_range_become_one_to_one(string weights, int passing, int warning) => Assert.Equal(
        new ServiceWeights(passing, warning),
        Request($$$"""{"Node":"n","Address":"a","Service":{"Service":"s","Weights":{{{weights}}}}}""").Service!.Weights);

    [Fact]
    public void A_type_is_derived_unless_it_is_given()
    {
        IReadOnlyList<CheckRecord> checks = Request(
            """{"Node":"n","Address":"a","Checks":[{"Name":"a","Definition":{"HTTP":"http://x","Interval":"10s","Whatever":[1]}},{"Name":"b","Type":"mine","Definition":{"TTL":5}}]}""").Checks;
        Assert.Equal("http", checks[0].Type);
        Assert.Equal(10_000_000_000, checks[0].Definition!.IntervalNs);
        Assert.Equal("mine", checks[1].Type);
        Assert.Equal(5, checks[1].Definition!.TtlNs);
    }

    [Theory]
    [InlineData("", "EOF")]
    [InlineData("{", "unexpected EOF")]
    [InlineData("""{"Bogus":1}""", "json: unknown field \"Bogus\"")]
    [InlineData("""{"Service":{"Name":"web"}}""", "json: unknown field \"Name\"")]
    [InlineData("""{"Check":{"ID":"c"}}""", "json: unknown field \"ID\"")]
    [InlineData("""{"Service":{"tagged_addresses":{}}}""", "json: unknown field \"tagged_addresses\"")]
    [InlineData("""{"Service":{"Proxy":{"Nope":1}}}""", "json: unknown field \"Nope\"")]
    [InlineData("""{"Service":{"Proxy":{"Upstreams":[{"Nope":1}]}}}""", "json: unknown field \"Nope\"")]
    [InlineData("""{"Namespace":"x"}""", "json: unknown field \"Namespace\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("""{"Service":{"Namespace":"x"}}""", "json: unknown field \"Namespace\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("""{"Partition":"x"}""", "json: unknown field \"Partition\"")]
    [InlineData("""{"Check":{"Definition":{"Interval":"abc"}}}""", "time: invalid duration \"abc\"")]
    [InlineData("""{"Check":{"Definition":{"Timeout":"10"}}}""", "time: missing unit in duration \"10\"")]
    [InlineData("""{"Service":{"Port":"80"}}""", "json: cannot unmarshal string into Go struct field .Port of type int")]
    public void A_body_that_does_not_decode_is_named(string body, string text)
    {
        GoJsonException refusal = Assert.Throws<GoJsonException>(() => CatalogBodies.ReadRegister(Encoding.UTF8.GetBytes(body)));
        Assert.Equal("Request decode failed: " + text, CatalogBodies.RefusalOf(refusal));
    }

    [Theory]
    [InlineData("""{"PeerName":"p"}""", "cannot register requests with PeerName in them")]
    [InlineData("""{"Service":{"PeerName":"p"}}""", "cannot register requests with PeerName in them")]
    [InlineData("""{"Check":{"PeerName":"p"}}""", "cannot register requests with PeerName in them")]
    [InlineData("""{"Checks":[{},{"PeerName":"p"}]}""", "cannot register requests with PeerName in them")]
    [InlineData("{}", "Must provide node")]
    [InlineData("null", "Must provide node")]
    [InlineData("""{"Node":"n","ID":"x"}""", "Bad node ID: uuid string is wrong length")]
    [InlineData("""{"Node":"n","ID":"zzzzzzzz-0000-0000-0000-000000000000"}""", "Bad node ID: uuid is improperly formatted")]
    [InlineData("""{"Node":"n","Service":{}}""", "Must provide address if SkipNodeUpdate is not set")]
    [InlineData("""{"Node":"n","Address":"a","Service":{"Kind":"connect-proxy"}}""",
        "2 errors occurred:\n\t* Port or SocketPath must be set for a connect-proxy\n\t* Proxy.DestinationServiceName must be non-empty for Connect proxy services\n\n")]
    [InlineData("""{"Node":"n","Address":"a","Service":{"Service":"s","Connect":{"SidecarService":{"ID":"x"},"Odd":1}}}""",
        "1 error occurred:\n\t* A SidecarService cannot specify an ID as this is managed by the agent\n\n")]
    [InlineData("""{"Node":"n","Address":"a","Service":{"Service":"s","Connect":{"sidecar_service":{"Connect":{"SidecarService":{}}}}}}""",
        "1 error occurred:\n\t* A SidecarService cannot have a nested SidecarService\n\n")]
    [InlineData("""{"Node":"n","Address":"a","Service":{}}""", "Must provide service name (Service.Service)")]
    [InlineData("""{"Node":"n","Address":"a","Service":{"ID":"x"}}""", "Must provide service name (Service.Service) when service ID is provided")]
    [InlineData("""{"Node":"n","Address":"a","Service":{"Service":"s","Address":"0.0.0.0"}}""", "Invalid service address")]
    [InlineData("""{"Node":"e1","Address":"a","Check":{"CheckID":"c","Node":"other"}}""", "Node 'other' for check 'c' doesn't match register request node 'e1'")]
    [InlineData("""{"Node":"n","Address":"a","Check":{}}""", "Must provide check ID or name (Check.CheckID, Check.Name)")]
    [InlineData("""{"Node":"e1","Address":"a","Service":{"ID":"a","Service":"s","Meta":{"a.b":"v"}}}""",
        "failed inserting service: Invalid Service Meta for node e1 and serviceID a: Couldn't load metadata pair ('a.b', 'v'): Key contains invalid characters")]
    [InlineData("""{"Node":"n","SkipNodeUpdate":true}""", null)]
    [InlineData("""{"Node":"N","Address":"a","Service":{"Service":"my_svc"},"Check":{"Name":"c","Node":"n"}}""", null)]
    public void What_can_be_refused_without_the_catalog_is_refused_in_order(string body, string? text) =>
        Assert.Equal(text, CatalogBodies.ReadRegister(Encoding.UTF8.GetBytes(body)).Refusal());

    [Fact]
    public void What_a_proxy_shows_can_be_registered_again()
    {
        string shown = CatalogJsonTests.Render(json => CatalogJson.Proxy(json, CatalogJsonTests.FullProxy));
        RegisterRequest request = Request($$$"""{"Node":"n","Address":"a","Service":{"Service":"s","Proxy":{{{shown}}}}}""");
        Assert.Equal(shown, CatalogJsonTests.Render(json => CatalogJson.Proxy(json, request.Service!.Proxy)));
    }

    [Fact]
    public void What_a_definition_shows_can_be_registered_again()
    {
        string shown = CatalogJsonTests.Render(json => CatalogJson.Definition(json, CatalogJsonTests.FullDefinition));
        RegisterRequest request = Request($$$"""{"Node":"n","Address":"a","Check":{"Name":"c","Definition":{{{shown}}}}}""");
        Assert.Equal(shown, CatalogJsonTests.Render(json => CatalogJson.Definition(json, request.Checks[0].Definition)));
    }

    [Fact]
    public void A_proxy_has_a_second_spelling()
    {
        ServiceProxy proxy = Request(
            """
            {"Node":"n","Address":"a","Service":{"Service":"s","Proxy":{"destination_service_name":"w","destination_service_id":"w1",
             "local_service_address":"l","local_service_port":1,"local_service_socket_path":"p","mesh_gateway":{"Mode":"local"},
             "transparent_proxy":{"DialedDirectly":true},"access_logs":{"Enabled":true},
             "Expose":{"Paths":[{"listener_port":3,"local_path_port":4}]},
             "Upstreams":[{"destination_type":"service","destination_name":"d","destination_peer":"q","local_bind_address":"b","local_bind_port":5,
              "local_bind_socket_path":"s","local_bind_socket_mode":"m","mesh_gateway":{"mode":"remote"}}]}}}
            """).Service!.Proxy!;
        Assert.Equal(("w", "w1", "l", 1, "p", "local"), (proxy.DestinationServiceName, proxy.DestinationServiceId, proxy.LocalServiceAddress,
            proxy.LocalServicePort, proxy.LocalServiceSocketPath, proxy.MeshGatewayMode));
        Assert.True(proxy.TransparentProxy!.DialedDirectly);
        Assert.True(proxy.AccessLogs!.Enabled);
        Assert.Equal(new ExposePath(3, "", 4, "", false), Assert.Single(proxy.ExposePaths!));
        Assert.Equal(
            new ServiceUpstream
            {
                DestinationType = "service",
                DestinationName = "d",
                DestinationPeer = "q",
                LocalBindAddress = "b",
                LocalBindPort = 5,
                LocalBindSocketPath = "s",
                LocalBindSocketMode = "m",
                MeshGatewayMode = "remote",
            },
            Assert.Single(proxy.Upstreams!));
    }

    [Theory]
    [InlineData("""{"Node":"n","Address":"ignored","Token":"t"}""", "n", "", "")]
    [InlineData("""{"node":"n","serviceid":"s","checkid":"c"}""", "n", "s", "c")]
    public void A_deregistration_names_what_is_to_go(string body, string node, string serviceId, string checkId) =>
        Assert.Equal(new DeregisterRequest(node, serviceId, checkId), CatalogBodies.ReadDeregister(Encoding.UTF8.GetBytes(body)).Request);

    [Fact]
    public void A_deregistration_needs_a_node() =>
        Assert.Equal("Must provide node", CatalogBodies.ReadDeregister("{}"u8).Refusal());

    private static RegisterRequest Request(string body)
    {
        RegisterBody given = CatalogBodies.ReadRegister(Encoding.UTF8.GetBytes(body));
        Assert.Null(given.Refusal());
        return given.ToRequest("dc1");
    }
}
