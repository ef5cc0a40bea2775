using Microsoft.Extensions.Logging;
using Praetor.Core.Consensus;

namespace Praetor.Runtime;

/// <summary>Log events of the server loops.</summary>
internal static partial class RuntimeLog
{
    [LoggerMessage(100, LogLevel.Information, "recovered: snapshot_index={SnapshotIndex} last_index={LastIndex} term={Term}")]
    public static partial void Recovered(ILogger logger, long snapshotIndex, long lastIndex, long term);

    [LoggerMessage(101, LogLevel.Information, "entering {Role} state: term={Term}")]
    public static partial void RoleChanged(ILogger logger, RaftRole role, long term);

    [LoggerMessage(102, LogLevel.Information, "snapshot complete up to: index={Index}")]
    public static partial void SnapshotTaken(ILogger logger, long index);

    [LoggerMessage(103, LogLevel.Critical, "server loop died, stopping")]
    public static partial void LoopDied(ILogger logger, Exception cause);

    [LoggerMessage(104, LogLevel.Warning, "leadership given up: {Reason}")]
    public static partial void SteppedDown(ILogger logger, string reason);

    [LoggerMessage(105, LogLevel.Error, "a message that the protocol forbids was dropped: {Violation}")]
    public static partial void Violated(ILogger logger, string violation);

    [LoggerMessage(106, LogLevel.Information, "snapshot received: index={Index} from={From}")]
    public static partial void SnapshotReceived(ILogger logger, long index, string from);

    [LoggerMessage(107, LogLevel.Warning, "failed to send snapshot: to={To} error={Error}")]
    public static partial void SnapshotNotSent(ILogger logger, string to, string error);
}
