using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>How a local service is, from its checks and the node's (http-agent 2.8). Pure.</summary>
public static class AggregatedHealth
{
    /// <summary>The checks that count for a service: its own and the node's, in id order.</summary>
    public static IReadOnlyList<CheckRecord> ChecksOf(LocalSnapshot local, string serviceId) =>
        [.. local.Checks.Values.Select(static check => check.Record).Where(check => check.ServiceId.Length == 0 || check.ServiceId == serviceId)];

    /// <summary>maintenance over critical over warning over passing; no checks pass.</summary>
    public static string Of(IReadOnlyList<CheckRecord> checks)
    {
        if (checks.Any(static check => MaintenanceChecks.Is(check.CheckId)))
            return CheckStatus.Maintenance;
        if (checks.Any(static check => check.Status == CheckStatus.Critical))
            return CheckStatus.Critical;
        return checks.Any(static check => check.Status == CheckStatus.Warning) ? CheckStatus.Warning : CheckStatus.Passing;
    }
}
