namespace Praetor.Runtime.Agent.Store;

/// <summary>
/// The in-memory twin: with <paramref name="isPersistent"/> it stands for a disk (tests restart agents on it), without it is what
/// <c>-dev</c> has. Thread-safe.
/// </summary>
public sealed class MemoryAgentStore(bool isPersistent) : IAgentStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(AgentFileKind Kind, string Id), byte[]> _documents = [];

    /// <inheritdoc/>
    public bool IsPersistent { get; } = isPersistent;

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Load(AgentFileKind kind)
    {
        lock (_gate)
            return [.. _documents.Where(pair => pair.Key.Kind == kind).Select(pair => pair.Value)];
    }

    /// <inheritdoc/>
    public void Put(AgentFileKind kind, string id, byte[] json)
    {
        if (!IsPersistent)
            return;
        lock (_gate)
            _documents[(kind, id)] = json;
    }

    /// <inheritdoc/>
    public void Remove(AgentFileKind kind, string id)
    {
        lock (_gate)
            _documents.Remove((kind, id));
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
