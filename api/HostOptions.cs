using System.Net;
using System.Net.Sockets;
using Praetor.Api.Config;
using Praetor.Api.Http;

namespace Praetor.Api;

/// <summary>Translates the configuration into the options of the parts. Pure.</summary>
internal static class HostOptions
{
    /// <summary>Options of the HTTP API.</summary>
    public static HttpOptions Http(AgentConfig config) => new()
    {
        Datacenter = config.Datacenter,
        AlwaysIndentJson = config.DevMode,
        DefaultQueryTime = config.DefaultQueryTime,
        MaxQueryTime = config.MaxQueryTime,
        KvMaxValueSizeBytes = config.Limits.KvMaxValueSizeBytes,
        MaxConnectionsPerClient = config.Limits.HttpMaxConnsPerClient,
        ResponseHeaders = config.Http.ResponseHeaders,
        BlockEndpoints = config.Http.BlockEndpoints,
        AllowWriteFrom = config.Http.AllowWriteFrom,
        UseCache = config.Http.UseCache,
        MaxHeaderBytes = config.Http.MaxHeaderBytes > 0 ? config.Http.MaxHeaderBytes : new HttpOptions().MaxHeaderBytes,
        AllowUnprintablePath = config.AllowUnprintableInPaths,
        DiscoveryMaxStale = config.DiscoveryMaxStale,
        TranslateWanAddresses = config.TranslateWanAddresses,
        DefaultAclPolicy = config.Acl.DefaultPolicy,
        UiEnabled = config.Http.UiEnabled,
        UiPath = config.Http.UiContentPath,
        UnixSocketMode = SocketMode(config.Addresses.SocketMode),
    };

    /// <summary>Where Kestrel binds.</summary>
    public static EndPoint ToEndPoint(ListenAddress address) =>
        address.SocketPath is { } path ? new UnixDomainSocketEndPoint(path) : address.EndPoint!;

    private static UnixFileMode? SocketMode(string octal)
    {
        var mode = 0;
        foreach (var digit in octal)
        {
            if (digit is < '0' or > '7')
                return null;
            mode = (mode * 8) + (digit - '0');
        }

        return octal.Length == 0 ? null : (UnixFileMode)(mode & Convert.ToInt32("777", 8));
    }
}
