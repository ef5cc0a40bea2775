namespace Praetor.Api.Dns.Sockets;

/// <summary>Bounds of the listeners, each with its reason.</summary>
internal static class SocketPolicy
{
    /// <summary>Kernel queue of a UDP socket: a burst of a few thousand requests must not be lost while the loop is descheduled. The kernel may grant less.</summary>
    public const int UdpBufferBytes = 4 * 1024 * 1024;

    /// <summary>Receive errors in a row after which a socket counts as broken.</summary>
    public const int MaxReceiveFailures = 1000;

    /// <summary>Datagrams per system call: beyond this the gain vanishes while the first reply waits longer.</summary>
    public const int UdpBatch = 32;

    /// <summary>Time the first query of a connection may take (dns 1).</summary>
    public static readonly TimeSpan FirstQueryTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Time between two queries of a connection, and time a reply may take to leave (dns 1).</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(8);

    /// <summary>Queries after which a connection is closed (dns 1).</summary>
    public const int MaxQueriesPerConnection = 128;

    /// <summary>Connections per listener; further ones wait in the kernel's backlog until one ends.</summary>
    public const int MaxConnections = 1024;

    /// <summary>Connections that wait to be accepted.</summary>
    public const int Backlog = 512;

    /// <summary>Read buffer of a connection; grows only while a longer query is under way.</summary>
    public const int ConnectionBufferBytes = 1024;

    /// <summary>With port 0: free TCP ports tried until the same UDP port is free, too.</summary>
    public const int MaxPortAttempts = 64;

    /// <summary>Answers of one loop that wait for recursors or for the leader.</summary>
    public const int MaxLaterAnswers = 4096;

    /// <summary>UDP threads per address: half of the cores, since clients need the other half; more than four only wait for the socket's lock.</summary>
    public static int UdpThreads => Math.Clamp(Environment.ProcessorCount / 2, 1, 4);
}
