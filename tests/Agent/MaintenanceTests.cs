using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;

namespace Praetor.Tests.Agent;

/// <summary>Maintenance of the node and of services (http-agent 2.4, 2.10).</summary>
public sealed class MaintenanceTests
{
    [Fact]
    public async Task The_nodes_check_has_the_texts_of_the_reference()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        Assert.Null(await agent.Agent.SetNodeMaintenanceAsync(true, "", "", CancellationToken.None));
        CheckRecord check = agent.Catalog.Check("_node_maintenance")!;
        Assert.Equal(("Node Maintenance Mode", "critical", "maintenance"), (check.Name, check.Status, check.Type));
        Assert.Equal("Maintenance mode is enabled for this node, but no reason was provided. This is a default message.", check.Notes);
    }

    [Fact]
    public async Task A_services_check_has_the_texts_of_the_reference()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web"));
        Assert.Null(await agent.Agent.SetServiceMaintenanceAsync("web", true, "", "", CancellationToken.None));
        CheckRecord check = agent.Catalog.Check("_service_maintenance:web")!;
        Assert.Equal(("Service Maintenance Mode", "critical", "maintenance", "web", "web"), (check.Name, check.Status, check.Type, check.ServiceId, check.ServiceName));
        Assert.Equal("Maintenance mode is enabled for this service, but no reason was provided. This is a default message.", check.Notes);
    }

    [Fact]
    public async Task The_first_reason_stays()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.Agent.SetNodeMaintenanceAsync(true, "one", "", CancellationToken.None);
        await agent.Agent.SetNodeMaintenanceAsync(true, "two", "", CancellationToken.None);
        Assert.Equal("one", agent.Check("_node_maintenance").Record.Notes);
    }

    [Fact]
    public async Task Turning_it_off_takes_the_check_out_and_may_be_repeated()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.Agent.SetNodeMaintenanceAsync(true, "one", "", CancellationToken.None);
        Assert.Null(await agent.Agent.SetNodeMaintenanceAsync(false, "", "", CancellationToken.None));
        Assert.Null(await agent.Agent.SetNodeMaintenanceAsync(false, "", "", CancellationToken.None));
        Assert.Null(agent.Catalog.Check("_node_maintenance"));
    }

    [Fact]
    public async Task An_unknown_service_is_not_found()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        AgentRefusal? refusal = await agent.Agent.SetServiceMaintenanceAsync("x", false, "", "", CancellationToken.None);
        Assert.Equal("Unknown service ID \"x\". Ensure that the service ID is passed, not the service name.", refusal?.Text);
    }
}
