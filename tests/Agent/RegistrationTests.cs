using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent;

/// <summary>What a registration becomes (http-agent 2.9, 2.11).</summary>
public sealed class RegistrationTests
{
    [Fact]
    public async Task A_service_without_id_takes_its_name()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web"));
        Assert.Equal("web", agent.Agent.Snapshot.Services["web"].Record.Id);
    }

    [Fact]
    public async Task The_catalog_knows_a_service_when_its_registration_ends()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl()));
        Assert.Equal("web", agent.Catalog.Service("web")?.Name);
        Assert.Equal(CheckStatus.Critical, agent.Catalog.Check("service:web")?.Status);
        Assert.Equal("register web service:web", agent.Catalog.Entries[^1]);
    }

    [Theory]
    [InlineData(1, "service:web")]
    [InlineData(2, "service:web:1,service:web:2")]
    public async Task Unnamed_checks_are_numbered_when_there_are_several(int count, string ids)
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", [.. Enumerable.Range(0, count).Select(_ => AgentHarness.Ttl())]));
        Assert.Equal(ids, string.Join(',', agent.Agent.Snapshot.Checks.Keys));
    }

    [Fact]
    public async Task A_number_counts_named_checks_too()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(id: "mine"), AgentHarness.Ttl()));
        Assert.Equal("mine,service:web:2", string.Join(',', agent.Agent.Snapshot.Checks.Keys));
    }

    [Fact]
    public async Task A_service_check_has_the_names_and_texts_of_the_reference()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(new ServiceDefinition
        {
            Service = new ServiceRecord { Name = "web", Id = "w1", Tags = ["a"] },
            Checks = [new CheckSpec { Http = "http://127.0.0.1:1/", Interval = TimeSpan.FromMilliseconds(100), Notes = "why" }],
        });
        CheckRecord check = agent.Check("service:w1").Record;
        Assert.Equal("Service 'web' check", check.Name);
        Assert.Equal(("n1", "critical", "why", "w1", "web"), (check.Node, check.Status, check.Notes, check.ServiceId, check.ServiceName));
        Assert.Equal(["a"], check.ServiceTags!);
        Assert.Equal(("http", "100ms", ""), (check.Type, check.Interval, check.Timeout));
    }

    [Fact]
    public async Task A_node_check_always_prints_its_durations_and_takes_its_name_as_id()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Ttl(name: "mem"));
        CheckRecord check = agent.Check("mem").Record;
        Assert.Equal(("mem", "0s", "0s", "ttl", ""), (check.Name, check.Interval, check.Timeout, check.Type, check.ServiceId));
    }

    [Fact]
    public async Task A_check_of_an_unknown_service_is_not_found()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        AgentRefusal? refusal = await agent.Agent.RegisterCheckAsync(AgentHarness.Ttl(name: "c") with { ServiceId = "zz" }, "", CancellationToken.None);
        Assert.Equal(new AgentRefusal(AgentRefusalKind.NotFound, "ServiceID \"zz\" does not exist"), refusal);
    }

    [Fact]
    public async Task A_check_of_a_service_copies_its_name_and_tags()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(new ServiceDefinition { Service = new ServiceRecord { Name = "web", Tags = ["a"] } });
        await agent.RegisterAsync(AgentHarness.Ttl(name: "c") with { ServiceId = "web" });
        Assert.Equal("web", agent.Catalog.Check("c")?.ServiceName);
        Assert.Equal(["a"], agent.Check("c").Record.ServiceTags!);
    }

    [Theory]
    [InlineData("10.1.1.1", "lan_ipv4,wan_ipv4")]
    [InlineData("fd00::1", "lan_ipv6,wan_ipv6")]
    [InlineData("web.local", "")]
    [InlineData("", "")]
    public async Task An_ip_address_fills_the_tagged_addresses_of_its_family(string address, string names)
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(new ServiceDefinition { Service = new ServiceRecord { Name = "web", Address = address, Port = 80 } });
        var tagged = agent.Agent.Snapshot.Services["web"].Record.TaggedAddresses;
        Assert.Equal(names, string.Join(',', tagged?.Keys ?? []));
        Assert.All(tagged?.Values ?? [], value => Assert.Equal(new ServiceAddress(address, 80), value));
    }

    [Fact]
    public async Task A_tagged_address_that_was_given_stays()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        var given = new SortedList<string, ServiceAddress>(StringComparer.Ordinal) { ["wan_ipv4"] = new("8.8.8.8", 1) };
        await agent.RegisterAsync(new ServiceDefinition { Service = new ServiceRecord { Name = "web", Address = "10.1.1.1", Port = 80, TaggedAddresses = given } });
        var tagged = agent.Agent.Snapshot.Services["web"].Record.TaggedAddresses!;
        Assert.Equal(new ServiceAddress("8.8.8.8", 1), tagged["wan_ipv4"]);
        Assert.Equal(new ServiceAddress("10.1.1.1", 80), tagged["lan_ipv4"]);
    }

    [Theory]
    [InlineData("lan_ipv4", "fd00::1", "ipv4")]
    [InlineData("wan_ipv4", "x", "ipv4")]
    [InlineData("lan_ipv6", "10.0.0.1", "ipv6")]
    public async Task A_tagged_address_of_another_family_is_refused(string name, string address, string family)
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        var given = new SortedList<string, ServiceAddress>(StringComparer.Ordinal) { [name] = new(address, 1) };
        AgentRefusal? refusal = await agent.Agent.RegisterServiceAsync(
            new ServiceDefinition { Service = new ServiceRecord { Name = "web", TaggedAddresses = given } }, "", false, CancellationToken.None);
        Assert.Equal(new AgentRefusal(AgentRefusalKind.Failed, $"Service tagged address \"{name}\" must be a valid {family} address"), refusal);
        Assert.Empty(agent.Agent.Snapshot.Services);
    }

    [Fact]
    public async Task The_wan_ipv6_address_is_not_looked_at()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        var given = new SortedList<string, ServiceAddress>(StringComparer.Ordinal) { ["wan_ipv6"] = new("x", 1) };
        await agent.RegisterAsync(new ServiceDefinition { Service = new ServiceRecord { Name = "web", TaggedAddresses = given } });
    }

    [Fact]
    public async Task Registering_again_keeps_status_and_output_and_ignores_the_status_given()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl()));
        await agent.TtlAsync("service:web", "passing", "fine");
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl() with { Status = "warning", Notes = "new" }));
        CheckRecord check = agent.Check("service:web").Record;
        Assert.Equal(("passing", "fine", "new"), (check.Status, check.Output, check.Notes));
    }

    [Fact]
    public async Task Registering_a_check_again_keeps_status_and_output()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Ttl(name: "c"));
        await agent.TtlAsync("c", "passing", "fine");
        await agent.RegisterAsync(AgentHarness.Ttl(name: "c"));
        Assert.Equal(("passing", "fine"), (agent.Check("c").Record.Status, agent.Check("c").Record.Output));
    }

    [Theory]
    [InlineData(false, "a,b")]
    [InlineData(true, "a")]
    public async Task Checks_not_named_again_stay_unless_they_are_to_be_replaced(bool replace, string left)
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(id: "a"), AgentHarness.Ttl(id: "b")));
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(id: "a")), replace);
        Assert.Equal(left, string.Join(',', agent.Agent.Snapshot.Checks.Keys));
        Assert.Equal(left, string.Join(',', agent.Catalog.Tables.ChecksOfNode("n1").Select(check => check.CheckId)));
    }

    [Fact]
    public async Task Checks_not_named_again_take_over_the_new_tags()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(id: "a")));
        await agent.RegisterAsync(new ServiceDefinition { Service = new ServiceRecord { Name = "web", Tags = ["v2"] } });
        Assert.Equal(["v2"], agent.Check("a").Record.ServiceTags!);
        Assert.Equal(["v2"], agent.Catalog.Check("a")!.ServiceTags!);
    }

    [Theory]
    [InlineData("passing")]
    [InlineData("warning")]
    public async Task The_status_given_counts_for_a_new_check(string status)
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl() with { Status = status }));
        Assert.Equal(status, agent.Catalog.Check("service:web")?.Status);
    }

    [Fact]
    public async Task A_script_over_http_is_refused_and_nothing_of_the_service_stays()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        AgentRefusal? refusal = await agent.Agent.RegisterServiceAsync(
            AgentHarness.Service("web", AgentHarness.Ttl(), new CheckSpec { Args = ["true"], Interval = TimeSpan.FromSeconds(1) }), "", false, CancellationToken.None);
        Assert.Equal("Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true", refusal?.Text);
        Assert.Empty(agent.Agent.Snapshot.Services);
        Assert.Empty(agent.Agent.Snapshot.Checks);
    }

    [Fact]
    public async Task Deregistering_takes_the_checks_along()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl()));
        Assert.Null(await agent.Agent.DeregisterServiceAsync("web", CancellationToken.None));
        Assert.Empty(agent.Agent.Snapshot.Checks);
        Assert.Null(agent.Catalog.Service("web"));
        Assert.Null(agent.Catalog.Check("service:web"));
    }

    [Fact]
    public async Task Deregistering_what_is_unknown_is_not_found()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        Assert.Equal(new AgentRefusal(AgentRefusalKind.NotFound, "Unknown service ID \"x\". Ensure that the service ID is passed, not the service name."),
            await agent.Agent.DeregisterServiceAsync("x", CancellationToken.None));
        Assert.Equal(new AgentRefusal(AgentRefusalKind.NotFound, "Unknown check ID \"\". Ensure that the check ID is passed, not the check name."),
            await agent.Agent.DeregisterCheckAsync("", CancellationToken.None));
    }

    [Fact]
    public async Task Local_ids_tell_upper_from_lower_case()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.RegisterAsync(AgentHarness.Service("web"));
        Assert.NotNull(await agent.Agent.DeregisterServiceAsync("WEB", CancellationToken.None));
    }
}
