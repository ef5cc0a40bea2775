using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;
using Praetor.Runtime.Agent.Store;
using Praetor.Tests.Support;

namespace Praetor.Tests.Agent;

/// <summary>A local agent on virtual time, a catalog in this process and a disk in memory.</summary>
internal sealed class AgentHarness : IAsyncDisposable
{
    private AgentHarness(LocalAgent agent, ManualTime time, FakeCatalog catalog, IAgentStore store)
    {
        Agent = agent;
        Time = time;
        Catalog = catalog;
        Store = store;
    }

    public LocalAgent Agent { get; }

    public ManualTime Time { get; }

    public FakeCatalog Catalog { get; }

    public IAgentStore Store { get; }

    public static async Task<AgentHarness> StartAsync(AgentOptions? options = null, AgentDefinitions? definitions = null, FakeCatalog? catalog = null,
        ManualTime? time = null, IAgentStore? store = null, CheckRunnerOptions? checks = null)
    {
        time ??= new ManualTime();
        catalog ??= new FakeCatalog();
        store ??= new MemoryAgentStore(isPersistent: true);
        options ??= Options;
        var agent = new LocalAgent(options, new AgentParts(catalog, store, checks ?? new CheckRunnerOptions(), time, new Random(1), NullLogger.Instance));
        Assert.Null(await agent.StartAsync(definitions ?? new AgentDefinitions(), CancellationToken.None));
        var harness = new AgentHarness(agent, time, catalog, store);
        await harness.SettleAsync();
        return harness;
    }

    public static AgentOptions Options { get; } = new()
    {
        NodeName = "n1",
        NodeId = "11111111-2222-3333-4444-555555555555",
        Address = "10.0.0.1",
        TaggedAddresses = new SortedList<string, string>(StringComparer.Ordinal) { ["lan"] = "10.0.0.1", ["wan"] = "10.0.0.1" },
    };

    public static ServiceDefinition Service(string name, params CheckSpec[] checks) =>
        new() { Service = new ServiceRecord { Name = name, Port = 80 }, Checks = checks };

    public static CheckSpec Ttl(double seconds = 10, string name = "", string id = "") =>
        new() { Name = name, CheckId = id, Ttl = TimeSpan.FromSeconds(seconds) };

    public async Task RegisterAsync(ServiceDefinition definition, bool replaceExistingChecks = false) =>
        Assert.Null(await Agent.RegisterServiceAsync(definition, "", replaceExistingChecks, CancellationToken.None));

    public async Task RegisterAsync(CheckSpec check) => Assert.Null(await Agent.RegisterCheckAsync(check, "", CancellationToken.None));

    public async Task TtlAsync(string checkId, string status, string output = "") =>
        Assert.Null(await Agent.UpdateTtlAsync(checkId, status, output, CancellationToken.None));

    public LocalCheck Check(string id) => Agent.Snapshot.Checks[id];

    /// <summary>Moves the clock past the next full sync and waits until it is done.</summary>
    public async Task FullSyncAsync()
    {
        await SettleAsync();
        int before = Catalog.Reads;
        Time.Advance(TimeSpan.FromMinutes(2));
        await UntilAsync(() => Catalog.Reads > before);
        await SettleAsync();
    }

    /// <summary>Whatever concerned the catalog before has reached it afterwards.</summary>
    public Task SettleAsync() => Agent.SyncAsync(CancellationToken.None);

    public Task UntilAsync(Func<bool> condition) => UntilAsync(condition, "the condition did not come true");

    public static async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, otherwise);
            await Task.Delay(1);
        }
    }

    public async ValueTask DisposeAsync() => await Agent.DisposeAsync();
}
