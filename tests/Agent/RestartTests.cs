using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;
using Praetor.Runtime.Agent.Store;
using Praetor.Tests.Support;

namespace Praetor.Tests.Agent;

/// <summary>What survives a restart, and what a reload does (http-agent 2.4, 2.11).</summary>
public sealed class RestartTests
{
    private static readonly ServiceProxy FullProxy = new()
    {
        DestinationServiceName = "db",
        DestinationServiceId = "db1",
        LocalServiceAddress = "127.0.0.1",
        LocalServicePort = 5,
        Mode = "transparent",
        ConfigJson = """{"a":[1,"x"]}""",
        Upstreams = [new ServiceUpstream { DestinationType = "service", DestinationName = "u", LocalBindPort = 7, ConfigJson = """{"b":1}""", MeshGatewayMode = "local" }],
        MeshGatewayMode = "remote",
        ExposeChecks = true,
        ExposePaths = [new ExposePath(1, "/p", 2, "http", true)],
        TransparentProxy = new TransparentProxy(15001, true),
        AccessLogs = new AccessLogs(true, false, "file", "/log", "", "%x%"),
        EnvoyExtensions = [new EnvoyExtension("e", true, """{"k":"v"}""", "1", "2")],
    };

    private static readonly ServiceRecord FullService = new()
    {
        Kind = "connect-proxy",
        Id = "p1",
        Name = "p",
        Tags = ["a", "b"],
        Address = "10.1.1.1",
        TaggedAddresses = new SortedList<string, ServiceAddress>(StringComparer.Ordinal) { ["wan"] = new("8.8.8.8", 9) },
        Meta = new SortedList<string, string>(StringComparer.Ordinal) { ["k"] = "v" },
        Port = 20,
        SocketPath = "/s",
        Weights = new ServiceWeights(3, 2),
        EnableTagOverride = true,
        Locality = new Locality("r", "z"),
        Proxy = FullProxy,
        ConnectNative = true,
    };

    private static async Task<AgentHarness> RestartAsync(AgentHarness agent, AgentDefinitions? definitions = null)
    {
        await agent.DisposeAsync();
        return await AgentHarness.StartAsync(definitions: definitions, catalog: agent.Catalog, time: agent.Time, store: agent.Store);
    }

    [Fact]
    public async Task A_service_comes_back_as_it_was()
    {
        AgentHarness first = await AgentHarness.StartAsync();
        await first.RegisterAsync(new ServiceDefinition { Service = FullService });
        ServiceRecord before = OwnPartOf(first);
        await using AgentHarness second = await RestartAsync(first);
        Assert.True(CatalogCodec.SameContent(before, OwnPartOf(second)));

        // The servers' address of the service comes with the next sync.
        static ServiceRecord OwnPartOf(AgentHarness agent)
        {
            ServiceRecord record = agent.Agent.Snapshot.Services["p1"].Record;
            return record with { TaggedAddresses = new SortedList<string, ServiceAddress>(record.TaggedAddresses!.Where(static each => each.Key != VirtualIps.Tag).ToDictionary(), StringComparer.Ordinal) };
        }
    }

    [Fact]
    public async Task A_checks_definition_comes_back_as_it_was()
    {
        var spec = new CheckSpec
        {
            CheckId = "c1",
            Name = "c",
            Notes = "n",
            Http = "http://127.0.0.1:1/",
            Method = "POST",
            Body = "b",
            Header = new SortedList<string, string[]>(StringComparer.Ordinal) { ["A"] = ["1", "2"] },
            DisableRedirects = true,
            TlsServerName = "s",
            TlsSkipVerify = true,
            H2PingUseTls = false,
            Interval = TimeSpan.FromSeconds(30),
            Timeout = TimeSpan.FromMilliseconds(1500),
            SuccessBeforePassing = 1,
            FailuresBeforeWarning = 2,
            FailuresBeforeCritical = 3,
            OutputMaxSize = 4,
            DeregisterCriticalServiceAfter = TimeSpan.FromHours(1),
        };
        AgentHarness first = await AgentHarness.StartAsync();
        await first.RegisterAsync(spec);
        CheckRecord before = first.Check("c1").Record;
        await using AgentHarness second = await RestartAsync(first);
        Assert.Equal(AgentFiles.EncodeSpec(spec), AgentFiles.EncodeSpec(second.Check("c1").Spec!));
        Assert.True(CatalogCodec.SameContent(before, second.Check("c1").Record));
    }

    [Fact]
    public async Task A_ttl_that_has_not_expired_keeps_its_status()
    {
        AgentHarness first = await AgentHarness.StartAsync();
        await first.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(60)));
        await first.TtlAsync("service:web", "passing", "fine");
        await first.DisposeAsync();
        first.Time.Advance(TimeSpan.FromSeconds(59));
        await using AgentHarness second = await RestartAsync(first);
        Assert.Equal(("passing", "fine"), (second.Check("service:web").Record.Status, second.Check("service:web").Record.Output));
        second.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("passing", second.Check("service:web").Record.Status);
        second.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("critical", second.Check("service:web").Record.Status);
    }

    [Fact]
    public async Task A_ttl_that_has_expired_is_critical()
    {
        AgentHarness first = await AgentHarness.StartAsync();
        await first.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl(60)));
        await first.TtlAsync("service:web", "passing", "fine");
        await first.DisposeAsync();
        first.Time.Advance(TimeSpan.FromSeconds(60));
        await using AgentHarness second = await RestartAsync(first);
        Assert.Equal(("critical", ""), (second.Check("service:web").Record.Status, second.Check("service:web").Record.Output));
    }

    [Fact]
    public async Task A_check_with_an_interval_is_critical_until_it_has_run()
    {
        AgentHarness first = await AgentHarness.StartAsync();
        await first.RegisterAsync(AgentHarness.Service("web", new CheckSpec { Tcp = "127.0.0.1:1", Interval = TimeSpan.FromHours(1), Status = "passing" }));
        await using AgentHarness second = await RestartAsync(first);
        Assert.Equal("critical", second.Check("service:web").Record.Status);
    }

    [Fact]
    public async Task What_was_deregistered_does_not_come_back()
    {
        AgentHarness first = await AgentHarness.StartAsync();
        await first.RegisterAsync(AgentHarness.Service("web", AgentHarness.Ttl()));
        await first.TtlAsync("service:web", "passing");
        await first.Agent.DeregisterServiceAsync("web", CancellationToken.None);
        await using AgentHarness second = await RestartAsync(first);
        Assert.Empty(second.Agent.Snapshot.Services);
        Assert.Empty(second.Agent.Snapshot.Checks);
        Assert.Empty(second.Store.Load(AgentFileKind.CheckState));
    }

    [Fact]
    public async Task What_a_file_defines_wins_over_what_the_disk_kept()
    {
        AgentHarness first = await AgentHarness.StartAsync();
        await first.RegisterAsync(AgentHarness.Service("web"));
        await using AgentHarness second = await RestartAsync(first, new AgentDefinitions { Services = [new ServiceDefinition { Service = new ServiceRecord { Name = "web", Port = 99 } }] });
        Assert.Equal(99, second.Agent.Snapshot.Services["web"].Record.Port);
        Assert.Empty(second.Store.Load(AgentFileKind.Service));
    }

    [Fact]
    public async Task Maintenance_survives()
    {
        AgentHarness first = await AgentHarness.StartAsync();
        await first.RegisterAsync(AgentHarness.Service("web"));
        await first.Agent.SetNodeMaintenanceAsync(true, "why", "", CancellationToken.None);
        await first.Agent.SetServiceMaintenanceAsync("web", true, "", "", CancellationToken.None);
        await using AgentHarness second = await RestartAsync(first);
        Assert.Equal(("critical", "why", "maintenance"), (second.Check("_node_maintenance").Record.Status, second.Check("_node_maintenance").Record.Notes, second.Check("_node_maintenance").Record.Type));
        Assert.Equal("web", second.Check("_service_maintenance:web").Record.ServiceId);
    }

    [Fact]
    public async Task Damaged_documents_are_left_out_and_the_rest_is_restored()
    {
        AgentHarness first = await AgentHarness.StartAsync();
        await first.RegisterAsync(AgentHarness.Service("web"));
        first.Store.Put(AgentFileKind.Service, "bad1", "{"u8.ToArray());
        first.Store.Put(AgentFileKind.Service, "bad2", """{"Service":{"ID":5}}"""u8.ToArray());
        first.Store.Put(AgentFileKind.Service, "bad3", "[]"u8.ToArray());
        first.Store.Put(AgentFileKind.Check, "bad4", """{"Check":{"CheckID":"x","ServiceID":"gone"}}"""u8.ToArray());
        first.Store.Put(AgentFileKind.CheckState, "bad5", """{"ExpiresUnixMs":"x"}"""u8.ToArray());
        await using AgentHarness second = await RestartAsync(first);
        Assert.Equal("web", string.Join(',', second.Agent.Snapshot.Services.Keys));
        Assert.Empty(second.Agent.Snapshot.Checks);
    }

    [Fact]
    public async Task Tags_edited_in_the_catalog_survive_the_agents_restart()
    {
        AgentHarness first = await AgentHarness.StartAsync();
        await first.RegisterAsync(new ServiceDefinition { Service = new ServiceRecord { Name = "web", Tags = ["a"], EnableTagOverride = true } });
        first.Catalog.Edit(new RegisterRequest { Node = first.Catalog.Tables.FindNode("n1")!, Service = first.Catalog.Service("web")! with { Tags = ["b"] } });
        await using AgentHarness second = await RestartAsync(first);
        await second.SettleAsync();
        Assert.Equal(["b"], second.Catalog.Service("web")!.Tags!);
    }

    [Fact]
    public async Task A_reload_keeps_status_and_output_and_what_came_over_http()
    {
        var definitions = new AgentDefinitions { Services = [AgentHarness.Service("file", AgentHarness.Ttl(600))], Checks = [AgentHarness.Ttl(600, name: "fc")] };
        await using AgentHarness agent = await AgentHarness.StartAsync(definitions: definitions);
        await agent.RegisterAsync(AgentHarness.Service("api", AgentHarness.Ttl(600)));
        await agent.TtlAsync("service:file", "passing", "fine");
        await agent.TtlAsync("service:api", "warning");
        int entries = agent.Catalog.Entries.Count;
        Assert.Null(await agent.Agent.ReloadAsync(definitions, CancellationToken.None));
        await agent.SettleAsync();
        Assert.Equal(("passing", "fine"), (agent.Check("service:file").Record.Status, agent.Check("service:file").Record.Output));
        Assert.Equal("warning", agent.Check("service:api").Record.Status);
        Assert.Equal(entries, agent.Catalog.Entries.Count);
    }

    [Fact]
    public async Task A_reload_takes_out_what_the_files_no_longer_define()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync(
            definitions: new AgentDefinitions { Services = [AgentHarness.Service("old", AgentHarness.Ttl())], Checks = [AgentHarness.Ttl(name: "oc")] });
        Assert.Null(await agent.Agent.ReloadAsync(new AgentDefinitions { Services = [AgentHarness.Service("new")] }, CancellationToken.None));
        await agent.SettleAsync();
        Assert.Equal("new", string.Join(',', agent.Catalog.Tables.ServicesOfNode("n1").Select(service => service.Id)));
        Assert.Empty(agent.Catalog.Tables.ChecksOfNode("n1"));
    }

    [Fact]
    public async Task Without_a_disk_a_reload_also_drops_what_came_over_http()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync(store: new MemoryAgentStore(isPersistent: false));
        await agent.RegisterAsync(AgentHarness.Service("api"));
        await agent.Agent.ReloadAsync(new AgentDefinitions(), CancellationToken.None);
        Assert.Empty(agent.Agent.Snapshot.Services);
    }

    [Fact]
    public async Task A_reload_changes_the_nodes_meta()
    {
        await using AgentHarness agent = await AgentHarness.StartAsync();
        await agent.Agent.ReloadAsync(new AgentDefinitions { NodeMeta = new SortedList<string, string> { ["a"] = "b" } }, CancellationToken.None);
        await agent.SettleAsync();
        Assert.Equal("b", agent.Catalog.Tables.FindNode("n1")!.Meta!["a"]);
    }

    [Fact]
    public async Task A_definition_that_cannot_be_registered_ends_the_start()
    {
        await using var agent = new LocalAgent(AgentHarness.Options, new AgentParts(new FakeCatalog(), new MemoryAgentStore(true), new CheckRunnerOptions(),
            new ManualTime(), new Random(1), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
        Assert.Equal("Failed to register service \"\": Service name missing",
            await agent.StartAsync(new AgentDefinitions { Services = [new ServiceDefinition { Service = new ServiceRecord() }] }, CancellationToken.None));
    }
}
