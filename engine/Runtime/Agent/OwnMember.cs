using System.Globalization;
using Praetor.Core;
using Praetor.Core.Gossip;

namespace Praetor.Runtime.Agent;

/// <summary>What a server says of itself to the pool.</summary>
public sealed record ServerFacts
{
    /// <summary>RPC port.</summary>
    public int RpcPort { get; init; } = 8300;

    /// <summary>LAN gossip port.</summary>
    public int SerfLanPort { get; init; } = 8301;

    /// <summary>WAN gossip port; below 1 if there is no WAN pool.</summary>
    public int SerfWanPort { get; init; } = 8302;

    /// <summary>gRPC port; below 1 if it is off.</summary>
    public int GrpcPort { get; init; }

    /// <summary>gRPC port with TLS; below 1 if it is off.</summary>
    public int GrpcTlsPort { get; init; }

    /// <summary>Advertised WAN address; empty means the LAN one.</summary>
    public string WanAddress { get; init; } = "";

    /// <summary>Runs in bootstrap mode.</summary>
    public bool Bootstrap { get; init; }

    /// <summary>bootstrap_expect; 0 if not set.</summary>
    public int BootstrapExpect { get; init; }

    /// <summary>advertise_reconnect_timeout as a duration's text; empty if not set.</summary>
    public string AdvertiseReconnectTimeout { get; init; } = "";

    /// <summary>ACLs are on.</summary>
    public bool AclsEnabled { get; init; }

    /// <summary>An internal RPC CA is configured.</summary>
    public bool UsesTls { get; init; }
}

/// <summary>This agent as a gossip member (gossip-raft 3.1). Pure.</summary>
public static class OwnMember
{
    /// <summary>As the LAN pool sees it.</summary>
    public static Member Lan(AgentOptions agent, ServerFacts server)
    {
        SortedList<string, string> tags = Tags(agent, server);
        if (server.SerfWanPort > 0)
            tags["wan_join_port"] = Text(server.SerfWanPort);
        return new Member { Name = agent.NodeName, Addr = agent.Address, Port = server.SerfLanPort, Tags = tags, Status = MemberStatus.Alive };
    }

    /// <summary>An agent without state, as the LAN pool sees it.</summary>
    public static Member Client(AgentOptions agent, ServerFacts facts)
    {
        SortedList<string, string> tags = Tags(agent, facts);
        foreach (string ofServers in new[] { "port", "raft_vsn", "grpc_port", "grpc_tls_port", "bootstrap", "expect" })
            tags.Remove(ofServers);
        tags["role"] = "node";
        if (facts.AdvertiseReconnectTimeout.Length > 0)
            tags["rc_tm"] = facts.AdvertiseReconnectTimeout;
        return new Member { Name = agent.NodeName, Addr = agent.Address, Port = facts.SerfLanPort, Tags = tags, Status = MemberStatus.Alive };
    }

    /// <summary>As the WAN pool sees it; null if there is no WAN pool.</summary>
    public static Member? Wan(AgentOptions agent, ServerFacts server) => server.SerfWanPort <= 0 ? null : new Member
    {
        Name = $"{agent.NodeName}.{agent.Datacenter}",
        Addr = server.WanAddress.Length > 0 ? server.WanAddress : agent.Address,
        Port = server.SerfWanPort,
        Tags = Tags(agent, server),
        Status = MemberStatus.Alive,
    };

    private static SortedList<string, string> Tags(AgentOptions agent, ServerFacts server)
    {
        var tags = new SortedList<string, string>(StringComparer.Ordinal)
        {
            ["acls"] = server.AclsEnabled ? "1" : "0",
            ["build"] = ProductVersion.ConsulLevel + ":",
            ["dc"] = agent.Datacenter,
            ["ft_fs"] = "1",
            ["ft_si"] = "1",
            ["id"] = agent.NodeId,
            ["port"] = Text(server.RpcPort),
            ["raft_vsn"] = "3",
            ["role"] = "consul",
            ["segment"] = "",
            ["vsn"] = "2",
            ["vsn_max"] = "3",
            ["vsn_min"] = "2",
        };
        if (server.GrpcPort > 0)
            tags["grpc_port"] = Text(server.GrpcPort);
        if (server.GrpcTlsPort > 0)
            tags["grpc_tls_port"] = Text(server.GrpcTlsPort);
        if (server.Bootstrap)
            tags["bootstrap"] = "1";
        if (server.BootstrapExpect > 0)
            tags["expect"] = Text(server.BootstrapExpect);
        if (server.UsesTls)
            tags["use_tls"] = "1";
        return tags;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
