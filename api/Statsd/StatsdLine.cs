using System.Globalization;
using System.Text;
using Praetor.Runtime.Telemetry;

namespace Praetor.Api.Statsd;

/// <summary>One measurement as a line: <c>name:value|type</c>, with a newline. Pure.</summary>
internal static class StatsdLine
{
    /// <summary>Appends a line.</summary>
    /// <param name="lines">Where to.</param>
    /// <param name="options">Prefix and host name.</param>
    /// <param name="sink">The dialect, and tags of all lines.</param>
    /// <param name="series">What was measured.</param>
    /// <param name="value">The measurement.</param>
    public static void Append(StringBuilder lines, MetricOptions options, StatsdOptions sink, MetricSeries series, double value)
    {
        bool hasTags = sink.Dialect == StatsdDialect.Dogstatsd;
        AppendName(lines, options.Prefix);
        // The host is a dimension of its own for those who know tags, and the daemon adds it.
        if (series.Kind == MetricKind.Gauge && options.HostName.Length > 0 && !hasTags)
            AppendName(lines.Append('.'), options.HostName);
        AppendName(lines.Append('.'), series.Name);
        if (!hasTags)
        {
            foreach ((_, string label) in series.Labels)
                AppendName(lines.Append('.'), label);
        }

        lines.Append(':').Append(value.ToString(hasTags ? "0.######" : "0.000000", CultureInfo.InvariantCulture)).Append('|').Append(TypeOf(series.Kind));
        if (hasTags)
            AppendTags(lines, sink.Tags, series.Labels);
        lines.Append('\n');
    }

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Gauge => "g",
        MetricKind.Counter => "c",
        _ => "ms",
    };

    private static void AppendTags(StringBuilder lines, IReadOnlyList<string> tags, IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        string separator = "|#";
        foreach (string tag in tags)
        {
            AppendTag(lines.Append(separator), tag);
            separator = ",";
        }

        foreach ((string name, string label) in labels)
        {
            AppendTag(lines.Append(separator), name);
            AppendTag(lines.Append(':'), label);
            separator = ",";
        }
    }

    /// <summary>What the line's own form needs may not be in a name.</summary>
    private static void AppendName(StringBuilder lines, string text)
    {
        foreach (char c in text)
            lines.Append(c is ':' or ' ' or '|' || char.IsControl(c) ? '_' : c);
    }

    private static void AppendTag(StringBuilder lines, string text)
    {
        foreach (char c in text)
            lines.Append(c is ',' or '|' || char.IsControl(c) ? '_' : c);
    }
}
