using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Praetor.Api.Logging;

/// <summary>One log event before it becomes a line.</summary>
/// <param name="Time">When, in local time.</param>
/// <param name="Level">Level.</param>
/// <param name="Logger">Dotted name, such as agent.server.raft.</param>
/// <param name="Message">The sentence.</param>
/// <param name="Fields">Key and value pairs; numbers and booleans keep their type for JSON.</param>
internal readonly record struct LogRecord(
    DateTimeOffset Time, LogLevel Level, string Logger, string Message, IReadOnlyList<KeyValuePair<string, object?>> Fields)
{
    private const string OriginalFormatKey = "{OriginalFormat}";

    /// <summary>Takes a logging call apart: sentence, fields, and the exception as field <c>error</c>.</summary>
    public static LogRecord Of<TState>(
        DateTimeOffset time, LogLevel level, string logger, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var fields = new List<KeyValuePair<string, object?>>();
        var message = state is IReadOnlyList<KeyValuePair<string, object?>> values && Find(values, OriginalFormatKey) is string format
            && LogTemplate.Of(format) is { Fields.Length: > 0 } template
                ? Split(template, values, fields)
                : formatter(state, exception);
        if (exception is not null)
        {
            if (!fields.Exists(field => field.Key == "error"))
                fields.Add(new("error", exception.Message));
            if (level == LogLevel.Critical)
                fields.Add(new("stack", exception.ToString()));
        }

        return new LogRecord(time, level, logger, message, fields);
    }

    /// <summary>A field's value as text.</summary>
    public static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        Exception error => error.Message,
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Split(LogTemplate template, IReadOnlyList<KeyValuePair<string, object?>> values, List<KeyValuePair<string, object?>> fields)
    {
        foreach (var field in template.Fields)
            fields.Add(new(field.Key, field.Hole is null ? Fill(field.Text, values) : Find(values, field.Hole)));
        return Fill(template.Message, values);
    }

    private static string Fill(string text, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        if (!text.Contains('{', StringComparison.Ordinal))
            return text;
        foreach (var (name, value) in values)
            text = text.Replace($"{{{name}}}", Text(value), StringComparison.Ordinal);
        return text;
    }

    private static object? Find(IReadOnlyList<KeyValuePair<string, object?>> values, string name)
    {
        // From the end: the template itself is always the last entry.
        for (var i = values.Count - 1; i >= 0; i--)
        {
            if (string.Equals(values[i].Key, name, StringComparison.OrdinalIgnoreCase))
                return values[i].Value;
        }

        return null;
    }
}
