namespace Praetor.Runtime.Agent.Store;

/// <summary>
/// The in-memory twin: with <paramref name="isPersistent"/> it stands for a disk (tests restart agents on it), without it is what
/// <c>-dev</c> has. Thread-safe.
/// </summary>
public sealed class MemoryAgentStore(bool isPersistent) : IAgentStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AgentFileKind, Dictionary<string, byte[]>> _documents = [];

    /// <inheritdoc/>
    public bool IsPersistent { get; } = isPersistent;

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Load(AgentFileKind kind)
    {
        lock (_gate)
            return _documents.TryGetValue(kind, out Dictionary<string, byte[]>? documents) ? [.. documents.Values] : [];
    }

    /// <inheritdoc/>
    public void Put(AgentFileKind kind, string id, byte[] json)
    {
        if (!IsPersistent)
            return;
        lock (_gate)
        {
            if (!_documents.TryGetValue(kind, out Dictionary<string, byte[]>? documents))
                _documents[kind] = documents = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            documents[id] = json;
        }
    }

    /// <inheritdoc/>
    public void Remove(AgentFileKind kind, string id)
    {
        lock (_gate)
            _documents.GetValueOrDefault(kind)?.Remove(id);
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
