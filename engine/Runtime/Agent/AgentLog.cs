using Microsoft.Extensions.Logging;

namespace Praetor.Runtime.Agent;

/// <summary>Log events of the agent's local state, anti-entropy and leader duties.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(300, LogLevel.Information, "Synced node info")]
    public static partial void NodeSynced(ILogger logger);

    [LoggerMessage(301, LogLevel.Information, "Synced service: service={Service}")]
    public static partial void ServiceSynced(ILogger logger, string service);

    [LoggerMessage(302, LogLevel.Information, "Synced check: check={Check}")]
    public static partial void CheckSynced(ILogger logger, string check);

    [LoggerMessage(303, LogLevel.Information, "Deregistered service: service={Service}")]
    public static partial void ServiceDeregistered(ILogger logger, string service);

    [LoggerMessage(304, LogLevel.Information, "Deregistered check: check={Check}")]
    public static partial void CheckDeregistered(ILogger logger, string check);

    [LoggerMessage(305, LogLevel.Warning, "sync refused by the catalog: {What}={Id} error={Refusal}")]
    public static partial void SyncRefused(ILogger logger, string what, string id, string refusal);

    [LoggerMessage(306, LogLevel.Error, "failed to sync changes: error={Error}")]
    public static partial void SyncFailed(ILogger logger, string error);

    [LoggerMessage(307, LogLevel.Error, "failed to sync remote state: error={Error}")]
    public static partial void FullSyncFailed(ILogger logger, string error);

    [LoggerMessage(308, LogLevel.Critical, "background loop died: loop={Loop}")]
    public static partial void LoopDied(ILogger logger, Exception cause, string loop);

    [LoggerMessage(310, LogLevel.Warning, "Service name will not be discoverable via DNS due to invalid characters or length: service={Service}")]
    public static partial void NotDnsName(ILogger logger, string service);

    [LoggerMessage(312, LogLevel.Warning, "check has deregister interval below minimum: check={Check} minimum_interval={Minimum}")]
    public static partial void ShortReapTime(ILogger logger, string check, string minimum);

    [LoggerMessage(313, LogLevel.Warning, "Check missed TTL, is now critical: check={Check}")]
    public static partial void TtlMissed(ILogger logger, string check);

    [LoggerMessage(314, LogLevel.Information, "Deregistered service due to unhealthy check: service={Service} check={Check}")]
    public static partial void ReapedService(ILogger logger, string service, string check);

    [LoggerMessage(315, LogLevel.Information, "Service entered maintenance mode: service={Service}")]
    public static partial void ServiceMaintenanceOn(ILogger logger, string service);

    [LoggerMessage(316, LogLevel.Information, "Service left maintenance mode: service={Service}")]
    public static partial void ServiceMaintenanceOff(ILogger logger, string service);

    [LoggerMessage(317, LogLevel.Information, "Node entered maintenance mode")]
    public static partial void NodeMaintenanceOn(ILogger logger);

    [LoggerMessage(318, LogLevel.Information, "Node left maintenance mode")]
    public static partial void NodeMaintenanceOff(ILogger logger);

    [LoggerMessage(319, LogLevel.Warning, "alias check cannot read the catalog: check={Check} error={Error}")]
    public static partial void AliasFailed(ILogger logger, string check, string error);

    [LoggerMessage(320, LogLevel.Warning, "failed restoring from disk: id={Id} error={Error}")]
    public static partial void RestoreFailed(ILogger logger, string id, string error);

    [LoggerMessage(321, LogLevel.Error, "failed writing to disk: path={Path} error={Error}")]
    public static partial void WriteFailed(ILogger logger, string path, string error);

    [LoggerMessage(322, LogLevel.Error, "unreadable file left out: path={Path} error={Error}")]
    public static partial void FileUnreadable(ILogger logger, string path, string error);

    [LoggerMessage(330, LogLevel.Information, "member joined, marking health alive: member={Member}")]
    public static partial void MemberAlive(ILogger logger, string member);

    [LoggerMessage(332, LogLevel.Information, "member failed, marking health critical: member={Member}")]
    public static partial void MemberFailed(ILogger logger, string member);

    [LoggerMessage(333, LogLevel.Information, "deregistering member: member={Member} reason=left")]
    public static partial void MemberLeft(ILogger logger, string member);

    [LoggerMessage(331, LogLevel.Error, "failed to reconcile member: member={Member} error={Error}")]
    public static partial void ReconcileFailed(ILogger logger, string member, string error);
}
