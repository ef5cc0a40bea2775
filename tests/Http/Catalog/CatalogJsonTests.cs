using System.Buffers;
using System.Text;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Core.State.Catalog;

namespace Praetor.Tests.Http.Catalog;

/// <summary>Shapes of catalog records, byte for byte (http-agent 5.1).</summary>
public class CatalogJsonTests
{
    private const string EmptyProxy = """{"Mode":"","MeshGateway":{},"Expose":{}}""";

    private static readonly NodeRecord Node = new() { Name = "e2", Address = "10.0.0.2", Datacenter = "dc1", CreateIndex = 50, ModifyIndex = 51 };

    private static readonly ServiceRecord Service = new() { Node = "e2", Id = "a1", Name = "api", CreateIndex = 51, ModifyIndex = 52 };

    [Fact]
    public void A_bare_node_shows_null_for_what_was_not_given() => Assert.Equal(
        """{"ID":"","Node":"e2","Address":"10.0.0.2","Datacenter":"dc1","TaggedAddresses":null,"Meta":null,"CreateIndex":50,"ModifyIndex":51}""",
        Render(json => CatalogJson.Node(json, Node)));

    [Fact]
    public void A_full_node_shows_everything_in_order() => Assert.Equal(
        """{"ID":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","Node":"e2","Address":"10.0.0.2","Datacenter":"dc1","TaggedAddresses":{"lan":"1"},"Meta":{},"Locality":{"Region":"r","Zone":"z"},"CreateIndex":50,"ModifyIndex":51}""",
        Render(json => CatalogJson.Node(json, Node with
        {
            Id = "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            TaggedAddresses = Map(("lan", "1")),
            Meta = Map(),
            Locality = new Locality("r", "z"),
        })));

    [Fact]
    public void A_bare_node_service_has_no_port_and_null_meta() => Assert.Equal(
        """{"ID":"a1","Service":"api","Tags":[],"Address":"","Meta":null,"Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Proxy":"""
        + EmptyProxy + ""","Connect":{},"PeerName":"","CreateIndex":51,"ModifyIndex":52}""",
        Render(json => CatalogJson.NodeService(json, Service)));

    [Fact]
    public void A_full_node_service_shows_everything_in_order() => Assert.Equal(
        """{"Kind":"connect-proxy","ID":"a1","Service":"api","Tags":["v1","v2"],"Address":"1.1.1.1","TaggedAddresses":{"lan":{"Address":"1","Port":2}},"Meta":{"k":"v"},"Port":80,"SocketPath":"/s","Weights":{"Passing":3,"Warning":0},"EnableTagOverride":true,"Locality":{"Region":"r","Zone":""},"Proxy":"""
        + EmptyProxy + ""","Connect":{"Native":true},"PeerName":"","CreateIndex":51,"ModifyIndex":52}""",
        Render(json => CatalogJson.NodeService(json, FullService)));

    [Fact]
    public void A_bare_service_node_shows_zero_values() => Assert.Equal(
        """{"ID":"","Node":"e2","Address":"10.0.0.2","Datacenter":"dc1","TaggedAddresses":null,"NodeMeta":null,"ServiceKind":"","ServiceID":"a1","ServiceName":"api","ServiceTags":[],"ServiceAddress":"","ServiceWeights":{"Passing":1,"Warning":1},"ServiceMeta":{},"ServicePort":0,"ServiceSocketPath":"","ServiceEnableTagOverride":false,"ServiceProxy":"""
        + EmptyProxy + ""","ServiceConnect":{},"ServiceLocality":null,"CreateIndex":51,"ModifyIndex":52}""",
        Render(json => CatalogJson.ServiceNode(json, Node, Service)));

    [Fact]
    public void A_full_service_node_shows_everything_in_order() => Assert.Equal(
        """{"ID":"","Node":"e2","Address":"10.0.0.2","Datacenter":"dc1","TaggedAddresses":null,"NodeMeta":null,"ServiceKind":"connect-proxy","ServiceID":"a1","ServiceName":"api","ServiceTags":["v1","v2"],"ServiceAddress":"1.1.1.1","ServiceTaggedAddresses":{"lan":{"Address":"1","Port":2}},"ServiceWeights":{"Passing":3,"Warning":0},"ServiceMeta":{"k":"v"},"ServicePort":80,"ServiceSocketPath":"/s","ServiceEnableTagOverride":true,"ServiceProxy":"""
        + EmptyProxy + ""","ServiceConnect":{"Native":true},"ServiceLocality":{"Region":"r","Zone":""},"CreateIndex":51,"ModifyIndex":52}""",
        Render(json => CatalogJson.ServiceNode(json, Node, FullService)));

    [Fact]
    public void A_bare_check_has_an_empty_definition() => Assert.Equal(
        """{"Node":"e2","CheckID":"c","Name":"n","Status":"critical","Notes":"","Output":"","ServiceID":"","ServiceName":"","ServiceTags":[],"Type":"","Interval":"","Timeout":"","ExposedPort":0,"Definition":{},"CreateIndex":1,"ModifyIndex":2}""",
        Render(json => CatalogJson.HealthCheck(json, new CheckRecord { Node = "e2", CheckId = "c", Name = "n", Status = "critical", CreateIndex = 1, ModifyIndex = 2 })));

    [Fact]
    public void A_definition_shows_what_is_set_durations_as_text_and_TTL_in_nanoseconds() => Assert.Equal(
        """{"Interval":"10s","OutputMaxSize":7,"Timeout":"1s","DeregisterCriticalServiceAfter":"1m30s","HTTP":"http://x","TLSServerName":"t","TLSSkipVerify":true,"Header":{"A":["1","2"]},"Method":"PUT","Body":"b","DisableRedirects":true,"TCP":"x:1","TCPUseTLS":true,"UDP":"x:2","H2PING":"x:3","OSService":"o","H2PingUseTLS":true,"ScriptArgs":["a","b"],"DockerContainerID":"d","Shell":"sh","GRPC":"x:4","GRPCUseTLS":true,"AliasNode":"an","AliasService":"as","SessionName":"sn","TTL":15000000000}""",
        Render(json => CatalogJson.Definition(json, FullDefinition)));

    [Fact]
    public void A_full_proxy_shows_everything_in_order() => Assert.Equal(
        """{"TransparentProxy":{"OutboundListenerPort":15001,"DialedDirectly":true},"AccessLogs":{"Enabled":true,"DisableListenerLogs":true,"Type":"file","Path":"/l","JSONFormat":"j","TextFormat":"t"},"EnvoyExtensions":[{"Name":"e","Required":true,"Arguments":{"a":1},"ConsulVersion":"cv","EnvoyVersion":"ev"}],"DestinationServiceName":"web","DestinationServiceID":"w1","LocalServiceAddress":"127.0.0.1","LocalServicePort":80,"LocalServiceSocketPath":"/p","Mode":"direct","Config":{"k":[true]},"Upstreams":[{"DestinationType":"service","DestinationNamespace":"n","DestinationPartition":"p","DestinationPeer":"q","DestinationName":"db","Datacenter":"dc2","LocalBindAddress":"127.0.0.2","LocalBindPort":1,"LocalBindSocketPath":"/u","LocalBindSocketMode":"0600","Config":{"c":1},"MeshGateway":{"Mode":"local"}},{"DestinationType":"","DestinationName":"","Datacenter":"","MeshGateway":{}}],"MeshGateway":{"Mode":"remote"},"Expose":{"Checks":true,"Paths":[{"ListenerPort":1,"Path":"/h","LocalPathPort":2,"Protocol":"http","ParsedFromCheck":true},{}]}}""",
        Render(json => CatalogJson.Proxy(json, FullProxy)));

    [Fact]
    public void Blocks_of_a_proxy_without_a_set_field_are_absent() => Assert.Equal(EmptyProxy, Render(json => CatalogJson.Proxy(json, new ServiceProxy
    {
        TransparentProxy = new TransparentProxy(0, false),
        AccessLogs = new AccessLogs(false, false, "", "", "", ""),
        EnvoyExtensions = [],
        Upstreams = [],
        ConfigJson = "{}",
        ExposePaths = [],
    })));

    [Fact]
    public void An_entry_of_a_health_answer_holds_node_service_and_checks()
    {
        string text = Render(json => CatalogJson.CheckServiceNode(json, new ServiceInstance(Node, Service, [])));
        Assert.StartsWith("""{"Node":{"ID":"",""", text, StringComparison.Ordinal);
        Assert.Contains("""},"Service":{"ID":"a1",""", text, StringComparison.Ordinal);
        Assert.EndsWith(""","Checks":[]}""", text, StringComparison.Ordinal);
    }

    private static ServiceRecord FullService => Service with
    {
        Kind = "connect-proxy",
        Tags = ["v1", "v2"],
        Address = "1.1.1.1",
        TaggedAddresses = new SortedList<string, ServiceAddress> { ["lan"] = new ServiceAddress("1", 2) },
        Meta = Map(("k", "v")),
        Port = 80,
        SocketPath = "/s",
        Weights = new ServiceWeights(3, 0),
        EnableTagOverride = true,
        Locality = new Locality("r", ""),
        ConnectNative = true,
    };

    internal static CheckDefinitionRecord FullDefinition => new()
    {
        IntervalNs = 10_000_000_000,
        OutputMaxSize = 7,
        TimeoutNs = 1_000_000_000,
        DeregisterCriticalServiceAfterNs = 90_000_000_000,
        Http = "http://x",
        TlsServerName = "t",
        TlsSkipVerify = true,
        Header = new SortedList<string, string[]>(StringComparer.Ordinal) { ["A"] = ["1", "2"] },
        Method = "PUT",
        Body = "b",
        DisableRedirects = true,
        Tcp = "x:1",
        TcpUseTls = true,
        Udp = "x:2",
        H2Ping = "x:3",
        OsService = "o",
        H2PingUseTls = true,
        ScriptArgs = ["a", "b"],
        DockerContainerId = "d",
        Shell = "sh",
        Grpc = "x:4",
        GrpcUseTls = true,
        AliasNode = "an",
        AliasService = "as",
        SessionName = "sn",
        TtlNs = 15_000_000_000,
    };

    internal static ServiceProxy FullProxy => new()
    {
        TransparentProxy = new TransparentProxy(15001, true),
        AccessLogs = new AccessLogs(true, true, "file", "/l", "j", "t"),
        EnvoyExtensions = [new EnvoyExtension("e", true, """{"a":1}""", "cv", "ev")],
        DestinationServiceName = "web",
        DestinationServiceId = "w1",
        LocalServiceAddress = "127.0.0.1",
        LocalServicePort = 80,
        LocalServiceSocketPath = "/p",
        Mode = "direct",
        ConfigJson = """{"k":[true]}""",
        Upstreams =
        [
            new ServiceUpstream
            {
                DestinationType = "service",
                DestinationNamespace = "n",
                DestinationPartition = "p",
                DestinationPeer = "q",
                DestinationName = "db",
                Datacenter = "dc2",
                LocalBindAddress = "127.0.0.2",
                LocalBindPort = 1,
                LocalBindSocketPath = "/u",
                LocalBindSocketMode = "0600",
                ConfigJson = """{"c":1}""",
                MeshGatewayMode = "local",
            },
            new ServiceUpstream(),
        ],
        MeshGatewayMode = "remote",
        ExposeChecks = true,
        ExposePaths = [new ExposePath(1, "/h", 2, "http", true), new ExposePath(0, "", 0, "", false)],
    };

    internal static string Render(Action<GoJsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var json = new GoJsonWriter();
        json.Reset(buffer, pretty: false);
        write(json);
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static SortedList<string, string> Map(params (string Key, string Value)[] pairs)
    {
        var map = new SortedList<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in pairs)
            map[key] = value;
        return map;
    }
}
