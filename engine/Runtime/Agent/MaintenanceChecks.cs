using Microsoft.Extensions.Logging;

namespace Praetor.Runtime.Agent;

/// <summary>Names of the checks that mean maintenance (http-agent 2.4, 2.10).</summary>
public static class MaintenanceChecks
{
    /// <summary>Id of the node's.</summary>
    public const string Node = "_node_maintenance";

    /// <summary>What the id of a service's starts with.</summary>
    public const string ServicePrefix = "_service_maintenance:";

    /// <summary>Id of a service's.</summary>
    public static string OfService(string serviceId) => ServicePrefix + serviceId;

    /// <summary>A check of this id means maintenance.</summary>
    public static bool Is(string checkId) => checkId == Node || checkId.StartsWith(ServicePrefix, StringComparison.Ordinal);

    /// <summary>Notes of a maintenance without a reason.</summary>
    /// <param name="what">service or node.</param>
    internal static string DefaultReason(string what) =>
        $"Maintenance mode is enabled for this {what}, but no reason was provided. This is a default message.";

    internal static void Log(ILogger logger, string serviceId, bool enabled)
    {
        if (serviceId.Length == 0 && enabled)
            AgentLog.NodeMaintenanceOn(logger);
        else if (serviceId.Length == 0)
            AgentLog.NodeMaintenanceOff(logger);
        else if (enabled)
            AgentLog.ServiceMaintenanceOn(logger, serviceId);
        else
            AgentLog.ServiceMaintenanceOff(logger, serviceId);
    }
}
