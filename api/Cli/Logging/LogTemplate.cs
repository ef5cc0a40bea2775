using System.Collections.Concurrent;

namespace Praetor.Api.Cli.Logging;

/// <summary>One <c>key=value</c> of a template's tail: the value is a hole of the template or fixed text.</summary>
internal readonly record struct LogField(string Key, string? Hole, string? Fixed);

/// <summary>
/// A message template such as <c>"Starting server: address={Address} network=tcp"</c> split into the sentence and the fields behind it, so that
/// values can be quoted in text and kept apart in JSON. A template without such a tail is all sentence. Immutable, cached.
/// </summary>
internal sealed class LogTemplate
{
    private static readonly ConcurrentDictionary<string, LogTemplate> s_cache = new(StringComparer.Ordinal);

    private LogTemplate(string message, LogField[] fields)
    {
        Message = message;
        Fields = fields;
    }

    /// <summary>The sentence, holes included.</summary>
    public string Message { get; }

    /// <summary>Fields in order.</summary>
    public LogField[] Fields { get; }

    /// <summary>The split form of a template. Templates are literals of the program, so the cache is bounded by the code.</summary>
    public static LogTemplate Of(string template) => s_cache.GetOrAdd(template, Parse);

    private static LogTemplate Parse(string template)
    {
        for (var colon = template.IndexOf(": ", StringComparison.Ordinal); colon >= 0; colon = template.IndexOf(": ", colon + 1, StringComparison.Ordinal))
        {
            if (TryParseFields(template[(colon + 2)..], out var fields))
                return new LogTemplate(template[..colon], fields);
        }

        return new LogTemplate(template, []);
    }

    private static bool TryParseFields(string tail, out LogField[] fields)
    {
        fields = [];
        var parsed = new List<LogField>();
        foreach (var part in tail.Split(' '))
        {
            if (part.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var equals))
                return false;
            var (key, value) = (part[..equals], part[(equals + 1)..]);
            if (key.AsSpan().ContainsAny('{', '}', '"'))
                return false;
            if (value is ['{', .. var hole, '}'])
                parsed.Add(new LogField(key, hole.Split(':')[0], null));
            else if (!value.AsSpan().ContainsAny('{', '}'))
                parsed.Add(new LogField(key, null, value));
            else
                return false;
        }

        fields = [.. parsed];
        return true;
    }
}
