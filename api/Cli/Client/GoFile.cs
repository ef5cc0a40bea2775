namespace Praetor.Api.Cli.Client;

/// <summary>Reads files with the error texts Go's os package gives.</summary>
public static class GoFile
{
    /// <summary>Reads a whole file as UTF-8 text.</summary>
    /// <returns>Null, or a text such as <c>open /p: no such file or directory</c>.</returns>
    public static string? TryReadText(string path, out string content)
    {
        content = "";
        try
        {
            content = File.ReadAllText(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Explain(path, e);
        }
    }

    /// <summary>Reads a whole file.</summary>
    /// <returns>Null, or a text such as <c>open /p: no such file or directory</c>.</returns>
    public static string? TryReadBytes(string path, out byte[] content)
    {
        content = [];
        try
        {
            content = File.ReadAllBytes(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Explain(path, e);
        }
    }

    /// <summary>What Go says when opening or reading a path fails this way.</summary>
    public static string Explain(string path, Exception error) => error switch
    {
        _ when Directory.Exists(path) => $"read {path}: is a directory",
        FileNotFoundException or DirectoryNotFoundException => $"open {path}: no such file or directory",
        UnauthorizedAccessException => $"open {path}: permission denied",
        _ => $"open {path}: {error.Message}",
    };
}
