using System.Globalization;
using System.Text;
using Praetor.Runtime.Telemetry;

namespace Praetor.Api.Cli.Agent;

/// <summary>The metrics of the last minute as lines, asked for with SIGUSR1 (cli 7, Signals). Pure.</summary>
internal static class MetricsDump
{
    /// <summary>All finished intervals; before there is one, that under way.</summary>
    public static string Write(MetricStore store)
    {
        var text = new StringBuilder();
        foreach (MetricInterval interval in store.Finished is { Count: > 0 } finished ? finished : [store.Latest])
        {
            string start = interval.Start.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss +0000 'UTC'", CultureInfo.InvariantCulture);
            foreach ((MetricSeries series, MetricSummary summary) in interval.Values)
            {
                text.Append('[').Append(start).Append("][").Append(LetterOf(series.Kind)).Append("] '").Append(store.NameOf(series));
                foreach ((_, string label) in series.Labels)
                    text.Append('.').Append(label.Replace(' ', '_'));
                text.Append("': ").Append(series.Kind == MetricKind.Gauge ? Number(summary.Sum) : Sums(summary)).Append('\n');
            }
        }

        return text.ToString();
    }

    private static char LetterOf(MetricKind kind) => kind switch
    {
        MetricKind.Gauge => 'G',
        MetricKind.Counter => 'C',
        _ => 'S',
    };

    private static string Sums(in MetricSummary summary) => summary.Deviation > 0
        ? $"Count: {summary.Count} Min: {Number(summary.Min)} Mean: {Number(summary.Mean)} Max: {Number(summary.Max)} Stddev: {Number(summary.Deviation)} Sum: {Number(summary.Sum)}"
        : $"Count: {summary.Count} Sum: {Number(summary.Sum)}";

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
