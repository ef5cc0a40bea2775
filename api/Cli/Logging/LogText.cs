using System.Globalization;
using System.Text;
using Praetor.Core.Codec;

namespace Praetor.Api.Cli.Logging;

/// <summary>Renders log records as lines of text or JSON (cli 7). Pure.</summary>
internal static class LogText
{
    private const string TextTime = "yyyy-MM-ddTHH:mm:ss.fff";
    private const string JsonTime = "yyyy-MM-ddTHH:mm:ss.ffffff";

    /// <summary>The text form, with its newline.</summary>
    public static string Text(in LogRecord record)
    {
        var line = new StringBuilder(128)
            .Append(record.Time.ToString(TextTime, CultureInfo.InvariantCulture)).Append(Zone(record.Time, colon: false)).Append(' ')
            .Append(LogLevels.Bracketed(record.Level)).Append(record.Logger).Append(": ").Append(record.Message);
        if (record.Fields.Count > 0)
            line.Append(':');
        foreach (var (key, value) in record.Fields)
            AppendField(line, key, LogRecord.Text(value));
        return line.Append('\n').ToString();
    }

    /// <summary>The JSON form, with its newline; keys sorted.</summary>
    public static string Json(in LogRecord record)
    {
        var members = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in record.Fields)
            members[key] = value;
        members["@level"] = LogLevels.Name(record.Level);
        members["@message"] = record.Message;
        members["@module"] = record.Logger;
        members["@timestamp"] = record.Time.ToString(JsonTime, CultureInfo.InvariantCulture) + Zone(record.Time, colon: true);
        var line = new StringBuilder(192).Append('{');
        foreach (var (key, value) in members)
        {
            if (line.Length > 1)
                line.Append(',');
            AppendJsonString(line, key);
            line.Append(':');
            if (value is bool or int or long or uint or ulong or short or ushort or byte)
                line.Append(LogRecord.Text(value));
            else
                AppendJsonString(line, LogRecord.Text(value));
        }

        return line.Append("}\n").ToString();
    }

    private static string Zone(DateTimeOffset time, bool colon)
    {
        if (time.Offset == TimeSpan.Zero)
            return "Z";
        var format = colon ? @"hh\:mm" : "hhmm";
        return (time.Offset < TimeSpan.Zero ? "-" : "+") + time.Offset.ToString(format, CultureInfo.InvariantCulture);
    }

    private static void AppendField(StringBuilder line, string key, string value)
    {
        if (value.Contains('\n', StringComparison.Ordinal))
        {
            line.Append("\n  ").Append(key).Append('=');
            foreach (var part in value.TrimEnd('\n').Split('\n'))
                line.Append("\n  | ").Append(part);
            return;
        }

        line.Append(' ').Append(key).Append('=').Append(NeedsQuotes(value) ? GoQuote.Quote(value) : value);
    }

    private static bool NeedsQuotes(string value)
    {
        foreach (var c in value)
        {
            if (c is ' ' or '"' or '=' or '\t' or '\r' || char.IsControl(c))
                return true;
        }

        return false;
    }

    /// <summary>Escapes as Go's encoder does: control characters, quotes, backslashes, and what would be unsafe inside HTML.</summary>
    private static void AppendJsonString(StringBuilder line, string text)
    {
        line.Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"' or '\\':
                    line.Append('\\').Append(c);
                    break;
                case '\n':
                    line.Append("\\n");
                    break;
                case '\r':
                    line.Append("\\r");
                    break;
                case '\t':
                    line.Append("\\t");
                    break;
                case < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029':
                    line.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    line.Append(c);
                    break;
            }
        }

        line.Append('"');
    }
}
