using Praetor.Core.Codec;
using Praetor.Core.State;

namespace Praetor.Core.Consensus;

/// <summary>A server of the Raft configuration. Its identity is its id, never its address.</summary>
/// <param name="Id">Node id.</param>
/// <param name="Address">host:port of its RPC listener; may change between restarts.</param>
/// <param name="IsVoter">Counts for majorities.</param>
public sealed record ServerMember(string Id, string Address, bool IsVoter);

/// <summary>A Raft configuration: the servers of a datacenter. Immutable.</summary>
public sealed record ServerSet(IReadOnlyList<ServerMember> Servers)
{
    /// <summary>No servers: the log has no configuration yet.</summary>
    public static readonly ServerSet Empty = new([]);

    /// <summary>Voters.</summary>
    public int VoterCount
    {
        get
        {
            // Without an enumerator, as below: asked several times for every batch of writes.
            int voters = 0;
            for (int i = 0; i < Servers.Count; i++)
                voters += Servers[i].IsVoter ? 1 : 0;
            return voters;
        }
    }

    /// <summary>Votes that make a majority.</summary>
    public int Majority => (VoterCount / 2) + 1;

    /// <summary>True if the id is a voter here.</summary>
    public bool IsVoter(string id)
    {
        for (int i = 0; i < Servers.Count; i++)
        {
            if (Servers[i].IsVoter && Servers[i].Id == id)
                return true;
        }

        return false;
    }

    /// <summary>True if the id is a server here, voter or not.</summary>
    public bool Contains(string id) => Servers.Any(server => server.Id == id);

    /// <summary>The set without a server.</summary>
    public ServerSet Without(string id) => new([.. Servers.Where(server => server.Id != id)]);

    /// <summary>The set with a server added or changed.</summary>
    public ServerSet With(ServerMember changed) => Contains(changed.Id)
        ? new ServerSet([.. Servers.Select(server => server.Id == changed.Id ? changed : server)])
        : new ServerSet([.. Servers, changed]);

    /// <summary>
    /// True if the voters of the two sets differ by at most one server, so that any majority of one meets any majority of the other
    /// (Raft thesis 4.1).
    /// </summary>
    public bool IsOneStepFrom(ServerSet other)
    {
        int changed = Servers.Count(server => server.IsVoter != other.IsVoter(server.Id))
            + other.Servers.Count(server => server.IsVoter && !Contains(server.Id));
        return changed <= 1;
    }

    /// <summary>Log and snapshot form.</summary>
    public byte[] Encode()
    {
        using var buffer = new CommandBuffer();
        var writer = new FieldWriter(buffer);
        writer.UInt((ulong)Servers.Count + 1);
        foreach (ServerMember server in Servers)
        {
            writer.Text(server.Id);
            writer.Text(server.Address);
            writer.Bool(server.IsVoter);
        }

        return buffer.Span.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static ServerSet Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new FieldReader(bytes);
        int count = reader.OptionalCount(3);
        var servers = new List<ServerMember>(Math.Max(count, 0));
        for (int i = 0; i < count; i++)
            servers.Add(new ServerMember(reader.Text(), reader.Text(), reader.Bool()));
        return new ServerSet(servers);
    }
}
