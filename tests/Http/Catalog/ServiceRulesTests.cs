using Praetor.Core.State.Catalog;

namespace Praetor.Tests.Http.Catalog;

/// <summary>Structure of a service (http-agent 2.9 "Structure messages").</summary>
public class ServiceRulesTests
{
    private static readonly ServiceRecord Proxy = new()
    {
        Kind = "connect-proxy",
        Id = "web-proxy",
        Name = "web-proxy",
        Port = 21000,
        Proxy = new ServiceProxy { DestinationServiceName = "web" },
    };

    private static readonly ServiceUpstream Upstream = new() { DestinationName = "db", LocalBindPort = 1 };

    public static TheoryData<ServiceRecord, string> Faults => new()
    {
        { new ServiceRecord { Locality = new Locality("", "z") }, "zone cannot be set without region" },
        { Proxy with { Port = 0 }, "Port or SocketPath must be set for a connect-proxy" },
        { Proxy with { Proxy = null }, "Proxy.DestinationServiceName must be non-empty for Connect proxy services" },
        { ProxyOf(new ServiceProxy { DestinationServiceName = " " }), "Proxy.DestinationServiceName must be non-empty for Connect proxy services" },
        { ProxyOf(new ServiceProxy { DestinationServiceName = "*" }), "Proxy.DestinationServiceName must not be a wildcard for Connect proxy services" },
        { Proxy with { ConnectNative = true }, "A Proxy cannot also be Connect Native, only typical services" },
        { WithUpstreams(Upstream with { DestinationType = "x" }), "unknown upstream destination type: \"x\"" },
        { WithUpstreams(Upstream with { DestinationName = "" }), "upstream destination name cannot be empty" },
        { WithUpstreams(Upstream with { DestinationName = "*" }), "upstream destination name cannot be a wildcard" },
        { WithUpstreams(Upstream with { DestinationPeer = "p", Datacenter = "d" }), "upstream cannot specify both destination peer and datacenter" },
        { WithUpstreams(Upstream with { LocalBindPort = 0 }), "upstream local bind port or local socket path must be defined and nonzero" },
        { WithUpstreams(Upstream with { LocalBindSocketPath = "/s" }), "only one of upstream local bind port or local socket path can be defined and nonzero" },
        {
            WithUpstreams(Upstream, Upstream with { LocalBindPort = 2 }),
            "upstreams cannot contain duplicates of [type=\"\", name=\"db\", partition=\"\", namespace=\"\", peer=\"\", datacenter=\"\"]"
        },
        {
            WithUpstreams(Upstream, Upstream with { DestinationName = "cache" }),
            "upstreams cannot contain duplicates by local bind address and port or unix path; \"127.0.0.1:1\" is specified twice"
        },
        { WithPaths(new ExposePath(1, "", 2, "", false)), "expose.paths: empty path exposed" },
        { WithPaths(new ExposePath(1, "/a", 2, "", false), new ExposePath(1, "/b", 2, "", false)), "expose.paths: duplicate listener ports exposed" },
        { WithPaths(new ExposePath(65536, "/a", 2, "", false)), "expose.paths: invalid listener port: 65536" },
        { new ServiceRecord { Kind = "mesh-gateway" }, "Port must be non-zero for a mesh-gateway" },
        { new ServiceRecord { Kind = "terminating-gateway" }, "Port must be non-zero for a terminating-gateway" },
        { Gateway(new ServiceProxy { DestinationServiceName = "x" }), "The Proxy.DestinationServiceName configuration is invalid for a ingress-gateway" },
        { Gateway(new ServiceProxy { DestinationServiceId = "x" }), "The Proxy.DestinationServiceID configuration is invalid for a ingress-gateway" },
        { Gateway(new ServiceProxy { LocalServiceAddress = "x" }), "The Proxy.LocalServiceAddress configuration is invalid for a ingress-gateway" },
        { Gateway(new ServiceProxy { LocalServicePort = 1 }), "The Proxy.LocalServicePort configuration is invalid for a ingress-gateway" },
        { Gateway(new ServiceProxy { LocalServiceSocketPath = "x" }), "The Proxy.LocalServiceSocketPath configuration is invalid for a ingress-gateway" },
        { Gateway(new ServiceProxy { Upstreams = [Upstream] }), "The Proxy.Upstreams configuration is invalid for a ingress-gateway" },
        { new ServiceRecord { ConnectNative = true }, "Port or SocketPath must be set for a Connect native service." },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void One_fault_gives_its_message(ServiceRecord service, string message) =>
        Assert.Equal([message], ServiceRules.StructureErrors(service, sidecar: null));

    [Fact]
    public void A_sound_service_gives_none()
    {
        Assert.Empty(ServiceRules.StructureErrors(new ServiceRecord { Name = "web" }, sidecar: null));
        Assert.Empty(ServiceRules.StructureErrors(WithUpstreams(Upstream, new ServiceUpstream { DestinationName = "q", LocalBindSocketPath = "/s" }), new SidecarFacts()));
        Assert.Empty(ServiceRules.StructureErrors(new ServiceRecord { Kind = "api-gateway" }, sidecar: null));
        Assert.Empty(ServiceRules.StructureErrors(new ServiceRecord { Kind = "anything" }, sidecar: null));
    }

    [Theory]
    [InlineData(true, false, "A SidecarService cannot specify an ID as this is managed by the agent")]
    [InlineData(false, true, "A SidecarService cannot have a nested SidecarService")]
    public void A_sidecar_has_rules_of_its_own(bool hasId, bool isNested, string message) =>
        Assert.Equal([message], ServiceRules.StructureErrors(new ServiceRecord(), new SidecarFacts(hasId, isNested)));

    [Fact]
    public void A_gateway_has_no_sidecar() =>
        Assert.Equal(["A mesh-gateway cannot have a sidecar service defined"],
            ServiceRules.StructureErrors(new ServiceRecord { Kind = "mesh-gateway", Port = 1 }, new SidecarFacts()));

    [Fact]
    public void Faults_are_listed_in_one_text()
    {
        Assert.Equal("1 error occurred:\n\t* a\n\n", ServiceRules.Combine(["a"]));
        Assert.Equal("2 errors occurred:\n\t* a\n\t* b\n\n", ServiceRules.Combine(["a", "b"]));
    }

    [Theory]
    [InlineData(0, 1, "Passing must be greater than 0")]
    [InlineData(1, -1, "Warning must be greater or equal than 0")]
    [InlineData(65536, 1, "DNS Weight must be between 0 and 65535")]
    [InlineData(1, 65536, "DNS Weight must be between 0 and 65535")]
    [InlineData(1, 0, null)]
    [InlineData(65535, 65535, null)]
    public void Weights_have_a_range(int passing, int warning, string? message) =>
        Assert.Equal(message, ServiceRules.WeightsError(new ServiceWeights(passing, warning)));

    [Theory]
    [InlineData("0.0.0.0", true)]
    [InlineData("::", true)]
    [InlineData("[::]", true)]
    [InlineData("", false)]
    [InlineData("10.0.0.1", false)]
    public void Some_addresses_lead_nowhere(string address, bool expected) => Assert.Equal(expected, ServiceRules.IsWildcardAddress(address));

    [Theory]
    [InlineData("web-1", true)]
    [InlineData("Web", true)]
    [InlineData("my_svc", false)]
    [InlineData("a.b", false)]
    [InlineData("", false)]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234", false)]
    public void DNS_carries_letters_digits_and_dashes(string name, bool expected) => Assert.Equal(expected, ServiceRules.IsDnsName(name));

    private static ServiceRecord ProxyOf(ServiceProxy block) => Proxy with { Proxy = block };

    private static ServiceRecord WithUpstreams(params ServiceUpstream[] upstreams) =>
        ProxyOf(new ServiceProxy { DestinationServiceName = "web", Upstreams = upstreams });

    private static ServiceRecord WithPaths(params ExposePath[] paths) =>
        ProxyOf(new ServiceProxy { DestinationServiceName = "web", ExposePaths = paths });

    private static ServiceRecord Gateway(ServiceProxy block) => new() { Kind = "ingress-gateway", Proxy = block };
}
