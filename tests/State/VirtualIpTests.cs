using Praetor.Core.Codec;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Tests.State;

/// <summary>Virtual addresses of services in the mesh (mesh, virtual IPs).</summary>
public sealed class VirtualIpTests
{
    private readonly StateHarness _state = new();

    [Fact]
    public void A_service_gets_the_next_address_with_its_first_instance_in_the_mesh()
    {
        Register("n1", StateHarness.Service("plain"));
        Register("n1", Proxy("web"));
        Register("n1", StateHarness.Service("db", port: 5432) with { ConnectNative = true });

        Assert.Null(Address("n1", "plain"));
        Assert.Equal(new ServiceAddress("240.0.0.1", 21000), Address("n1", "web-proxy"));
        Assert.Equal(new ServiceAddress("240.0.0.2", 5432), Address("n1", "db"));
    }

    [Fact]
    public void All_instances_of_a_service_show_the_same_address()
    {
        Register("n1", Proxy("web"));
        Register("n2", Proxy("Web"));

        Assert.Equal("240.0.0.1", Address("n2", "Web-proxy")?.Address);
        Assert.Equal(2, _state.Catalog.VirtualIps.Find("web")?.Instances);
    }

    [Fact]
    public void An_address_is_free_when_the_last_instance_has_gone_and_is_given_again()
    {
        Register("n1", Proxy("web"));
        Register("n2", Proxy("web"));
        Register("n1", Proxy("db"));
        _state.Deregister("n1", service: "web-proxy");
        Assert.NotNull(_state.Catalog.VirtualIps.Find("web"));
        _state.Deregister("n2");
        Assert.Null(_state.Catalog.VirtualIps.Find("web"));

        Register("n1", Proxy("cache"));
        Assert.Equal("240.0.0.1", Address("n1", "cache-proxy")?.Address);
    }

    [Fact]
    public void A_proxy_that_moves_to_another_service_takes_its_address()
    {
        Register("n1", Proxy("web"));
        Register("n1", Proxy("web") with { Proxy = new ServiceProxy { DestinationServiceName = "db" } });

        Assert.Equal("240.0.0.1", Address("n1", "web-proxy")?.Address);
        Assert.Null(_state.Catalog.VirtualIps.Find("web"));
        Assert.Equal(1, _state.Catalog.VirtualIps.Find("db")?.Instances);
    }

    [Fact]
    public void A_registration_without_the_address_changes_nothing()
    {
        Register("n1", Proxy("web"));
        long index = _state.Catalog.ServicesIndex;

        Register("n1", Proxy("web"));
        Assert.Equal(index, _state.Catalog.ServicesIndex);
        Assert.True(_state.Catalog.IsUnchangedBy(StateHarness.Node("n1") with { Service = Proxy("web") }));
    }

    [Fact]
    public void A_service_that_leaves_the_mesh_shows_no_address_even_if_it_is_given_one()
    {
        Register("n1", StateHarness.Service("web") with { ConnectNative = true });
        Register("n1", StateHarness.Service("web") with { TaggedAddresses = _state.Catalog.FindService("n1", "web")!.TaggedAddresses });

        Assert.Null(Address("n1", "web"));
        Assert.Null(_state.Catalog.VirtualIps.Find("web"));
    }

    [Fact]
    public void An_address_of_an_operator_moves_from_the_service_that_had_it()
    {
        Register("n1", Proxy("web"));
        Register("n1", Proxy("db"));

        Assert.Equal([], Set("web", "1.1.1.1", "2.2.2.2"));
        Assert.Equal(["web"], Set("db", "2.2.2.2"));
        Assert.Equal(["1.1.1.1"], _state.Catalog.VirtualIps.Find("web")?.Manual);
        Assert.Equal(["2.2.2.2"], _state.Catalog.VirtualIps.Find("db")?.Manual);
    }

    [Fact]
    public void New_addresses_of_an_operator_replace_the_old_ones()
    {
        Register("n1", Proxy("web"));
        Register("n1", Proxy("db"));
        Set("web", "1.1.1.1");
        Set("web", "2.2.2.2");

        Assert.Equal(["2.2.2.2"], _state.Catalog.VirtualIps.Find("web")?.Manual);
        Assert.Equal([], Set("db", "1.1.1.1"));
    }

    [Fact]
    public void A_service_outside_the_mesh_is_not_found() => Assert.Equal(CommandOutcome.NotApplied, _state.Apply(Commands.VirtualIpsSet("none", ["1.1.1.1"])).Outcome);

    [Theory]
    [InlineData("x", "\"x\" is not a valid IPv4 address")]
    [InlineData("::1", "\"::1\" is not a valid IPv4 address")]
    [InlineData("1.2.3", "\"1.2.3\" is not a valid IPv4 address")]
    [InlineData("010.0.0.1", "\"010.0.0.1\" is not a valid IPv4 address")]
    public void What_is_no_address_is_refused(string address, string text) => Assert.Equal(text, _state.Apply(Commands.VirtualIpsSet("web", [address])).Refusal);

    private void Register(string node, ServiceRecord service) => Assert.True(_state.Register(StateHarness.Node(node) with { Service = service }).IsApplied);

    private static ServiceRecord Proxy(string destination) =>
        StateHarness.Service($"{destination}-proxy", port: 21000) with { Kind = ServiceKinds.ConnectProxy, Proxy = new ServiceProxy { DestinationServiceName = destination } };

    private ServiceAddress? Address(string node, string id) => _state.Catalog.FindService(node, id)?.TaggedAddresses?.GetValueOrDefault(VirtualIps.Tag);

    private string[] Set(string service, params string[] addresses)
    {
        CommandResult result = _state.Apply(Commands.VirtualIpsSet(service, addresses));
        Assert.True(result.IsApplied, result.Refusal);
        var reader = new FieldReader(result.Payload);
        return reader.TextList() ?? [];
    }
}
