using Praetor.Api.Cli.Client;

namespace Praetor.Api.Config;

/// <summary>Finds and reads configuration files (config 1, Files).</summary>
internal static class ConfigFiles
{
    /// <summary>Reads all sources the paths stand for, in order.</summary>
    /// <returns>Null, or the error that ends the start.</returns>
    public static string? Read(IReadOnlyList<string> paths, string? format, List<ConfigSource> sources, List<string> warnings)
    {
        if (format is not (null or ConfigSource.Hcl or ConfigSource.Json))
            return "config: -config-format must be either 'hcl' or 'json'";
        foreach (var path in paths)
        {
            if (ReadPath(path, format, sources, warnings) is { } error)
                return error;
        }

        return null;
    }

    private static string? ReadPath(string path, string? format, List<ConfigSource> sources, List<string> warnings)
    {
        if (Directory.Exists(path))
            return ReadDirectory(path, format, sources, warnings);
        if (!File.Exists(path))
            return $"config: Open failed on {path}. open {path}: no such file or directory";
        return FormatOf(path, format) is { } known
            ? ReadFile(path, known, sources)
            : $"file {path} has unknown extension; must be .hcl or .json, or config format must be set";
    }

    private static string? ReadDirectory(string directory, string? format, List<ConfigSource> sources, List<string> warnings)
    {
        string[] entries;
        try
        {
            // Names only, not sub-directories; a link to a directory counts as one.
            entries = [.. Directory.EnumerateFiles(directory).Where(path => !Directory.Exists(path)).Select(Path.GetFileName).OfType<string>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"config: Readdir failed on {directory}. {GoFile.Explain(directory, e)}";
        }

        Array.Sort(entries, CompareBytes);
        foreach (var entry in entries)
        {
            var path = Path.Join(directory, entry);
            if (FormatOf(path, format) is not { } known)
                warnings.Add($"skipping file {path}, extension must be .hcl or .json, or config format must be set");
            else if (ReadFile(path, known, sources) is { } error)
                return error;
        }

        return null;
    }

    private static string? ReadFile(string path, string format, List<ConfigSource> sources)
    {
        if (GoFile.TryReadText(path, out var text) is { } error)
            return $"config: failed to read {path}: {error}";
        if (text.Length > 0)
            sources.Add(new ConfigSource(path, format, text));
        return null;
    }

    private static string? FormatOf(string path, string? format)
    {
        if (format is not null)
            return format;
        if (path.EndsWith(".json", StringComparison.Ordinal))
            return ConfigSource.Json;
        return path.EndsWith(".hcl", StringComparison.Ordinal) ? ConfigSource.Hcl : null;
    }

    private static int CompareBytes(string left, string right) =>
        System.Text.Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(right));
}
