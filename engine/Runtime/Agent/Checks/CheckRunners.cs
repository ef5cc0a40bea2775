using Microsoft.Extensions.Logging;

namespace Praetor.Runtime.Agent.Checks;

/// <summary>The entry of the room: makes the runner for a definition.</summary>
public static class CheckRunners
{
    /// <summary>
    /// A runner, not yet started, for a definition that passed <see cref="CheckRules"/>; null for TTL and alias checks, which live in
    /// the agent's local state. <paramref name="random"/> is used during this call only (the delay of the first run).
    /// </summary>
    public static ICheckRunner? Create(CheckSpec spec, CheckRunnerOptions options, ICheckReport report, TimeProvider time, Random random, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(logger);
        return null;
    }
}
