using Microsoft.Extensions.Logging;

namespace Praetor.Api.Cli.Agent;

/// <summary>Log lines of the agent's process (cli 7, Signals). Event ids 1 to 99.</summary>
internal static partial class ProcessLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigWarning(ILogger logger, string warning);

    [LoggerMessage(2, LogLevel.Information, "Consul agent running!")]
    public static partial void Running(ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "Caught: signal={Signal}")]
    public static partial void Caught(ILogger logger, string signal);

    [LoggerMessage(4, LogLevel.Information, "Gracefully shutting down agent...")]
    public static partial void Leaving(ILogger logger);

    [LoggerMessage(5, LogLevel.Information, "Graceful exit completed")]
    public static partial void Left(ILogger logger);

    [LoggerMessage(6, LogLevel.Information, "Graceful shutdown disabled. Exiting")]
    public static partial void LeaveDisabled(ILogger logger);

    [LoggerMessage(7, LogLevel.Information, "Caught second signal, Exiting: signal={Signal}")]
    public static partial void SecondSignal(ILogger logger, string signal);

    [LoggerMessage(8, LogLevel.Information, "Timeout on graceful leave. Exiting")]
    public static partial void LeaveTimedOut(ILogger logger);

    [LoggerMessage(9, LogLevel.Error, "Error on leave: error={Error}")]
    public static partial void LeaveFailed(ILogger logger, string error);

    [LoggerMessage(10, LogLevel.Error, "Error starting agent: error={Error}")]
    public static partial void StartFailed(ILogger logger, string error);

    [LoggerMessage(11, LogLevel.Error, "cannot reload before agent started")]
    public static partial void ReloadTooEarly(ILogger logger);

    [LoggerMessage(12, LogLevel.Error, "Reload config failed: error={Error}")]
    public static partial void ReloadFailed(ILogger logger, string error);

    [LoggerMessage(14, LogLevel.Critical, "A part of the agent died; shutting down: error={Error}")]
    public static partial void Died(ILogger logger, string error, Exception fault);

    [LoggerMessage(15, LogLevel.Information, "Exit code: code={Code}")]
    public static partial void Exit(ILogger logger, int code);

    [LoggerMessage(16, LogLevel.Error, "Retry join failed: error={Error}")]
    public static partial void RetryJoinFailed(ILogger logger, string error);

    [LoggerMessage(17, LogLevel.Error, "Invalid log level in new configuration: level={Level}")]
    public static partial void BadLevel(ILogger logger, string level);

    [LoggerMessage(18, LogLevel.Information, "Praetor starting: version={Version}")]
    public static partial void Starting(ILogger logger, string version);
}
