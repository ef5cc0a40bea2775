using System.Globalization;
using Praetor.Load.Measuring;
using Praetor.Load.Scenarios;
using Praetor.Load.Simulations;

namespace Praetor.Load;

/// <summary>Runs what the command line asks for, in order, and writes the results.</summary>
public sealed class LoadSession(LoadOptions options, TextWriter output)
{
    private const int DefaultConnections = 64;
    private const int DefaultWatchers = 1000;
    private const int WatchRounds = 5;

    /// <summary>Within one wait of 8 s, so that no wait ends by itself.</summary>
    private static readonly TimeSpan ForeignMax = TimeSpan.FromSeconds(6);

    /// <summary>Scenarios that a load simulation drives.</summary>
    public static IReadOnlyList<Func<Scenario>> Driven { get; } =
    [
        static () => new KvPut(), static () => new KvGet(), static () => new HealthService(), static () => new CatalogService(),
        static () => new DnsScenario(), static () => new RegisterStorm(), static () => new Mixed(),
    ];

    /// <summary>Scenarios with a course of their own, with what they do.</summary>
    public static IReadOnlyDictionary<string, string> Watching { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["watchers-key"] = "1,000 waits for one key: from the write to the last answer",
        ["watchers-service"] = "1,000 waits for one service of 50 instances: from the write to the last answer",
        ["foreign-wakeups"] = "1,000 waits for a key and for a service while other keys and services change: waits that ended",
    };

    /// <summary>Runs; false if any request failed.</summary>
    /// <exception cref="FormatException">An unknown scenario.</exception>
    public bool Run()
    {
        var driven = Driven.Select(static make => make()).ToDictionary(static scenario => scenario.Name);
        var names = options.Scenarios is ["all"] ? [.. driven.Keys, .. Watching.Keys] : options.Scenarios;
        if (names.FirstOrDefault(name => !driven.ContainsKey(name) && !Watching.ContainsKey(name)) is { } unknown)
            throw new FormatException($"unknown scenario {unknown}");

        LoadData(names.Aggregate(DataSet.None, (needs, name) => needs | (driven.TryGetValue(name, out var scenario) ? scenario.Needs : DataSet.Keys | DataSet.Services)));
        var results = new List<ScenarioResult>();
        var watches = new List<string[]>();
        var isClean = true;
        foreach (var name in names)
        {
            if (driven.TryGetValue(name, out var scenario))
                results.Add(Drive(scenario));
            else if (name == "foreign-wakeups")
                isClean &= HasNoForeignWakeups();
            else
                watches.Add(FanOut(name));
        }

        if (results.Count > 0)
            output.WriteLine(Report.Table(results));
        if (watches.Count > 0)
            output.WriteLine(Report.Align([["scenario", "watched", "watchers", "rounds", "last ms (median)", "min", "max", "each p50", "each p99"], .. watches]));
        return isClean && results.TrueForAll(static result => result.Steps.All(static step => step.Fail == 0));
    }

    private void LoadData(DataSet needs)
    {
        if (!options.LoadsData || needs == DataSet.None)
            return;
        output.WriteLine($"loading data: {needs}");
        DataLoader.Load(options.Target, needs);
    }

    private ScenarioResult Drive(Scenario scenario)
    {
        var connections = options.Connections ?? DefaultConnections;
        LoadSimulation simulation = (options.RatePerSecond > 0, options.IsRamping) switch
        {
            (true, false) => new Inject(options.RatePerSecond, options.Duration),
            (true, true) => new RampingInject(options.RatePerSecond, options.Duration),
            (false, false) => new KeepConstant(connections, options.Duration),
            (false, true) => new RampingConstant(connections, options.Duration),
        };
        output.WriteLine($"{scenario.Name}: {simulation} over {connections} connections");
        using var runner = new ScenarioRunner(scenario, options.Target, connections);
        return runner.Run([simulation], options.WarmUp);
    }

    private string[] FanOut(string name)
    {
        using var scenario = Watch(name == "watchers-key");
        var each = new LatencyHistogram();
        output.WriteLine($"{name}: {Watchers} watchers, {WatchRounds} rounds");
        var times = scenario.MeasureFanOut(WatchRounds, each).Order().ToArray();
        return
        [
            name, name["watchers-".Length..], Text(Watchers), Text(WatchRounds), .. new[] { times[times.Length / 2], times[0], times[^1] }.Select(static time => Report.Milliseconds(time)),
            Report.Milliseconds(each.PercentileNanoseconds(50)), Report.Milliseconds(each.PercentileNanoseconds(99)),
        ];
    }

    private bool HasNoForeignWakeups()
    {
        var during = options.Duration < ForeignMax ? options.Duration : ForeignMax;
        var total = 0;
        foreach (var isKey in new[] { true, false })
        {
            using var scenario = Watch(isKey);
            var (writes, wakeups) = scenario.CountForeignWakeups(during, isKey
                ? static (writer, number) => Requests.PutKey(writer, number)
                : static (writer, number) => Requests.Register(writer, "other", "other", number % 1000, $"run {number}"));
            output.WriteLine($"foreign-wakeups of a {(isKey ? "key" : "service")}: {wakeups} of {Watchers} waits ended during {writes} writes elsewhere");
            total += wakeups;
        }

        return total == 0;
    }

    private int Watchers => options.Connections ?? DefaultWatchers;

    private WatchScenario Watch(bool isKey) => isKey
        ? new WatchScenario(options.Target, Watchers, Requests.WatchedKey, Requests.ChangeKey)
        : new WatchScenario(options.Target, Watchers, Requests.WatchedService, Requests.ChangeService);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
