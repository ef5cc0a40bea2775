using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>What an alias check says of the checks it follows (http-agent 3 "Alias"). Pure.</summary>
internal static class AliasRules
{
    /// <summary>Status and output.</summary>
    /// <param name="serviceId">Service followed; empty follows the node alone.</param>
    /// <param name="node">Node named by the alias; empty for this agent.</param>
    /// <param name="checks">Checks of the node and all its services, in id order.</param>
    /// <param name="serviceExists">The service is there, with checks or without.</param>
    public static (string Status, string Output) Evaluate(string serviceId, string node, IEnumerable<CheckRecord> checks, bool serviceExists)
    {
        List<CheckRecord> followed = [.. checks.Where(check => check.ServiceId.Length == 0 || check.ServiceId == serviceId)];
        if (serviceId.Length > 0 && !serviceExists && !followed.Exists(static check => check.ServiceId.Length > 0))
            return (CheckStatus.Critical, $"Service {serviceId} could not be found on node {node}");
        if (followed.Find(static check => check.Status == CheckStatus.Critical) is { } critical)
            return (CheckStatus.Critical, Failing(critical));
        if (followed.Find(static check => check.Status == CheckStatus.Warning) is { } warning)
            return (CheckStatus.Warning, Failing(warning));
        return (CheckStatus.Passing, followed.Count > 0 ? "All checks passing." : "No checks found.");
    }

    private static string Failing(CheckRecord check) => $"Aliased check {GoQuote.Quote(check.Name)} failing: {check.Output}";
}
