using Praetor.Core.Ports;

namespace Praetor.Storage.Snapshots;

/// <summary>The in-memory twin of the snapshot store: keeps the newest snapshot only.</summary>
public sealed class MemorySnapshotStore : ISnapshotStore
{
    private (SnapshotMeta Meta, byte[] Body)? _latest;

    /// <inheritdoc/>
    public ISnapshotSink Create(SnapshotMeta meta) => new Sink(this, meta);

    /// <inheritdoc/>
    public ISnapshotSource? OpenLatest() => _latest is { } latest ? new Source(latest.Meta, new MemoryStream(latest.Body, writable: false)) : null;

    private sealed class Sink(MemorySnapshotStore store, SnapshotMeta meta) : ISnapshotSink
    {
        private readonly MemoryStream _body = new();

        public Stream Body => _body;

        public void Commit() => store._latest = (meta, _body.ToArray());

        public void Dispose() => _body.Dispose();
    }

    private sealed record Source(SnapshotMeta Meta, Stream Body) : ISnapshotSource
    {
        public void Dispose() => Body.Dispose();
    }
}
