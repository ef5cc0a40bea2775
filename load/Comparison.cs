using Praetor.Load.Measuring;
using Praetor.Load.Scenarios;
using Praetor.Load.Simulations;

namespace Praetor.Load;

/// <summary>
/// The same scenarios against several targets, round after round, each target once in every round: whatever the machine does meanwhile, it does to all. Medians and the ratios of the first
/// target to the others are told.
/// </summary>
public sealed class Comparison(LoadOptions options, TextWriter output)
{
    private const int Connections = 64;
    private const int Watchers = 1000;

    private readonly List<ComparedResult> _results = [];
    private bool _isClean = true;

    /// <summary>Runs; false if any request failed.</summary>
    /// <exception cref="FormatException">An unknown scenario.</exception>
    /// <exception cref="IOException">A target refuses its data, or a watcher was answered wrongly.</exception>
    public bool Run()
    {
        foreach (var name in options.Scenarios)
        {
            if (DrivenScenarios.Make(name) is null && !IsFanOut(name))
                throw new FormatException($"scenario {name} cannot be compared");
        }

        foreach (var target in options.Compared)
            Fill(target);
        foreach (var name in options.Scenarios)
        {
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var target in options.Compared)
                    RunOne(name, round, target);
            }
        }

        output.WriteLine();
        output.WriteLine(Report.Table(_results));
        output.WriteLine(_isClean ? "all Ok" : "FAILED");
        return _isClean;
    }

    private static bool IsFanOut(string name) => name is "watchers-key" or "watchers-service";

    private void Fill(LoadTarget target)
    {
        var needs = options.Scenarios.Aggregate(DataSet.None, static (needs, name) => needs | (DrivenScenarios.Make(name)?.Needs ?? DataSet.Keys | DataSet.Services));
        foreach (var (scenario, requests) in options.LoadsData ? DrivenScenarios.Fills(needs, target.IsEtcd) : [])
        {
            using var runner = new ScenarioRunner(scenario, target, Connections);
            if (!runner.Run([new IterationsForConstant(Connections, requests)], TimeSpan.Zero).IsClean)
                throw new IOException($"{target.Name} refused some of {requests} writes");
        }
    }

    private void RunOne(string name, int round, LoadTarget target)
    {
        output.WriteLine($"{name}, round {round}: {target.Name}");
        if (IsFanOut(name))
        {
            if (target.IsEtcd)
                return;
            using var watch = WatchScenario.Of(name, target, options.Connections ?? Watchers);
            Of(name, target).LastAnswersMs.Add(watch.MeasureFanOut(1, new LatencyHistogram())[0] / 1e6);
            return;
        }

        if (DrivenScenarios.Make(name, target.IsEtcd) is not { } scenario)
            return;
        scenario.Prepare(target);
        using var runner = new ScenarioRunner(scenario, target, options.Connections ?? scenario.DefaultConnections);
        var result = runner.Run([new KeepConstant(runner.Copies, options.Duration)], options.WarmUp);
        _isClean &= result.IsClean;
        Of(name, target).Add(result);
    }

    private ComparedResult Of(string name, LoadTarget target)
    {
        if (_results.Find(result => result.Scenario == name && result.Target == target.Name) is { } known)
            return known;
        var added = new ComparedResult(name, target.Name);
        _results.Add(added);
        return added;
    }
}
