using System.Globalization;
using Praetor.Api.Config;

namespace Praetor.Api.Logging;

/// <summary>
/// log_file: appended, and renamed when it is too old or too large (config 5, Logging). Used by the log's writer thread alone. A failure to write
/// or rename is an <see cref="IOException"/>, which the writer survives.
/// </summary>
internal sealed class RotatingFile : Stream
{
    private const string DefaultName = "consul.log";
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly LogSettings _settings;
    private readonly TimeProvider _time;
    private readonly string _path;
    private FileStream? _file;
    private DateTimeOffset _openedAt;

    /// <summary>Opens nothing yet.</summary>
    public RotatingFile(LogSettings settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _path = settings.File.EndsWith('/') ? settings.File + DefaultName : settings.File;
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _file?.Length ?? 0;

    /// <inheritdoc/>
    public override long Position { get => Length; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            if (_file is not null && IsFull(buffer.Length))
                Rotate();
            (_file ??= Open()).Write(buffer);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush() => _file?.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file?.Dispose();
        base.Dispose(disposing);
    }

    private bool IsFull(int nextBytes) =>
        (_settings.RotateBytes > 0 && _file!.Length + nextBytes > _settings.RotateBytes)
        || (_settings.RotateDuration > TimeSpan.Zero && _time.GetUtcNow() - _openedAt >= _settings.RotateDuration);

    private FileStream Open()
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Mode;
        if (Path.GetDirectoryName(_path) is { Length: > 0 } directory)
            Directory.CreateDirectory(directory);
        _openedAt = _time.GetUtcNow();
        return new FileStream(_path, options);
    }

    private void Rotate()
    {
        _file?.Dispose();
        _file = null;
        var (stem, extension) = SplitName();
        var nanoseconds = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        File.Move(_path, $"{stem}-{nanoseconds.ToString(CultureInfo.InvariantCulture)}{extension}", overwrite: true);
        if (_settings.RotateMaxFiles != 0)
            Prune(stem, extension, Math.Max(0, _settings.RotateMaxFiles));
    }

    private static void Prune(string stem, string extension, int keep)
    {
        var directory = Path.GetDirectoryName(stem) is { Length: > 0 } parent ? parent : ".";
        string[] rotated = [.. Directory.EnumerateFiles(directory, $"{Path.GetFileName(stem)}-*{extension}").Order(StringComparer.Ordinal)];
        for (var i = 0; i < rotated.Length - keep; i++)
            File.Delete(rotated[i]);
    }

    private (string Stem, string Extension) SplitName()
    {
        var extension = Path.GetExtension(_path);
        return extension.Length == 0 ? (_path, ".log") : (_path[..^extension.Length], extension);
    }
}
