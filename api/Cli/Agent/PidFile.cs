using System.Globalization;

namespace Praetor.Api.Cli.Agent;

/// <summary>pid_file (cli 7): written before listeners open, removed on shutdown.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _path;

    private PidFile(string path) => _path = path;

    /// <summary>Writes the file: the decimal id without a newline.</summary>
    /// <returns>Null, or why it could not be written.</returns>
    public static string? Write(string path, int processId, out PidFile? file)
    {
        file = null;
        if (path.Length == 0)
            return null;
        try
        {
            File.WriteAllText(path, processId.ToString(CultureInfo.InvariantCulture));
            file = new PidFile(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"Could not write pid file: {Client.GoFile.Explain(path, e)}";
        }
    }

    /// <summary>Removes the file; if that fails, a stale file stays, as after a crash.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
