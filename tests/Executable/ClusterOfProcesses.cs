using System.Text.Json;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Executable;

/// <summary>Three servers and two agents without state, each a process of its own at 127.x.y.1 to 5 with the standard ports.</summary>
internal sealed class ClusterOfProcesses : IAsyncDisposable
{
    private const int Servers = 3;

    private readonly TemporaryDirectory _data = new();
    private readonly List<AgentProcess> _ended = [];

    private ClusterOfProcesses(string prefix) => Prefix = prefix;

    /// <summary>What lies between the agents, if a test wants to cut it: they then advertise the addresses of this network.</summary>
    public SplittableNetwork? Network { get; private init; }

    /// <summary>127.x.y</summary>
    public string Prefix { get; private set; }

    /// <summary>s1, s2, s3, c1, c2.</summary>
    public AgentProcess[] Agents { get; } = new AgentProcess[5];

    public IEnumerable<string> Addresses => Agents.Select(static agent => agent.Address);

    public static async Task<ClusterOfProcesses> StartAsync(bool splittable = false)
    {
        string prefix = FreshPrefix();
        var cluster = new ClusterOfProcesses(prefix) { Network = splittable ? new SplittableNetwork(prefix, FreshPrefix(), 5) : null };
        for (int i = 0; i < cluster.Agents.Length; i++)
            cluster.Start(i);
        await cluster.WaitUntilWholeAsync();
        return cluster;
    }

    /// <summary>Starts an agent, for the first time or again on what it has left.</summary>
    public void Start(int number)
    {
        string address = $"{Prefix}.{number + 1}";
        string known = Network?.Prefix ?? Prefix;
        string[] common =
        [
            $"-data-dir={DataOf(number)}", $"-bind={address}", $"-advertise={known}.{number + 1}", $"-client={address}", $"-node={NameOf(number)}",
            $"-retry-join={known}.1", $"-retry-join={known}.2", $"-retry-join={known}.3",
        ];
        if (Agents[number] is { } before)
            _ended.Add(before);
        Agents[number] = AgentProcess.LaunchAgent(address, number < Servers ? ["-server", "-bootstrap-expect=3", .. common] : common);
    }

    /// <summary>From now on agents start at other addresses.</summary>
    public void MoveAway() => Prefix = FreshPrefix();

    public string DataOf(int number) => Path.Combine(_data.Path, NameOf(number));

    public static string NameOf(int number) => number < Servers ? $"s{number + 1}" : $"c{number - Servers + 1}";

    /// <summary>Waits until all agents see five members alive, all servers vote, and a write passes through each agent.</summary>
    public async Task WaitUntilWholeAsync()
    {
        try
        {
            foreach (AgentProcess agent in Agents)
            {
                await agent.WaitAsync(async () => await AliveAsync(agent) == Agents.Length, "five members alive");
                await agent.WaitAsync(async () => await VotersAsync(agent) == Servers, "three voters");
                await agent.WaitAsync(() => agent.PutAsync($"/v1/kv/whole/{agent.Address}", "yes"), "an accepted write");
            }
        }
        catch (Exception)
        {
            // Why one does not see all may stand in the log of another.
            foreach (AgentProcess agent in Agents)
                TestContext.Current.TestOutputHelper?.WriteLine($"--- {agent.Address}\n{agent.Output}");
            throw;
        }
    }

    /// <summary>The number of the server that leads.</summary>
    public async Task<int> LeaderAsync()
    {
        int leader = -1;
        await Agents[0].WaitAsync(
            async () =>
            {
                string address = (await Agents[0].Http.GetStringAsync("/v1/status/leader")).Trim('"').Split(':')[0];
                leader = address.Length == 0 ? -1 : address[^1] - '1';
                return leader >= 0;
            },
            "a leader");
        return leader;
    }

    /// <summary>The members that an agent sees alive.</summary>
    public static async Task<int> AliveAsync(AgentProcess agent)
    {
        using var members = JsonDocument.Parse(await agent.Http.GetStringAsync("/v1/agent/members"));
        return members.RootElement.EnumerateArray().Count(static member => member.GetProperty("Status").GetInt32() == 1);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (AgentProcess agent in Agents.Concat(_ended))
            agent?.Dispose();
        if (Network is not null)
            await Network.DisposeAsync();
        _data.Dispose();
    }

    private static async Task<int> VotersAsync(AgentProcess agent)
    {
        using var configuration = JsonDocument.Parse(await agent.Http.GetStringAsync("/v1/operator/raft/configuration"));
        return configuration.RootElement.GetProperty("Servers").EnumerateArray().Count(static server => server.GetProperty("Voter").GetBoolean() && server.GetProperty("Node").GetString() != "(unknown)");
    }

    private static string FreshPrefix()
    {
        string fresh = AgentProcess.FreshAddress();
        return fresh[..fresh.LastIndexOf('.')];
    }
}
