namespace Praetor.Runtime.Agent.Store;

/// <summary>What is kept on disk, each in a folder of its own.</summary>
public enum AgentFileKind
{
    /// <summary>services/</summary>
    Service,

    /// <summary>checks/</summary>
    Check,

    /// <summary>checks/state/: what a TTL check last said, and until when that counts.</summary>
    CheckState,
}

/// <summary>
/// Keeps registrations across restarts, one small JSON document per id. Writing is queued, the newest document of an id wins, and
/// <see cref="FlushAsync"/> waits until it is on disk. Thread-safe.
/// </summary>
public interface IAgentStore : IAsyncDisposable
{
    /// <summary>False if nothing survives this process (<c>-dev</c>): then a reload also drops what came over HTTP (http-agent 2.4).</summary>
    bool IsPersistent { get; }

    /// <summary>All documents of a kind; blocks, for use at start only. Unreadable ones are left out and logged.</summary>
    IReadOnlyList<byte[]> Load(AgentFileKind kind);

    /// <summary>Queues a document.</summary>
    void Put(AgentFileKind kind, string id, byte[] json);

    /// <summary>Queues the removal of a document; an unknown id is fine.</summary>
    void Remove(AgentFileKind kind, string id);

    /// <summary>Waits until everything queued so far is on disk.</summary>
    /// <exception cref="IOException">Something of it could not be written.</exception>
    ValueTask FlushAsync();
}
