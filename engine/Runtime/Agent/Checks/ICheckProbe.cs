using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent.Checks;

/// <summary>One kind of check, able to run once. Runs of one probe never overlap.</summary>
internal interface ICheckProbe : IDisposable
{
    /// <summary>Bound on one run; <see cref="Timeout.InfiniteTimeSpan"/> for none.</summary>
    TimeSpan Timeout { get; }

    /// <summary>
    /// Looks once. Ends soon after <paramref name="deadline"/> (the timeout, or the runner's stop), having released what the run used.
    /// Failures of what is looked at are results; an exception is a fault of ours.
    /// </summary>
    ValueTask<CheckResult> RunAsync(CancellationToken deadline);
}

/// <summary>What one run found.</summary>
/// <param name="Status">passing, warning or critical.</param>
/// <param name="Output">Text within the output limit.</param>
/// <param name="BypassesThresholds">Reported at once, whatever the thresholds say, and not counted.</param>
internal readonly record struct CheckResult(string Status, string Output, bool BypassesThresholds = false)
{
    public static CheckResult Passing(string output) => new(CheckStatus.Passing, output);

    public static CheckResult Critical(string output) => new(CheckStatus.Critical, output);
}
