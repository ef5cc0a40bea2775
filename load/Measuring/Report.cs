using System.Globalization;
using System.Text;

namespace Praetor.Load.Measuring;

/// <summary>Prints results as a table.</summary>
public static class Report
{
    private static readonly string[] Columns = ["scenario", "step", "Ok", "Fail", "RPS", "worst s", "p50 ms", "p95 ms", "p99 ms", "p99.9 ms", "max ms", "MB/s"];

    /// <summary>A table of all steps of all scenarios; numbers are aligned to the right.</summary>
    public static string Table(IReadOnlyList<ScenarioResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var rows = new List<string[]> { Columns };
        foreach (var result in results)
            rows.AddRange(result.Steps.Select(step => Row(result, step)));
        return Align(rows);
    }

    /// <summary>Rows of equal length with columns of equal width; the first two columns to the left, the others to the right.</summary>
    public static string Align(IReadOnlyList<string[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }

        return text.ToString();
    }

    /// <summary>Milliseconds with three significant decimals.</summary>
    public static string Milliseconds(double nanoseconds) => (nanoseconds / 1e6).ToString("F3", CultureInfo.InvariantCulture);

    private static string[] Row(ScenarioResult result, StepStats step)
    {
        var seconds = Math.Max(result.Measured.TotalSeconds, 1e-9);
        return
        [
            result.Scenario,
            step.Name,
            step.Ok.ToString(CultureInfo.InvariantCulture),
            step.Fail.ToString(CultureInfo.InvariantCulture),
            (step.Ok / seconds).ToString("F0", CultureInfo.InvariantCulture),
            step.WorstSecond(result.Measured).ToString(CultureInfo.InvariantCulture),
            .. new[] { 50, 95, 99, 99.9 }.Select(percent => Milliseconds(step.Latency.PercentileNanoseconds(percent))),
            Milliseconds(step.Latency.MaxRecordedNanoseconds),
            (step.ReceivedBytes / seconds / 1e6).ToString("F1", CultureInfo.InvariantCulture),
        ];
    }
}

/// <summary>What a scenario measured.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Measured">Length of the measurement, warm-up excluded.</param>
/// <param name="Steps">One entry per kind of request.</param>
public sealed record ScenarioResult(string Scenario, TimeSpan Measured, IReadOnlyList<StepStats> Steps);
