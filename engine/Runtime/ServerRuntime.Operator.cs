using System.Text;
using Praetor.Core.Consensus;
using Praetor.Core.Ports;

namespace Praetor.Runtime;

/// <summary>What operators ask of the server set: done by the leader, asked of any server.</summary>
public sealed partial class ServerRuntime
{
    /// <summary>The server set as the leader sees it, or with <paramref name="isStale"/> as this server does.</summary>
    /// <exception cref="NoLeaderException">No leader within the hold time.</exception>
    public async Task<RaftConfiguration> ConfigurationAsync(bool isStale, CancellationToken cancellation)
    {
        if (isStale)
            return await ConfigurationHereAsync().ConfigureAwait(false);
        return await AtLeaderAsync(
            ConfigurationHereAsync,
            static answer => RaftConfiguration.Decode(answer.Span),
            ServerMethod.Configuration, default, cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes a server. Null when the change is under way, else the reason why not.</summary>
    /// <exception cref="NoLeaderException">No leader within the hold time.</exception>
    public Task<string?> RemoveServerAsync(string id, CancellationToken cancellation) =>
        AtLeaderAsync(() => RemoveHereAsync(id), ReasonOf, ServerMethod.RemoveServer, Encoding.UTF8.GetBytes(id), cancellation);

    /// <summary>Hands leadership over, to the server that is furthest or to a certain one. Null when it is under way, else the reason why not.</summary>
    /// <exception cref="NoLeaderException">No leader within the hold time.</exception>
    public Task<string?> TransferLeadershipAsync(string? toServerId, CancellationToken cancellation) =>
        AtLeaderAsync(() => TransferHereAsync(toServerId ?? ""), ReasonOf, ServerMethod.TransferLeadership, Encoding.UTF8.GetBytes(toServerId ?? ""), cancellation);

    /// <summary>Asks the leader, which is another server, until one answers or the hold time is over. For what does no harm when it is asked twice.</summary>
    /// <exception cref="NoLeaderException">No leader within the hold time.</exception>
    public Task<ReadOnlyMemory<byte>> AskLeaderAsync(ServerMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation) =>
        AtLeaderAsync(static () => throw new NotLeaderException(), static answer => answer, method, request, cancellation);

    private static string? ReasonOf(ReadOnlyMemory<byte> answer) => answer.IsEmpty ? null : Encoding.UTF8.GetString(answer.Span);

    private Task<RaftConfiguration> ConfigurationHereAsync() => _raftLoop.InspectAsync(raft => RaftConfiguration.Of(raft, _raftLoop.NowMs));

    private async Task<string?> RemoveHereAsync(string id)
    {
        if (!IsReadyLeader)
            throw new NotLeaderException();
        ServerSet servers = Volatile.Read(ref _view).Servers;
        return servers.Contains(id) ? await ChangeServersAsync(servers.Without(id)).ConfigureAwait(false) : $"id \"{id}\" was not found in the Raft configuration";
    }

    private async Task<string?> TransferHereAsync(string id)
    {
        if (!IsReadyLeader)
            throw new NotLeaderException();
        if (id.Length > 0 && !Volatile.Read(ref _view).Servers.Contains(id))
            return $"Could not find address for server id {id}";
        return await _raftLoop.RequestAsync(RaftEvent.Transfer(_raftLoop.NowMs, id.Length == 0 ? null : id)).ConfigureAwait(false);
    }

    private Task<T> AtLeaderAsync<T>(Func<Task<T>> here, Func<ReadOnlyMemory<byte>, T> read, ServerMethod method, ReadOnlyMemory<byte> argument, CancellationToken cancellation) =>
        AtLeaderAsync(here, async leader => read(await CallLeaderAsync(leader, method, argument, cancellation).ConfigureAwait(false)), cancellation);

    /// <summary>Does it here on a leader, has it done by the leader elsewhere. Tried again within the hold time: none of it does harm when done twice.</summary>
    private async Task<T> AtLeaderAsync<T>(Func<Task<T>> here, Func<ServerAddress, Task<T>> there, CancellationToken cancellation)
    {
        var hold = new HoldTime(_time, _options.RpcHoldTime);
        do
        {
            ThrowIfStopped();
            try
            {
                if (IsReadyLeader)
                    return await here().ConfigureAwait(false);
                if (LeaderElsewhere is { } leader)
                    return await there(leader).ConfigureAwait(false);
            }
            catch (Exception again) when (IsWorthAnotherTry(again))
            {
            }
        }
        while (await WaitForChangeAsync(hold, cancellation).ConfigureAwait(false));
        throw new NoLeaderException();
    }
}
