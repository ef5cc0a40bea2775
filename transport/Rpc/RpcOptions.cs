using System.Net;
using Praetor.Transport.Framing;

namespace Praetor.Transport.Rpc;

/// <summary>Who this node is to others.</summary>
/// <param name="NodeId">Node id.</param>
/// <param name="NodeName">Node name.</param>
/// <param name="Datacenter">Datacenter.</param>
/// <param name="IsServer">True for servers.</param>
public sealed record NodeIdentity(string NodeId, string NodeName, string Datacenter, bool IsServer);

/// <summary>Limits and times of server connections (gossip-raft 8). Every one is a bound on what another node can make this one hold or wait for.</summary>
public sealed record RpcOptions
{
    /// <summary>Longest body of a frame, compressed or not, bytes. A message of consensus holds 512 KiB of entries or one larger entry.</summary>
    public int MaxFrameBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>limits.rpc_max_conns_per_client: connections of one source address; 0 = no bound.</summary>
    public int MaxConnectionsPerClient { get; init; } = 100;

    /// <summary>limits.rpc_handshake_timeout: a connection that has not said who it is by then is closed.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Calls of one connection that run at once; more are rejected.</summary>
    public int MaxCallsPerConnection { get; init; } = 16 * 1024;

    /// <summary>A server closes connections without calls that were silent for so long. The caller's own time is shorter, so that it never calls into a closing connection.</summary>
    public TimeSpan ServerIdleTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A caller closes connections without calls after so long.</summary>
    public TimeSpan ClientIdleTimeout { get; init; } = TimeSpan.FromSeconds(110);

    /// <summary>Longest time to connect for a call or a stream.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time to connect for messages. Short: after a partition the next attempt must not wait for a lost packet of this one.</summary>
    public TimeSpan MessageDialTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>First pause after a failed attempt to connect for messages; doubled up to <see cref="MaxDialPause"/>.</summary>
    public TimeSpan FirstDialPause { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Longest such pause. Short: a restarted server must hear of its leader before it starts an election.</summary>
    public TimeSpan MaxDialPause { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Messages that wait for one server, bytes; more are dropped.</summary>
    public int MaxQueuedMessageBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Messages that wait while the connection is being made, bytes; more are dropped.</summary>
    public int MaxQueuedWhileConnectingBytes { get; init; } = 256 * 1024;

    /// <summary>Calls or answers that wait for the network, bytes: callers wait, and a server reads no further calls from that connection.</summary>
    public int MaxQueuedCallBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of one piece of a stream.</summary>
    public int StreamPieceBytes { get; init; } = 64 * 1024;

    /// <summary>A stream that does not move for so long is given up.</summary>
    public TimeSpan StreamStallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time from the end of a stream to its answer: the receiver syncs it to disk.</summary>
    public TimeSpan StreamAnswerTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes that the other side's network did not acknowledge for so long end a connection for messages.</summary>
    public TimeSpan MessageUnacknowledgedTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same for calls and streams.</summary>
    public TimeSpan CallUnacknowledgedTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether large bodies are compressed if the other side agrees.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Address that connections leave from; null = the system's choice.</summary>
    public IPAddress? SourceAddress { get; init; }

    internal Features Features => Compress ? Features.Compression : Features.None;
}
