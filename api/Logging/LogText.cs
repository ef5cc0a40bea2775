using System.Buffers;
using System.Globalization;
using System.Text;
using Praetor.Api.Http.Json;
using Praetor.Core.Codec;

namespace Praetor.Api.Logging;

/// <summary>Renders log records as lines of text or JSON (cli 7). Pure.</summary>
internal static class LogText
{
    private const string TextTime = "yyyy-MM-ddTHH:mm:ss.fff";
    private const string JsonTime = "yyyy-MM-ddTHH:mm:ss.ffffff";

    /// <summary>The text form, with its newline.</summary>
    public static byte[] Text(in LogRecord record)
    {
        var line = new StringBuilder(128)
            .Append(record.Time.ToString(TextTime, CultureInfo.InvariantCulture)).Append(Zone(record.Time, "hhmm")).Append(' ')
            .Append(LogLevels.Bracketed(record.Level));
        AppendBare(line, record);
        return Encoding.UTF8.GetBytes(line.Append('\n').ToString());
    }

    /// <summary>The text form without time, level and newline.</summary>
    public static string Bare(in LogRecord record)
    {
        var line = new StringBuilder(128);
        AppendBare(line, record);
        return line.ToString();
    }

    /// <summary>The JSON form, with its newline; keys sorted.</summary>
    public static byte[] Json(in LogRecord record)
    {
        var members = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in record.Fields)
            members[key] = value;
        members["@level"] = LogLevels.Name(record.Level);
        members["@message"] = record.Message;
        members["@module"] = record.Logger;
        members["@timestamp"] = record.Time.ToString(JsonTime, CultureInfo.InvariantCulture) + Zone(record.Time, "hh\\:mm");
        var line = new ArrayBufferWriter<byte>(256);
        var json = new GoJsonWriter();
        json.Reset(line, pretty: false);
        json.BeginObject();
        foreach (var (key, value) in members)
        {
            json.Name(key);
            WriteValue(json, value);
        }

        json.EndObject();
        json.Flush();
        line.Write("\n"u8);
        return line.WrittenSpan.ToArray();
    }

    private static void AppendBare(StringBuilder line, in LogRecord record)
    {
        line.Append(record.Logger).Append(": ").Append(record.Message);
        if (record.Fields.Count > 0)
            line.Append(':');
        foreach (var (key, value) in record.Fields)
            AppendField(line, key, LogRecord.Text(value));
    }

    private static void WriteValue(GoJsonWriter json, object? value)
    {
        switch (value)
        {
            case bool flag:
                json.Bool(flag);
                break;
            case byte or short or ushort or int or uint or long:
                json.Number(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            default:
                json.String(LogRecord.Text(value));
                break;
        }
    }

    private static string Zone(DateTimeOffset time, string format) => time.Offset == TimeSpan.Zero
        ? "Z"
        : (time.Offset < TimeSpan.Zero ? "-" : "+") + time.Offset.ToString(format, CultureInfo.InvariantCulture);

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
}
