using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Praetor.Transport.Rpc;

/// <summary>Kestrel's connection layer without anything above it.</summary>
internal static class ConnectionListener
{
    /// <summary>Binds and listens.</summary>
    /// <exception cref="IOException">The address is in use or cannot be bound.</exception>
    public static async ValueTask<IConnectionListener> BindAsync(IPEndPoint endPoint, SocketTransportOptions options, CancellationToken cancellation)
    {
        try
        {
            // Its own log would name connections by numbers that nothing else knows.
            var transport = new SocketTransportFactory(Options.Create(options), NullLoggerFactory.Instance);
            return await transport.BindAsync(endPoint, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is AddressInUseException or SocketException)
        {
            throw new IOException($"Failed to bind to address tcp://{endPoint}: {failure.Message}", failure);
        }
    }
}
