using System.Net;
using Microsoft.Extensions.Logging;
using Praetor.Core.Gossip;

namespace Praetor.Runtime.Gossip;

/// <summary>What one attempt to join brought.</summary>
/// <param name="Contacted">Members that answered.</param>
/// <param name="Errors">Why others did not.</param>
public readonly record struct JoinResult(int Contacted, IReadOnlyList<string> Errors);

/// <summary>How often to try to join (gossip-raft 3.2).</summary>
/// <param name="Addresses">Whom to try.</param>
/// <param name="DefaultPort">Port of addresses without one.</param>
/// <param name="Interval">Between two rounds.</param>
/// <param name="MaxAttempts">Rounds until it is given up; 0 = for ever.</param>
public sealed record RetryJoinOptions(IReadOnlyList<string> Addresses, int DefaultPort, TimeSpan Interval, int MaxAttempts);

/// <summary>Joining, once or until it succeeds. Thread-safe.</summary>
public static class RetryJoin
{
    /// <summary>
    /// While the pool is young the next round comes soon: members that are started together must not wait for half a minute because the first was
    /// a moment late.
    /// </summary>
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Tries all addresses, at once.</summary>
    public static async Task<JoinResult> JoinAsync(GossipLoop pool, IReadOnlyList<string> addresses, int defaultPort, HostResolver resolve, CancellationToken cancellation)
    {
        var errors = new List<string>();
        var seeds = new HashSet<IPEndPoint>();
        foreach (string address in addresses)
        {
            try
            {
                seeds.UnionWith(await SeedAddress.ResolveAsync(address, defaultPort, resolve, cancellation).ConfigureAwait(false));
            }
            catch (Exception bad) when (bad is FormatException or IOException)
            {
                errors.Add($"Failed to resolve {address}: {bad.Message}");
            }
        }

        return await JoinAsync(pool, seeds, errors, cancellation).ConfigureAwait(false);
    }

    /// <summary>Tries end points, at once.</summary>
    public static async Task<JoinResult> JoinAsync(GossipLoop pool, IReadOnlyCollection<IPEndPoint> seeds, List<string> errors, CancellationToken cancellation)
    {
        int contacted = 0;
        var attempts = seeds.Select(seed => (Seed: seed, Joined: pool.JoinAsync(seed))).ToList();
        foreach ((IPEndPoint seed, Task<string?> joined) in attempts)
        {
            if (await joined.WaitAsync(cancellation).ConfigureAwait(false) is { } error)
                errors.Add($"Failed to join {seed}: {error}");
            else
                contacted++;
        }

        return new JoinResult(contacted, errors);
    }

    /// <summary>
    /// Tries until another member answers. An answer of this node itself, whose address stands in everybody's list, ends it only if no other address is to be tried: who starts alone
    /// would otherwise stay alone if nobody else looked for it. False when the attempts are used up and not even that answered.
    /// </summary>
    public static async Task<bool> RunAsync(GossipLoop pool, RetryJoinOptions options, HostResolver resolve, TimeProvider time, ILogger log, CancellationToken cancellation)
    {
        string name = pool.Kind == PoolKind.Lan ? "LAN" : "WAN";
        JoinLog.Trying(log, name, string.Join(' ', options.Addresses));
        TimeSpan pause = FirstInterval;
        for (int attempt = 1; ; attempt++)
        {
            JoinResult result = await JoinAsync(pool, options.Addresses, options.DefaultPort, resolve, cancellation).ConfigureAwait(false);
            bool isLast = options.MaxAttempts > 0 && attempt >= options.MaxAttempts;
            if (result.Contacted > 0 && (result.Errors.Count == 0 || isLast || pool.Members.Any(member => member.Name != pool.Name && member.Status == MemberStatus.Alive)))
            {
                JoinLog.Joined(log, name, result.Contacted);
                return true;
            }

            string errors = string.Join("; ", result.Errors);
            if (isLast)
            {
                JoinLog.GivenUp(log, name, errors);
                return false;
            }

            pause = pause < options.Interval ? pause : options.Interval;
            JoinLog.Failed(log, name, pause.TotalSeconds, errors);
            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
            pause *= 2;
        }
    }
}

/// <summary>Log lines of joining.</summary>
internal static partial class JoinLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Joining cluster... cluster={Pool} addresses={Addresses}")]
    public static partial void Trying(ILogger log, string pool, string addresses);

    [LoggerMessage(Level = LogLevel.Information, Message = "Join cluster completed. Synced with initial agents: cluster={Pool} num_agents={Count}")]
    public static partial void Joined(ILogger log, string pool, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Join cluster failed, will retry: cluster={Pool} retry_interval={Seconds}s error={Error}")]
    public static partial void Failed(ILogger log, string pool, double seconds, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "max join {Pool} retry exhausted, exiting: error={Error}")]
    public static partial void GivenUp(ILogger log, string pool, string error);
}
