using System.Globalization;
using System.Runtime.InteropServices;
using Praetor.Api.Http.Json;
using Praetor.Core;
using Praetor.Core.Gossip;
using Praetor.Runtime;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;
using Praetor.Runtime.Gossip;

namespace Praetor.Api.Http.Agent;

/// <summary>The Stats object of agent/self: maps of strings, by name (http-agent 2.1).</summary>
internal sealed class SelfStats(AgentSurroundings surroundings)
{
    public void Write(GoJsonWriter json, ConsensusStatus? consensus)
    {
        json.BeginObject();
        Section(json, "agent"u8, Agent());
        Section(json, "build"u8, new() { ["prerelease"] = "", ["revision"] = "", ["version"] = ProductVersion.ConsulLevel, ["version_metadata"] = "" });
        Section(json, "consul"u8, consensus is null ? Client() : Server(consensus));
        if (consensus is not null)
            Section(json, "raft"u8, Raft(consensus));
        Section(json, "runtime"u8, Process());
        Section(json, "serf_lan"u8, Pool(surroundings.LanMembers(), surroundings.Pool(false)));
        if (surroundings.WanMembers() is { Count: > 0 } wan)
            Section(json, "serf_wan"u8, Pool(wan, surroundings.Pool(true)));
        json.EndObject();
    }

    private Dictionary<string, string> Agent()
    {
        LocalSnapshot local = surroundings.Agent.Snapshot;
        return new()
        {
            ["check_monitors"] = Count(local, CheckKind.Script),
            ["check_ttls"] = Count(local, CheckKind.Ttl),
            ["checks"] = Text(local.Checks.Count),
            ["services"] = Text(local.Services.Count),
        };
    }

    private Dictionary<string, string> Server(ConsensusStatus consensus) => new()
    {
        ["acl"] = surroundings.AclsEnabled ? "enabled" : "disabled",
        ["bootstrap"] = Text(surroundings.Bootstrap),
        ["known_datacenters"] = "1",
        ["leader"] = Text(consensus.State == "Leader"),
        ["leader_addr"] = consensus.LeaderAddress,
        ["server"] = "true",
    };

    private Dictionary<string, string> Client() => new()
    {
        ["acl"] = surroundings.AclsEnabled ? "enabled" : "disabled",
        ["known_servers"] = Text(surroundings.KnownServers()),
        ["server"] = "false",
    };

    private static Dictionary<string, string> Raft(ConsensusStatus consensus) => new()
    {
        ["applied_index"] = Text(consensus.AppliedIndex),
        ["commit_index"] = Text(consensus.CommitIndex),
        ["fsm_pending"] = "0",
        ["last_contact"] = consensus.LeaderAddress.Length > 0 ? "0" : "never",
        ["last_log_index"] = Text(consensus.LastLogIndex),
        ["last_log_term"] = Text(consensus.LastLogTerm),
        ["last_snapshot_index"] = Text(consensus.LastSnapshotIndex),
        ["last_snapshot_term"] = Text(consensus.LastSnapshotTerm),
        ["latest_configuration"] = $"[{string.Join(' ', consensus.Servers.Select(static server => $"{{Suffrage:{(server.IsVoter ? "Voter" : "Nonvoter")} ID:{server.Id} Address:{server.Address}}}"))}]",
        ["latest_configuration_index"] = "0",
        ["num_peers"] = Text(consensus.Servers.Count(server => server.IsVoter && server.Id != consensus.ServerId)),
        ["protocol_version"] = "3",
        ["protocol_version_max"] = "3",
        ["protocol_version_min"] = "0",
        ["snapshot_version_max"] = "1",
        ["snapshot_version_min"] = "0",
        ["state"] = consensus.State,
        ["term"] = Text(consensus.Term),
    };

    private static Dictionary<string, string> Process() => new()
    {
        ["arch"] = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "amd64",
            Architecture.X86 => "386",
            Architecture other => other.ToString().ToLowerInvariant(),
        },
        ["cpu_count"] = Text(Environment.ProcessorCount),
        ["goroutines"] = Text(ThreadPool.ThreadCount),
        ["max_procs"] = Text(Environment.ProcessorCount),
        ["os"] = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux",
        ["version"] = RuntimeInformation.FrameworkDescription,
    };

    private static Dictionary<string, string> Pool(IReadOnlyList<Member> members, PoolStatus status) => new()
    {
        ["coordinate_resets"] = "0",
        ["encrypted"] = Text(status.IsEncrypted),
        ["event_queue"] = "0",
        ["event_time"] = Text((long)status.EventTime),
        ["failed"] = Text(members.Count(static member => member.Status == MemberStatus.Failed)),
        ["health_score"] = Text(status.HealthScore),
        ["intent_queue"] = Text(status.QueuedRumours),
        ["left"] = Text(members.Count(static member => member.Status == MemberStatus.Left)),
        ["member_time"] = Text((long)status.MemberTime),
        ["members"] = Text(members.Count),
        ["query_queue"] = "0",
        ["query_time"] = "1",
    };

    private static string Count(LocalSnapshot local, CheckKind kind) =>
        Text(local.Checks.Values.Count(check => check.Spec is { } spec && CheckRules.KindThatRuns(spec) == kind));

    private static void Section(GoJsonWriter json, ReadOnlySpan<byte> name, Dictionary<string, string> values)
    {
        json.Name(name);
        json.StringMapOrEmpty(values);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "true" : "false";
}
