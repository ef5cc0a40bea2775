using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent;

/// <summary>Connect.SidecarService (http-agent 2.9).</summary>
public sealed class SidecarTests
{
    private static ServiceDefinition WithSidecar(string name, ServiceRecord? sidecar = null, params CheckSpec[] checks) => new()
    {
        Service = new ServiceRecord { Name = name, Port = 80, Tags = ["t"], Meta = new SortedList<string, string> { ["k"] = "v" }, Address = "10.9.9.9", Locality = new("r", "z") },
        Sidecar = new ServiceDefinition { Service = sidecar ?? new ServiceRecord(), Checks = checks },
    };

    [Fact]
    public async Task A_sidecar_inherits_what_it_does_not_say()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(WithSidecar("web"));
        ServiceRecord sidecar = agent.Agent.Snapshot.Services["web-sidecar-proxy"].Record;
        Assert.Equal(("web-sidecar-proxy", "connect-proxy", 21000, "10.9.9.9"), (sidecar.Name, sidecar.Kind, sidecar.Port, sidecar.Address));
        Assert.Equal(["t"], sidecar.Tags!);
        Assert.Equal("v", sidecar.Meta!["k"]);
        Assert.Equal(new Locality("r", "z"), sidecar.Locality);
        Assert.Equal(("web", "web", "127.0.0.1", 80),
            (sidecar.Proxy!.DestinationServiceName, sidecar.Proxy.DestinationServiceId, sidecar.Proxy.LocalServiceAddress, sidecar.Proxy.LocalServicePort));
        Assert.NotNull(agent.Catalog.Service("web-sidecar-proxy"));
    }

    [Fact]
    public async Task A_sidecar_of_a_socket_reaches_it_by_the_socket()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(new ServiceDefinition
        {
            Service = new ServiceRecord { Name = "web", SocketPath = "/run/web" },
            Sidecar = new ServiceDefinition { Service = new ServiceRecord() },
        });
        ServiceProxy proxy = agent.Agent.Snapshot.Services["web-sidecar-proxy"].Record.Proxy!;
        Assert.Equal(("/run/web", "", 0), (proxy.LocalServiceSocketPath, proxy.LocalServiceAddress, proxy.LocalServicePort));
    }

    [Fact]
    public async Task A_sidecar_gets_a_listening_and_an_alias_check()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(WithSidecar("web"));
        LocalCheck listening = agent.Check("service:web-sidecar-proxy:1");
        LocalCheck alias = agent.Check("service:web-sidecar-proxy:2");
        Assert.Equal(("Connect Sidecar Listening", "tcp", "10s", "10.9.9.9:21000"), (listening.Record.Name, listening.Record.Type, listening.Record.Interval, listening.Spec!.Tcp));
        Assert.Equal(("Connect Sidecar Aliasing web", "alias", "web"), (alias.Record.Name, alias.Record.Type, alias.Spec!.AliasService));
    }

    [Fact]
    public async Task A_sidecars_own_checks_take_the_place_of_the_default_ones()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(WithSidecar("web", null, AgentHarness.Ttl(id: "own")));
        Assert.Equal("own", string.Join(',', agent.Agent.Snapshot.Checks.Keys));
    }

    [Fact]
    public async Task The_lowest_free_port_is_given_and_kept()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(WithSidecar("a"));
        await agent.RegisterAsync(WithSidecar("b"));
        await agent.Agent.DeregisterServiceAsync("a", CancellationToken.None);
        await agent.RegisterAsync(WithSidecar("b"));
        await agent.RegisterAsync(WithSidecar("c"));
        Assert.Equal((21001, 21000), (agent.Agent.Snapshot.Services["b-sidecar-proxy"].Record.Port, agent.Agent.Snapshot.Services["c-sidecar-proxy"].Record.Port));
    }

    [Theory]
    [InlineData(0, 0, "no port provided for sidecar_service and auto-assignment disabled in config")]
    [InlineData(21000, 21000, "no port provided for sidecar_service and none left in the configured range [21000, 21000]")]
    public async Task Without_a_port_left_nothing_is_registered(int min, int max, string text)
    {
        await using AgentHarness agent = await AgentHarness.StartAsync(AgentHarness.Options with { SidecarMinPort = min, SidecarMaxPort = max });
        await agent.RegisterAsync(new ServiceDefinition { Service = new ServiceRecord { Name = "other", Port = 21000 } });
        AgentRefusal? refusal = await agent.Agent.RegisterServiceAsync(WithSidecar("web"), "", false, CancellationToken.None);
        Assert.Equal(new AgentRefusal(AgentRefusalKind.Failed, text), refusal);
        Assert.False(agent.Agent.Snapshot.Services.ContainsKey("web"));
    }

    [Fact]
    public async Task A_sidecar_goes_with_its_service()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(WithSidecar("web"));
        await agent.Agent.DeregisterServiceAsync("web", CancellationToken.None);
        Assert.Empty(agent.Agent.Snapshot.Services);
        Assert.Null(agent.Catalog.Service("web-sidecar-proxy"));
    }

    [Fact]
    public async Task A_service_that_only_bears_a_sidecars_name_stays()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web"));
        await agent.RegisterAsync(AgentHarness.Service("web-sidecar-proxy"));
        await agent.Agent.DeregisterServiceAsync("web", CancellationToken.None);
        Assert.True(agent.Agent.Snapshot.Services.ContainsKey("web-sidecar-proxy"));
    }
}
