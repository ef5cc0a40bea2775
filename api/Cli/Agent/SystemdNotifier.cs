using System.Net.Sockets;

namespace Praetor.Api.Cli.Agent;

/// <summary>Tells systemd that the agent is ready (sd_notify(3); cli 7). Does nothing where nobody asked to be told.</summary>
internal static class SystemdNotifier
{
    /// <summary>Sends READY=1.</summary>
    /// <param name="socketPath">NOTIFY_SOCKET: a path, or an abstract name behind an at sign; null for nobody.</param>
    public static void Ready(string? socketPath)
    {
        if (string.IsNullOrEmpty(socketPath))
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(socketPath[0] == '@' ? '\0' + socketPath[1..] : socketPath));
            socket.Send("READY=1"u8);
        }
        catch (SocketException)
        {
            // Whoever started the agent does not listen any more; the agent runs all the same.
        }
    }
}
