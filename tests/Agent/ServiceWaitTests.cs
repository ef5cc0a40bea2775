using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;

namespace Praetor.Tests.Agent;

/// <summary>Waiting for a service by its hash (http-agent 2.7).</summary>
public sealed class ServiceWaitTests
{
    private static string Hash(AgentHarness agent) => agent.Agent.Snapshot.Services["web"].ContentHash;

    [Fact]
    public async Task Another_hash_answers_at_once()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web"));
        Assert.NotNull(await agent.Agent.WaitForServiceAsync("web", "", TimeSpan.FromMinutes(5), CancellationToken.None));
    }

    [Fact]
    public async Task An_equal_hash_waits_for_a_change()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web"));
        string hash = Hash(agent);
        Task<LocalService?> waiting = agent.Agent.WaitForServiceAsync("web", hash, TimeSpan.FromMinutes(5), CancellationToken.None);
        await agent.RegisterAsync(AgentHarness.Service("web"));
        Assert.False(waiting.IsCompleted);
        await agent.RegisterAsync(new ServiceDefinition { Service = new ServiceRecord { Name = "web", Port = 81 } });
        Assert.Equal(81, (await waiting)!.Record.Port);
    }

    [Fact]
    public async Task When_the_time_is_up_the_unchanged_service_is_the_answer()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web"));
        Task<LocalService?> waiting = agent.Agent.WaitForServiceAsync("web", Hash(agent), TimeSpan.FromMinutes(5), CancellationToken.None);
        agent.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(Hash(agent), (await waiting)!.ContentHash);
    }

    [Fact]
    public async Task Deregistering_ends_the_wait_with_nothing()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web"));
        Task<LocalService?> waiting = agent.Agent.WaitForServiceAsync("web", Hash(agent), TimeSpan.FromMinutes(5), CancellationToken.None);
        await agent.Agent.DeregisterServiceAsync("web", CancellationToken.None);
        Assert.Null(await waiting);
    }

    [Fact]
    public async Task Checks_and_locality_do_not_count()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web"));
        string before = Hash(agent);
        await agent.RegisterAsync(new ServiceDefinition { Service = new ServiceRecord { Name = "web", Port = 80, Locality = new Locality("r", "z") }, Checks = [AgentHarness.Ttl()] });
        Assert.Equal(before, Hash(agent));
    }

    [Fact]
    public async Task A_reload_is_ridden_out()
    {
        var definitions = new AgentDefinitions { Services = [AgentHarness.Service("web")] };
        await using AgentHarness agent = await AgentHarness.StartAsync(definitions: definitions);
        Task<LocalService?> waiting = agent.Agent.WaitForServiceAsync("web", Hash(agent), TimeSpan.FromMinutes(5), CancellationToken.None);
        await agent.Agent.ReloadAsync(definitions, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        agent.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.NotNull(await waiting);
    }

    [Fact]
    public async Task A_client_that_goes_ends_its_wait()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web"));
        using var gone = new CancellationTokenSource();
        Task<LocalService?> waiting = agent.Agent.WaitForServiceAsync("web", Hash(agent), TimeSpan.FromMinutes(5), gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
