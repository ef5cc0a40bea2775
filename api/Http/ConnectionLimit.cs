using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Praetor.Transport.Rpc;

namespace Praetor.Api.Http;

/// <summary>
/// Bounds the connections of one client IP over all listeners (http-core 1.1). Connections beyond the bound get a raw 429 before anything is
/// read. Unix sockets have no IP and no bound. Thread-safe.
/// </summary>
internal sealed class ConnectionLimit(AddressLimit limit, ILogger log)
{
    private static ReadOnlySpan<byte> TooMany =>
        "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nYour IP is issuing too many concurrent connections, please rate limit your calls\n"u8;

    /// <summary>Connection middleware.</summary>
    public ConnectionDelegate Wrap(ConnectionDelegate next) => connection =>
        connection.RemoteEndPoint is IPEndPoint remote ? CountAsync(connection, remote.Address, next) : next(connection);

    private async Task CountAsync(ConnectionContext connection, IPAddress address, ConnectionDelegate next)
    {
        if (!limit.TryEnter(address))
        {
            HttpLog.ConnectionRefused(log, address);
            connection.Transport.Output.Write(TooMany);
            await connection.Transport.Output.FlushAsync().ConfigureAwait(false);
            return;
        }

        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            limit.Leave(address);
        }
    }
}
