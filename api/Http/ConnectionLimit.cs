using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Praetor.Api.Http;

/// <summary>
/// Bounds the connections of one client IP over all listeners (http-core 1.1). Connections beyond the bound get a raw 429 before anything is
/// read. Unix sockets have no IP and no bound. Thread-safe.
/// </summary>
internal sealed class ConnectionLimit(int maxPerClient, ILogger log)
{
    private readonly ConcurrentDictionary<IPAddress, int> _open = new();

    private static ReadOnlySpan<byte> TooMany =>
        "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nYour IP is issuing too many concurrent connections, please rate limit your calls\n"u8;

    /// <summary>Connection middleware.</summary>
    public ConnectionDelegate Wrap(ConnectionDelegate next) => connection =>
        maxPerClient > 0 && connection.RemoteEndPoint is IPEndPoint remote ? CountAsync(connection, remote.Address, next) : next(connection);

    private async Task CountAsync(ConnectionContext connection, IPAddress address, ConnectionDelegate next)
    {
        try
        {
            if (_open.AddOrUpdate(address, 1, static (_, count) => count + 1) > maxPerClient)
            {
                HttpLog.ConnectionRefused(log, address);
                connection.Transport.Output.Write(TooMany);
                await connection.Transport.Output.FlushAsync().ConfigureAwait(false);
                return;
            }
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Leave(address);
        }
    }

    /// <summary>The last one out removes the address, so that the table holds connected clients only.</summary>
    private void Leave(IPAddress address)
    {
        while (_open.TryGetValue(address, out int count))
        {
            bool left = count == 1
                ? _open.TryRemove(KeyValuePair.Create(address, count))
                : _open.TryUpdate(address, count - 1, count);
            if (left)
                return;
        }
    }
}
