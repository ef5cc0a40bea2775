using Praetor.Core.Filtering;
using Praetor.Core.Gossip;
using Praetor.Core.State.Catalog;

namespace Praetor.Tests.Filtering;

public class CatalogSelectorsTests
{
    private static readonly NodeRecord Node = new()
    {
        Id = "id1",
        Name = "n1",
        Address = "10.0.0.1",
        Datacenter = "dc1",
        TaggedAddresses = new Dictionary<string, string> { ["wan"] = "1.2.3.4" },
        Meta = new Dictionary<string, string> { ["rack"] = "r1" },
    };

    private static readonly ServiceRecord Service = new()
    {
        Node = "n1",
        Kind = "connect-proxy",
        Id = "web-1",
        Name = "web",
        Tags = ["v1"],
        Address = "10.0.0.2",
        TaggedAddresses = new Dictionary<string, ServiceAddress> { ["lan"] = new("10.0.0.3", 81) },
        Meta = new Dictionary<string, string> { ["env"] = "prod" },
        Port = 80,
        SocketPath = "/s",
        Weights = new ServiceWeights(2, 3),
        EnableTagOverride = true,
        ConnectNative = true,
        Proxy = new ServiceProxy
        {
            DestinationServiceName = "api",
            DestinationServiceId = "api-1",
            LocalServiceAddress = "127.0.0.1",
            LocalServicePort = 8080,
            LocalServiceSocketPath = "/l",
            Mode = "transparent",
            MeshGatewayMode = "local",
            TransparentProxy = new TransparentProxy(15001, true),
            ExposeChecks = true,
            ExposePaths = [new ExposePath(1, "/p", 2, "http", true)],
            AccessLogs = new AccessLogs(true, true, "file", "/a", "{}", "t"),
            EnvoyExtensions = [new EnvoyExtension("e", true, null, "1", "2")],
            Upstreams =
            [
                new ServiceUpstream
                {
                    DestinationType = "service", DestinationNamespace = "ns", DestinationPartition = "pt", DestinationPeer = "pe", DestinationName = "db",
                    Datacenter = "dc2", LocalBindAddress = "127.0.0.2", LocalBindPort = 9, LocalBindSocketPath = "/u", LocalBindSocketMode = "0600",
                    MeshGatewayMode = "remote",
                },
            ],
        },
    };

    private static readonly CheckRecord Check = new()
    {
        Node = "n1",
        CheckId = "c1",
        Name = "alive",
        Status = "passing",
        Notes = "note",
        Output = "ok",
        ServiceId = "web-1",
        ServiceName = "web",
        ServiceTags = ["v1"],
        Type = "http",
        Interval = "10s",
        Timeout = "1s",
        ExposedPort = 21500,
    };

    private static readonly string[] NodeFields =
        ["ID == id1", "Node == n1", "Partition == ``", "PeerName == ``", "Address == `10.0.0.1`", "Datacenter == dc1", "TaggedAddresses.wan == `1.2.3.4`", "Meta.rack == r1"];

    private static readonly string[] ProxyFields =
    [
        "DestinationServiceName == api", "DestinationServiceID == `api-1`", "LocalServiceAddress == `127.0.0.1`", "LocalServicePort == 8080",
        "LocalServiceSocketPath == `/l`", "Mode == transparent", "MeshGateway.Mode == local", "TransparentProxy.OutboundListenerPort == 15001",
        "TransparentProxy.DialedDirectly == true", "Expose.Checks == true", "AccessLogs.Enabled == true", "AccessLogs.DisableListenerLogs == true",
        "AccessLogs.Type == file", "AccessLogs.Path == `/a`", "AccessLogs.JSONFormat == `{}`", "AccessLogs.TextFormat == t", "Upstreams is not empty",
        "Upstreams.DestinationType == service", "Upstreams.DestinationNamespace == ns", "Upstreams.DestinationPartition == pt", "Upstreams.DestinationPeer == pe",
        "Upstreams.DestinationName == db", "Upstreams.Datacenter == dc2", "Upstreams.LocalBindAddress == `127.0.0.2`", "Upstreams.LocalBindPort == 9",
        "Upstreams.LocalBindSocketPath == `/u`", "Upstreams.LocalBindSocketMode == `0600`", "Upstreams.MeshGateway.Mode == remote", "Expose.Paths.ListenerPort == 1",
        "Expose.Paths.Path == `/p`", "Expose.Paths.LocalPathPort == 2", "Expose.Paths.Protocol == http", "Expose.Paths.ParsedFromCheck == true",
        "EnvoyExtensions.Name == e", "EnvoyExtensions.Required == true", "EnvoyExtensions.ConsulVersion == 1", "EnvoyExtensions.EnvoyVersion == 2",
    ];

    private static readonly string[] ServiceFields =
    [
        "Kind == `connect-proxy`", "ID == `web-1`", "Service == web", "Address == `10.0.0.2`", "SocketPath == `/s`", "PeerName == ``", "Tags contains v1", "Port == 80",
        "Weights.Passing == 2", "Weights.Warning == 3", "EnableTagOverride == true", "Connect.Native == true", "Meta.env == prod", "TaggedAddresses.lan.Address == `10.0.0.3`",
        "TaggedAddresses.lan.Port == 81", .. ProxyFields.Select(static f => "Proxy." + f),
    ];

    private static readonly string[] CheckFields =
    [
        "Node == n1", "CheckID == c1", "Name == alive", "Status == passing", "Notes == note", "Output == ok", "ServiceID == `web-1`", "ServiceName == web", "Type == http",
        "Interval == `10s`", "Timeout == `1s`", "PeerName == ``", "ServiceTags contains v1", "ExposedPort == 21500",
    ];

    [Fact]
    public void Nodes_have_their_fields() => AssertAllMatch(CatalogSelectors.Node, Node, NodeFields);

    [Fact]
    public void Services_have_their_fields() => AssertAllMatch(CatalogSelectors.NodeService, Service, ServiceFields);

    [Fact]
    public void Checks_have_their_fields() => AssertAllMatch(CatalogSelectors.HealthCheck, Check, CheckFields);

    [Fact]
    public void Instances_have_the_fields_of_their_parts() => AssertAllMatch(
        CatalogSelectors.CheckServiceNode,
        new ServiceInstance(Node, Service, [Check]),
        [.. NodeFields.Select(static f => "Node." + f), .. ServiceFields.Select(static f => "Service." + f), .. CheckFields.Select(static f => "Checks." + f)]);

    [Fact]
    public void Service_nodes_have_prefixed_fields() => AssertAllMatch(
        CatalogSelectors.ServiceNode,
        new ServiceNodeRow(Node, Service),
        [
            "ID == id1", "Node == n1", "Address == `10.0.0.1`", "Datacenter == dc1", "PeerName == ``", "TaggedAddresses.wan == `1.2.3.4`", "NodeMeta.rack == r1",
            "ServiceKind == `connect-proxy`", "ServiceID == `web-1`", "ServiceName == web", "ServiceAddress == `10.0.0.2`", "ServiceSocketPath == `/s`",
            "v1 in ServiceTags", "ServiceMeta.env == prod", "ServiceTaggedAddresses.lan.Port == 81", "ServicePort == 80", "ServiceWeights.Passing == 2",
            "ServiceWeights.Warning == 3", "ServiceEnableTagOverride == true", "ServiceConnect.Native == true",
            .. ProxyFields.Select(static f => "ServiceProxy." + f),
        ]);

    [Fact]
    public void Node_summaries_have_lists_of_services_and_checks() => AssertAllMatch(
        CatalogSelectors.NodeInfo,
        new NodeView(Node, [Service], [Check]),
        ["ID == id1", "Node == n1", "Partition == ``", "PeerName == ``", "Address == `10.0.0.1`", "TaggedAddresses.wan == `1.2.3.4`", "Meta.rack == r1", "Services.Port == 80", "Checks.Status == passing"]);

    [Fact]
    public void Members_have_their_fields() => AssertAllMatch(
        CatalogSelectors.AgentMember,
        new Member { Name = "n1", Addr = "10.0.0.1", Port = 8301, Status = MemberStatus.Failed, Tags = new Dictionary<string, string> { ["role"] = "consul" } },
        ["Name == n1", "Addr == `10.0.0.1`", "Port == 8301", "Tags.role == consul", "Status == 4", "ProtocolMin == 1", "ProtocolMax == 5", "ProtocolCur == 2", "DelegateMin == 2", "DelegateMax == 5", "DelegateCur == 4"]);

    [Fact]
    public void A_service_without_a_proxy_has_an_empty_one() => AssertAllMatch(
        CatalogSelectors.NodeService,
        new ServiceRecord(),
        ["Proxy.Mode == ``", "Proxy.Upstreams is empty", "Proxy.TransparentProxy.OutboundListenerPort == 0", "Proxy.AccessLogs.Enabled == false", "not Proxy.Upstreams.LocalBindPort != 1"]);

    [Theory]
    [InlineData("Node.CreateIndex == 1")]
    [InlineData("Service.ModifyIndex == 1")]
    [InlineData("Service.Locality.Zone == x")]
    [InlineData("Service.Namespace == x")]
    [InlineData("Service.Proxy.Config.x == x")]
    [InlineData("Service.Proxy.Upstreams.Config.x == x")]
    [InlineData("Checks.Definition.TCP == x")]
    [InlineData("Node.Locality.Zone == x")]
    public void Some_fields_are_never_selectable(string expression)
    {
        Assert.False(Filter.TryCompile(expression, CatalogSelectors.CheckServiceNode, out _, out var refusal));
        Assert.EndsWith(" is not valid", refusal.Text, StringComparison.Ordinal);
    }

    private static void AssertAllMatch<T>(SelectorSchema<T> schema, T item, string[] expressions) => Assert.All(expressions, expression =>
    {
        Assert.True(Filter.TryCompile(expression, schema, out var filter, out var refusal), refusal?.Text);
        Assert.True(filter.Matches(item), expression);
    });
}
