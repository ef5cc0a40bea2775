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

    [LoggerMessage(106, LogLevel.Warning, "{Pool} keyring doesn't include key provided with -encrypt, using keyring")]
    public static partial void KeyringDiffers(ILogger logger, string pool);

    [LoggerMessage(107, LogLevel.Information, "Raft data found, disabling bootstrap mode")]
    public static partial void AlreadyBorn(ILogger logger);

    [LoggerMessage(108, LogLevel.Information, "member {What}: name={Name} address={Address}")]
    public static partial void MemberChanged(ILogger logger, string what, string name, string address);

    [LoggerMessage(109, LogLevel.Information, "cluster leadership lost")]
    public static partial void LeadershipLost(ILogger logger);

    [LoggerMessage(110, LogLevel.Information, "server starting leave")]
    public static partial void Leaving(ILogger logger);

    [LoggerMessage(111, LogLevel.Warning, "failed to leave raft configuration gracefully, timeout")]
    public static partial void StillInConfiguration(ILogger logger);

    [LoggerMessage(112, LogLevel.Error, "background task died: task={Task}")]
    public static partial void TaskDied(ILogger logger, string task, Exception cause);

    [LoggerMessage(113, LogLevel.Warning, "failed to transfer leadership: error={Error}")]
    public static partial void NotTransferred(ILogger logger, string error);

    [LoggerMessage(117, LogLevel.Warning, "Changes to your configuration were detected that for security reasons cannot be automatically applied by 'auto_reload_config'. "
        + "Manually reload your configuration (e.g. with 'consul reload') to apply these changes.")]
    public static partial void NotAutomatic(ILogger logger);

    [LoggerMessage(118, LogLevel.Error, "error reloading configuration: error={Error}")]
    public static partial void AutoReloadFailed(ILogger logger, string error);

    [LoggerMessage(119, LogLevel.Warning, "metrics do not reach their daemon: address={Address} error={Error}")]
    public static partial void StatsdLost(ILogger logger, string address, string error);

    [LoggerMessage(120, LogLevel.Warning, "configuration has changed in keys that take effect at the next start only: keys={Keys}")]
    public static partial void NeedsRestart(ILogger logger, string keys);

    [LoggerMessage(116, LogLevel.Warning, "coordinate update error: error={Error}")]
    public static partial void CoordinateNotTaken(ILogger logger, string error);

    [LoggerMessage(114, LogLevel.Information, "deleted peers.json file after successful recovery: servers={Servers}")]
    public static partial void PeersRecovered(ILogger logger, string servers);

    [LoggerMessage(115, LogLevel.Error, "failed to write server metadata: path={Path} error={Error}")]
    public static partial void ServerAgeNotKept(ILogger logger, string path, string error);
}
