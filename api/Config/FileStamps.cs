namespace Praetor.Api.Config;

/// <summary>
/// What files looked like at a moment: a file that was written, replaced, added to a directory or taken away makes another value. Looks at dates and lengths only, at the targets of
/// symbolic links too, so that it works on any file system and for files that are swapped by link.
/// </summary>
internal sealed class FileStamps : IEquatable<FileStamps>
{
    private readonly List<(string Path, long WrittenTicks, long Length)> _files = [];

    private FileStamps()
    {
    }

    /// <summary>Looks at files, and at the files of directories; what is not there counts as such.</summary>
    public static FileStamps Of(IEnumerable<string> paths)
    {
        var stamps = new FileStamps();
        foreach (string path in paths)
            stamps.Look(path);
        return stamps;
    }

    /// <inheritdoc/>
    public bool Equals(FileStamps? other) => other is not null && _files.SequenceEqual(other._files);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FileStamps);

    /// <inheritdoc/>
    public override int GetHashCode() => _files.Count;

    private void Look(string path)
    {
        try
        {
            if (!Directory.Exists(path))
            {
                Stamp(path);
                return;
            }

            foreach (string file in Directory.GetFiles(path).Order(StringComparer.Ordinal))
                Stamp(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            _files.Add((path, 0, -1));
        }
    }

    private void Stamp(string path)
    {
        FileSystemInfo seen = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) ?? new FileInfo(path);
        _files.Add((path, seen.Exists ? seen.LastWriteTimeUtc.Ticks : 0, seen is FileInfo { Exists: true } file ? file.Length : -1));
    }
}
