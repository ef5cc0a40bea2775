using Praetor.Core.Gossip;

namespace Praetor.Runtime.Servers;

/// <summary>The autopilot's settings (gossip-raft 6.1).</summary>
public sealed record AutopilotRules
{
    /// <summary>Servers that failed are removed.</summary>
    public bool CleanupDeadServers { get; init; } = true;

    /// <summary>A server that the leader has not heard of for longer is not healthy.</summary>
    public TimeSpan LastContactThreshold { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A server that is more entries behind is not healthy.</summary>
    public long MaxTrailingLogs { get; init; } = 250;

    /// <summary>Clean-up leaves at least so many voters.</summary>
    public int MinQuorum { get; init; }

    /// <summary>How long a server must be healthy before it may vote.</summary>
    public TimeSpan ServerStabilizationTime { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>A server as the autopilot judges it.</summary>
/// <param name="Id">Node id.</param>
/// <param name="Name">Node name; empty if gossip does not know it.</param>
/// <param name="Address">host:port of its RPC port.</param>
/// <param name="Status">What gossip says.</param>
/// <param name="Version">Its version.</param>
/// <param name="Tags">Tags of the member.</param>
/// <param name="IsLeader">It leads.</param>
/// <param name="IsVoter">It counts for majorities.</param>
/// <param name="SinceContact">How long ago the leader heard of it.</param>
/// <param name="LastTerm">Term it was heard of in.</param>
/// <param name="LastIndex">Last index known to be in its log.</param>
/// <param name="IsHealthy">Alive, in contact and not far behind.</param>
/// <param name="StableSince">Since when that judgement has not changed.</param>
public sealed record JudgedServer(string Id, string Name, string Address, MemberStatus Status, string Version, IReadOnlyDictionary<string, string> Tags, bool IsLeader, bool IsVoter,
    TimeSpan SinceContact, long LastTerm, long LastIndex, bool IsHealthy, DateTimeOffset StableSince);

/// <summary>The autopilot's judgement of all servers. Immutable.</summary>
/// <param name="Servers">In the order of the configuration.</param>
public sealed record AutopilotState(IReadOnlyList<JudgedServer> Servers)
{
    /// <summary>All servers are healthy.</summary>
    public bool IsHealthy => Servers.Count > 0 && Servers.All(static server => server.IsHealthy);

    /// <summary>How many more voters may fail: healthy voters minus the majority, at least 0.</summary>
    public int FailureTolerance
    {
        get
        {
            int voters = Servers.Count(static server => server.IsVoter);
            return Math.Max(0, Servers.Count(static server => server is { IsVoter: true, IsHealthy: true }) - ((voters / 2) + 1));
        }
    }
}
