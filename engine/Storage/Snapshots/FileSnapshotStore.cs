using System.Globalization;
using Microsoft.Extensions.Logging;
using Praetor.Core.Ports;

namespace Praetor.Storage.Snapshots;

/// <summary>
/// Snapshots as files <c>&lt;term&gt;-&lt;index&gt;.snapshot</c>, the two newest kept. Written under a temporary name and moved into
/// place when durable, so a half-written one is never taken for real.
/// </summary>
public sealed class FileSnapshotStore : ISnapshotStore
{
    private const int Kept = 2;
    private const string Extension = ".snapshot";

    private readonly string _directory;
    private readonly IStreamCompression _compression;
    private readonly ILogger _logger;

    /// <summary>A store in a directory, which is created if missing; what a crash left half-written is removed.</summary>
    public FileSnapshotStore(string directory, IStreamCompression compression, ILogger logger)
    {
        _directory = directory;
        _compression = compression;
        _logger = logger;
        Directory.CreateDirectory(directory);
        foreach (string halfMade in Directory.EnumerateFiles(directory, "*.new"))
            File.Delete(halfMade);
    }

    /// <inheritdoc/>
    public ISnapshotSink Create(SnapshotMeta meta) => new SnapshotFileWriter(this, PathOf(meta), meta, _compression);

    /// <inheritdoc/>
    public ISnapshotSource? OpenLatest() => Newest() is { } path ? SnapshotFileReader.Open(path, _compression) : null;

    /// <summary>Makes a finished file the newest one.</summary>
    internal void Adopt(string temporary, string path)
    {
        File.Move(temporary, path, overwrite: true);
        DurableFile.SyncDirectory(_directory);
        foreach (string old in Paths().Skip(Kept))
        {
            File.Delete(old);
            StorageLog.SnapshotRemoved(_logger, old);
        }
    }

    private string? Newest() => Paths().FirstOrDefault();

    private IEnumerable<string> Paths() => Directory.EnumerateFiles(_directory, "*" + Extension).OrderDescending(StringComparer.Ordinal);

    // Twenty digits each, so that the order of names is the order of (term, index).
    private string PathOf(SnapshotMeta meta) =>
        Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{meta.Term:d20}-{meta.Index:d20}{Extension}"));
}
