using Praetor.Api.Cli.Client;
using Praetor.Core.State.Restore;
using Praetor.Runtime.Archives;

namespace Praetor.Api.Cli.Commands.Snapshot;

/// <summary>An archive in a file, or the files of one that was taken apart: <c>state.bin</c> with <c>meta.json</c> beside it (cli 12).</summary>
internal sealed class SnapshotFile : IDisposable
{
    private const string StateName = "state.bin";
    private const int PieceBytes = 256 * 1024;

    private readonly FileStream _file;
    private readonly bool _isState;

    private SnapshotFile(FileStream file, bool isState, ArchiveSummary summary) => (_file, _isState, Summary) = (file, isState, summary);

    /// <summary>What it says of itself.</summary>
    public ArchiveSummary Summary { get; }

    /// <summary>Opens and checks it.</summary>
    /// <returns>Null with the file, or why it is none.</returns>
    public static string? Open(string path, out SnapshotFile opened)
    {
        opened = null!;
        FileStream? file = null;
        try
        {
            file = File.OpenRead(path);
            bool isState = Path.GetFileName(path) == StateName;
            ArchiveSummary summary = isState ? ArchiveMeta.Read(File.ReadAllBytes(Path.Join(Path.GetDirectoryName(path), "meta.json"))) : ArchiveReader.Check(file);
            opened = new SnapshotFile(file, isState, summary);
            file = null;
            return null;
        }
        catch (ArchiveException broken)
        {
            return broken.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return GoFile.Explain(path, e);
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>The state's records.</summary>
    public SnapshotPieces OpenPieces() => new(OpenState(), PieceBytes);

    /// <summary>The state as it stands in the archive.</summary>
    public Stream OpenState()
    {
        if (!_isState)
            return ArchiveReader.OpenState(_file);
        _file.Position = 0;
        return _file;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
