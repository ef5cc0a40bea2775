using System.Buffers.Binary;
using System.Net.Sockets;

namespace Praetor.Transport.Rpc;

/// <summary>What sockets between nodes have in common.</summary>
internal static class SocketTuning
{
    private const int IdleSeconds = 15;
    private const int IntervalSeconds = 5;
    private const int Probes = 3;

    // Linux, netinet/tcp.h.
    private const int LinuxTcpLevel = 6;
    private const int LinuxUserTimeout = 18;

    /// <summary>A silent connection to a host that is gone ends within half a minute.</summary>
    public static void SetKeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, IntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }

    /// <summary>
    /// Ends a connection whose bytes are not acknowledged for so long. Without it a connection that lived through a partition resends
    /// ever more rarely and may stay mute for a minute after the network is whole again.
    /// </summary>
    public static void SetUnacknowledgedTimeout(Socket socket, TimeSpan timeout)
    {
        if (!OperatingSystem.IsLinux())
            return;
        Span<byte> milliseconds = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(milliseconds, (int)timeout.TotalMilliseconds);
        socket.SetRawSocketOption(LinuxTcpLevel, LinuxUserTimeout, milliseconds);
    }
}
