using System.Globalization;
using System.Text;

namespace Praetor.Load.Measuring;

/// <summary>Prints results as a table.</summary>
public static class Report
{
    private static readonly string[] Columns =
    [
        "scenario", "step", "connections", "Ok", "Fail", "Lost", "RPS", "p50 ms", "p95 ms", "p99 ms", "p99.9 ms", "max ms", "worst s: RPS", "p99 ms", "MB/s",
    ];

    /// <summary>The percentiles that reports tell.</summary>
    internal static IReadOnlyList<(string Name, double Percent)> Percentiles { get; } = [("p50", 50), ("p95", 95), ("p99", 99), ("p99.9", 99.9)];

    /// <summary>A table of all steps of all scenarios; numbers are aligned to the right.</summary>
    public static string Table(IReadOnlyList<ScenarioResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var rows = new List<string[]> { Columns };
        foreach (var result in results)
            rows.AddRange(result.Steps.Select(step => Row(result, step)));
        return Align(rows);
    }

    /// <summary>A table of fan-outs.</summary>
    public static string Table(IReadOnlyList<FanOutResult> fanOuts)
    {
        ArgumentNullException.ThrowIfNull(fanOuts);
        return Align(
        [
            ["scenario", "watchers", "rounds", "last ms (median)", "min", "max", "each p50", "each p99"],
            .. fanOuts.Select(static fanOut => new[]
            {
                fanOut.Scenario, Whole(fanOut.Watchers), Whole(fanOut.LastAnswers.Count),
                Milliseconds(fanOut.MedianLastAnswer), Milliseconds(fanOut.LastAnswers[0]), Milliseconds(fanOut.LastAnswers[^1]),
                Milliseconds(fanOut.Each.PercentileNanoseconds(50)), Milliseconds(fanOut.Each.PercentileNanoseconds(99)),
            }),
        ]);
    }

    /// <summary>A table of a comparison; the last column says how many times better the first target of a scenario is.</summary>
    public static string Table(IReadOnlyList<ComparedResult> results) => Align(
    [
        ["scenario", "target", "RPS (median)", "min", "max", "p50 ms", "p99 ms", "last answer ms", "first is better by"],
        .. results.Select(result => ComparedRow(result, results.First(first => first.Scenario == result.Scenario))),
    ]);

    private static string[] ComparedRow(ComparedResult result, ComparedResult first)
    {
        bool isFanOut = result.LastAnswersMs.Count > 0;
        string[] rates = isFanOut
            ? ["", "", "", "", ""]
            : [Whole(result.PerSecond.Median), Whole(result.PerSecond.Least), Whole(result.PerSecond.Most), Milliseconds(result.P50Ms * 1e6), Milliseconds(result.P99Ms * 1e6)];
        string times = ReferenceEquals(result, first) ? "" : first.TimesBetterThan(result).ToString("F1", CultureInfo.InvariantCulture);
        return [result.Scenario, result.Target, .. rates, isFanOut ? Milliseconds(result.LastAnswer.Median * 1e6) : "", times];
    }

    /// <summary>A table of findings.</summary>
    public static string Table(IReadOnlyList<Finding> findings) => Align(
    [
        ["scenario", "counted", "value", ""],
        .. findings.Select(static finding => new[] { finding.Scenario, finding.Counted, finding.Value, finding.IsOk ? "Ok" : "Fail" }),
    ]);

    /// <summary>Rows of equal length with columns of equal width; the first two columns to the left, the others to the right.</summary>
    private static string Align(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }

        return text.ToString();
    }

    /// <summary>Milliseconds with three decimals.</summary>
    private static string Milliseconds(double nanoseconds) => (nanoseconds / 1e6).ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>A whole number.</summary>
    private static string Whole(double number) => number.ToString("F0", CultureInfo.InvariantCulture);

    private static string[] Row(ScenarioResult result, StepStats step)
    {
        return
        [
            result.Scenario, step.Name, Whole(result.Connections),
            Whole(step.Ok), Whole(step.Fail), Whole(step.Lost),
            Whole(result.PerSecond(step.Ok)),
            .. Percentiles.Select(percentile => Milliseconds(step.Latency.PercentileNanoseconds(percentile.Percent))),
            Milliseconds(step.Latency.MaxRecordedNanoseconds),
            step.Worst is { } worst ? Whole(worst.Ok) : "-",
            step.Worst is { Ok: > 0 } some ? Milliseconds(some.P99Nanoseconds) : "-",
            (result.PerSecond(step.ReceivedBytes) / 1e6).ToString("F1", CultureInfo.InvariantCulture),
        ];
    }
}
