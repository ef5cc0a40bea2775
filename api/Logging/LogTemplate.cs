using System.Collections.Concurrent;

namespace Praetor.Api.Logging;

/// <summary>One <c>key=value</c> of a template's tail.</summary>
/// <param name="Key">The key.</param>
/// <param name="Hole">Name of the hole that is the whole value, whose type is then kept; null otherwise.</param>
/// <param name="Text">The value as it stands in the template, such as <c>tcp</c> or <c>{Kept}/{Total}</c>.</param>
internal readonly record struct LogField(string Key, string? Hole, string Text);

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
            var isHole = value is ['{', .. var inner, '}'] && !inner.AsSpan().ContainsAny('{', '}');
            parsed.Add(new LogField(key, isHole ? value[1..^1].Split(':')[0] : null, value));
        }

        fields = [.. parsed];
        return true;
    }
}
