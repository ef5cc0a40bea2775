using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent;

/// <summary>Alias checks (http-agent 3 "Alias").</summary>
public sealed class AliasTests
{
    private static CheckRecord Check(string service, string status, string id = "c") =>
        new() { CheckId = id, Name = $"name of {id}", Status = status, Output = $"output of {id}", ServiceId = service };

    public static TheoryData<string, string, string> Cases => new()
    {
        { "web/passing", "passing", "All checks passing." },
        { "", "passing", "No checks found." },
        { "other/critical", "passing", "No checks found." },
        { "web/passing,web/critical", "critical", "Aliased check \"name of c1\" failing: output of c1" },
        { "web/warning,web/critical", "critical", "Aliased check \"name of c1\" failing: output of c1" },
        { "web/warning,web/passing", "warning", "Aliased check \"name of c0\" failing: output of c0" },
        { "/critical,web/passing", "critical", "Aliased check \"name of c0\" failing: output of c0" },
        { "/passing", "passing", "All checks passing." },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_alias_says_the_worst_of_service_and_node(string checks, string status, string output)
    {
        var records = checks.Split(',', StringSplitOptions.RemoveEmptyEntries).Select((text, i) => Check(text.Split('/')[0], text.Split('/')[1], $"c{i}"));
        Assert.Equal((status, output), AliasRules.Evaluate("web", "", records, serviceExists: true));
    }

    [Fact]
    public void A_service_that_is_not_there_is_critical_whatever_the_node_says()
    {
        Assert.Equal(("critical", "Service web could not be found on node n7"), AliasRules.Evaluate("web", "n7", [Check("", "passing")], serviceExists: false));
        Assert.Equal(("critical", "Service web could not be found on node n7"), AliasRules.Evaluate("web", "n7", [Check("", "critical")], serviceExists: false));
    }

    [Fact]
    public void An_alias_of_a_node_alone_asks_for_no_service() =>
        Assert.Equal(("passing", "All checks passing."), AliasRules.Evaluate("", "n7", [Check("", "passing"), Check("web", "critical")], serviceExists: false));

    [Fact]
    public async Task A_local_alias_follows_at_once()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(600)));
        await agent.RegisterAsync(AgentHarness.Service("front", new CheckSpec { AliasService = "web" }));
        await agent.UntilAsync(() => agent.Check("service:front").Record.Output.StartsWith("Aliased", StringComparison.Ordinal));
        await agent.TtlAsync("service:web", "passing");
        await agent.UntilAsync(() => agent.Check("service:front").Record is { Status: "passing", Output: "All checks passing." });
    }

    [Fact]
    public async Task A_local_alias_follows_checks_of_the_node_too()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(600) with { Status = "passing" }));
        await agent.RegisterAsync(AgentHarness.Service("front", new CheckSpec { AliasService = "web" }));
        await agent.UntilAsync(() => agent.Check("service:front").Record.Status == "passing");
        await agent.RegisterAsync(AgentHarness.Ttl(600, name: "disk"));
        await agent.UntilAsync(() => agent.Check("service:front").Record.Status == "critical");
    }

    [Fact]
    public async Task A_local_alias_looks_again_every_minute()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(6000)));
        await agent.RegisterAsync(AgentHarness.Service("front", new CheckSpec { AliasService = "web" }));
        await agent.UntilAsync(() => agent.Check("service:front").Record.Output == "Aliased check \"Service 'web' check\" failing: ");
        await agent.TtlAsync("service:web", "critical", "down");
        agent.Time.Advance(TimeSpan.FromMinutes(1));
        await agent.UntilAsync(() => agent.Check("service:front").Record.Output == "Aliased check \"Service 'web' check\" failing: down");
    }

    [Fact]
    public async Task An_alias_that_follows_itself_has_a_bounded_output()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync(checks: new CheckRunnerOptions { OutputMaxSizeBytes = 100 });
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(6000)));
        await agent.RegisterAsync(new CheckSpec { Name = "al", AliasService = "web" });
        for (int i = 0; i < 20; i++)
        {
            string before = agent.Check("al").Record.Output;
            agent.Time.Advance(TimeSpan.FromMinutes(1));
            await agent.UntilAsync(() => agent.Check("al").Record.Output != before || before.Length > 100);
        }

        Assert.InRange(agent.Check("al").Record.Output.Length, 100, 140);
    }

    [Fact]
    public async Task An_alias_of_a_named_node_follows_the_catalog()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        var node = new NodeRecord { Name = "N2", Address = "10.0.0.2" };
        agent.Catalog.Edit(new RegisterRequest { Node = node, Service = new ServiceRecord { Id = "db", Name = "db" }, Checks = [Check("db", "passing")] });
        await agent.RegisterAsync(AgentHarness.Service("front", new CheckSpec { AliasNode = "n2", AliasService = "db" }));
        await agent.UntilAsync(() => agent.Check("service:front").Record.Status == "passing");
        agent.Catalog.Edit(new RegisterRequest { Node = node, Checks = [Check("db", "warning")] });
        await agent.UntilAsync(() => agent.Check("service:front").Record.Status == "warning");
    }

    [Fact]
    public async Task An_alias_that_cannot_read_the_catalog_is_critical_from_the_second_failure()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        agent.Catalog.HasLeader = false;
        await agent.RegisterAsync(AgentHarness.Service("front", new CheckSpec { AliasNode = "n2", Status = "passing" }));
        await agent.UntilAsync(() => agent.Check("service:front").Record is { Status: "critical", Output: "Failure checking aliased node or service: No cluster leader" });
        agent.Catalog.HasLeader = true;
        await agent.UntilAsync(() =>
        {
            agent.Time.Advance(TimeSpan.FromSeconds(1));
            return agent.Check("service:front").Record.Status == "passing";
        });
    }
}
