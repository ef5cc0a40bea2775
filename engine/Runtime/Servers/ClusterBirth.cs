using Microsoft.Extensions.Logging;
using Praetor.Core.Consensus;
using Praetor.Core.Gossip;
using Praetor.Core.Ports;

namespace Praetor.Runtime.Servers;

/// <summary>
/// How the first servers become a datacenter (bootstrap_expect; gossip-raft 5). The one with the lowest id waits until enough are there, lets every one of
/// them promise to be born in this set and no other, and then tells all of them, itself included, the same first configuration. The promises are what keeps two overlapping
/// sets from being born at once when servers see each other at different times.
/// </summary>
public sealed class ClusterBirth(ServerRuntime server, ServerDirectory directory, string ownId, int expect, IServerCalls calls, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);

    private string _lastTold = "";

    /// <summary>Runs until this server belongs to a datacenter.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (!server.HasPeers)
        {
            await AttemptAsync(cancellation).ConfigureAwait(false);
            if (!await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
                return;
        }
    }

    /// <summary>The set that this server is to bring into being; null while it is not its turn.</summary>
    private ServerSet? Wanted()
    {
        List<DatacenterServer> there = [.. directory.All.Where(static each => each.Status == MemberStatus.Alive).OrderBy(static each => each.Id, StringComparer.Ordinal)];
        if (there.Find(each => each.IsBootstrap && each.Id != ownId) is { } other)
            return Tell($"Member {other.Name} has bootstrap mode. Expect disabled.");
        if (there.Find(each => each.Expect != 0 && each.Expect != expect) is { } different)
            return Tell($"Member {different.Name} has a conflicting expect value. All nodes should expect the same number.");
        if (there.Count < expect || there.Find(static each => each.Expect != 0)?.Id != ownId)
            return null;
        return new ServerSet([.. there.Select(static each => new ServerMember(each.Id, each.Address, IsVoter: true))]);
    }

    private async Task AttemptAsync(CancellationToken cancellation)
    {
        if (Wanted() is not { } servers)
            return;
        BirthLog.Attempting(log, expect, string.Join(", ", servers.Servers.Select(static each => each.Address)));
        if (await TellAllAsync(BirthPhase.Promise, servers, cancellation).ConfigureAwait(false) is { } refusal)
        {
            Tell(refusal);
            return;
        }

        // Whoever cannot be told now learns it from the leader: a majority of the set is enough for one.
        await TellAllAsync(BirthPhase.Begin, servers, cancellation).ConfigureAwait(false);
    }

    private async Task<string?> TellAllAsync(BirthPhase phase, ServerSet servers, CancellationToken cancellation)
    {
        byte[] request = [(byte)phase, .. servers.Encode()];
        string?[] answers = await Task.WhenAll(servers.Servers.Select(each => AskAsync(each, request, cancellation))).ConfigureAwait(false);
        return answers.FirstOrDefault(static answer => answer is not null);
    }

    private async Task<string?> AskAsync(ServerMember each, byte[] request, CancellationToken cancellation)
    {
        try
        {
            ReadOnlyMemory<byte> answer = each.Id == ownId
                ? await server.AnswerAsync(ownId, ServerMethod.Birth, request, cancellation).ConfigureAwait(false)
                : await calls.CallAsync(new ServerAddress(each.Id, each.Address), ServerMethod.Birth, request, CallTimeout, cancellation).ConfigureAwait(false);
            return answer.IsEmpty ? null : $"{each.Address}: {System.Text.Encoding.UTF8.GetString(answer.Span)}";
        }
        catch (Exception failed) when (failed is ServerCallException or ServerErrorException)
        {
            return $"{each.Address}: {failed.Message}";
        }
    }

    /// <summary>Each reason is told once, not five times a second.</summary>
    private ServerSet? Tell(string reason)
    {
        if (reason != _lastTold)
            BirthLog.NotYet(log, reason);
        _lastTold = reason;
        return null;
    }
}

/// <summary>Steps of a birth. On the wire: values are frozen.</summary>
internal enum BirthPhase : byte
{
    /// <summary>Will you be born in this set, and in no other for a while?</summary>
    Promise = 1,

    /// <summary>This is your first configuration.</summary>
    Begin = 2,
}

/// <summary>Log lines of a birth.</summary>
internal static partial class BirthLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Found expected number of peers, attempting bootstrap: expect={Expect} addresses={Addresses}")]
    public static partial void Attempting(ILogger log, int expect, string addresses);

    [LoggerMessage(Level = LogLevel.Error, Message = "Not bootstrapping: {Reason}")]
    public static partial void NotYet(ILogger log, string reason);
}
