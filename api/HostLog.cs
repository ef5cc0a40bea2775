using Microsoft.Extensions.Logging;

namespace Praetor.Api;

/// <summary>Log lines of the composition root; tools wait for some of them (cli 7). Event ids 100 to 199.</summary>
internal static partial class HostLog
{
    [LoggerMessage(100, LogLevel.Information, "Starting server: address={Address} network={Network} protocol={Protocol}")]
    public static partial void StartingServer(ILogger logger, string address, string network, string protocol);

    [LoggerMessage(102, LogLevel.Information, "cluster leadership acquired")]
    public static partial void LeadershipAcquired(ILogger logger);

    [LoggerMessage(103, LogLevel.Information, "New leader elected: payload={Payload}")]
    public static partial void NewLeader(ILogger logger, string payload);

    [LoggerMessage(104, LogLevel.Information, "Reloading configuration...")]
    public static partial void Reloading(ILogger logger);

    [LoggerMessage(105, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigWarning(ILogger logger, string warning);
}
