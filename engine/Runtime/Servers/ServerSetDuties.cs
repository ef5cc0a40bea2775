using Microsoft.Extensions.Logging;
using Praetor.Core.Consensus;
using Praetor.Core.Gossip;
using Praetor.Runtime.Agent;

namespace Praetor.Runtime.Servers;

/// <summary>
/// Keeps the server set what gossip says: servers that come are added without a vote (the autopilot gives it to them), those that moved get their new address,
/// those that left are removed (gossip-raft 4). Thread-safe.
/// </summary>
public sealed class ServerSetDuties(ServerRuntime server, string ownId, ILogger log) : IServerSetDuties
{
    /// <inheritdoc/>
    public async ValueTask<bool> EnsureAsync(Member member, CancellationToken cancellation)
    {
        if (DatacenterServer.Of(member) is not { } found)
            return true;
        ServerSet servers = await ServersAsync().ConfigureAwait(false);
        ServerMember? known = servers.Servers.FirstOrDefault(each => each.Id == found.Id);
        if (known is not null && known.Address == found.Address)
            return true;
        string? refusal = await server.ChangeServersAsync(servers.With(new ServerMember(found.Id, found.Address, known?.IsVoter ?? false))).ConfigureAwait(false);
        if (refusal is null)
            ServerSetLog.Added(log, found.Name, found.Id, found.Address);
        return refusal is null;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveAsync(Member member, CancellationToken cancellation)
    {
        string id = member.Tags.GetValueOrDefault("id", "");
        if (member.Tags.GetValueOrDefault("role") != "consul" || id == ownId)
            return true;
        ServerSet servers = await ServersAsync().ConfigureAwait(false);
        if (!servers.Contains(id))
            return true;
        string? refusal = await server.ChangeServersAsync(servers.Without(id)).ConfigureAwait(false);
        if (refusal is null)
            ServerSetLog.Removed(log, member.Name, id);
        return refusal is null;
    }

    private async Task<ServerSet> ServersAsync()
    {
        RaftConfiguration now = await server.ConfigurationAsync(isStale: true, CancellationToken.None).ConfigureAwait(false);
        return new ServerSet([.. now.Servers.Select(static each => each.Server)]);
    }
}

/// <summary>Log lines of the server set.</summary>
internal static partial class ServerSetLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "adding server to cluster: server={Name} id={Id} address={Address}")]
    public static partial void Added(ILogger log, string name, string id, string address);

    [LoggerMessage(Level = LogLevel.Information, Message = "removing server by ID: server={Name} id={Id}")]
    public static partial void Removed(ILogger log, string name, string id);
}
