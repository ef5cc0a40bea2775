using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Http.Agent;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Health;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;
using Praetor.Runtime.Agent.Store;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Agent;

/// <summary>A server with its local agent, its duties as leader, and the agent, catalog and health endpoints. The agent's clock is moved by the test.</summary>
public sealed class AgentServer : IAsyncDisposable
{
    private AgentServer(TestServer server, LocalAgent agent, LeaderDuties duties, ManualTime time, List<string> life)
    {
        Server = server;
        Agent = agent;
        Duties = duties;
        Time = time;
        Life = life;
    }

    public TestServer Server { get; }

    public LocalAgent Agent { get; }

    public LeaderDuties Duties { get; }

    public ManualTime Time { get; }

    /// <summary>Leave, left and reload, as they happened.</summary>
    public List<string> Life { get; }

    public static async Task<AgentServer> StartAsync(string? reloadError = null)
    {
        var time = new ManualTime();
        var life = new List<string>();
        LocalAgent? agent = null;
        LeaderDuties? duties = null;
        TestServer server = await TestServer.StartAsync(new TestServerOptions
        {
            Map = (routes, services) =>
            {
                var options = new AgentOptions { NodeName = "n1", NodeId = "11111111-2222-3333-4444-555555555555", Address = "127.0.0.1" };
                var catalog = new ServerCatalogAccess(services.Runtime);
                agent = new LocalAgent(options, new AgentParts(catalog, new MemoryAgentStore(isPersistent: true), new CheckRunnerOptions(), time, new Random(1), NullLogger.Instance));
                var facts = new ServerFacts();
                duties = new LeaderDuties(new LeaderDutyParts { Catalog = catalog, Members = () => [OwnMember.Lan(options, facts)], IsLeader = () => services.Runtime.IsReadyLeader }, time, NullLogger.Instance);
                CatalogRoom.Map(routes);
                HealthRoom.Map(routes);
                AgentRoom.Map(routes, new AgentSurroundings
                {
                    Agent = agent,
                    LanMembers = () => [OwnMember.Lan(options, facts)],
                    WanMembers = () => [OwnMember.Wan(options, facts)!],
                    Consensus = () => services.Runtime.Status,
                    JoinAsync = (address, wan, _) =>
                    {
                        life.Add($"join {address} {wan}");
                        return Task.FromResult<string?>(address == "10.0.0.9" ? "Failed to join 10.0.0.9: no way" : null);
                    },
                    ForceLeave = (name, wan, prune) =>
                    {
                        life.Add($"force-leave {name} {wan} {prune}");
                        return name == (wan ? "n1.dc1" : "n1");
                    },
                    LeaveAsync = () =>
                    {
                        life.Add("leave");
                        return Task.CompletedTask;
                    },
                    Left = () => life.Add("left"),
                    ReloadAsync = _ =>
                    {
                        life.Add("reload");
                        return Task.FromResult(reloadError);
                    },
                });
            },
        });
        Assert.Null(await agent!.StartAsync(new AgentDefinitions(), CancellationToken.None));
        duties!.Start();
        await agent.SyncAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (server.Runtime.Root.Catalog.FindCheck("n1", "serfHealth") is null)
        {
            Assert.False(limit.IsCancellationRequested, "the leader did not register itself");
            await Task.Delay(1);
        }

        return new AgentServer(server, agent, duties, time, life);
    }

    public Task<Reply> GetAsync(string target, params (string Name, string Value)[] headers) => Server.GetAsync(target, headers);

    /// <summary>PUT that must succeed with an empty JSON answer.</summary>
    public async Task PutAsync(string target, string body = "")
    {
        Reply reply = await Server.PutAsync(target, body);
        Assert.Equal((200, ""), (reply.Status, reply.Body));
        Assert.Equal("application/json", reply.ContentType);
    }

    /// <summary>PUT that must be refused.</summary>
    public async Task<(int Status, string Text)> RefusedAsync(string target, string body = "")
    {
        Reply reply = await Server.PutAsync(target, body);
        Assert.Equal("text/plain; charset=utf-8", reply.ContentType);
        return (reply.Status, reply.Body);
    }

    public async Task<JsonElement> JsonAsync(string target)
    {
        Reply reply = await Server.GetAsync(target);
        Assert.Equal("application/json", reply.ContentType);
        return JsonDocument.Parse(reply.Body).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        await Duties.DisposeAsync();
        await Agent.DisposeAsync();
        await Server.DisposeAsync();
    }
}
