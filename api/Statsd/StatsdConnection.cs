using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Praetor.Api.Statsd;

/// <summary>Opens the socket to a daemon.</summary>
internal static class StatsdConnection
{
    private const string UnixPrefix = "unix://";

    /// <summary>Connects; of UDP that only fixes the far side.</summary>
    /// <exception cref="SocketException">Unknown host, or nobody listens.</exception>
    /// <exception cref="FormatException">The address is not host:port.</exception>
    public static async Task<Socket> OpenAsync(StatsdOptions sink, CancellationToken cancellation)
    {
        (EndPoint target, Socket socket) = Target(sink);
        try
        {
            await socket.ConnectAsync(target, cancellation).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static (EndPoint Target, Socket Socket) Target(StatsdOptions sink)
    {
        if (sink.Dialect == StatsdDialect.Dogstatsd && sink.Address.StartsWith(UnixPrefix, StringComparison.Ordinal))
            return (new UnixDomainSocketEndPoint(sink.Address[UnixPrefix.Length..]), new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified));
        int colon = sink.Address.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(sink.Address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            throw new FormatException($"{sink.Address} is not host:port");
        string host = sink.Address[..colon].Trim('[', ']');
        EndPoint target = IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port) : new DnsEndPoint(host.Length == 0 ? "localhost" : host, port);
        return (target, sink.Dialect == StatsdDialect.Statsite ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(SocketType.Dgram, ProtocolType.Udp));
    }
}
