using Praetor.Core.Gossip;

namespace Praetor.Runtime.Servers;

/// <summary>What the autopilot thinks and wants, from what it sees (gossip-raft 6.1). Pure.</summary>
internal static class AutopilotJudgement
{
    private static readonly Dictionary<string, string> NoTags = [];

    /// <summary>Judges all servers of the configuration; a judgement that has not changed keeps its time.</summary>
    public static AutopilotState Judge(RaftConfiguration configuration, long term, IReadOnlyList<Member> members, AutopilotRules rules, AutopilotState? before, DateTimeOffset now)
    {
        long lastIndex = configuration.Servers.FirstOrDefault(static server => server.IsLeader)?.LastIndex ?? 0;
        var judged = new List<JudgedServer>(configuration.Servers.Count);
        foreach (RaftServer server in configuration.Servers)
        {
            Member? member = members.FirstOrDefault(each => each.Tags.GetValueOrDefault("id") == server.Server.Id);
            bool isHealthy = member?.Status is MemberStatus.Alive or MemberStatus.Leaving
                && (server.IsLeader || (server.SinceContact <= rules.LastContactThreshold && server.LastIndex >= lastIndex - rules.MaxTrailingLogs));
            JudgedServer? last = before?.Servers.FirstOrDefault(each => each.Id == server.Server.Id);
            judged.Add(new JudgedServer(server.Server.Id, member?.Name ?? "", server.Server.Address, member?.Status ?? MemberStatus.None, VersionOf(member), member?.Tags ?? NoTags,
                server.IsLeader, server.Server.IsVoter, server.SinceContact, term, server.LastIndex, isHealthy, last?.IsHealthy == isHealthy ? last.StableSince : now));
        }

        return new AutopilotState(judged);
    }

    /// <summary>The server that may vote from now on; null if there is none.</summary>
    public static JudgedServer? ToPromote(AutopilotState state, TimeSpan stabilization, DateTimeOffset now) =>
        state.Servers.FirstOrDefault(server => server is { IsVoter: false, IsHealthy: true } && now - server.StableSince >= stabilization);

    /// <summary>Servers to remove: of those that do not vote all that are gone, of voters fewer than half, unknown ones first, and never below the wanted number.</summary>
    public static IReadOnlyList<JudgedServer> ToRemove(AutopilotState state, AutopilotRules rules)
    {
        if (!rules.CleanupDeadServers)
            return [];
        static bool IsGone(JudgedServer server) => !server.IsLeader && server.Status is MemberStatus.None or MemberStatus.Failed or MemberStatus.Left;
        int voters = state.Servers.Count(static server => server.IsVoter);
        int mayGo = Math.Max(0, Math.Min((voters - 1) / 2, voters - rules.MinQuorum));
        return [
            .. state.Servers.Where(static server => !server.IsVoter && IsGone(server)),
            .. state.Servers.Where(static server => server.IsVoter && IsGone(server)).OrderBy(static server => server.Status == MemberStatus.None ? 0 : 1).Take(mayGo),
        ];
    }

    private static string VersionOf(Member? member)
    {
        string build = member?.Tags.GetValueOrDefault("build") ?? "";
        int colon = build.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? build : build[..colon];
    }
}
