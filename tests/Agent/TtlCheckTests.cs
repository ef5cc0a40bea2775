using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent;

/// <summary>TTL checks (http-agent 3 "TTL").</summary>
public sealed class TtlCheckTests
{
    [Fact]
    public async Task Without_a_sign_of_life_the_check_expires()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(10) with { Status = "passing" }));
        agent.Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal("passing", agent.Check("service:web").Record.Status);
        agent.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(("critical", "TTL expired"), (agent.Check("service:web").Record.Status, agent.Check("service:web").Record.Output));
        await agent.SettleAsync();
        Assert.Equal("critical", agent.Catalog.Check("service:web")?.Status);
    }

    [Fact]
    public async Task The_last_output_is_quoted_when_it_expires()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(10)));
        await agent.TtlAsync("service:web", "warning", "so so");
        agent.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("TTL expired (last output before timeout follows): so so", agent.Check("service:web").Record.Output);
    }

    [Fact]
    public async Task Every_sign_of_life_starts_the_time_anew()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(10)));
        for (int i = 0; i < 5; i++)
        {
            await agent.TtlAsync("service:web", "passing");
            agent.Time.Advance(TimeSpan.FromSeconds(9));
            Assert.Equal("passing", agent.Check("service:web").Record.Status);
        }
    }

    [Fact]
    public async Task Registering_again_starts_the_time_anew()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(10) with { Status = "passing" }));
        agent.Time.Advance(TimeSpan.FromSeconds(9));
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(10) with { Status = "passing" }));
        agent.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("passing", agent.Check("service:web").Record.Status);
    }

    [Fact]
    public async Task A_ttl_longer_than_a_timer_can_wait_is_kept()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Ttl(TimeSpan.FromDays(60).TotalSeconds, name: "c") with { Status = "passing" });
        agent.Time.Advance(TimeSpan.FromDays(59));
        Assert.Equal("passing", agent.Check("c").Record.Status);
        agent.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("critical", agent.Check("c").Record.Status);
    }

    [Fact]
    public async Task A_long_output_is_cut_after_its_first_bytes()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync(checks: new CheckRunnerOptions { OutputMaxSizeBytes = 8 });
        await agent.RegisterAsync(AgentHarness.Ttl(name: "c"));
        await agent.TtlAsync("c", "passing", "0123456789");
        Assert.Equal("01234567 ... (captured 8 of 10 bytes)", agent.Check("c").Record.Output);
        await agent.TtlAsync("c", "passing", "0123456\u00e4\u00e4");
        Assert.Equal("0123456 ... (captured 8 of 11 bytes)", agent.Check("c").Record.Output);
    }

    [Fact]
    public async Task The_smaller_limit_of_check_and_agent_counts()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync(checks: new CheckRunnerOptions { OutputMaxSizeBytes = 8 });
        await agent.RegisterAsync(AgentHarness.Ttl(name: "c") with { OutputMaxSize = 2 });
        await agent.TtlAsync("c", "passing", "0123");
        Assert.Equal("01 ... (captured 2 of 4 bytes)", agent.Check("c").Record.Output);
    }

    [Fact]
    public async Task Discarded_output_is_never_shown()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync(checks: new CheckRunnerOptions { DiscardOutput = true });
        await agent.RegisterAsync(AgentHarness.Ttl(name: "c"));
        await agent.TtlAsync("c", "passing", "secret");
        Assert.Equal("", agent.Check("c").Record.Output);
    }

    [Fact]
    public async Task Only_ttl_checks_can_be_told_their_status()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(new CheckSpec { Name = "al", AliasService = "x" });
        Assert.Equal(new AgentRefusal(AgentRefusalKind.Failed, "CheckID \"al\" does not have associated TTL"),
            await agent.Agent.UpdateTtlAsync("al", CheckStatus.Passing, "", CancellationToken.None));
        Assert.Equal(new AgentRefusal(AgentRefusalKind.NotFound, "Unknown check ID \"x\". Ensure that the check ID is passed, not the check name."),
            await agent.Agent.UpdateTtlAsync("x", CheckStatus.Passing, "", CancellationToken.None));
    }

    [Fact]
    public async Task A_deregistered_check_does_not_expire()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Ttl(name: "c"));
        await agent.Agent.DeregisterCheckAsync("c", CancellationToken.None);
        agent.Time.Advance(TimeSpan.FromMinutes(5));
        await agent.SettleAsync();
        Assert.Empty(agent.Agent.Snapshot.Checks);
        Assert.Null(agent.Catalog.Check("c"));
    }
}
