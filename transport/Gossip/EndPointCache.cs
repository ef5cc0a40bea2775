using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Praetor.Transport.Gossip;

/// <summary>
/// End points in both forms that sockets know, so that a datagram allocates neither. Bounded: addresses of datagrams are easily
/// forged. Thread-safe.
/// </summary>
internal sealed class EndPointCache
{
    // More members than a pool has; beyond it the cache starts anew.
    private const int MaxEntries = 16 * 1024;

    private readonly ConcurrentDictionary<SocketAddress, IPEndPoint> _endPoints = new();
    private readonly ConcurrentDictionary<IPEndPoint, SocketAddress> _addresses = new();

    /// <summary>The end point of an address, which may be a buffer that is used again.</summary>
    public IPEndPoint EndPointOf(SocketAddress address)
    {
        if (_endPoints.TryGetValue(address, out IPEndPoint? known))
            return known;
        if (_endPoints.Count >= MaxEntries)
            _endPoints.Clear();
        var copy = new SocketAddress(address.Family, address.Size);
        address.Buffer.Span[..address.Size].CopyTo(copy.Buffer.Span);
        var any = new IPEndPoint(address.Family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        return _endPoints[copy] = (IPEndPoint)any.Create(copy);
    }

    /// <summary>The address of an end point.</summary>
    public SocketAddress AddressOf(IPEndPoint endPoint)
    {
        if (_addresses.TryGetValue(endPoint, out SocketAddress? known))
            return known;
        if (_addresses.Count >= MaxEntries)
            _addresses.Clear();
        return _addresses[new IPEndPoint(endPoint.Address, endPoint.Port)] = endPoint.Serialize();
    }
}
