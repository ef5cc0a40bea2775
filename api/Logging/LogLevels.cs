using Microsoft.Extensions.Logging;

namespace Praetor.Api.Logging;

/// <summary>Names of the levels (cli 7, config 5 Logging).</summary>
public static class LogLevels
{
    /// <summary>Reads a level name, any case.</summary>
    public static bool TryParse(string text, out LogLevel level)
    {
        (var known, level) = text.ToUpperInvariant() switch
        {
            "TRACE" => (true, LogLevel.Trace),
            "DEBUG" => (true, LogLevel.Debug),
            "INFO" => (true, LogLevel.Information),
            "WARN" => (true, LogLevel.Warning),
            "ERR" or "ERROR" => (true, LogLevel.Error),
            _ => (false, LogLevel.Information),
        };
        return known;
    }

    /// <summary>Refusal of an unknown level at start.</summary>
    public static string Refusal(string text) => $"Invalid log level: {text}. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]";

    /// <summary>The level as log_json spells it.</summary>
    internal static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };

    /// <summary>The level in brackets, padded so that names line up.</summary>
    internal static string Bracketed(LogLevel level) => level switch
    {
        LogLevel.Trace => "[TRACE] ",
        LogLevel.Debug => "[DEBUG] ",
        LogLevel.Information => "[INFO]  ",
        LogLevel.Warning => "[WARN]  ",
        _ => "[ERROR] ",
    };
}
