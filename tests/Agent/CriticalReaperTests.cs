using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent;

/// <summary>DeregisterCriticalServiceAfter (http-agent 3 "Reaper").</summary>
public sealed class CriticalReaperTests
{
    private static CheckSpec Reaping(double afterSeconds) => AgentHarness.Ttl(6000) with { DeregisterCriticalServiceAfter = TimeSpan.FromSeconds(afterSeconds) };

    [Fact]
    public async Task A_service_critical_for_too_long_is_deregistered_with_everything()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", Reaping(90), AgentHarness.Ttl(6000)));
        await agent.TtlAsync("service:web:1", "critical");
        agent.Time.Advance(TimeSpan.FromSeconds(90));
        Assert.True(agent.Agent.Snapshot.Services.ContainsKey("web"));
        agent.Time.Advance(TimeSpan.FromSeconds(30));
        await agent.UntilAsync(() => agent.Agent.Snapshot.Services.IsEmpty);
        await agent.UntilAsync(() => agent.Catalog.Service("web") is null);
        Assert.Empty(agent.Agent.Snapshot.Checks);
    }

    [Fact]
    public async Task Limits_below_a_minute_are_raised_to_it()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", Reaping(1)));
        await agent.TtlAsync("service:web", "critical");
        agent.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Empty(CriticalReaper.Due(agent.Agent.Snapshot, agent.Time));
        agent.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("web", Assert.Single(CriticalReaper.Due(agent.Agent.Snapshot, agent.Time)).Key);
    }

    [Fact]
    public async Task A_service_that_never_had_a_result_is_left_alone()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", Reaping(60)));
        agent.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Empty(CriticalReaper.Due(agent.Agent.Snapshot, agent.Time));
    }

    [Fact]
    public async Task Any_better_result_stops_the_clock()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", Reaping(60)));
        await agent.TtlAsync("service:web", "critical");
        agent.Time.Advance(TimeSpan.FromSeconds(29));
        await agent.TtlAsync("service:web", "warning");
        await agent.TtlAsync("service:web", "critical");
        agent.Time.Advance(TimeSpan.FromSeconds(45));
        Assert.Empty(CriticalReaper.Due(agent.Agent.Snapshot, agent.Time));
    }

    [Fact]
    public async Task Repeated_critical_results_do_not_start_the_clock_anew()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", Reaping(60)));
        for (int i = 0; i < 7; i++)
        {
            await agent.TtlAsync("service:web", "critical", $"{i}");
            agent.Time.Advance(TimeSpan.FromSeconds(9));
        }

        Assert.Single(CriticalReaper.Due(agent.Agent.Snapshot, agent.Time));
    }

    [Fact]
    public async Task Checks_of_the_node_reap_nothing()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(Reaping(60) with { Name = "c" });
        await agent.TtlAsync("c", "critical");
        agent.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Empty(CriticalReaper.Due(agent.Agent.Snapshot, agent.Time));
    }
}
