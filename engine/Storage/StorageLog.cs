using Microsoft.Extensions.Logging;

namespace Praetor.Storage;

/// <summary>Log events of storage.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(200, LogLevel.Warning, "log tail cut at the last good batch: segment={Path} byte={Offset} last_index={LastIndex}")]
    public static partial void TailCut(ILogger logger, string path, long offset, long lastIndex);

    [LoggerMessage(201, LogLevel.Debug, "old snapshot removed: path={Path}")]
    public static partial void SnapshotRemoved(ILogger logger, string path);
}
