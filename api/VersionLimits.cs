using Praetor.Api.Config;

namespace Praetor.Api;

/// <summary>
/// What a configuration may ask for and this version does not do. Where silence would be dangerous the agent refuses to start; elsewhere it says so.
/// Pure.
/// </summary>
internal static class VersionLimits
{
    /// <summary>Why the agent must not start; null if it may.</summary>
    public static string? Refusal(AgentConfig config)
    {
        if (config.Acl.DefaultPolicy is not ("allow" or "deny"))
            return $"Failed to start Consul server: Unsupported default ACL policy: {config.Acl.DefaultPolicy}";
        if (config.Acl.DownPolicy is not ("allow" or "deny" or "extend-cache" or "async-cache"))
            return $"Failed to start Consul server: Unsupported down ACL policy: {config.Acl.DownPolicy}";
        // An agent that looks protected and is not would be the worst of answers.
        return config.Acl.Enabled ? "acl.enabled = true: this version does not enforce ACLs and does not start with them" : null;
    }

    /// <summary>What is accepted and has no effect.</summary>
    public static IEnumerable<string> Warnings(AgentConfig config)
    {
        if (config.Telemetry.HasCirconus)
            yield return "telemetry.circonus_* is set: this version does not send metrics to Circonus";
    }
}
