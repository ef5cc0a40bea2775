using System.Net.Sockets;
using Praetor.Load.Measuring;
using Praetor.Load.Scenarios;
using Praetor.Load.Simulations;

namespace Praetor.Load;

/// <summary>Runs what the command line asks for, in order, and writes the results as tables, and as JSON if a file is named, at the end.</summary>
public sealed class LoadSession(LoadOptions options, TextWriter output)
{
    private const string FillName = "fill";
    private const int FillConnections = 64;
    private const int DefaultWatchers = 1000;
    private const int WatchRounds = 5;

    /// <summary>Within one wait of 8 s, so that no wait ends by itself.</summary>
    private static readonly TimeSpan ForeignMax = TimeSpan.FromSeconds(6);

    private readonly List<ScenarioResult> _results = [];
    private readonly List<FanOutResult> _fanOuts = [];
    private readonly List<Finding> _findings = [];
    private bool _isClean = true;

    /// <summary>Every scenario with what it does, in the order of 'all'.</summary>
    public static IReadOnlyList<(string Name, string Description)> Scenarios { get; } =
    [
        (FillName, "puts in the data: 10,000 keys of 128 bytes, 500 instances of 10 services"),
        .. DrivenScenarios.All,
        ("watchers-key", "1,000 waits for one key: from the write to the last answer"),
        ("watchers-service", "1,000 waits for one service of 50 instances: from the write to the last answer"),
        ("foreign-wakeups", "1,000 waits for a key and for a service while other keys and services change: waits that ended"),
    ];

    /// <summary>Runs; false if any request failed, any wait ended for nothing or any index moved that must not.</summary>
    /// <exception cref="FormatException">An unknown scenario.</exception>
    /// <exception cref="IOException">The JSON file cannot be written.</exception>
    public bool Run()
    {
        string[] names = options.Scenarios is ["all"]
            ? [.. Scenarios.Select(static scenario => scenario.Name).Where(static name => name != "register-new")]
            : [.. options.Scenarios];
        if (names.FirstOrDefault(static name => Scenarios.All(scenario => scenario.Name != name)) is { } unknown)
            throw new FormatException($"unknown scenario {unknown}");

        if (!names.Contains(FillName) && options.LoadsData)
            Guard(FillName, () => Fill(names.Aggregate(DataSet.None, static (needs, name) => needs | NeedsOf(name)), isReported: false));
        foreach (var name in names)
            Guard(name, () => RunOne(name));
        WriteTables();
        if (options.JsonFile is { } path)
        {
            using var file = File.Create(path);
            JsonReport.Write(file, _results, _fanOuts, _findings);
        }

        return _isClean;
    }

    private static DataSet NeedsOf(string name) => DrivenScenarios.Make(name)?.Needs ?? DataSet.Keys | DataSet.Services;

    /// <summary>A scenario that cannot go on is a failure; those after it still run.</summary>
    private void Guard(string name, Action run)
    {
        try
        {
            run();
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            output.WriteLine($"{name}: {error.Message}");
            _isClean = false;
        }
    }

    private void RunOne(string name)
    {
        switch (name)
        {
            case FillName:
                Fill(DataSet.Keys | DataSet.Services, isReported: true);
                break;
            case "watchers-key" or "watchers-service":
                FanOut(name);
                break;
            case "foreign-wakeups":
                CountForeignWakeups(isKey: true);
                CountForeignWakeups(isKey: false);
                break;
            case "register-storm":
                Storm();
                break;
            default:
                Drive(DrivenScenarios.Make(name)!);
                break;
        }
    }

    private void Fill(DataSet data, bool isReported)
    {
        foreach (var (scenario, requests) in DrivenScenarios.Fills(data))
            Fill(scenario, requests, isReported);
    }

    private void Fill(Scenario scenario, int requests, bool isReported)
    {
        output.WriteLine($"{FillName}: {requests} {scenario.Steps[0]}");
        using var runner = new ScenarioRunner(scenario, options.Target, Math.Min(options.Connections ?? FillConnections, FillConnections));
        var result = runner.Run([new IterationsForConstant(FillConnections, requests)], TimeSpan.Zero);
        if (isReported)
            Add(result);
        else if (!result.IsClean)
            throw new IOException($"the agent refused {result.Steps[0].Fail} of {requests} writes");
    }

    private void Drive(Scenario scenario)
    {
        var connections = options.Connections ?? scenario.DefaultConnections;
        scenario.Prepare(options.Target);
        using var runner = new ScenarioRunner(scenario, options.Target, connections);
        LoadSimulation simulation = (options.RatePerSecond > 0, options.IsRamping) switch
        {
            (true, false) => new Inject(options.RatePerSecond, options.Duration),
            (true, true) => new RampingInject(options.RatePerSecond, options.Duration),
            (false, false) => new KeepConstant(runner.Copies, options.Duration),
            (false, true) => new RampingConstant(runner.Copies, options.Duration),
        };
        output.WriteLine($"{scenario.Name}: {simulation} over {connections} connections");
        Add(runner.Run([simulation], options.WarmUp));
    }

    private void Add(ScenarioResult result)
    {
        _results.Add(result);
        _isClean &= result.IsClean;
    }

    private void FanOut(string name)
    {
        using var scenario = WatchScenario.Of(name, options.Target, Watchers);
        var each = new LatencyHistogram();
        output.WriteLine($"{name}: {Watchers} watchers, {WatchRounds} rounds");
        _fanOuts.Add(new FanOutResult(name, Watchers, [.. scenario.MeasureFanOut(WatchRounds, each).Order()], each));
    }

    private void CountForeignWakeups(bool isKey)
    {
        var during = options.Duration < ForeignMax ? options.Duration : ForeignMax;
        var what = isKey ? "a key" : "a service";
        output.WriteLine($"foreign-wakeups: {Watchers} watchers of {what}, others written");
        using var scenario = WatchScenario.Of(isKey ? "watchers-key" : "watchers-service", options.Target, Watchers);
        var (writes, wakeups) = scenario.CountForeignWakeups(during, isKey ? Requests.PutKey : Requests.ChangeOtherService);
        AddFinding("foreign-wakeups", $"waits for {what} that ended during {writes} writes elsewhere", $"{wakeups} of {Watchers}", isGood: wakeups == 0);
    }

    /// <summary>Indexes are read from what a registration could move: nodes, services and checks.</summary>
    private void Storm()
    {
        // Other scenarios change some of the instances: the first round may move indexes.
        Fill(DataSet.Services, isReported: false);
        var before = CatalogIndexes.Read(options.Target);
        Drive(new RegisterStorm());
        var after = CatalogIndexes.Read(options.Target);
        foreach (var ((path, index), (_, later)) in before.Zip(after))
            AddFinding("register-storm", $"X-Consul-Index of {path} before and after", $"{index}, {later}", isGood: index == later);
    }

    private void AddFinding(string scenario, string what, string value, bool isGood)
    {
        _findings.Add(new Finding(scenario, what, value, isGood));
        _isClean &= isGood;
    }

    private void WriteTables()
    {
        output.WriteLine();
        if (_results.Count > 0)
            output.WriteLine(Report.Table(_results));
        if (_fanOuts.Count > 0)
            output.WriteLine(Report.Table(_fanOuts));
        if (_findings.Count > 0)
            output.WriteLine(Report.Table(_findings));
        output.WriteLine(_isClean ? "all Ok" : "FAILED");
    }

    private int Watchers => options.Connections ?? DefaultWatchers;
}
