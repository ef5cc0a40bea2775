using Microsoft.Extensions.Logging;

namespace Praetor.Runtime.Agent.Checks;

/// <summary>Log lines of the running of checks.</summary>
internal static partial class CheckLog
{
    [LoggerMessage(EventId = 4101, Level = LogLevel.Warning, Message = "check has interval below minimum: check={CheckId} interval={Interval} minimum_interval=1s")]
    public static partial void IntervalRaised(ILogger logger, string checkId, TimeSpan interval);

    [LoggerMessage(EventId = 4102, Level = LogLevel.Error, Message = "check run failed unexpectedly: check={CheckId}")]
    public static partial void RunFaulted(ILogger logger, string checkId, Exception fault);

    [LoggerMessage(EventId = 4103, Level = LogLevel.Debug, Message = "check result has not reached its threshold: check={CheckId} result={Status}")]
    public static partial void BelowThreshold(ILogger logger, string checkId, string status);
}
