using System.Net;

namespace Praetor.Api.Config;

/// <summary>Where a listener binds: a TCP endpoint or a unix socket.</summary>
/// <param name="EndPoint">Address and port; null for a socket.</param>
/// <param name="SocketPath">Path of the unix socket; null for TCP.</param>
public sealed record ListenAddress(IPEndPoint? EndPoint, string? SocketPath)
{
    /// <summary>The network as Go names it.</summary>
    public string Network => EndPoint is null ? "unix" : "tcp";

    /// <summary>host:port or path.</summary>
    public override string ToString() => EndPoint?.ToString() ?? SocketPath!;

    /// <summary>As DebugConfig shows it: tcp://host:port or unix://path.</summary>
    public string ToUri(string scheme = "tcp") => EndPoint is null ? $"unix://{SocketPath}" : $"{scheme}://{EndPoint}";
}
