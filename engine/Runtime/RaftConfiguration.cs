using Praetor.Core.Codec;
using Praetor.Core.Consensus;
using Praetor.Core.State;

namespace Praetor.Runtime;

/// <summary>A server as the leader sees it.</summary>
/// <param name="Server">Id, address, vote.</param>
/// <param name="IsLeader">It leads.</param>
/// <param name="LastIndex">Last index of its log as far as known; 0 if it is not.</param>
/// <param name="SinceContact">How long ago the leader heard of it; zero for the leader itself.</param>
public sealed record RaftServer(ServerMember Server, bool IsLeader, long LastIndex, TimeSpan SinceContact);

/// <summary>The server set with what the leader knows of each (http-core 10, raft/configuration).</summary>
/// <param name="Servers">In configuration order.</param>
/// <param name="Index">Index of the entry that carries the set.</param>
public sealed record RaftConfiguration(IReadOnlyList<RaftServer> Servers, long Index)
{
    private const int MinimumServerBytes = 6;

    internal static RaftConfiguration Of(Raft raft, long nowMs)
    {
        var peers = raft.Peers.ToDictionary(static peer => peer.Id);
        return new RaftConfiguration([.. raft.Servers.Servers.Select(server => peers.TryGetValue(server.Id, out PeerView peer)
            ? new RaftServer(server, server.Id == raft.LeaderId, peer.Match, TimeSpan.FromMilliseconds(Math.Max(0, nowMs - peer.LastContactMs)))
            : new RaftServer(server, server.Id == raft.LeaderId, server.Id == raft.Id ? raft.LastIndex : 0, TimeSpan.Zero))], raft.ServersIndex);
    }

    internal byte[] Encode()
    {
        using var buffer = new CommandBuffer();
        var writer = new FieldWriter(buffer);
        writer.Int(Index);
        writer.UInt((ulong)Servers.Count + 1);
        foreach (RaftServer server in Servers)
        {
            writer.Text(server.Server.Id);
            writer.Text(server.Server.Address);
            writer.Bool(server.Server.IsVoter);
            writer.Bool(server.IsLeader);
            writer.Int(server.LastIndex);
            writer.Int((long)server.SinceContact.TotalMilliseconds);
        }

        return buffer.Span.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    internal static RaftConfiguration Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new FieldReader(bytes);
        long index = reader.Int();
        var servers = new RaftServer[Math.Max(0, reader.OptionalCount(MinimumServerBytes))];
        for (int i = 0; i < servers.Length; i++)
            servers[i] = new RaftServer(new ServerMember(reader.Text(), reader.Text(), reader.Bool()), reader.Bool(), reader.Int(), TimeSpan.FromMilliseconds(reader.Int()));
        return new RaftConfiguration(servers, index);
    }
}
