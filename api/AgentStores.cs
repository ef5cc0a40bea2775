using Microsoft.Extensions.Logging;
using Praetor.Api.Config;
using Praetor.Runtime;
using Praetor.Storage.Heap;
using Praetor.Storage.Log;
using Praetor.Storage.Snapshots;
using Praetor.Transport.Compression;

namespace Praetor.Api;

/// <summary>What a server stands on: files under the data directory, or memory alone with -dev.</summary>
internal sealed class AgentStores : IAsyncDisposable
{
    private AgentStores(ServerStores stores) => Stores = stores;

    /// <summary>Log, heap and snapshots.</summary>
    public ServerStores Stores { get; }

    /// <summary>Opens the stores that the configuration asks for.</summary>
    /// <exception cref="AgentStartException">The directory cannot be used, or what is in it is damaged; the message names the file.</exception>
    public static AgentStores Open(AgentConfig config, ILoggerFactory loggers)
    {
        if (DirectoryOf(config) is not { } directory)
            return new AgentStores(new ServerStores(new MemoryLog(), new MemoryRecordHeap(), new MemorySnapshotStore()));
        try
        {
            return OpenFiles(directory, loggers.CreateLogger("agent.server.storage"));
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new AgentStartException(cause.Message, cause);
        }
    }

    /// <summary>Where a server's own files are; null if it keeps everything in memory.</summary>
    public static string? DirectoryOf(AgentConfig config) => config.DevMode || config.DataDirectory.Length == 0 ? null : Path.Join(config.DataDirectory, "raft");

    private static AgentStores OpenFiles(string directory, ILogger logger)
    {
        var snapshots = new FileSnapshotStore(Path.Combine(directory, "snapshots"), new Lz4Frame(), logger);
        WriteAheadLog log = WriteAheadLog.Open(Path.Combine(directory, "wal"), new WriteAheadLogOptions(), logger);
        try
        {
            // The log's lock is held: nobody else uses the directory, so the scratch file may be replaced.
            return new AgentStores(new ServerStores(log, FasterRecordHeap.Open(Path.Combine(directory, "heap"), RecordHeapOptions.For(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)), snapshots));
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Stores.Log.Dispose();
        Stores.Heap.Dispose();
        return ValueTask.CompletedTask;
    }
}
