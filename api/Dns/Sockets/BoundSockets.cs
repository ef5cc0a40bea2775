using System.Net;
using System.Net.Sockets;

namespace Praetor.Api.Dns.Sockets;

/// <summary>Makes the two sockets of one address.</summary>
internal static class BoundSockets
{
    /// <summary>Binds UDP and TCP to the same port. Throws <see cref="SocketException"/> if that is impossible.</summary>
    public static (Socket Udp, Socket Tcp) Bind(IPEndPoint address)
    {
        for (int attempt = 1; ; attempt++)
        {
            Socket tcp = Create(address, SocketType.Stream, ProtocolType.Tcp);
            Socket udp = Create(address, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                tcp.Bind(address);
                tcp.Listen(SocketPolicy.Backlog);
                udp.ReceiveBufferSize = SocketPolicy.UdpBufferBytes;
                udp.SendBufferSize = SocketPolicy.UdpBufferBytes;
                udp.Bind(new IPEndPoint(address.Address, ((IPEndPoint)tcp.LocalEndPoint!).Port));
                return (udp, tcp);
            }
            catch (SocketException e)
            {
                tcp.Dispose();
                udp.Dispose();
                bool portWasTaken = address.Port == 0 && e.SocketErrorCode == SocketError.AddressAlreadyInUse;
                if (!portWasTaken || attempt >= SocketPolicy.MaxPortAttempts)
                    throw;
            }
        }
    }

    /// <summary>Makes a blocked receive return. A datagram socket without peer reports "not connected" while it does so.</summary>
    public static void Wake(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The readers are awake all the same (Linux), or wake when the socket is closed.
        }
        if (!OperatingSystem.IsLinux())
            socket.Dispose();
    }

    private static Socket Create(IPEndPoint address, SocketType type, ProtocolType protocol)
    {
        Socket socket = new(address.AddressFamily, type, protocol);
        if (address.Address.Equals(IPAddress.IPv6Any))
            socket.DualMode = true;
        return socket;
    }
}
