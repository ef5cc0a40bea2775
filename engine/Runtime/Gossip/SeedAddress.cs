using System.Globalization;
using System.Net;

namespace Praetor.Runtime.Gossip;

/// <summary>Addresses of a host name.</summary>
/// <exception cref="IOException">It has none.</exception>
public delegate Task<IReadOnlyList<IPAddress>> HostResolver(string host, CancellationToken cancellation);

/// <summary>Addresses that users give to join: <c>host</c>, <c>host:port</c>, <c>[v6]:port</c>, <c>name/host:port</c> (gossip-raft 3.2).</summary>
public static class SeedAddress
{
    /// <summary>All end points that a text stands for.</summary>
    /// <exception cref="FormatException">No address.</exception>
    /// <exception cref="IOException">The name does not resolve.</exception>
    public static async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(string text, int defaultPort, HostResolver resolve, CancellationToken cancellation)
    {
        (string host, int port) = Split(text, defaultPort);
        if (IPAddress.TryParse(host, out IPAddress? address))
            return [new IPEndPoint(address, port)];
        return [.. (await resolve(host, cancellation).ConfigureAwait(false)).Select(each => new IPEndPoint(each, port))];
    }

    /// <summary>Host and port of a text.</summary>
    /// <exception cref="FormatException">No address.</exception>
    public static (string Host, int Port) Split(string text, int defaultPort)
    {
        string rest = text[(text.IndexOf('/', StringComparison.Ordinal) + 1)..].Trim();
        if (rest.Length == 0)
            throw new FormatException($"'{text}' is no address");
        if (rest[0] == '[')
        {
            int end = rest.IndexOf(']', StringComparison.Ordinal);
            if (end < 0)
                throw new FormatException($"'{text}' is no address: missing ']'");
            return (rest[1..end], rest.Length == end + 1 ? defaultPort : Port(text, rest[(end + 1)..].TrimStart(':')));
        }

        int colon = rest.IndexOf(':', StringComparison.Ordinal);
        // More than one colon without brackets is an IPv6 address without port.
        if (colon < 0 || rest.IndexOf(':', colon + 1) >= 0)
            return (rest, defaultPort);
        return (rest[..colon], Port(text, rest[(colon + 1)..]));
    }

    private static int Port(string text, string port) =>
        ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) && number > 0 ? number : throw new FormatException($"'{text}' is no address: bad port '{port}'");
}
