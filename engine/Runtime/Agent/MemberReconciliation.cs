using System.Globalization;
using Praetor.Core;
using Praetor.Core.Gossip;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>What the leader writes into the catalog for a member (http-agent 4.3, gossip-raft 4). Pure.</summary>
public static class MemberReconciliation
{
    /// <summary>Id and name of the service that servers have.</summary>
    public const string ServerServiceId = "consul";
    /// <summary>The check whose status gossip decides.</summary>
    public const string SerfCheckId = "serfHealth";
    private const string SerfCheckName = "Serf Health Status";

    /// <summary>
    /// The registration that puts the catalog right, or null if it is: same id and address, serfHealth passing, for servers the service
    /// <c>consul</c> with the right port and meta. A serfHealth somebody edited but left passing is left alone.
    /// </summary>
    public static RegisterRequest? Alive(Member member, NodeView? held)
    {
        string id = member.Tags.GetValueOrDefault("id", "");
        ServiceRecord? service = ServerService(member);
        bool isSameNode = held is not null && held.Node.Address == member.Addr && string.Equals(held.Node.Id, id, StringComparison.OrdinalIgnoreCase);
        if (isSameNode && IsPassing(held!) && (service is null || HoldsService(held!, service)))
            return null;
        return new RegisterRequest
        {
            Node = new NodeRecord
            {
                Id = id,
                Name = member.Name,
                Address = member.Addr,
                Datacenter = member.Tags.GetValueOrDefault("dc", ""),
                TaggedAddresses = held?.Node.TaggedAddresses,
                Meta = held?.Node.Meta ?? new SortedList<string, string>(StringComparer.Ordinal) { ["consul-version"] = Version(member) },
                Locality = held?.Node.Locality,
            },
            // The agent may register itself between the look and the write: its meta and addresses must stay.
            SkipNodeUpdate = held is null || isSameNode,
            Service = service,
            Checks =
            [
                new CheckRecord
                {
                    Node = member.Name,
                    CheckId = SerfCheckId,
                    Name = SerfCheckName,
                    Status = CheckStatus.Passing,
                    Output = "Agent alive and reachable",
                },
            ],
        };
    }

    /// <summary>The registration that makes a failed member's health critical, or null if it is or nobody knows the node. Its data stays untouched.</summary>
    public static RegisterRequest? Failed(Member member, NodeView? held)
    {
        if (held is null || held.Checks.Any(static check => check is { CheckId: SerfCheckId, Status: CheckStatus.Critical }))
            return null;
        return new RegisterRequest
        {
            Node = held.Node,
            SkipNodeUpdate = true,
            Checks =
            [
                new CheckRecord { Node = member.Name, CheckId = SerfCheckId, Name = SerfCheckName, Status = CheckStatus.Critical, Output = "Agent not live or unreachable" },
            ],
        };
    }

    private static bool IsPassing(NodeView held) => held.Checks.Any(static check => check is { CheckId: SerfCheckId, Status: CheckStatus.Passing });

    private static bool HoldsService(NodeView held, ServiceRecord service) => held.Services.Any(other =>
        other.Id == service.Id && other.Name == service.Name && other.Port == service.Port
        && (other.Meta ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal).SequenceEqual(service.Meta!));

    /// <summary>The service of a server; null for a client.</summary>
    private static ServiceRecord? ServerService(Member member)
    {
        if (member.Tags.GetValueOrDefault("role", "") != "consul" || !int.TryParse(member.Tags.GetValueOrDefault("port"), CultureInfo.InvariantCulture, out int port))
            return null;
        var meta = new SortedList<string, string>(StringComparer.Ordinal)
        {
            ["non_voter"] = member.Tags.ContainsKey("nonvoter") ? "true" : "false",
            ["read_replica"] = member.Tags.ContainsKey("read_replica") ? "true" : "false",
            ["raft_version"] = member.Tags.GetValueOrDefault("raft_vsn", "0"),
            ["serf_protocol_current"] = Text(member.ProtocolCur),
            ["serf_protocol_min"] = Text(member.ProtocolMin),
            ["serf_protocol_max"] = Text(member.ProtocolMax),
            ["version"] = Version(member),
        };
        foreach (string tag in new[] { "grpc_port", "grpc_tls_port" })
        {
            if (member.Tags.TryGetValue(tag, out string? grpcPort))
                meta[tag] = grpcPort;
        }

        return new ServiceRecord { Node = member.Name, Id = ServerServiceId, Name = ServerServiceId, Port = port, Tags = [], Meta = meta };
    }

    private static string Version(Member member)
    {
        string build = member.Tags.GetValueOrDefault("build", ProductVersion.ConsulLevel);
        int colon = build.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? build : build[..colon];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
