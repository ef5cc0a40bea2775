namespace Praetor.Core.Ports;

/// <summary>What a snapshot stands for.</summary>
/// <param name="Index">Last log index that the snapshot includes.</param>
/// <param name="Term">Term of that entry.</param>
/// <param name="Configuration">The encoded server set as of that index.</param>
public sealed record SnapshotMeta(long Index, long Term, byte[] Configuration);

/// <summary>A snapshot being written. Dispose without <see cref="Commit"/> leaves nothing behind.</summary>
public interface ISnapshotSink : IDisposable
{
    /// <summary>Takes the state's bytes; compressed and checksummed on the way.</summary>
    Stream Body { get; }

    /// <summary>Makes the snapshot durable and the newest one; older ones beyond the kept number are removed.</summary>
    void Commit();
}

/// <summary>A complete snapshot opened for reading. Reading a damaged one throws <see cref="InvalidDataException"/> that names the file.</summary>
public interface ISnapshotSource : IDisposable
{
    /// <summary>What the snapshot stands for.</summary>
    SnapshotMeta Meta { get; }

    /// <summary>The state's bytes as they were written.</summary>
    Stream Body { get; }
}

/// <summary>Durable snapshots of the state machine. One writer at a time.</summary>
public interface ISnapshotStore
{
    /// <summary>Starts a new snapshot.</summary>
    ISnapshotSink Create(SnapshotMeta meta);

    /// <summary>Opens the newest complete snapshot after checking it whole; null if there is none. A damaged newest one throws <see cref="InvalidDataException"/>.</summary>
    ISnapshotSource? OpenLatest();
}

/// <summary>Compression of a whole stream, as the snapshot files use it. Both streams own neither of the streams passed in.</summary>
public interface IStreamCompression
{
    /// <summary>Wraps a stream that takes compressed bytes; disposing the result writes the end mark.</summary>
    Stream Compress(Stream destination);

    /// <summary>Wraps a stream that yields compressed bytes. Malformed input throws <see cref="InvalidDataException"/>, never allocates more than one block.</summary>
    Stream Decompress(Stream source);
}
