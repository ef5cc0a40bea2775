using System.Globalization;
using Praetor.Load.Measuring;
using Praetor.Load.Scenarios;
using Praetor.Load.Simulations;

namespace Praetor.Load.Growth;

/// <summary>What requests cost as a store grows: keys up to a million, instances up to a hundred thousand, waits up to twenty thousand. Draws the curves.</summary>
/// <param name="options">Target, seconds of each measurement, connections.</param>
/// <param name="output">Where the tables go.</param>
public sealed class GrowthSession(LoadOptions options, TextWriter output)
{
    private const int FillConnections = 16;

    /// <summary>What the agent and this process need beside waits: connections of other scenarios, files.</summary>
    private const int SpareHandles = 2500;

    /// <summary>What can grow.</summary>
    public static readonly string[] Units = ["keys", "instances", "waits"];

    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_settleLong = TimeSpan.FromSeconds(20);
    private static readonly int[] s_keys = [1_000, 10_000, 100_000, 1_000_000];
    private static readonly int[] s_instances = [1_000, 10_000, 100_000];
    private static readonly int[] s_waits = [1_000, 5_000, 20_000];

    private readonly List<GrowthPoint> _points = [];

    /// <summary>Runs; false if any request failed.</summary>
    /// <exception cref="IOException">The agent refused some of the data, or a picture cannot be written.</exception>
    public bool Run()
    {
        if (Wants("keys"))
            GrowKeys();
        if (Wants("instances"))
            GrowInstances();
        if (Wants("waits"))
            GrowWaits();
        foreach (var unit in _points.Select(static point => point.Unit).Distinct())
        {
            if (options.PictureDirectory is not { } directory)
                continue;
            Directory.CreateDirectory(directory);
            Curve[] curves = [.. _points.Where(point => point.Unit == unit).GroupBy(static point => point.Scenario).Select(static points => new Curve(points.Key, [.. points]))];
            File.WriteAllText(Path.Combine(directory, $"growth-{unit}.svg"), GrowthPicture.Draw(unit, curves));
        }

        return _points.TrueForAll(static point => point.IsClean);
    }

    /// <summary>No names: everything.</summary>
    private bool Wants(string unit) => options.Scenarios.Count == 0 || options.Scenarios.Contains(unit);

    private void GrowKeys()
    {
        int have = 0;
        foreach (int keys in s_keys)
        {
            var fill = new GrowKeys(have, keys);
            Fill(fill, fill.Transactions);
            have = keys;
            Measure("keys", keys, new GrownGet(keys));
            Measure("keys", keys, new GrownPut(keys));
            TellMemory("keys", keys);
        }
    }

    private void GrowInstances()
    {
        int have = 0;
        foreach (int instances in s_instances)
        {
            Fill(new GrowInstances(have), instances - have);
            have = instances;
            Measure("instances", instances, new GrownHealth(instances / Grown.InstancesOfService));
            Measure("instances", instances, new GrownDns(instances / Grown.InstancesOfService));
            Measure("instances", instances, new GrownPut(s_keys[^1]));
            TellMemory("instances", instances);
        }
    }

    /// <summary>Waits for one key, which others' writes pass by.</summary>
    private void GrowWaits()
    {
        int most = MostHandles() - SpareHandles;
        foreach (int waits in s_waits.Select(waits => Math.Min(waits, most)))
        {
            using var waiting = WatchScenario.Of("watchers-key", options.Target, waits);
            waiting.Begin();
            Measure("waits", waits, new GrownGet(s_keys[^1]));
            Measure("waits", waits, new GrownPut(s_keys[^1]));
            TellMemory("waits", waits);
            var each = new LatencyHistogram();
            long last = waiting.End(each);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"waits {waits}: the last was answered {last / 1e6:F0} ms after the write of its key"));
        }
    }

    /// <summary>Files and connections that this process may have open.</summary>
    private static int MostHandles()
    {
        string line = File.ReadLines("/proc/self/limits").First(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture);
    }

    private void Fill(Scenario scenario, int requests)
    {
        using var runner = new ScenarioRunner(scenario, options.Target, FillConnections);
        if (!runner.Run([new IterationsForConstant(FillConnections, requests)], TimeSpan.Zero).IsClean)
            throw new IOException($"{scenario.Name}: the agent refused some of {requests} requests");
        // What so much at once has left to do (a snapshot, compaction) belongs to the filling.
        Thread.Sleep(requests > 10_000 ? s_settleLong : s_settle);
    }

    private void Measure(string unit, int size, Scenario scenario)
    {
        using var runner = new ScenarioRunner(scenario, options.Target, options.Connections ?? scenario.DefaultConnections);
        ScenarioResult result = runner.Run([new KeepConstant(runner.Copies, options.Duration)], options.WarmUp);
        var point = new GrowthPoint(unit, size, scenario.Name, result.PerSecond(result.Steps[0].Ok), result.Steps[0].Latency.PercentileNanoseconds(50) / 1e6,
            result.Steps[0].Latency.PercentileNanoseconds(99) / 1e6, result.IsClean);
        _points.Add(point);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{unit} {size}: {scenario.Name} {point.PerSecond:F0}/s, p50 {point.P50Ms:F3} ms, p99 {point.P99Ms:F3} ms{(point.IsClean ? "" : ", FAILED")}"));
    }

    private void TellMemory(string unit, int size)
    {
        if (options.ProcessId is not { } process)
            return;
        string resident = File.ReadLines($"/proc/{process}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{unit} {size}: {long.Parse(resident.AsSpan(6, resident.Length - 8).Trim(), CultureInfo.InvariantCulture) / 1024} MB resident"));
    }
}

/// <summary>One measurement.</summary>
/// <param name="Unit">What has grown.</param>
/// <param name="Size">To how many.</param>
/// <param name="Scenario">What was asked.</param>
/// <param name="PerSecond">Answers in a second.</param>
/// <param name="P50Ms">Median latency.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="IsClean">No request failed.</param>
public sealed record GrowthPoint(string Unit, int Size, string Scenario, double PerSecond, double P50Ms, double P99Ms, bool IsClean);

/// <summary>A line in a picture.</summary>
/// <param name="Name">What was asked.</param>
/// <param name="Points">By size.</param>
public sealed record Curve(string Name, IReadOnlyList<GrowthPoint> Points);
