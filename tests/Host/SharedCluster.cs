namespace Praetor.Tests.Host;

/// <summary>Three servers and an agent that the tests of a class share: s1, s2, s3, c1.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private AgentCluster? _cluster;

    internal IReadOnlyList<HostedAgent> Agents => _cluster!.Agents;

    /// <summary>The agent without state.</summary>
    internal HostedAgent Client => Agents[^1];

    public async ValueTask InitializeAsync() => _cluster = await AgentCluster.StartAsync(servers: 3, clients: 1);

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    internal async Task<HostedAgent> LeaderAsync()
    {
        string leader = (await Client.JsonAsync("/v1/status/leader")).GetString()!;
        return Agents.First(agent => leader == $"{agent.Address}:8300");
    }

    internal async Task<HostedAgent> FollowerAsync()
    {
        HostedAgent leader = await LeaderAsync();
        return Agents.First(agent => agent != leader);
    }
}
