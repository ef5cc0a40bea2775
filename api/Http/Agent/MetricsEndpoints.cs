using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Praetor.Api.Http.Json;
using Praetor.Runtime.Telemetry;

namespace Praetor.Api.Http.Agent;

/// <summary>agent/metrics and agent/metrics/stream (http-agent 2.5). Thread-safe.</summary>
internal sealed class MetricsEndpoints(MetricStore store)
{
    private const string NotEnabled = "Prometheus is not enabled since its retention time is not positive";
    private const string PrometheusType = "text/plain; version=0.0.4; charset=utf-8";

    public ValueTask AnswerAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            return refused;
        if (!WantsPrometheus(request))
            return request.RespondJsonAsync(json => MetricsJson.Write(json, store, store.Latest));
        if (store.Options.Retention <= TimeSpan.Zero)
        {
            request.SetHeader("X-Consul-Reason", NotEnabled);
            return request.RespondEmptyAsync();
        }

        return request.SendAsync(200, PrometheusType, Encoding.UTF8.GetBytes(PrometheusText.Write(store)));
    }

    /// <summary>An interval after the other, as they end, until the client goes.</summary>
    public async ValueTask StreamAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
        {
            await refused.ConfigureAwait(false);
            return;
        }

        using var stream = new EventStream(request, ContentTypes.Json);
        await stream.StartAsync().ConfigureAwait(false);
        var json = new GoJsonWriter();
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        while (true)
        {
            await store.NextInterval.WaitAsync(request.Aborted).ConfigureAwait(false);
            buffer.ResetWrittenCount();
            json.Reset(buffer, pretty: true);
            MetricsJson.Write(json, store, store.Latest);
            json.Flush();
            System.Buffers.BuffersExtensions.Write(buffer, "\n"u8);
            if (!await stream.WriteAsync(buffer.WrittenMemory).ConfigureAwait(false))
                return;
        }
    }

    private static bool WantsPrometheus(ApiRequest request)
    {
        if (request.Query.Get("format") == "prometheus")
            return true;
        foreach (Range part in request.Header("Accept").AsSpan().Split(','))
        {
            ReadOnlySpan<char> accepted = request.Header("Accept").AsSpan(part).Trim();
            if (accepted.StartsWith("application/openmetrics-text") || accepted.StartsWith("text/plain;version=0.4.0"))
                return true;
        }

        return false;
    }
}

/// <summary>Metrics of an interval as JSON (http-agent 2.5).</summary>
internal static class MetricsJson
{
    public static void Write(GoJsonWriter json, MetricStore store, MetricInterval interval)
    {
        json.BeginObject();
        json.Member("Timestamp"u8, interval.Start.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss +0000 'UTC'", CultureInfo.InvariantCulture));
        json.Name("Gauges"u8);
        json.BeginArray();
        foreach ((MetricSeries series, MetricSummary summary) in Of(interval, MetricKind.Gauge))
        {
            // JSON has no word for what is not a number.
            if (!double.IsFinite(summary.Sum))
                continue;
            json.BeginObject();
            json.Member("Name"u8, store.NameOf(series));
            json.Member("Value"u8, summary.Sum);
            WriteLabels(json, series);
            json.EndObject();
        }

        json.EndArray();
        json.Name("Points"u8);
        json.BeginArray();
        json.EndArray();
        WriteSums(json, store, "Counters"u8, interval, MetricKind.Counter);
        WriteSums(json, store, "Samples"u8, interval, MetricKind.Sample);
        json.EndObject();
    }

    private static void WriteSums(GoJsonWriter json, MetricStore store, ReadOnlySpan<byte> name, MetricInterval interval, MetricKind kind)
    {
        json.Name(name);
        json.BeginArray();
        foreach ((MetricSeries series, MetricSummary summary) in Of(interval, kind))
        {
            json.BeginObject();
            json.Member("Name"u8, store.NameOf(series));
            json.Member("Count"u8, summary.Count);
            json.Member("Rate"u8, summary.Sum / MetricStore.IntervalLength.TotalSeconds);
            json.Member("Sum"u8, summary.Sum);
            json.Member("Min"u8, summary.Min);
            json.Member("Max"u8, summary.Max);
            json.Member("Mean"u8, summary.Mean);
            json.Member("Stddev"u8, summary.Deviation);
            WriteLabels(json, series);
            json.EndObject();
        }

        json.EndArray();
    }

    private static IEnumerable<MetricValue> Of(MetricInterval interval, MetricKind kind) => interval.Values.Where(pair => pair.Series.Kind == kind);

    private static void WriteLabels(GoJsonWriter json, MetricSeries series)
    {
        json.Name("Labels"u8);
        json.BeginObject();
        foreach ((string name, string value) in series.Labels)
        {
            json.Name(name);
            json.String(value);
        }

        json.EndObject();
    }
}

/// <summary>Metrics since the start in Prometheus' text form 0.0.4 (config 8).</summary>
internal static class PrometheusText
{
    private static readonly double[] s_quantiles = [0.5, 0.9, 0.99];

    public static string Write(MetricStore store)
    {
        var text = new StringBuilder(16 * 1024);
        foreach (IGrouping<string, MetricSeries> family in store.Accumulated().GroupBy(series => NameOf(store.NameOf(series))).OrderBy(static family => family.Key, StringComparer.Ordinal))
        {
            string name = family.Key;
            text.Append("# HELP ").Append(name).Append(' ').Append(name).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(family.First().Kind switch { MetricKind.Gauge => "gauge", MetricKind.Counter => "counter", _ => "summary" }).Append('\n');
            foreach (MetricSeries series in family)
                WriteSeries(text, name, series);
        }

        return text.ToString();
    }

    private static void WriteSeries(StringBuilder text, string name, MetricSeries series)
    {
        (long count, double sum) = series.Total;
        if (series.Kind != MetricKind.Sample)
        {
            WriteLine(text, name, series, quantile: null, sum);
            return;
        }

        foreach (double quantile in s_quantiles)
            WriteLine(text, name, series, quantile, series.Quantile(quantile));
        WriteLine(text, name + "_sum", series, quantile: null, sum);
        WriteLine(text, name + "_count", series, quantile: null, count);
    }

    private static void WriteLine(StringBuilder text, string name, MetricSeries series, double? quantile, double value)
    {
        text.Append(name);
        if (series.Labels.Count > 0 || quantile is not null)
        {
            text.Append('{');
            string separator = "";
            foreach ((string label, string content) in series.Labels)
            {
                text.Append(separator).Append(NameOf(label)).Append("=\"").Append(Escape(content)).Append('"');
                separator = ",";
            }

            if (quantile is { } share)
                text.Append(separator).Append("quantile=\"").Append(share.ToString(CultureInfo.InvariantCulture)).Append('"');
            text.Append('}');
        }

        text.Append(' ').Append(double.IsNaN(value) ? "NaN" : value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>Every other character becomes '_'.</summary>
    private static string NameOf(string name) => string.Create(name.Length, name, static (to, from) =>
    {
        for (int i = 0; i < from.Length; i++)
            to[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] is '_' or ':' ? from[i] : '_';
    });

    private static string Escape(string content) => content.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
