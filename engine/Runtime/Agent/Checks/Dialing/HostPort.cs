using System.Globalization;

namespace Praetor.Runtime.Agent.Checks.Dialing;

/// <summary>A parsed host:port. The host carries no brackets; empty means this machine.</summary>
internal readonly record struct HostPort(string Host, int Port)
{
    private const int MaxLength = 1024;

    /// <summary>Parses "host:port", "1.2.3.4:port", "[::1]:port"; throws <see cref="DialException"/> with the dial's error text.</summary>
    public static HostPort Parse(string network, string address)
    {
        var error = TrySplit(address, out var host, out var port);
        if (error is not null)
            throw new DialException($"dial {network}: address {address}: {error}");
        if (port.Length == 0 || !port.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            if (port.Length == 0)
                return new HostPort(host, 0);
            if (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= ushort.MaxValue)
                return new HostPort(host, number);
            throw new DialException($"dial {network}: address {port}: invalid port");
        }

        throw new DialException($"dial {network}: lookup {network}/{port}: unknown port");
    }

    /// <summary>host:port with brackets around an IPv6 address.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static string? TrySplit(string address, out string host, out string port)
    {
        host = port = "";
        if (address.Length > MaxLength)
            return "too long";
        var colon = address.LastIndexOf(':');
        if (colon < 0)
            return "missing port in address";
        if (address[0] == '[')
        {
            var end = address.IndexOf(']', StringComparison.Ordinal);
            if (end < 0)
                return "missing ']' in address";
            if (end + 1 == address.Length)
                return "missing port in address";
            if (end + 1 != colon)
                return address[end + 1] == ':' ? "too many colons in address" : "missing port in address";
            host = address[1..end];
        }
        else
        {
            host = address[..colon];
            if (host.Contains(':', StringComparison.Ordinal))
                return "too many colons in address";
        }

        port = address[(colon + 1)..];
        return null;
    }
}
